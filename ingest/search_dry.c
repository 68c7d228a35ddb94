/* search_dry.c: see search_dry.h. */
#include "ingest/search_dry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "ingest/search_ask.h"

enum {
    MOST_TRIES = 5, /* of a reply that is broken, or says "later", under a status of 2xx */
    MOST_ROWS = 256 /* languages */
};

/* What an article takes, all measured on the 154 open-access articles that figmill is tested with: XML 85 kB (91 of
 * them), 4.0 pictures of 71 kB each (72), a PDF 569 kB. An article from the PMC bucket is a list, metadata, XML and its
 * pictures, at 50 requests a second (ingest/hosts.tsv). */
static const double article_bytes = 85e3 + 4.0 * 71e3, article_requests = 3 + 4.0, requests_a_second = 50;

/* One search. */
struct probe {
    struct dry *d;
    const struct search_planned *planned;
    int64_t hits; /* -1: not known */
    bool asked, done;
    int tries;
    struct arena arena;
    struct err why; /* it could not be counted */
};

struct dry {
    const struct search_plan *plan;
    struct crawl *crawl;
    struct probe *probes;
    size_t n;
};

/* What a first page tells of the whole. A source that only lists by date says how much there is in all: what of its
 * page is of the topic stands for the rest. One that ranks counts works with any of the words: what of its page matches
 * is there at least. Without a count, a page that is the only one counts itself. */
static int64_t count_hits(const struct search_planned *p, const struct source_page *page)
{
    size_t matched = 0;
    if (p->source->ranked || (page->hits < 0 && !page->next))
        return (int64_t)page->n;
    if (!p->source->by_date)
        return page->hits;
    for (size_t i = 0; i < page->n; i++)
        matched += search_query_matches(&p->query, page->records[i].title, page->records[i].abstract);
    return page->hits < 0 || !page->n ? page->hits : (int64_t)((double)page->hits * (double)matched / (double)page->n);
}

static void replied(void *context, const struct crawl_reply *reply)
{
    struct probe *p = context;
    const struct source *source = p->planned->source;
    struct source_page page = {0};
    p->asked = false;
    p->why = reply->why;
    bool readable = reply->body && (reply->why.kind == ERR_NONE || (reply->why.kind == ERR_FORMAT && reply->status));
    if (readable) {
        err_clear(&p->why);
        if (source->read(&p->planned->query.ask, NULL, reply->status, reply->body, reply->len, &p->arena, &page,
                         &p->why))
            p->hits = count_hits(p->planned, &page);
    }
    bool later = readable && (p->why.kind == ERR_TEMPORARY ||
                              (p->why.kind == ERR_FORMAT && reply->status >= 200 && reply->status < 300));
    p->done = !later || ++p->tries == MOST_TRIES;
    if (p->done && p->why.kind != ERR_NONE)
        log_debug("%s '%s': %s", source->name, p->planned->query.ask.name, p->why.text);
}

static bool ask(struct probe *p)
{
    const struct source *source = p->planned->source;
    arena_release(&p->arena);
    p->asked = search_ask(p->d->crawl, source, &p->planned->query.ask, NULL, source->by_date || source->ranked ? 0 : 1,
                          &p->arena, replied, p, &p->why);
    return p->asked;
}

static bool ask_all(struct dry *d, struct err *e)
{
    for (size_t left = d->n; left;) {
        left = 0;
        for (size_t i = 0; i < d->n; i++) {
            struct probe *p = &d->probes[i];
            if (!p->done && !p->asked)
                p->done = !ask(p);
            left += !p->done;
        }
        if (left && !crawl_turn(d->crawl, 200, e))
            return false;
    }
    return true;
}

/* Telling. */

/* One line a source: all its searches mostly fail for the same reason. */
static int tell_failures(const struct dry *d)
{
    int all = 0;
    for (size_t k = 0; sources[k]; k++) {
        const struct err *why = NULL;
        int failed = 0, asked = 0;
        for (size_t i = 0; i < d->n; i++) {
            const struct probe *p = &d->probes[i];
            asked += p->planned->source == sources[k];
            if (p->planned->source == sources[k] && p->why.kind != ERR_NONE && !failed++)
                why = &p->why;
        }
        if (why)
            log_warn("%s: %d of %d searches could not be counted: %s", sources[k]->name, failed, asked, why->text);
        all += failed;
    }
    return all;
}

static const char *language_of(const struct probe *p)
{
    const char *language = p->planned->query.ask.language;
    return language && *language ? language : "any";
}

/* Works are found by several sources: of each query the source that knows most of them counts, and queries are taken to
 * find different works, so this is more than there will be. */
static int64_t count_articles(const struct dry *d)
{
    int64_t articles = 0;
    for (size_t i = 0; i < d->n; i++) {
        const struct probe *p = &d->probes[i];
        bool most = p->hits > 0;
        for (size_t k = 0; most && k < d->n; k++) {
            const struct probe *other = &d->probes[k];
            if (k != i && strcmp(other->planned->query.ask.name, p->planned->query.ask.name) == 0)
                most = other->hits < p->hits || (other->hits == p->hits && k > i);
        }
        articles += most ? p->hits : 0;
    }
    return articles;
}

