/* search_plan.c: see search_plan.h. */
#include "ingest/search_plan.h"

#include <string.h>

#include "base/log.h"
#include "ingest/day.h"
#include "stage/names.h"

enum { SOURCES_MAX = 32 };

/* What is known of each source while a plan is made, by its place in `sources`. */
struct seen {
    bool wanted, merged; /* merged: its search for all queries is planned */
    int left_out;
    struct err why;
};

static bool read_wanted(const char *list, struct seen *seen, struct err *e)
{
    const char *names[SOURCES_MAX];
    unsigned bits = ~0u;
    size_t n = 0;
    for (; sources[n] && n < SOURCES_MAX; n++)
        names[n] = sources[n]->name;
    if (list && !names_read("--source", list, names, n, &bits, e))
        return false;
    for (size_t i = 0; i < n; i++)
        seen[i].wanted = bits >> i & 1;
    return true;
}

static size_t place_of(const struct source *source)
{
    size_t i = 0;
    while (sources[i] != source)
        i++;
    return i;
}

static bool is_asked_of(const struct profile_query *q, const struct source *source)
{
    for (size_t i = 0; i < q->n_sources; i++)
        if (q->sources[i] == source)
            return true;
    return false;
}

/* All queries that a source which lists by date is read for. */
static void merge_queries(const struct profile *p, const struct source *source, struct arena *arena,
                          struct search_query *out)
{
    struct query *any = arena_array(arena, p->n_queries, sizeof *any);
    for (size_t i = 0; i < p->n_queries; i++)
        if (profile_wants(p, &p->queries[i]) && is_asked_of(&p->queries[i], source))
            any[out->n_any++] = profile_ask(p, &p->queries[i], source);
    out->any = any;
    out->ask.name = SEARCH_EVERY_QUERY;
    out->ask.language = "";
    out->ask.groups = NULL;
    out->ask.n_groups = 0;
}

static bool may_ask(const struct source *source, const struct search_plan_options *options, struct arena *arena,
                    struct err *why)
{
    struct source_secret secret;
    return !source->key_needed || options->first_pages || source_secret_read(source, arena, &secret) ||
           err_set(
               why, ERR_REFUSED,
               "%s gives no more than first pages without a key: set %s to one (free; its web site has a page for it)",
               source->title, source->key);
}

static void plan_one(const struct profile *p, const struct profile_query *q, const struct source *source,
                     const struct search_plan_options *options, struct seen *seen, struct arena *arena,
                     struct search_plan *out)
{
    struct search_planned item = {.source = source, .of = q, .query.ask = profile_ask(p, q, source)};
    struct err why = {0};
    if (source->by_date && !item.query.ask.raw) {
        if (seen->merged)
            return;
        seen->merged = true;
        item.of = NULL;
        merge_queries(p, source, arena, &item.query);
    } else {
        item.query.any = arena_memdup(arena, &item.query.ask, sizeof item.query.ask);
        item.query.n_any = 1;
    }
    item.query.ask.added_since = options->since;
    if (options->until)
        item.query.ask.until = options->until;
    if (!may_ask(source, options, arena, &why) ||
        !source->ask(&item.query.ask, NULL, 0, options->contact, arena, &item.first, &why)) {
        if (!seen->left_out++)
            seen->why = why;
        return;
    }
    ARENA_GROW(arena, out->items, out->n, out->cap);
    out->items[out->n++] = item;
}

static bool check_days(const struct search_plan_options *options, struct err *e)
{
    int day;
    if (options->since && !day_read(options->since, &day))
        return err_set(e, ERR_USAGE, "--since: '%s' is no date (YYYY-MM-DD)", options->since);
    if (options->until && !day_read(options->until, &day))
        return err_set(e, ERR_USAGE, "--until: '%s' is no date (YYYY-MM-DD)", options->until);
    return true;
}

bool search_plan_make(const struct profile *p, const struct search_plan_options *options, struct arena *arena,
                      struct search_plan *out, struct err *e)
{
    struct seen seen[SOURCES_MAX] = {{0}};
    const struct err *why = NULL;
    if (!check_days(options, e) || !read_wanted(options->sources, seen, e))
        return false;
    for (size_t i = 0; i < p->n_queries; i++)
        for (size_t k = 0; profile_wants(p, &p->queries[i]) && k < p->queries[i].n_sources; k++) {
            const struct source *source = p->queries[i].sources[k];
            if (seen[place_of(source)].wanted)
                plan_one(p, &p->queries[i], source, options, &seen[place_of(source)], arena, out);
        }
    for (size_t i = 0; sources[i] && i < SOURCES_MAX; i++)
        if (seen[i].left_out) {
            why = &seen[i].why;
            log_warn("%s: %d of the profile's queries left out: %s", sources[i]->name, seen[i].left_out, why->text);
        }
    if (out->n)
        return true;
    return why ? err_set(e, ERR_USAGE, "nothing is left to ask: %s", why->text)
               : err_set(e, ERR_USAGE, "nothing to ask: profile '%s' has no query for %s", p->name,
                         options->sources ? options->sources : "any source");
}
