/* search_store.c: see search_store.h. */
#include "ingest/search_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/sha256.h"
#include "base/str.h"
#include "db/record.h"
#include "db/search.h"
#include "db/task.h"
#include "ingest/day.h"

/* Part of every fingerprint: another one reads all searches again. */
static const char search_version[] = "search 1";

const char *const search_writes[] = {
    "search", "record", "hit", "search_fault", "article", "document.article_id", "asset.article_id", "host", NULL};

enum { FILES_MAX = 1 << 20 };
static const char first_day[] = "1900-01-01"; /* where an open range is taken to begin when it is cut */

bool search_enqueue(struct db *db, const struct search_key *key, int64_t limit, struct err *e)
{
    char fingerprint[SHA256_SIZE], item[24], limit_text[24];
    int64_t search_id;
    bool whole;
    if (!search_keep(db, key, &search_id, &whole, e))
        return false;
    snprintf(item, sizeof item, "%lld", (long long)search_id);
    snprintf(limit_text, sizeof limit_text, "%lld", (long long)limit);
    sha256_list(fingerprint, search_version, key->query, limit_text, SHA256_END);
    /* One that was read to its end is done whatever the limit is now. */
    return task_enqueue(db, "search", item, db_part(item), fingerprint, whole, e);
}

/* Cutting in two. */

static bool enqueue_part(struct db *db, const struct search_row *row, const char *since, const char *until,
                         int64_t limit, struct err *e)
{
    const struct search_key key = {.profile = row->profile,
                                   .source = row->source,
                                   .name = row->name,
                                   .language = row->language,
                                   .since = since,
                                   .until = until,
                                   .added_since = row->added_since,
                                   .added_until = row->added_until,
                                   .parent = row->search_id,
                                   .size = row->size,
                                   .query = row->query};
    return search_enqueue(db, &key, limit, e);
}

/* The last day of the first half; false: the range is a day, or none. */
static bool middle(const struct search_row *row, int *out)
{
    int first, last;
    if (!day_read(*row->since ? row->since : first_day, &first))
        return false;
    if (!*row->until)
        last = day_today();
    else if (!day_read(row->until, &last))
        return false;
    *out = first + (last - first) / 2;
    return first < last;
}

static bool cut_in_two(struct db *db, const struct search_row *row, int half, int64_t hits, int64_t limit,
                       struct err *e)
{
    char until[DAY_SIZE], since[DAY_SIZE];
    const struct search_page page = {.hits = hits};
    day_write(half, until);
    day_write(half + 1, since);
    /* The outer ends stay open where they were: works of unknown or future dates belong to a half, too. */
    return search_page_read(db, row->search_id, &page, e) && search_end(db, row->search_id, "split", e) &&
           enqueue_part(db, row, row->since, until, limit, e) && enqueue_part(db, row, since, row->until, limit, e);
}

/* Storing. */

static void write_files(const struct record *r, struct str *out)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < r->n_files; i++) {
        const struct record_file *f = &r->files[i];
        cJSON *file = cJSON_CreateObject();
        cJSON_AddStringToObject(file, "url", f->url);
        if (f->kind)
            cJSON_AddStringToObject(file, "kind", f->kind);
        if (f->license)
            cJSON_AddStringToObject(file, "license", f->license);
        if (f->version)
            cJSON_AddStringToObject(file, "version", f->version);
        cJSON_AddItemToArray(list, file);
    }
    json_canonical(list, out);
    cJSON_Delete(list);
}

static int yes_no(enum source_fact fact)
{
    return fact == FACT_YES ? 1 : fact == FACT_NO ? 0 : -1;
}

static bool store_record(struct db *db, const struct search_row *row, const struct record *r, struct err *e)
{
    struct str files = STR_INIT(FILES_MAX);
    int64_t record_id;
    write_files(r, &files);
    const struct source_record stored = {.source = row->source,
                                         .source_id = r->source_id,
                                         .doi = r->doi,
                                         .pmcid = r->pmcid,
                                         .pmid = r->pmid,
                                         .arxiv = r->arxiv,
                                         .title = r->title,
                                         .language = r->language,
                                         .year = r->year,
                                         .date = r->date,
                                         .journal = r->journal,
                                         .type = r->type,
                                         .license = r->license,
                                         .license_url = r->license_url,
                                         .open = yes_no(r->open),
                                         .retracted = yes_no(r->retracted),
                                         .files = files.data,
                                         .said = r->said ? r->said : "{}"};
    bool ok = record_store(db, &stored, &record_id, e) && (!record_id || search_hit(db, row->search_id, record_id, e));
    str_release(&files);
    return ok;
}

static bool store_records(struct db *db, const struct search_row *row, const struct source *source,
                          const struct search_query *query, const struct source_page *page, struct search_page *counts,
                          struct err *e)
{
    for (size_t i = 0; i < page->n; i++) {
        const struct record *r = &page->records[i];
        if (source->by_date && !search_query_matches(query, r->title, r->abstract))
            counts->unmatched++;
        else if (!store_record(db, row, r, e))
            return false;
        else
            counts->records++;
    }
    for (size_t i = 0; i < page->n_faults; i++) {
        const struct record_fault *f = &page->faults[i];
        if (!search_fault(db, row->search_id, f->place, f->text, e))
            return false;
        counts->faults++;
    }
    return true;
}

bool search_store_page(struct db *db, const struct search_row *row, const struct source *source,
                       const struct search_query *query, const struct source_page *page, int64_t limit,
                       enum search_next *next, struct err *e)
{
    struct search_page counts = {.hits = page->hits, .cursor = page->next};
    int half;
    *next = SEARCH_ENDS;
    bool too_many = source->window && page->hits > source->window && (!limit || limit > source->window);
    if (too_many && row->pages == 0 && middle(row, &half))
        return cut_in_two(db, row, half, page->hits, limit, e);
    if (!store_records(db, row, source, query, page, &counts, e) || !search_page_read(db, row->search_id, &counts, e))
        return false;
    if (!page->next)
        return search_end(db, row->search_id, "all", e);
    int64_t records = row->records + counts.records, read = records + row->unmatched + counts.unmatched;
    if ((limit && records >= limit) || (too_many && read >= source->window))
        return search_end(db, row->search_id, "limit", e);
    *next = SEARCH_MORE;
    return true;
}
