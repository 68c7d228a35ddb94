/* fetch_job.c: see fetch_job.h. */
#include "ingest/fetch_job.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "db/blob.h"
#include "db/article.h"
#include "db/document.h"
#include "db/tombstone.h"
#include "ingest/import_store.h"
#include "ingest/route_reply.h"
#include "stage/settle.h"

/* ---- its beginning ---- */

static bool is_last(const struct crowd_item *item)
{
    struct err why = {.kind = ERR_TEMPORARY};
    return settle_plan(&why, item->attempts).action != SETTLE_RETRY;
}

bool fetch_job_load(struct fetch_job *job, struct db *db, struct err *e)
{
    int64_t id = strtoll(job->item.item, NULL, 10);
    job->last = is_last(&job->item);
    job->due = true;
    if (!fetch_article(db, id, &job->arena, &job->article, e) ||
        (job->article.article_id != id && !fetch_has_task(db, job->article.article_id, &job->elsewhere, e)) ||
        !fetch_load(db, job->article.article_id, &job->arena, &job->rows, &job->n, e))
        return false;
    job->cap = job->n;
    for (size_t i = 0; i < job->n; i++)
        if (job->rows[i].state == FETCH_FAILED && str_same(job->rows[i].err_kind, "temporary"))
            job->rows[i].state = FETCH_WANTED;
    return true;
}

void fetch_job_release(struct fetch_job *job)
{
    arena_release(&job->arena);
}

/* ---- answers ---- */

static struct fetch_row *row_of(struct fetch_job *job, const char *url)
{
    for (size_t i = 0; i < job->n; i++)
        if (strcmp(job->rows[i].url, url) == 0)
            return &job->rows[i];
    ARENA_GROW(&job->arena, job->rows, job->n, job->cap);
    job->rows[job->n] = (struct fetch_row){0};
    return &job->rows[job->n++];
}

static void set_error(struct fetch_job *job, struct fetch_row *row, const struct err *why)
{
    bool refused = why->kind == ERR_REFUSED;
    row->state = refused ? FETCH_REFUSED : FETCH_FAILED;
    row->err_kind = err_kind_name(why->kind);
    row->err_text = arena_strdup(&job->arena, why->text);
}

/* What the answer says, in fetch.result. */
static bool read_result(struct fetch_job *job, const char *corpus, const struct route_want *want,
                        const struct crawl_reply *reply, struct fetch_row *row, struct err *why)
{
    struct file_map map = {0};
    struct reply_bytes bytes = {.role = row->role,
                                .route = row->route,
                                .url = reply->url ? reply->url : row->url,
                                .source = want->source ? want->source->name : row->name,
                                .status = reply->status,
                                .content_type = reply->content_type,
                                .body = reply->body,
                                .len = reply->len};
    bool blob = !reply->body && *reply->sha256;
    if (!reply_is_read(row->role))
        return true;
    if (blob && !blob_map(corpus, reply->sha256, &map, &job->broken))
        return err_set(why, job->broken.kind, "%s", job->broken.text);
    if (blob) {
        bytes.body = (const char *)map.bytes;
        bytes.len = map.len;
    }
    bool ok = reply_read(&bytes, &job->arena, &row->result, why);
    if (blob)
        file_unmap(&map);
    return ok;
}

/* A licence that stands in the answer itself. */
static void note_license(struct fetch_job *job, struct fetch_row *row)
{
    cJSON *result = row->result ? json_parse(row->result, strlen(row->result), NULL) : NULL;
    const char *license = json_text(result, "license");
    if (license && *license) {
        row->license = arena_strdup(&job->arena, license);
        row->license_source = strcmp(row->role, "metadata") == 0 ? "pmc" : "the file";
    }
    cJSON_Delete(result);
}

static void take_body(struct fetch_job *job, const char *corpus, const struct route_want *want,
                      const struct crawl_reply *reply, struct fetch_row *row)
{
    struct arena *a = &job->arena;
    struct err why = {0};
    row->media_type = arena_strdup(a, reply->media_type);
    row->sha256 = *reply->sha256 ? arena_strdup(a, reply->sha256) : NULL;
    row->bytes = (int64_t)reply->bytes;
    row->etag = arena_strdup(a, reply->etag);
    row->last_modified = arena_strdup(a, reply->last_modified);
    row->headers = arena_strdup(a, reply->headers);
    row->fetched = row->checked = time(NULL);
    row->state = FETCH_DONE;
    row->result = NULL;
    if (!read_result(job, corpus, want, reply, row, &why))
        set_error(job, row, &why);
    else if (!row->license)
        note_license(job, row);
}

const struct fetch_row *fetch_job_answer(struct fetch_job *job, const char *corpus, const struct route_want *want,
                                         const struct crawl_reply *reply)
{
    struct arena *a = &job->arena;
    struct fetch_row *row = row_of(job, want->row.url), old = *row;
    const struct fetch_row *w = &want->row;
    /* A row that is there keeps what came before; who wants it now, and why, is new. */
    *row = old;
    row->article_id = old.article_id ? old.article_id : job->article.article_id;
    row->route = w->route;
    row->role = w->role;
    row->url = w->url;
    row->name = w->name;
    row->md5 = w->md5;
    row->license = w->license;
    row->license_source = w->license_source;
    row->status = reply->status;
    row->final_url = arena_strdup(a, reply->url);
    row->robots = arena_strdup(a, reply->robots);
    row->attempts += reply->attempts;
    row->seconds = reply->seconds;
    row->err_kind = row->err_text = NULL;
    if (reply->why.kind == ERR_SYSTEM || reply->why.kind == ERR_ABORT || reply->why.kind == ERR_USAGE) {
        job->broken = reply->why;
    } else if (reply->not_modified) {
        row->state = FETCH_DONE;
        row->checked = time(NULL);
        if (!row->license)
            row->license = old.license, row->license_source = old.license_source;
    } else if (reply->why.kind && !(strcmp(row->role, "record") == 0 && reply->status == 404)) {
        /* What a 404 of a service says ("no such work") is an answer. */
        set_error(job, row, &reply->why);
    } else {
        take_body(job, corpus, want, reply, row);
    }
    return row;
}

