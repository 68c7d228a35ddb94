/* fetch_inventory.c: see fetch_inventory.h. */
#include "ingest/fetch_inventory.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"

enum { TURN_MS = 200, DAY_S = 86400, CHUNK = 64 * 1024, TIMEOUT_S = 4 * 3600 };

struct reading {
    const volatile sig_atomic_t *stop;
    struct crawl *crawl;
    struct arena arena;
    struct pmc_manifest manifest;
    pmc_change_fn *each;
    void *context;
    struct inventory *out;
    bool answered;
    int status;     /* of the answer */
    struct err why; /* and what was wrong with it */
};

static void manifest_came(void *context, const struct crawl_reply *reply)
{
    struct reading *r = context;
    r->answered = true;
    r->status = reply->status;
    r->why = reply->why;
    if (!reply->why.kind)
        pmc_manifest_read(reply->status, reply->body, reply->len, &r->arena, &r->manifest, &r->why);
}

static bool read_file(struct reading *r, FILE *file, struct pmc_inventory *inventory, struct err *e)
{
    unsigned char chunk[CHUNK];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0) {
        if (*r->stop)
            return err_set(e, ERR_ABORT, "asked to stop");
        if (!pmc_inventory_add(inventory, chunk, n, e))
            return false;
    }
    if (ferror(file))
        return err_set(e, ERR_SYSTEM, "cannot read PMC's inventory back from the disk");
    return pmc_inventory_end(inventory, e);
}

static void file_came(void *context, const struct crawl_reply *reply)
{
    struct reading *r = context;
    r->answered = true;
    r->status = reply->status;
    r->why = reply->why;
    if (reply->why.kind)
        return;
    struct pmc_inventory *inventory = pmc_inventory_new(&r->manifest, r->each, r->context);
    read_file(r, reply->file, inventory, &r->why);
    r->out->lines += pmc_inventory_lines(inventory);
    pmc_inventory_free(inventory);
}

/* Asks, and waits for the answer. False: *e is ERR_SYSTEM or ERR_ABORT; what else is wrong is in r->why. */
static bool ask(struct reading *r, struct crawl_request request, struct err *e)
{
    request.context = r;
    r->answered = false;
    err_clear(&r->why);
    crawl_add(r->crawl, &request);
    while (!r->answered) {
        if (*r->stop)
            return err_set(e, ERR_ABORT, "asked to stop");
        if (!crawl_turn(r->crawl, TURN_MS, e))
            return false;
    }
    if (r->why.kind != ERR_SYSTEM && r->why.kind != ERR_ABORT)
        return true;
    *e = r->why;
    return false;
}

static bool ask_manifest(struct reading *r, int64_t day, struct err *e)
{
    time_t when = (time_t)(day * DAY_S);
    struct tm tm;
    gmtime_r(&when, &tm);
    strftime(r->out->name, sizeof r->out->name, "%Y-%m-%dT01-00Z", &tm);
    r->out->when = when + 3600;
    return ask(r,
               (struct crawl_request){.kind = CRAWL_API,
                                      .url = pmc_manifest_url(r->out->name, &r->arena),
                                      .want = CONTENT_JSON,
                                      .done = manifest_came},
               e);
}

/* That of today may not be written yet. */
static bool find_manifest(struct reading *r, struct err *e)
{
    int64_t today = time(NULL) / DAY_S;
    for (int64_t day = today; day > today - INVENTORY_DAYS; day--) {
        if (!ask_manifest(r, day, e))
            return false;
        if (!r->why.kind || (r->status != 404 && r->status != 403))
            return true;
    }
    return true;
}

static enum inventory_end read_all(struct reading *r, struct err *why)
{
    if (!find_manifest(r, why))
        return INVENTORY_FAILED;
    if (!r->why.kind && !r->manifest.n)
        err_set(&r->why, ERR_FORMAT, "PMC's inventory of %s is empty", r->out->name);
    for (size_t i = 0; !r->why.kind && i < r->manifest.n; i++) {
        const struct pmc_file *file = &r->manifest.files[i];
        log_info("reading PMC's inventory of %s, file %zu of %zu", r->out->name, i + 1, r->manifest.n);
        if (!ask(r,
                 (struct crawl_request){.kind = CRAWL_TEMPORARY,
                                        .url = file->url,
                                        .md5 = *file->md5 ? file->md5 : NULL,
                                        .max_bytes = (uint64_t)INVENTORY_MAX_GB << 30,
                                        .timeout_s = TIMEOUT_S,
                                        .done = file_came},
                 why))
            return INVENTORY_FAILED;
    }
    *why = r->why;
    return why->kind ? INVENTORY_NONE : INVENTORY_READ;
}

static bool store(struct crawl *crawl, struct db *db, struct err *e)
{
    if (db_begin(db, e) && crawl_store(crawl, e) && db_commit(db, e))
        return true;
    db_rollback(db);
    return false;
}

enum inventory_end fetch_inventory(struct stage_context *c, const struct crawl_options *options, pmc_change_fn *each,
                                   void *context, struct inventory *out, struct err *why)
{
    struct reading r = {.stop = c->stop, .arena = ARENA_INIT, .each = each, .context = context, .out = out};
    enum inventory_end end = INVENTORY_FAILED;
    *out = (struct inventory){0};
    r.crawl = crawl_new(options, c->common.corpus, &c->db, c->stop, why);
    if (r.crawl)
        end = read_all(&r, why);
    if (r.crawl && end != INVENTORY_FAILED && !store(r.crawl, &c->db, why))
        end = INVENTORY_FAILED;
    crawl_free(r.crawl);
    arena_release(&r.arena);
    return end;
}
