/* source_doaj.c: DOAJ, the Directory of Open Access Journals, API v4 (current since 2024-07; the path without a version
 * is the current one). https://doaj.org/api/search/articles/QUERY?page=1&pageSize=100, the query within the path, so
 * that a space is %20. Elasticsearch query strings. pageSize is at most 100, and only the first 1,000 hits can be paged
 * through: more are split by date. About 2 requests a second, bursts of 5. No key.
 *
 * Dates are year and month only. What a link's content_type is called varies ("PDF", "pdf", "application/pdf",
 * nothing); most are "HTML" and lead to the publisher's landing page. Identifiers are of type "doi" or "DOI". The
 * licence mostly stands on the journal, and its `url` there is the journal's page about licences. The last page has no
 * `next`. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ingest/link.h"
#include "ingest/query_fields.h"
#include "ingest/source_json.h"

enum { PAGE = 100, WINDOW = 1000, URL_MAX = 8000 /* bytes of a URL that front ends take */ };

static const char base[] = "https://doaj.org/api/search/articles/";

static const struct query_syntax syntax = {
    .and_word = " AND ", .or_word = " OR ", .open = "(", .close = ")", .quote = '"'};

/* The months of a range within one year; records without a month count as of January, so that none is lost. */
static void add_months(const char *since, const char *until, struct str *out)
{
    int first = (int)strtol(since + 5, NULL, 10), last = (int)strtol(until + 5, NULL, 10);
    if (first <= 1 && last >= 12)
        return;
    str_add(out, " AND (");
    for (int month = first; month <= last; month++)
        str_addf(out, "%sbibjson.month:%d OR bibjson.month:%02d", month > first ? " OR " : "", month, month);
    str_add(out, first <= 1 ? " OR NOT _exists_:bibjson.month)" : ")");
}

static void add_dates(const struct query *q, struct str *out)
{
    if (q->since || q->until) {
        int since = query_year(q->since, 1000), until = query_year(q->until, 9999);
        str_addf(out, " AND bibjson.year:[%d TO %d]", since, until);
        if (q->since && q->until && since == until && strlen(q->since) >= 7 && strlen(q->until) >= 7)
            add_months(q->since, q->until, out);
    }
    if (q->added_since)
        str_addf(out, " AND last_updated:[%s TO *]", q->added_since);
}

static bool ask_page(const char *query, int page, int size, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    struct str url = STR_INIT(URL_MAX);
    str_add(&url, base);
    query_escape(query, &url);
    str_addf(&url, "?page=%d&pageSize=%d", page, size);
    bool fits = !url.overflow;
    *out = (struct source_request){
        .url = arena_strdup(arena, url.data), .accept = "application/json", .want = CONTENT_JSON};
    str_release(&url);
    return fits || err_set(e, ERR_UNSUPPORTED,
                           "DOAJ takes queries in its address only, and this one is longer than "
                           "%d bytes: split it in the profile",
                           URL_MAX);
}

static int page_of(const char *cursor)
{
    int page = cursor ? (int)strtol(cursor, NULL, 10) : 1;
    return page > 0 ? page : 1;
}

static bool ask(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e)
{
    (void)contact;
    if (!source_has_terms("DOAJ", q, e))
        return false;
    struct str query = STR_INIT(URL_MAX);
    query_write(q, &syntax, &query);
    bool dates = q->since || q->until || q->added_since;
    const char *text = dates ? arena_printf(arena, "(%s)", query.data) : arena_strdup(arena, query.data);
    bool fits = !query.overflow;
    str_clear(&query);
    str_add(&query, text);
    add_dates(q, &query);
    bool ok = fits && !query.overflow
                  ? ask_page(query.data, page_of(cursor), size > 0 && size < PAGE ? size : PAGE, arena, out, e)
                  : err_set(e, ERR_UNSUPPORTED, "DOAJ: the query is longer than %d bytes", URL_MAX);
    str_release(&query);
    return ok;
}

static bool ask_work(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    (void)contact;
    if (source_id_kind(id) != SOURCE_ID_DOI)
        return err_set(e, ERR_UNSUPPORTED, "DOAJ knows works by DOI only");
    return ask_page(arena_printf(arena, "doi:\"%s\"", id), 1, 1, arena, out, e);
}

static void read_identifiers(const struct source_item *item, const cJSON *bib, struct record *r)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, item_list(item, bib, "identifier"))
    {
        const char *type = json_text(one, "type");
        if (type && strcasecmp(type, "doi") == 0 && !r->doi)
            r->doi = item_id(item, one, "id");
    }
}

static const char *kind_of(const char *type, const char *url)
{
    if (type && strcasestr(type, "pdf"))
        return "pdf";
    if (type && strcasestr(type, "xml"))
        return "xml";
    return link_kind(url);
}

