/* fetch_dry.c: see fetch_dry.h. */
#include "ingest/fetch_dry.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "db/article.h"

enum { ROUTES = 16 };

struct dry {
    const struct common_options *common;
    const struct route_rules *rules;
    struct db *db; /* NULL: there is no corpus */
    int64_t articles, asking, dropped, failed, done;
    int64_t routes[ROUTES]; /* requests by route */
};

static void count(struct dry *d, const char *name, const struct route_step *step)
{
    d->articles++;
    d->asking += step->what == ROUTE_WANTS;
    d->dropped += step->what == ROUTE_DROPPED;
    d->failed += step->what == ROUTE_FAILED || step->what == ROUTE_LATER;
    d->done += step->what == ROUTE_WON;
    if (step->what != ROUTE_WANTS && step->what != ROUTE_WON && !d->common->json)
        printf("%s\t%s\t%s\n", name, step->what == ROUTE_DROPPED ? step->drop_reason : "failed", step->why.text);
    for (size_t i = 0; step->what == ROUTE_WANTS && i < step->n; i++) {
        const struct fetch_row *row = &step->wants[i].row;
        for (size_t k = 0; route_names[k]; k++)
            d->routes[k] += strcmp(route_names[k], row->route) == 0;
        if (!d->common->json)
            printf("%s\t%s\t%s\n", name, row->route, row->url);
    }
}

static bool each(void *context, int64_t article_id, const char *inputs, int part, struct err *e)
{
    struct dry *d = context;
    struct arena arena = ARENA_INIT;
    struct fetch_article article;
    struct fetch_row *rows;
    struct route_step step;
    size_t n;
    if (part % d->common->parts != d->common->part || (d->common->limit && d->articles >= d->common->limit))
        return true;
    bool ok =
        fetch_article(d->db, article_id, &arena, &article, e) && fetch_load(d->db, article_id, &arena, &rows, &n, e);
    if (ok) {
        route_next(&article, rows, n, d->rules, &arena, &step);
        const char *name = article.doi ? article.doi : article.pmcid ? article.pmcid : article.pmid;
        count(d, name ? name : arena_printf(&arena, "article %lld", (long long)article_id), &step);
    }
    arena_release(&arena);
    return ok;
}

/* A work that no row knows. */
static void new_work(struct dry *d, const struct given_work *work)
{
    struct arena arena = ARENA_INIT;
    bool url = work->kind == GIVEN_URL || work->kind == GIVEN_ARXIV;
    struct fetch_record record = {.source = "given"};
    struct fetch_article article = {.doi = work->kind == GIVEN_DOI ? work->text : NULL,
                                    .pmcid = work->kind == GIVEN_PMCID ? work->text : NULL,
                                    .pmid = work->kind == GIVEN_PMID ? work->text : NULL,
                                    .records = &record,
                                    .n_records = url};
    struct route_step step;
    struct str files = STR_INIT(16384);
    const char *prefix = work->kind == GIVEN_ARXIV ? "https://arxiv.org/pdf/" : "";
    str_add(&files, "[{\"url\":");
    json_quote(arena_printf(&arena, "%s%s", prefix, work->text), &files);
    str_add(&files, "}]");
    record.files = files.data;
    route_next(&article, NULL, 0, d->rules, &arena, &step);
    count(d, work->text, &step);
    str_release(&files);
    arena_release(&arena);
}

static bool named(struct dry *d, const struct given *given, struct err *e)
{
    for (size_t i = 0; i < given->n; i++) {
        const struct given_work *w = &given->works[i];
        const struct article_ids ids = {w->kind == GIVEN_DOI ? w->text : NULL, w->kind == GIVEN_PMCID ? w->text : NULL,
                                        w->kind == GIVEN_PMID ? w->text : NULL};
        int64_t article_id = 0;
        bool by_id = ids.doi || ids.pmcid || ids.pmid;
        if (d->db && by_id && !article_find(d->db, &ids, &article_id, e))
            return false;
        if (!article_id)
            new_work(d, w);
        else if (!fetch_each(d->db, 0, article_id, each, d, e))
            return false;
    }
    return true;
}

static void say(const struct dry *d)
{
    int64_t all = 0;
    cJSON *summary = cJSON_CreateObject();
    cJSON_AddStringToObject(summary, "stage", "fetch");
    cJSON_AddBoolToObject(summary, "dry_run", true);
    cJSON_AddNumberToObject(summary, "articles", (double)d->articles);
    cJSON_AddNumberToObject(summary, "asking", (double)d->asking);
    cJSON_AddNumberToObject(summary, "done", (double)d->done);
    cJSON_AddNumberToObject(summary, "dropped", (double)d->dropped);
    cJSON_AddNumberToObject(summary, "failed", (double)d->failed);
    cJSON *routes = cJSON_AddObjectToObject(summary, "routes");
    for (size_t i = 0; route_names[i]; i++) {
        all += d->routes[i];
        if (d->routes[i])
            cJSON_AddNumberToObject(routes, route_names[i], (double)d->routes[i]);
    }
    cJSON_AddNumberToObject(summary, "requests", (double)all);
    if (d->common->json) {
        char *text = cJSON_PrintUnformatted(summary);
        puts(text);
        cJSON_free(text);
    }
    cJSON_Delete(summary);
    log_info("%lld articles: %lld have it all, %lld to ask for (%lld requests at first), %lld dropped, %lld failed",
             (long long)d->articles, (long long)d->done, (long long)d->asking, (long long)all, (long long)d->dropped,
             (long long)d->failed);
}

bool fetch_dry_run(const struct common_options *common, const struct route_rules *rules, const struct given *given,
                   int64_t since, struct err *e)
{
    struct db db = {0};
    struct dry d = {.common = common, .rules = rules};
    struct stat st;
    bool corpus = stat(common->corpus, &st) == 0;
    if (corpus && !db_open(&db, common->corpus, DB_READ, e))
        return false;
    d.db = corpus ? &db : NULL;
    bool ok = given->n ? named(&d, given, e) : !corpus || fetch_each(&db, since, 0, each, &d, e);
    db_close(&db);
    if (ok)
        say(&d);
    return ok;
}
