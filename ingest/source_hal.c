/* source_hal.c: HAL, the open archive of French research: https://api.archives-ouvertes.fr/search/?q=...&fq=...&fl=...
 * &wt=json&rows=500&sort=docid asc&cursorMark=*, a Solr. nextCursorMark is that of the next page; when it repeats the
 * one that was sent, this was the last. Without `fl` only docid and label_s come. rows at most 10,000. No key, no
 * published limit.
 *
 * Many fields are lists with one value, or the value alone. language_s is always there (ISO 639-1). `fileMain_s` leads
 * to the deposit's PDF, files_s to all its files; `licence_s` is a Creative Commons URL or a label. An error is
 * {"error":{"msg","code"}}, with that status or with 200. */
#include <stdlib.h>
#include <string.h>

#include "ingest/link.h"
#include "ingest/query_fields.h"
#include "ingest/source_json.h"

enum { PAGE = 500, URL_MAX = 8000 /* bytes of a URL that front ends take */ };

static const struct query_syntax syntax = {
    .and_word = " AND ", .or_word = " OR ", .open = "(", .close = ")", .quote = '"'};
static const char *const fields[] = {"title_t:", "abstract_t:", NULL};
static const char wanted[] =
    "docid,halId_s,doiId_s,pubmedId_s,pubmedcentralId_s,arxivId_s,title_s,abstract_s,language_s,producedDate_s,"
    "journalTitle_s,docType_s,licence_s,openAccess_bool,fileMain_s,files_s,uri_s,label_s";

static bool request(const struct str *query, const struct str *filters, const char *mark, int size, struct arena *arena,
                    struct source_request *out, struct err *e)
{
    struct str url = STR_INIT(URL_MAX);
    str_add(&url, "https://api.archives-ouvertes.fr/search/");
    query_parameter(&url, "q", query->data);
    str_add(&url, filters->data);
    query_parameter(&url, "fl", wanted);
    str_addf(&url, "&wt=json&rows=%d&sort=docid%%20asc", size > 0 && size < PAGE ? size : PAGE);
    query_parameter(&url, "cursorMark", *mark ? mark : "*");
    bool fits = !url.overflow && !query->overflow && !filters->overflow;
    *out = (struct source_request){
        .url = arena_strdup(arena, url.data), .accept = "application/json", .want = CONTENT_JSON};
    str_release(&url);
    return fits ||
           err_set(e, ERR_UNSUPPORTED, "HAL: the query is longer than %d bytes: split it in the profile", URL_MAX);
}

static void add_filter(struct str *filters, const char *text)
{
    str_add(filters, "&fq=");
    query_escape(text, filters);
}

static void add_filters(const struct query *q, struct arena *arena, struct str *out)
{
    add_filter(out, "docType_s:(ART OR UNDEFINED)"); /* articles, preprints */
    if (q->language && *q->language && !q->raw)
        add_filter(out, arena_printf(arena, "language_s:%.*s", (int)strcspn(q->language, "-"), q->language));
    if (q->open_only)
        add_filter(out, "openAccess_bool:true");
    if (q->since || q->until)
        add_filter(out,
                   arena_printf(arena, "producedDate_tdate:[%s%s TO %s%s]", q->since ? q->since : "*",
                                q->since ? "T00:00:00Z" : "", q->until ? q->until : "*", q->until ? "T23:59:59Z" : ""));
    if (q->added_since)
        add_filter(out, arena_printf(arena, "modifiedDate_tdate:[%sT00:00:00Z TO *]", q->added_since));
}

static bool ask(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e)
{
    (void)contact;
    if (!source_has_terms("HAL", q, e))
        return false;
    struct source_cursor at;
    source_cursor_read(cursor, &at);
    struct str query = STR_INIT(URL_MAX), filters = STR_INIT(URL_MAX);
    query_write_fields(q, &syntax, fields, &query);
    add_filters(q, arena, &filters);
    bool ok = request(&query, &filters, at.mark, size, arena, out, e);
    str_release(&query);
    str_release(&filters);
    return ok;
}

static bool ask_work(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    (void)contact;
    struct str query = STR_INIT(URL_MAX), filters = STR_INIT(1);
    enum source_id kind = source_id_kind(id);
    const char *field = kind == SOURCE_ID_DOI     ? "doiId_s"
                        : kind == SOURCE_ID_PMCID ? "pubmedcentralId_s"
                        : kind == SOURCE_ID_ARXIV ? "arxivId_s"
                                                  : NULL;
    if (!field)
        return err_set(e, ERR_UNSUPPORTED, "HAL knows works by DOI, PMCID and arXiv number, not by '%.40s'", id);
    str_addf(&query, "%s:\"%s\"", field, id);
    bool ok = request(&query, &filters, "", 1, arena, out, e);
    str_release(&query);
    str_release(&filters);
    return ok;
}