static void read_links(const struct source_item *item, const cJSON *bib, struct record *r)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, item_list(item, bib, "link"))
    {
        const char *type = json_text(one, "type"), *stated = item_text(item, one, "url");
        const char *url = stated ? link_resolve(NULL, stated, item->arena) : NULL;
        if (!type || strcasecmp(type, "fulltext") != 0 || !stated)
            continue;
        if (!url)
            source_add_fault(item->page, item->arena, item->place, "link '%.80s' is no http(s) URL", stated);
        else
            source_add_file(r, item->arena,
                            &(struct record_file){.url = url,
                                                  .kind = kind_of(json_text(one, "content_type"), url),
                                                  .license = r->license,
                                                  .version = "published"});
    }
}

/* Of the article where it has one, else of its journal. */
static void read_license(const struct source_item *item, const cJSON *owner, struct record *r)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, item_list(item, owner, "license"))
    {
        const char *type = item_text(item, one, "type"), *url = item_text(item, one, "url");
        if (r->license || !type)
            continue;
        r->license = type;
        r->license_url = url && strstr(url, "creativecommons.org/") ? url : NULL;
    }
}

static void read_journal(const struct source_item *item, const cJSON *bib, struct record *r)
{
    const cJSON *journal = item_object(item, bib, "journal");
    if (!journal)
        return;
    r->journal = item_markup(item, journal, "title");
    read_license(item, journal, r);
    /* Articles don't say their language. A journal in one language does. */
    const cJSON *languages = item_list(item, journal, "language");
    if (cJSON_GetArraySize(languages) == 1)
        r->language = source_language(item->arena, cJSON_GetStringValue(languages->child));
}

static bool read_article(const struct source_item *item, struct record *r)
{
    r->source_id = item_id(item, item->json, "id");
    const cJSON *bib = item_object(item, item->json, "bibjson");
    if (!r->source_id || !bib) {
        source_add_fault(item->page, item->arena, item->place, "%s is missing", r->source_id ? "bibjson" : "id");
        return false;
    }
    read_identifiers(item, bib, r);
    r->title = item_markup(item, bib, "title");
    r->abstract = item_markup(item, bib, "abstract");
    int64_t year = item_number(item, bib, "year", 0), month = source_json_number(bib, "month", 0);
    source_set_date(r, item->arena,
                    month >= 1 && month <= 12 ? arena_printf(item->arena, "%04d-%02d", (int)year, (int)month)
                                              : arena_printf(item->arena, "%04d", (int)year));
    r->type = "journal-article";
    r->open = FACT_YES;
    read_license(item, bib, r);
    read_journal(item, bib, r);
    read_links(item, bib, r);
    return true;
}

static bool read_page(const struct query *q, const cJSON *json, const char *cursor, struct arena *arena,
                      struct source_page *out, struct err *e)
{
    const cJSON *results = json_member(json, "results");
    out->hits = source_json_number(json, "total", -1);
    if (!cJSON_IsArray(results) || out->hits < 0)
        return err_set(e, ERR_FORMAT, "DOAJ: no page of articles: %s is missing",
                       cJSON_IsArray(results) ? "total" : "results");
    int page = page_of(cursor);
    int64_t got = source_json_number(json, "page", page), size = source_json_number(json, "pageSize", PAGE);
    if (got != page)
        return err_set(e, ERR_TEMPORARY, "DOAJ gave page %lld for page %d", (long long)got, page);
    int n = cJSON_GetArraySize(results);
    int64_t seen = (int64_t)(page - 1) * size + n;
    int64_t most = out->hits < WINDOW ? out->hits : WINDOW;
    if (!n && seen < most)
        return err_set(e, ERR_TEMPORARY, "DOAJ: page %d of %lld hits is empty", page, (long long)out->hits);
    source_json_records(out, arena, results, "results", read_article);
    if (q && n && (int64_t)page * size < most)
        out->next = arena_printf(arena, "%d", page + 1);
    return true;
}

static bool read(const struct query *q, const char *cursor, int status, const char *body, size_t len,
                 struct arena *arena, struct source_page *out, struct err *e)
{
    *out = (struct source_page){.hits = -1};
    struct err why = {0};
    cJSON *json = source_json("DOAJ", body, len, &why);
    const char *said = json_text(json, "error");
    bool ok = source_status("DOAJ", status, said, e);
    if (ok && !json) {
        *e = why;
        ok = false;
    }
    ok = ok && read_page(q, json, cursor, arena, out, e);
    cJSON_Delete(json);
    return ok;
}

const struct source source_doaj = {.name = "doaj",
                                   .title = "DOAJ",
                                   .host = "doaj.org",
                                   .page_size = PAGE,
                                   .window = WINDOW,
                                   .ask = ask,
                                   .read = read,
                                   .ask_work = ask_work};
