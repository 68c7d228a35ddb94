/* pmc_increment.c: see pmc_increment.h. */
#include "ingest/pmc_increment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { ETAG_MAX = 39 /* bytes: an MD5, with a count of parts; longer ones are taken for none */ };

/* An answer at hand. */
struct known {
    int64_t number; /* of the PMCID */
    int64_t article_id;
    int version; /* 0: a listing */
    int highest; /* of a listing */
    int latest;  /* that the inventory has of the number */
    enum { KNOWN_HAS, KNOWN_LACKS } what;
    bool listed, same; /* the version, in the inventory; with the same ETag */
    char etag[ETAG_MAX + 1];
};

struct pmc_increment {
    struct known *known;
    size_t n, cap;
    bool by_number; /* the order that they are in */
};

struct pmc_increment *pmc_increment_new(void)
{
    return mem_new(sizeof(struct pmc_increment));
}

void pmc_increment_free(struct pmc_increment *i)
{
    if (i)
        free(i->known);
    free(i);
}

static int64_t number_of(const char *pmcid)
{
    char *end;
    long long n =
        strncmp(pmcid, "PMC", 3) == 0 && pmcid[3] >= '0' && pmcid[3] <= '9' ? strtoll(pmcid + 3, &end, 10) : 0;
    return n && !*end ? n : 0;
}

/* Without W/ and quotes. */
static void copy_etag(const char *etag, char out[ETAG_MAX + 1])
{
    if (strncmp(etag, "W/", 2) == 0)
        etag += 2;
    bool quoted = *etag == '"';
    size_t len = strlen(etag += quoted);
    len -= quoted && len && etag[len - 1] == '"';
    if (len <= ETAG_MAX)
        memcpy(out, etag, len);
    out[len <= ETAG_MAX ? len : 0] = 0;
}

static void add(struct pmc_increment *i, const char *pmcid, const struct known *known)
{
    int64_t number = number_of(pmcid);
    if (!number)
        return;
    MEM_GROW(i->known, i->n, i->cap);
    i->known[i->n] = *known;
    i->known[i->n++].number = number;
    i->by_number = false;
}

void pmc_increment_listed(struct pmc_increment *i, int64_t article_id, const char *pmcid, int highest)
{
    add(i, pmcid, &(struct known){.article_id = article_id, .highest = highest});
}

void pmc_increment_has(struct pmc_increment *i, int64_t article_id, const char *pmcid, int version, const char *etag)
{
    struct known known = {.article_id = article_id, .version = version, .highest = version};
    if (etag)
        copy_etag(etag, known.etag);
    add(i, pmcid, &known);
}

void pmc_increment_lacks(struct pmc_increment *i, int64_t article_id, const char *pmcid, int version)
{
    add(i, pmcid,
        &(struct known){.article_id = article_id, .version = version, .highest = version, .what = KNOWN_LACKS});
}

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_number(const void *a, const void *b)
{
    return compare(((const struct known *)a)->number, ((const struct known *)b)->number);
}

/* What there is of a version stands in front of what there is not. */
static int by_article(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    int order = compare(x->article_id, y->article_id);
    order = order ? order : compare(x->number, y->number);
    order = order ? order : compare(x->version, y->version);
    return order ? order : (int)x->what - (int)y->what;
}

static void sort(struct pmc_increment *i, int (*order)(const void *, const void *))
{
    if (i->n)
        qsort(i->known, i->n, sizeof *i->known, order);
    i->by_number = order == by_number;
}

bool pmc_increment_line(void *increment, const struct pmc_change *change)
{
    struct pmc_increment *i = increment;
    const struct known wanted = {.number = number_of(change->pmcid)};
    char etag[ETAG_MAX + 1];
    if (!i->by_number)
        sort(i, by_number);
    struct known *k = i->n ? bsearch(&wanted, i->known, i->n, sizeof wanted, by_number) : NULL;
    if (!k)
        return true;
    copy_etag(change->etag, etag);
    while (k > i->known && k[-1].number == wanted.number)
        k--;
    for (; k < i->known + i->n && k->number == wanted.number; k++) {
        if (change->version > k->latest)
            k->latest = change->version;
        if (change->version == k->version) {
            k->listed = true;
            k->same = *etag && strcmp(etag, k->etag) == 0;
        }
    }
    return true;
}

/* What one answer says; `before`: the one in front of it, of the same version or not. */
static enum pmc_news judge(const struct known *k, const struct known *before)
{
    if (!k->version)
        return PMC_UNCHANGED;
    if (k->what == KNOWN_HAS)
        return !k->listed ? PMC_GONE : k->same ? PMC_UNCHANGED : PMC_CHANGED;
    /* Where one copy of the metadata is missing, there is the other. */
    bool other = before && before->number == k->number && before->version == k->version && before->what == KNOWN_HAS;
    return k->listed && !other ? PMC_CHANGED : PMC_UNCHANGED;
}

/* The news of one article, [at, end). */
static enum pmc_news news_of(const struct known *at, const struct known *end)
{
    enum pmc_news worst = PMC_UNCHANGED;
    for (const struct known *k = at; k < end;) {
        int highest = 0;
        const struct known *first = k;
        for (; k < end && k->number == first->number; k++) {
            enum pmc_news news = judge(k, k > at ? k - 1 : NULL);
            worst = news > worst ? news : worst;
            highest = k->highest > highest ? k->highest : highest;
        }
        if (first->latest > highest)
            worst = PMC_NEW_VERSION;
    }
    return worst;
}

bool pmc_increment_each(struct pmc_increment *i, pmc_news_fn *each, void *context, struct err *e)
{
    sort(i, by_article);
    for (const struct known *k = i->known, *all = k + i->n, *end; k < all; k = end) {
        for (end = k; end < all && end->article_id == k->article_id;)
            end++;
        if (!each(context, k->article_id, news_of(k, end), e))
            return false;
    }
    return true;
}
