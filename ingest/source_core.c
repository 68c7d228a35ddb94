/* source_core.c: CORE, API v3: https://api.core.ac.uk/v3/search/works/?q=...&limit=100&offset=0, with the slash at the
 * end: without it a 301 costs one of the few requests. `Authorization: Bearer KEY`; without a key about 10 requests a
 * window, and a 429 may ask for ten minutes (X-RateLimit-Retry-After, X-RateLimit-Remaining; the crawl reads them).
 *
 * Offsets reach to the 10,000th hit. Larger results are read by a scroll: `scroll=true` gives a scrollId, with which
 * the next part is asked for; Elasticsearch may give the same one every time, so only an empty part ends it. Cursors
 * here are "offset=N", "scroll=" (begin it) and "scroll=SEEN|ID".
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

enum { PAGE = 100, BY_OFFSET = 10000, URL_MAX = 16 * 1024 };

static const struct query_syntax syntax = {
    .and_word = " AND ", .or_word = " OR ", .open = "(", .close = ")", .quote = '"'};
static const char *const fields[] = {"title:", "abstract:", NULL};

/* Where a page begins: at an offset, or within a scroll. */
struct place {
    int64_t seen;
    bool scroll;
    const char *id; /* of the scroll; "" its first page */
};

static struct place place_of(const char *cursor)
{
    if (cursor && str_starts(cursor, "scroll=")) {
        char *end;
        struct place p = {.seen = strtoll(cursor + 7, &end, 10), .scroll = true};
        p.id = *end == '|' ? end + 1 : "";
        return p;
    }
    return (struct place){.seen = cursor && str_starts(cursor, "offset=") ? strtoll(cursor + 7, NULL, 10) : 0};
}

static bool request(const char *query, const struct place *p, int size, struct arena *arena, struct source_request *out,
                    struct err *e)
{
    struct str url = STR_INIT(URL_MAX);
    str_add(&url, "https://api.core.ac.uk/v3/search/works/");
    query_parameter(&url, "q", query);
    str_addf(&url, "&limit=%d", size > 0 && size < PAGE ? size : PAGE);
    if (!p->scroll)
        str_addf(&url, "&offset=%" PRId64, p->seen);
    else if (*p->id)
        query_parameter(&url, "scrollId", p->id);
    if (p->scroll)
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
    struct place place = place_of(cursor);
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
    bool ok = fits && !query.overflow ? request(query.data, &place, size, arena, out, e)
                                      : err_set(e, ERR_UNSUPPORTED, "CORE: the query is too long");
    str_release(&query);
    return ok;
}

static bool ask_work(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    (void)contact;
    if (!str_starts(id, "10."))
        return err_set(e, ERR_UNSUPPORTED, "CORE knows works by DOI only");
    return request(arena_printf(arena, "doi:\"%s\"", id), &(struct place){0}, 1, arena, out, e);
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

/* The cursor of the page behind this one, of n works. */
static bool next_page(const cJSON *json, const struct place *p, int n, struct arena *arena, struct source_page *out,
                      struct err *e)
{
    int64_t seen = p->seen + n;
    if (!n && seen < out->hits) {
        /* Merged works count in totalHits but are not listed; a scroll that ends far from it was lost. */
        if (p->scroll && seen * 100 >= out->hits * 95)
            return true;
        return err_set(e, ERR_TEMPORARY, "CORE: the page behind work %" PRId64 " of %" PRId64 " is empty", seen,
                       out->hits);
    }
    if (!n || seen >= out->hits)
        return true;
    if (p->scroll) {
        const char *id = json_text(json, "scrollId");
        if (!id || !*id)
            return err_set(e, ERR_TEMPORARY, "CORE: no scrollId behind work %" PRId64 " of %" PRId64, seen, out->hits);
        out->next = arena_printf(arena, "scroll=%" PRId64 "|%s", seen, id);
    } else if (out->hits > BY_OFFSET) {
        out->next = "scroll=";
    } else {
        out->next = arena_printf(arena, "offset=%" PRId64, seen);
    }
    return true;
}

static bool read_page(const cJSON *json, const struct place *p, struct arena *arena, struct source_page *out,
                      struct err *e)
{
    const cJSON *results = json_member(json, "results");
    out->hits = source_json_number(json, "totalHits", -1);
    if (!cJSON_IsArray(results) || out->hits < 0)
        return err_set(e, ERR_FORMAT, "CORE: no page of works of API v3: %s is missing",
                       cJSON_IsArray(results) ? "totalHits" : "results");
    int64_t offset = source_json_number(json, "offset", p->seen);
    if (!p->scroll && offset != p->seen)
        return err_set(e, ERR_TEMPORARY, "CORE gave the page at %" PRId64 " for that at %" PRId64, offset, p->seen);
    if (!next_page(json, p, cJSON_GetArraySize(results), arena, out, e))
        return false;
    source_json_records(out, arena, results, "results", read_work);
    return true;
}

static bool read(const struct query *q, const char *cursor, int status, const char *body, size_t len,
                 struct arena *arena, struct source_page *out, struct err *e)
{
    struct place place = place_of(cursor);
    *out = (struct source_page){.hits = -1};
    struct err why = {0};
    cJSON *json = source_json("CORE", body, len, &why);
    bool ok = source_status("CORE", status, json_text(json, "message"), e);
    if (ok && !json) {
        *e = why;
        ok = false;
    }
    ok = ok && read_page(json, &place, arena, out, e);
    if (!q)
        out->next = NULL;
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
