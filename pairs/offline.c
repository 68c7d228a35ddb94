/* offline.c: see offline.h. */
#include "pairs/offline.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "db/pair.h"

struct item {
    int64_t figure_id;
    int part;
    char *fingerprint;
};

struct walk {
    struct stage_context *c;
    struct offline_counts *counts;
    struct ask *ask;
    struct item *items;
    size_t n, cap;
};

/* Collected first: the query cannot stay open while its tables are written. */
static bool collect(void *context, int64_t figure_id, int part, const char *fingerprint, struct err *e)
{
    struct walk *w = context;
    const struct common_options *common = &w->c->common;
    (void)e;
    if (part % common->parts != common->part)
        return true;
    MEM_GROW(w->items, w->n, w->cap);
    w->items[w->n++] = (struct item){figure_id, part, mem_strdup(fingerprint)};
    return true;
}

static bool finish_figure(struct walk *w, const struct item *item, const struct task *task, void *result, struct err *e)
{
    struct stage_context *c = w->c;
    struct task stored = *task;
    bool current;
    c->dropped = 0;
    if (db_begin(&c->db, e) &&
        task_enqueue(&c->db, c->stage->name, task->item, item->part, item->fingerprint, false, e) &&
        task_find(&c->db, c->stage->name, task->item, item->fingerprint, &stored.id, &current, e) &&
        c->stage->store(c, &stored, result, e) && task_done(&c->db, stored.id, e) && db_commit(&c->db, e)) {
        w->counts->finished++;
        w->counts->dropped += c->dropped;
        return true;
    }
    db_rollback(&c->db);
    return false;
}

static bool walk_figure(struct walk *w, const struct item *item, struct arena *arena, struct err *e)
{
    struct stage_context *c = w->c;
    char name[32];
    struct task task = {.item = name, .attempts = 1};
    struct err why = {0};
    bool current;
    snprintf(name, sizeof name, "%lld", (long long)item->figure_id);
    if (!task_find(&c->db, c->stage->name, name, item->fingerprint, &task.id, &current, e))
        return false;
    if (current)
        return true;
    w->counts->figures++;
    void *result = c->stage->work(c, &task, arena, &why);
    if (result)
        return finish_figure(w, item, &task, result, e);
    if (!ask_waits(w->ask) || why.kind != ERR_TEMPORARY) {
        *e = why;
        return false;
    }
    w->counts->open++;
    return true;
}

static bool walk(struct walk *w, struct err *e)
{
    struct arena arena = ARENA_INIT;
    bool ok = true;
    int limit = w->c->common.limit;
    for (size_t i = 0; ok && i < w->n && !*w->c->stop && (!limit || w->counts->figures < limit); i++) {
        ok = walk_figure(w, &w->items[i], &arena, e);
        arena_release(&arena);
    }
    return ok;
}

static void say(const struct offline_options *o, const struct offline_counts *n)
{
    if (o->in) {
        const struct batch_counts *in = &n->in;
        log_info("%lld results, of which %lld were looked for; %lld of one request twice, %lld lines left out",
                 (long long)in->results, (long long)in->used, (long long)in->duplicates, (long long)in->broken);
        if (in->results && !in->used)
            log_warn("none of the results belongs to a request that waits: were they taken before, or was the batch "
                     "written with other options or another --model?");
    }
    log_info("%lld figures finished, %lld wait for replies", (long long)n->finished, (long long)n->open);
    if (o->out && n->requests)
        log_info("%lld requests written to %s%s", (long long)n->requests, o->out, n->files > 1 ? ".1 and so on" : "");
    else if (o->out)
        log_info("no request is left to write");
}

bool offline_run(struct stage_context *c, const struct offline_options *o, struct offline_counts *counts, struct err *e)
{
    struct walk w = {.c = c, .counts = counts};
    struct ask_offline places = {.model = o->model ? o->model : ""};
    bool ok = false;
    if ((o->in && !(places.in = batch_in_new(o->in, e))) || (o->out && !(places.out = batch_out_new(o->out, NULL, e))))
        goto out;
    w.ask = *o->made = ask_new_offline(o->ask, &places);
    ok = pair_each_item(&c->db, o->settings, collect, &w, e) && walk(&w, e) &&
         (!places.out || batch_out_close(places.out, e));
    if (places.in)
        batch_in_counts(places.in, &counts->in);
    if (places.out) {
        counts->requests = batch_out_lines(places.out);
        counts->files = batch_out_files(places.out);
    }
    if (ok)
        say(o, counts);
out:
    ask_free(w.ask);
    batch_in_free(places.in);
    batch_out_free(places.out);
    for (size_t i = 0; i < w.n; i++)
        free(w.items[i].fingerprint);
    free(w.items);
    return ok;
}

void offline_report(const struct offline_counts *n, cJSON *summary)
{
    cJSON *o = cJSON_AddObjectToObject(summary, "offline");
    cJSON_AddNumberToObject(o, "finished", (double)n->finished);
    cJSON_AddNumberToObject(o, "open", (double)n->open);
    cJSON_AddNumberToObject(o, "dropped", (double)n->dropped);
    cJSON_AddNumberToObject(o, "requests", (double)n->requests);
    cJSON_AddNumberToObject(o, "files", n->files);
    cJSON_AddNumberToObject(o, "results", (double)n->in.results);
    cJSON_AddNumberToObject(o, "results_used", (double)n->in.used);
    cJSON_AddNumberToObject(o, "results_twice", (double)n->in.duplicates);
    cJSON_AddNumberToObject(o, "lines_left_out", (double)n->in.broken);
}
