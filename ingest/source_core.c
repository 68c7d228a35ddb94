/* source_core.c: CORE, API v3: https://api.core.ac.uk/v3/search/works/?q=...&limit=100&offset=0, with the slash at the
 * end: without it a 301 costs one of the few requests. `Authorization: Bearer KEY`; without a key about 10 requests a
 * window, and a 429 may ask for ten minutes (X-RateLimit-Retry-After, X-RateLimit-Remaining; the crawl reads them).
 *
 * Offsets reach to the 10,000th hit. Larger results are read by a scroll: `scroll=true` gives a scrollId, with which
 * the next part is asked for; Elasticsearch may give the same one every time, so only an empty part ends it. Marks in
 * cursors (source_turn) are "offset", "scroll" (begin it) and "scroll|ID". A scroll that has expired begins again.
 *
 * A bare query searches full texts too and finds ten times what is about it: terms are asked of title and abstract. A
 * work's language is guessed by CORE and often missing, so it is not asked for. Licences are not told. `downloadUrl` is
 * CORE's copy, or just the repository's page. API v2 (gone) had other shapes, which are refused. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/link.h"
#include "ingest/query_fields.h"
#include "ingest/source_json.h"

enum { PAGE = 100, BY_OFFSET = 10000, URL_MAX = 8000 /* bytes of a URL that front ends take */ };

static const struct query_syntax syntax = {
    .and_word = " AND ", .or_word = " OR ", .open = "(", .close = ")", .quote = '"'};
static const char *const fields[] = {"title:", "abstract:", NULL};

#define BEGIN_SCROLL "0.0.scroll"

/* The scroll that a cursor goes on with: "" it begins, NULL none. */
static const char *scroll_of(const struct source_cursor *at)
{
    if (!str_starts(at->mark, "scroll"))
        return NULL;
    return at->mark[6] == '|' ? at->mark + 7 : "";
}

static bool request(const char *query, const struct source_cursor *at, int size, struct arena *arena,
                    struct source_request *out, struct err *e)
{
    struct str url = STR_INIT(URL_MAX);
    str_add(&url, "https://api.core.ac.uk/v3/search/works/");
    query_parameter(&url, "q", query);
    str_addf(&url, "&limit=%d", size > 0 && size < PAGE ? size : PAGE);
    const char *scroll = scroll_of(at);
    if (!scroll)
        str_addf(&url, "&offset=%" PRId64, at->seen);
    else if (*scroll)
        query_parameter(&url, "scrollId", scroll);
    if (scroll)
        str_add(&url, "&scroll=true");
    bool fits = !url.overflow;
    *out = (struct source_request){
        .url = arena_strdup(arena, url.data), .accept = "application/json", .want = CONTENT_JSON};
    str_release(&url);
    return fits ||
           err_set(e, ERR_UNSUPPORTED, "CORE: the query is longer than %d bytes: split it in the profile", URL_MAX);
}

static bool ask(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e)
{
    (void)contact;
    if (!source_has_terms("CORE", q, e))
        return false;
    struct source_cursor at;
    source_cursor_read(cursor, &at);
    struct str query = STR_INIT(URL_MAX);
    query_write_fields(q, &syntax, fields, &query);
    const char *text = arena_printf(arena, q->since || q->until || q->added_since ? "(%s)" : "%s", query.data);
    bool fits = !query.overflow;
    str_clear(&query);
    str_add(&query, text);
    if (q->since)
        str_addf(&query, " AND yearPublished>=%d", query_year(q->since, 0));
    if (q->until)
        str_addf(&query, " AND yearPublished<=%d", query_year(q->until, 9999));
    if (q->added_since)
        str_addf(&query, " AND updatedDate>=%s", q->added_since);
    bool ok = fits && !query.overflow ? request(query.data, &at, size, arena, out, e)
                                      : err_set(e, ERR_UNSUPPORTED, "CORE: the query is too long");
    str_release(&query);
    return ok;
}

static bool ask_work(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    (void)contact;
    if (source_id_kind(id) != SOURCE_ID_DOI)
        return err_set(e, ERR_UNSUPPORTED, "CORE knows works by DOI only");
    return request(arena_printf(arena, "doi:\"%s\"", id), &(struct source_cursor){.mark = ""}, 1, arena, out, e);
}

static void add_file(const struct source_item *item, const char *stated, struct record *r)
{
    const char *url = stated && *stated ? link_resolve(NULL, stated, item->arena) : NULL;
    if (url)
        source_add_file(r, item->arena,
                        &(struct record_file){.url = url, .kind = link_kind(url), .license = r->license});
}