/* ---- its end ---- */

/* What a document is, by its bytes, as import sees it. */
static bool look_at(struct import_file *f, const char *corpus, struct arena *arena, struct err *e)
{
    struct file_map map;
    struct file_kind kind;
    if (!blob_map(corpus, f->sha256, &map, e))
        return false;
    kind_of(map.bytes, map.len < KIND_HEAD ? map.len : KIND_HEAD, f->name, &kind);
    f->kind = kind.kind;
    f->media_type = kind.media_type;
    if (kind.kind == KIND_JATS || kind.kind == KIND_XML) {
        f->ids = arena_new(arena, sizeof *f->ids);
        ids_of(kind.kind, map.bytes, map.len < IDS_HEAD ? map.len : IDS_HEAD, f->ids);
    }
    file_unmap(&map);
    return true;
}

static void add_file(struct fetch_job *job, const struct fetch_row *row)
{
    struct import_file *f = &job->end.files[job->end.n_files++];
    *f = (struct import_file){.path = row->name,
                              .name = row->name,
                              .key = "",
                              .source_url = row->final_url ? row->final_url : row->url,
                              .kind = KIND_IMAGE,
                              .media_type = row->media_type,
                              .bytes = row->bytes};
    memcpy(f->sha256, row->sha256, SHA256_SIZE);
}

/* The files of the winner, documents first, each name once. */
static bool gather(struct fetch_job *job, const char *corpus, const struct route_step *step, struct err *e)
{
    job->end.files = arena_array(&job->arena, step->n_documents + step->n_assets + 1, sizeof *job->end.files);
    for (size_t i = 0; i < step->n_documents; i++) {
        add_file(job, step->documents[i]);
        if (!look_at(&job->end.files[i], corpus, &job->arena, e))
            return false;
    }
    for (size_t i = 0; i < step->n_assets; i++)
        add_file(job, step->assets[i]);
    return true;
}

bool fetch_job_end(struct fetch_job *job, const char *corpus, const struct route_step *step, struct err *e)
{
    struct arena *a = &job->arena;
    job->ended = true;
    job->end.n_files = 0;
    job->end.what = step->what == ROUTE_WON ? JOB_WON : step->what == ROUTE_DROPPED ? JOB_DROPPED : JOB_FAILED;
    job->end.why = step->why;
    job->end.n_missing = step->n_missing;
    job->end.route = step->route;
    job->end.drop_reason = step->drop_reason;
    job->end.doi = arena_strdup(a, step->doi);
    job->end.pmcid = arena_strdup(a, step->pmcid);
    job->end.pmid = arena_strdup(a, step->pmid);
    if (job->end.what == JOB_DROPPED || (job->end.what == JOB_WON && str_same(step->route, "pmc")))
        job->end.bucket = step->bucket;
    job->end.bucket.pmcid = arena_strdup(a, job->end.bucket.pmcid);
    job->end.bucket.license = arena_strdup(a, job->end.bucket.license);
    return job->end.what != JOB_WON || gather(job, corpus, step, e);
}

struct noting {
    struct fetch_job *job;
    struct db *db;
    struct err *why;
};

static bool note(void *context, const struct import_file *file, enum input_outcome outcome, int64_t document_id,
                 const struct err *why, struct err *e)
{
    struct noting *n = context;
    if (outcome == INPUT_REFUSED && !n->why->kind)
        *n->why = *why;
    /* The same bytes may have come from elsewhere before, as from an older version. */
    return !document_id || (fetch_became(n->db, n->job->article.article_id, file->sha256, document_id, e) &&
                            document_moved(n->db, document_id, file->source_url, e));
}

static bool keep_version(const struct fetch_job *job, struct db *db, int64_t article_id, struct err *e)
{
    return !job->end.bucket.version || fetch_keep_version(db, article_id, &job->end.bucket, e);
}

static bool store_files(struct fetch_job *job, struct db *db, struct err *why, struct err *e)
{
    struct noting n = {job, db, why};
    const struct article_ids ids = {job->end.doi, job->end.pmcid, job->end.pmid};
    int64_t article_id = job->article.article_id;
    bool down;
    if (!tombstone_find(db, &ids, NULL, &down, e))
        return false;
    if (down) {
        err_set(why, ERR_REFUSED, "the article was taken down (`figmill purge`)");
        return true;
    }
    if (!import_store_group(db, job->end.files, job->end.n_files, &article_id, "fetch", note, &n, e))
        return false;
    return why->kind || (article_claim_ids(db, article_id, &ids, &article_id, e) &&
                         fetch_drop(db, article_id, NULL, NULL, e) && keep_version(job, db, article_id, e));
}

bool fetch_job_store(struct fetch_job *job, struct db *db, struct err *why, struct err *e)
{
    int64_t id = job->article.article_id;
    err_clear(why);
    if (job->elsewhere)
        return true;
    if (job->end.what == JOB_WON)
        return store_files(job, db, why, e);
    if (job->end.what == JOB_DROPPED)
        return fetch_drop(db, id, job->end.drop_reason, job->end.why.text, e) && keep_version(job, db, id, e);
    *why = job->end.why;
    return true;
}
