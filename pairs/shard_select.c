/* shard_select.c: which pairs a release takes, and which split each belongs to. */
#include "pairs/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "pairs/shard_sample.h"

const char *const shard_split_names[SPLITS] = {[SPLIT_TRAIN] = "train", [SPLIT_EVAL] = "eval"};

enum { ORDER = 16, EVAL_SHARE = 20 /* by default one pair in so many is for evaluation */ };

/* An article with pairs that may go out. */
struct source {
    int64_t article_id;
    size_t first, n; /* its picks, while these are ordered by article */
    unsigned char order[ORDER];
    bool given; /* it has its split already, and keeps it */
    enum shard_split split;
    bool out; /* of an eval that is full: neither here nor there */
};

struct reader {
    const struct shard_options *o;
    struct shard_pick *picks;
    size_t n, cap;
    struct source *sources; /* one entry a pick while reading; see fold_sources */
    size_t n_sources, cap_sources;
    struct tally *excluded;
};

static void first_bytes(const char *hex, unsigned char out[ORDER])
{
    for (int i = 0; i < ORDER; i++) {
        char two[3] = {hex[2 * i], hex[2 * i + 1], 0};
        out[i] = (unsigned char)strtoul(two, NULL, 16);
    }
}

static void order_of_pick(const struct shard_options *o, const struct shard_candidate *c, unsigned char out[ORDER])
{
    char seed[32], panel[16], ordinal[16], hex[SHA256_SIZE];
    snprintf(seed, sizeof seed, "%lld", (long long)o->seed);
    snprintf(panel, sizeof panel, "%d", c->panel);
    snprintf(ordinal, sizeof ordinal, "%d", c->ordinal);
    sha256_list(hex, "figmill sample order 1", seed, c->document_sha256, c->anchor, panel, c->kind, ordinal,
                c->language, SHA256_END);
    first_bytes(hex, out);
}

/* No seed: an article's place in the line for evaluation is its own, in every corpus and release. */
static void order_of_article(const char *key, unsigned char out[ORDER])
{
    char hex[SHA256_SIZE];
    sha256_list(hex, "figmill article split 1", key, SHA256_END);
    first_bytes(hex, out);
}

/* Why a kept pair may not go out, or NULL. */
static const char *reason_against(const struct shard_options *o, const struct shard_candidate *c, char text[128])
{
    char license[LICENSE_NAME_SIZE];
    if (c->figure_drop)
        return c->figure_drop;
    if (!c->image_sha256)
        return "no_image";
    if (!sample_suffix(c))
        return "image_type";
    switch (license_check(&o->licenses, c->license, license)) {
    case LICENSE_ALLOWED:
        break;
    case LICENSE_UNKNOWN:
        return "license_unknown";
    case LICENSE_DENIED:
        snprintf(text, 128, "license: %s", license);
        return text;
    }
    /* The article's licence does not reach what it shows by permission of others. */
    if (c->credit && *c->credit && !o->licenses.any)
        return "third_party_credit";
    struct str conversations = STR_INIT(8 << 20);
    const char *why = sample_conversations(c->turns, &conversations);
    str_release(&conversations);
    return why;
}

static bool read_one(void *context, const struct shard_candidate *c, struct err *e)
{
    struct reader *r = context;
    char text[128];
    const char *why = reason_against(r->o, c, text);
    (void)e;
    if (why) {
        tally_add(r->excluded, why, 1);
        return true;
    }
    MEM_GROW(r->picks, r->n, r->cap);
    struct shard_pick *pick = &r->picks[r->n++];
    *pick = (struct shard_pick){.pair_id = c->pair_id, .article_id = c->article_id};
    order_of_pick(r->o, c, pick->order);
    /* Pairs come by id, so an article's mostly come together. */
    if (r->n_sources && r->sources[r->n_sources - 1].article_id == c->article_id)
        return true;
    MEM_GROW(r->sources, r->n_sources, r->cap_sources);
    struct source *s = &r->sources[r->n_sources++];
    *s = (struct source){.article_id = c->article_id, .given = c->split != NULL};
    s->split = str_same(c->split, "eval") ? SPLIT_EVAL : SPLIT_TRAIN;
    order_of_article(c->article_key, s->order);
    return true;
}

static int picks_by_article(const void *a, const void *b)
{
    const struct shard_pick *p = a, *q = b;
    return (p->article_id > q->article_id) - (p->article_id < q->article_id);
}

static int picks_by_order(const void *a, const void *b)
{
    const struct shard_pick *p = a, *q = b;
    return p->split != q->split ? p->split - q->split : memcmp(p->order, q->order, ORDER);
}

