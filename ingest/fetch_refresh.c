/* fetch_refresh.c: see fetch_refresh.h. */
#include "ingest/fetch_refresh.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/fetch.h"

/* ".../PMC123.2.json": 2. */
static int version_of(const char *url, const char *pmcid)
{
    const char *name = strrchr(url, '/');
    size_t len = strlen(pmcid);
    if (!name || strncmp(name + 1, pmcid, len) != 0 || name[1 + len] != '.')
        return 0;
    return (int)strtol(name + 2 + len, NULL, 10);
}

static bool add_known(void *context, const struct fetch_version *v, struct err *e)
{
    struct pmc_increment *increment = context;
    int version = v->listing ? 0 : version_of(v->url, v->pmcid);
    if (v->listing)
        pmc_increment_listed(increment, v->article_id, v->pmcid, v->highest);
    else if (version && v->failed)
        pmc_increment_lacks(increment, v->article_id, v->pmcid, version);
    else if (version)
        pmc_increment_has(increment, v->article_id, v->pmcid, version, v->etag);
    return true;
}

static bool is_worth_it(const struct refresh *r, struct stage_context *c, bool *worth, struct err *e)
{
    int64_t n;
    *worth = false;
    if (r->inventory_use == INVENTORY_NEVER)
        return true;
    if (!fetch_count_versions(&c->db, c->common.part, c->common.parts, &n, e))
        return false;
    *worth = n > 0 && (r->inventory_use == INVENTORY_ALWAYS || n >= REFRESH_INVENTORY_FROM);
    return true;
}

bool refresh_survey(struct refresh *r, struct stage_context *c, const struct crawl_options *options, struct err *e)
{
    struct err why = {0};
    bool worth;
    if (!is_worth_it(r, c, &worth, e))
        return false;
    if (!worth)
        return true;
    r->increment = pmc_increment_new();
    if (!fetch_each_version(&c->db, c->common.part, c->common.parts, add_known, r->increment, e))
        return false;
    switch (fetch_inventory(c, options, pmc_increment_line, r->increment, &r->inventory, &why)) {
    case INVENTORY_READ:
        return true;
    case INVENTORY_NONE:
        log_warn("PMC's bucket is asked article by article, since its inventory cannot be had: %s", why.text);
        pmc_increment_free(r->increment);
        r->increment = NULL;
        return true;
    default:
        *e = why;
        return false;
    }
}

static bool note_news(void *context, int64_t article_id, enum pmc_news news, struct err *e)
{
    struct refresh *r = context;
    r->news[news]++;
    return news == PMC_UNCHANGED ? fetch_note_unchanged(&r->c->db, article_id, r->inventory.when, e)
                                 : fetch_want_versions_of(&r->c->db, article_id, e);
}

static bool apply_inventory(struct refresh *r, struct err *e)
{
    bool ok = pmc_increment_each(r->increment, note_news, r, e);
    pmc_increment_free(r->increment);
    r->increment = NULL;
    if (ok)
        log_info("PMC's inventory of %s: %lld articles are unchanged, %lld changed, %lld have a new version, "
                 "%lld lack one",
                 r->inventory.name, (long long)r->news[PMC_UNCHANGED], (long long)r->news[PMC_CHANGED],
                 (long long)r->news[PMC_NEW_VERSION], (long long)r->news[PMC_GONE]);
    return ok;
}

bool refresh_enqueue(struct refresh *r, struct stage_context *c, struct err *e)
{
    int part = c->common.part, parts = c->common.parts;
    bool read = r->increment != NULL;
    r->c = c;
    if (!read)
        r->inventory = (struct inventory){0};
    return fetch_want_files(&c->db, part, parts, e) &&
           (read ? apply_inventory(r, e) : fetch_want_versions(&c->db, part, parts, e)) &&
           fetch_make_ready(&c->db, part, parts, e);
}

void refresh_summary(const struct refresh *r, cJSON *summary)
{
    cJSON *out = cJSON_AddObjectToObject(summary, "refresh");
    if (*r->inventory.name)
        cJSON_AddStringToObject(out, "inventory", r->inventory.name);
    else
        cJSON_AddNullToObject(out, "inventory");
    cJSON_AddNumberToObject(out, "unchanged", (double)r->news[PMC_UNCHANGED]);
    cJSON_AddNumberToObject(out, "changed", (double)r->news[PMC_CHANGED]);
    cJSON_AddNumberToObject(out, "new_versions", (double)r->news[PMC_NEW_VERSION]);
    cJSON_AddNumberToObject(out, "gone", (double)r->news[PMC_GONE]);
}