static void read_files(const struct source_item *item, struct record *r)
{
    add_file(item, item_text(item, item->json, "downloadUrl"), r);
    const cJSON *one;
    cJSON_ArrayForEach(one, item_list(item, item->json, "links"))
    {
        const char *type = json_text(one, "type");
        if (type && strcmp(type, "download") == 0)
            add_file(item, item_text(item, one, "url"), r);
    }
    cJSON_ArrayForEach(one, item_list(item, item->json, "sourceFulltextUrls"))
        add_file(item, cJSON_GetStringValue(one), r);
}

static bool read_work(const struct source_item *item, struct record *r)
{
    const cJSON *work = item->json;
    r->source_id = item_id(item, work, "id");
    if (!r->source_id) {
        source_add_fault(item->page, item->arena, item->place, "id is missing");
        return false;
    }
    r->doi = item_text(item, work, "doi");
    r->pmid = item_id(item, work, "pubmedId");
    r->arxiv = item_id(item, work, "arxivId");
    r->title = item_markup(item, work, "title");
    r->abstract = item_markup(item, work, "abstract");
    r->type = item_text(item, work, "documentType");
    r->license = item_text(item, work, "license");
    const cJSON *language = item_object(item, work, "language");
    r->language = language ? source_language(item->arena, item_text(item, language, "code")) : NULL;
    r->year = (int)item_number(item, work, "yearPublished", 0);
    source_set_date(r, item->arena, item_text(item, work, "publishedDate"));
    const cJSON *journals = item_list(item, work, "journals");
    if (journals && cJSON_IsObject(journals->child))
        r->journal = item_markup(item, journals->child, "title");
    read_files(item, r);
    r->open = r->n_files ? FACT_YES : FACT_UNKNOWN;
    return true;
}

/* The mark of the page behind this one; NULL: there is none. */
static const char *next_mark(const cJSON *json, const struct source_cursor *at, int64_t n, int64_t hits,
                             struct arena *arena)
{
    if (at->seen + n >= hits)
        return NULL;
    if (!scroll_of(at))
        return "offset";
    const char *id = json_text(json, "scrollId");
    return id && *id ? arena_printf(arena, "scroll|%s", id) : NULL;
}

static bool read_page(const struct query *q, const cJSON *json, const struct source_cursor *at, struct arena *arena,
                      struct source_page *out, struct err *e)
{
    const cJSON *results = json_member(json, "results");
    out->hits = source_json_number(json, "totalHits", -1);
    if (!cJSON_IsArray(results) || out->hits < 0)
        return err_set(e, ERR_FORMAT, "CORE: no page of works of API v3: %s is missing",
                       cJSON_IsArray(results) ? "totalHits" : "results");
    int64_t offset = source_json_number(json, "offset", at->seen);
    if (!scroll_of(at) && offset != at->seen)
        return err_set(e, ERR_TEMPORARY, "CORE gave the page at %" PRId64 " for that at %" PRId64, offset, at->seen);
    source_json_records(out, arena, results, "results", read_work);
    int64_t n = cJSON_GetArraySize(results);
    if (!q)
        return true;
    const char *mark = next_mark(json, at, n, out->hits, arena);
    bool ok = !mark && n && at->seen + n < out->hits
                  ? err_set(e, ERR_TEMPORARY, "CORE: no scrollId after %" PRId64 " of %" PRId64 " works", at->seen + n,
                            out->hits)
                  : source_turn("CORE", at, mark, (size_t)n, out, arena, e);
    if (!ok) {
        out->next = scroll_of(at) ? BEGIN_SCROLL : NULL;
        return false;
    }
    if (out->next && out->hits > BY_OFFSET && !scroll_of(at))
        out->next = BEGIN_SCROLL;
    return true;
}

static bool read(const struct query *q, const char *cursor, int status, const char *body, size_t len,
                 struct arena *arena, struct source_page *out, struct err *e)
{
    struct source_cursor at;
    source_cursor_read(cursor, &at);
    *out = (struct source_page){.hits = -1};
    const char *scroll = scroll_of(&at);
    if (scroll && *scroll && (status == 400 || status == 404)) {
        out->next = BEGIN_SCROLL;
        return err_set(e, ERR_TEMPORARY, "CORE: the scroll has expired behind work %" PRId64 ": it begins again",
                       at.seen);
    }
    struct err why = {0};
    cJSON *json = source_json("CORE", body, len, &why);
    bool ok = source_status("CORE", status, json_text(json, "message"), e);
    if (ok && !json) {
        *e = why;
        ok = false;
    }
    ok = ok && read_page(q, json, &at, arena, out, e);
    cJSON_Delete(json);
    return ok;
}

const struct source source_core = {.name = "core",
                                   .title = "CORE",
                                   .host = "api.core.ac.uk",
                                   .key = "CORE_KEY",
                                   .key_header = "Authorization: Bearer %s",
                                   .page_size = PAGE,
                                   .ask = ask,
                                   .read = read,
                                   .ask_work = ask_work};