static int sources_by_article(const void *a, const void *b)
{
    const struct source *p = a, *q = b;
    return (p->article_id > q->article_id) - (p->article_id < q->article_id);
}

static int sources_by_order(const void *a, const void *b)
{
    return memcmp(((const struct source *)a)->order, ((const struct source *)b)->order, ORDER);
}

static void sort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *))
{
    if (n)
        qsort(base, n, size, compare);
}

/* One entry an article, with its picks. */
static void fold_sources(struct reader *r)
{
    size_t n = 0, at = 0;
    sort(r->picks, r->n, sizeof *r->picks, picks_by_article);
    sort(r->sources, r->n_sources, sizeof *r->sources, sources_by_article);
    for (size_t i = 0; i < r->n_sources; i++)
        if (!n || r->sources[n - 1].article_id != r->sources[i].article_id)
            r->sources[n++] = r->sources[i];
    r->n_sources = n;
    for (size_t i = 0; i < n; i++) {
        struct source *s = &r->sources[i];
        s->first = at;
        while (at < r->n && r->picks[at].article_id == s->article_id)
            at++;
        s->n = at - s->first;
    }
}

/* Fills eval, whole articles in the order of their hashes, first with those that are in it for good; the others train.
 */
static void split_sources(struct reader *r)
{
    int64_t all = r->o->target && r->o->target < (int64_t)r->n ? r->o->target : (int64_t)r->n;
    int64_t want = r->o->eval_size >= 0 ? r->o->eval_size : all / EVAL_SHARE, have = 0;
    sort(r->sources, r->n_sources, sizeof *r->sources, sources_by_order);
    for (int given = 1; given >= 0; given--)
        for (size_t i = 0; i < r->n_sources; i++) {
            struct source *s = &r->sources[i];
            if (s->given != given || (given && s->split != SPLIT_EVAL))
                continue;
            bool room = have < want;
            s->split = given || room ? SPLIT_EVAL : SPLIT_TRAIN;
            s->out = given && !room;
            have += room ? (int64_t)s->n : 0;
        }
    for (size_t i = 0; i < r->n_sources; i++)
        for (size_t k = 0; k < r->sources[i].n; k++)
            r->picks[r->sources[i].first + k].split =
                r->sources[i].out ? (unsigned char)SPLITS : (unsigned char)r->sources[i].split;
}

/* Orders, counts, and cuts what is over the target: evaluation keeps its size, training gives way. */
static void cut(struct reader *r, struct shard_selection *out)
{
    size_t n[SPLITS + 1] = {0};
    sort(r->picks, r->n, sizeof *r->picks, picks_by_order);
    for (size_t i = 0; i < r->n; i++)
        n[r->picks[i].split]++;
    if (n[SPLITS])
        tally_add(r->excluded, "eval_full", (int64_t)n[SPLITS]);
    size_t target = r->o->target ? (size_t)r->o->target : SIZE_MAX;
    size_t eval = n[SPLIT_EVAL] < target ? n[SPLIT_EVAL] : target;
    size_t train = n[SPLIT_TRAIN] < target - eval ? n[SPLIT_TRAIN] : target - eval;
    size_t over = n[SPLIT_TRAIN] - train + n[SPLIT_EVAL] - eval;
    if (over)
        tally_add(r->excluded, "over_target", (int64_t)over);
    memmove(r->picks + train, r->picks + n[SPLIT_TRAIN], eval * sizeof *r->picks);
    out->by_split[SPLIT_TRAIN] = train;
    out->by_split[SPLIT_EVAL] = eval;
    out->n = train + eval;
}

static bool nothing_left(const struct shard_options *o, struct tally *excluded, struct err *e)
{
    if (!excluded->n)
        return err_set(e, ERR_FORMAT, "no pair to write: the corpus holds no kept pair; `figmill generate` makes them");
    struct str why = STR_INIT(400);
    tally_write(excluded, &why);
    err_set(e, ERR_FORMAT, "no pair to write: %s (licences allowed: %s)", why.data, o->license_text);
    str_release(&why);
    return false;
}

bool shard_select(struct db *db, const struct shard_options *o, struct shard_selection *out, struct err *e)
{
    *out = (struct shard_selection){0};
    struct reader r = {.o = o, .excluded = &out->excluded};
    bool ok = shard_candidates(db, read_one, &r, e);
    if (ok) {
        fold_sources(&r);
        split_sources(&r);
        out->picks = r.picks;
        if (r.n)
            cut(&r, out);
        ok = out->n || nothing_left(o, &out->excluded, e);
    } else {
        free(r.picks);
    }
    free(r.sources);
    return ok;
}

void shard_selection_release(struct shard_selection *s)
{
    free(s->picks);
    tally_release(&s->excluded);
    *s = (struct shard_selection){0};
}