static const char *first_id(const struct source_item *item, const char *name)
{
    const cJSON *json = json_member(item->json, name);
    return cJSON_IsArray(json) ? item_first_text(item, item->json, name) : item_id(item, item->json, name);
}

static void add_file(const struct source_item *item, const char *stated, const char *kind, struct record *r)
{
    const char *url = stated ? link_resolve(NULL, stated, item->arena) : NULL;
    if (url)
        source_add_file(r, item->arena, &(struct record_file){.url = url, .kind = kind, .license = r->license});
}

static void read_files(const struct source_item *item, struct record *r)
{
    add_file(item, first_id(item, "fileMain_s"), "pdf", r);
    const cJSON *one;
    const cJSON *files = json_member(item->json, "files_s");
    if (cJSON_IsArray(files))
        cJSON_ArrayForEach(one, files)
        {
            const char *url = cJSON_GetStringValue(one);
            if (url && strcmp(link_kind(url), "pdf") == 0)
                add_file(item, url, "pdf", r);
        }
    add_file(item, first_id(item, "uri_s"), "landing", r);
}

static bool read_doc(const struct source_item *item, struct record *r)
{
    r->source_id = first_id(item, "halId_s");
    if (!r->source_id)
        r->source_id = first_id(item, "docid");
    if (!r->source_id) {
        source_add_fault(item->page, item->arena, item->place, "halId_s and docid are missing");
        return false;
    }
    r->doi = first_id(item, "doiId_s");
    r->pmid = first_id(item, "pubmedId_s");
    r->pmcid = first_id(item, "pubmedcentralId_s");
    r->arxiv = first_id(item, "arxivId_s");
    r->title = item_first_text(item, item->json, "title_s");
    if (!r->title)
        source_add_fault(item->page, item->arena, item->place, "title_s is missing");
    r->abstract = item_first_text(item, item->json, "abstract_s");
    r->language = source_language(item->arena, first_id(item, "language_s"));
    source_set_date(r, item->arena, first_id(item, "producedDate_s"));
    r->journal = item_first_text(item, item->json, "journalTitle_s");
    r->type = first_id(item, "docType_s");
    r->license = first_id(item, "licence_s");
    r->license_url = r->license ? link_resolve(NULL, r->license, item->arena) : NULL;
    r->open = item_fact(item, item->json, "openAccess_bool");
    read_files(item, r);
    return true;
}

static bool read_page(const struct query *q, const cJSON *json, const struct source_cursor *at, struct arena *arena,
                      struct source_page *out, struct err *e)
{
    const cJSON *response = json_member(json, "response"), *docs = json_member(response, "docs");
    const char *next = json_text(json, "nextCursorMark");
    out->hits = source_json_number(response, "numFound", -1);
    if (!cJSON_IsArray(docs) || out->hits < 0)
        return err_set(e, ERR_FORMAT, "HAL: no page of results: response.%s is missing",
                       cJSON_IsArray(docs) ? "numFound" : "docs");
    size_t n = (size_t)cJSON_GetArraySize(docs);
    source_json_records(out, arena, docs, "response.docs", read_doc);
    if (!q)
        return true;
    bool last = next && strcmp(next, *at->mark ? at->mark : "*") == 0;
    if (last && n && at->seen + (int64_t)n < out->hits - out->hits / 200)
        return err_set(e, ERR_TEMPORARY, "HAL: the cursor repeats after %lld of %lld records",
                       (long long)at->seen + (long long)n, (long long)out->hits);
    return source_turn("HAL", at, last ? NULL : next, n, out, arena, e);
}

static bool read(const struct query *q, const char *cursor, int status, const char *body, size_t len,
                 struct arena *arena, struct source_page *out, struct err *e)
{
    *out = (struct source_page){.hits = -1};
    struct source_cursor at;
    source_cursor_read(cursor, &at);
    struct err why = {0};
    cJSON *json = source_json("HAL", body, len, &why);
    const cJSON *error = json_member(json, "error");
    const char *said = json_text(error, "msg");
    int code = cJSON_IsObject(error) && status == 200 ? (int)source_json_number(error, "code", 400) : status;
    bool ok = source_status("HAL", code, said, e);
    if (ok && !json) {
        *e = why;
        ok = false;
    }
    ok = ok && read_page(q, json, &at, arena, out, e);
    cJSON_Delete(json);
    return ok;
}

const struct source source_hal = {.name = "hal",
                                  .title = "HAL",
                                  .host = "api.archives-ouvertes.fr",
                                  .page_size = PAGE,
                                  .ask = ask,
                                  .read = read,
                                  .ask_work = ask_work};