/* Of the searches of a source and a language (NULL: of all). */
struct sum {
    int64_t hits;
    int asked, known;
};

static struct sum sum_of(const struct dry *d, const struct source *source, const char *language)
{
    struct sum sum = {0};
    for (size_t i = 0; i < d->n; i++) {
        const struct probe *p = &d->probes[i];
        if ((source && p->planned->source != source) || (language && strcmp(language_of(p), language) != 0))
            continue;
        sum.asked++;
        sum.known += p->hits >= 0;
        sum.hits += p->hits > 0 ? p->hits : 0;
    }
    return sum;
}

static size_t find_languages(const struct dry *d, const char *languages[MOST_ROWS])
{
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++) {
        size_t k = 0;
        while (k < n && strcmp(languages[k], language_of(&d->probes[i])) != 0)
            k++;
        if (k == n && n < MOST_ROWS)
            languages[n++] = language_of(&d->probes[i]);
    }
    return n;
}

/* A column is as wide as its name or its sum. */
static void print_cell(const struct dry *d, const struct source *source, const char *text)
{
    int digits = snprintf(NULL, 0, "%lld", (long long)sum_of(d, source, NULL).hits);
    int letters = source ? (int)strlen(source->name) : (int)strlen("total");
    printf("  %*s", digits > letters ? digits : letters, text);
}

static void print_row(const struct dry *d, const char *language)
{
    printf("%-8s", language ? language : "total");
    for (size_t i = 0;; i++) {
        const struct sum sum = sum_of(d, sources[i], language);
        char text[24] = "-";
        if (sum.asked)
            snprintf(text, sizeof text, "?");
        if (sum.known)
            snprintf(text, sizeof text, "%lld", (long long)sum.hits);
        if (!sources[i] || sum_of(d, sources[i], NULL).asked)
            print_cell(d, sources[i], text);
        if (!sources[i])
            break;
    }
    putchar('\n');
}

static void print_table(const struct dry *d, int64_t articles, double bytes, double seconds)
{
    const char *languages[MOST_ROWS];
    size_t n = find_languages(d, languages);
    printf("%-8s", "hits");
    for (size_t i = 0; sources[i]; i++)
        if (sum_of(d, sources[i], NULL).asked)
            print_cell(d, sources[i], sources[i]->name);
    print_cell(d, NULL, "total");
    putchar('\n');
    for (size_t i = 0; i < n; i++)
        print_row(d, languages[i]);
    print_row(d, NULL);
    printf("\n- not asked   ? not known before all pages are read\n"
           "At most %lld articles; to fetch them all from PMC takes about %.1f GB and %.1f hours.\n",
           (long long)articles, bytes / 1e9, seconds / 3600);
}

static void print_json(const struct dry *d, int64_t articles, double bytes, double seconds)
{
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "searches");
    for (size_t i = 0; i < d->n; i++) {
        const struct probe *p = &d->probes[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "source", p->planned->source->name);
        cJSON_AddStringToObject(one, "language", p->planned->query.ask.language);
        cJSON_AddStringToObject(one, "query", p->planned->query.ask.name);
        if (p->hits >= 0)
            cJSON_AddNumberToObject(one, "hits", (double)p->hits);
        else
            cJSON_AddNullToObject(one, "hits");
        if (p->why.kind != ERR_NONE)
            cJSON_AddStringToObject(one, "error", p->why.text);
        cJSON_AddItemToArray(list, one);
    }
    cJSON_AddNumberToObject(json, "total", (double)sum_of(d, NULL, NULL).hits);
    cJSON_AddNumberToObject(json, "articles", (double)articles);
    cJSON_AddNumberToObject(json, "bytes", bytes);
    cJSON_AddNumberToObject(json, "seconds", seconds);
    char *text = cJSON_PrintUnformatted(json);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(json);
}

static void print(const struct dry *d, enum search_dry_form form)
{
    int64_t articles = count_articles(d);
    double bytes = (double)articles * article_bytes, seconds = (double)articles * article_requests / requests_a_second;
    if (form == SEARCH_DRY_JSON)
        print_json(d, articles, bytes, seconds);
    else
        print_table(d, articles, bytes, seconds);
}

bool search_dry_run(const struct search_plan *plan, const struct crawl_options *options, enum search_dry_form form,
                    int *n_failed, struct err *e)
{
    static const volatile sig_atomic_t never = 0;
    struct dry d = {.plan = plan, .n = plan->n, .probes = mem_array(plan->n, sizeof *d.probes)};
    for (size_t i = 0; i < d.n; i++)
        d.probes[i] = (struct probe){.d = &d, .planned = &plan->items[i], .hits = -1};
    d.crawl = crawl_new(options, NULL, NULL, &never, e);
    bool ok = d.crawl && ask_all(&d, e);
    crawl_free(d.crawl);
    *n_failed = tell_failures(&d);
    if (ok)
        print(&d, form);
    for (size_t i = 0; i < d.n; i++)
        arena_release(&d.probes[i].arena);
    free(d.probes);
    return ok;
}
