/* source_biorxiv.c: bioRxiv and medRxiv, which cannot search:
 * https://api.biorxiv.org/details/SERVER/FROM/TO/CURSOR/json lists the versions of preprints that were posted between
 * two days, with abstracts. The help says 100 a page, the service gives 30: the cursor goes on by messages[0].count,
 * since one that is out of step still gets 200 and rows are silently passed over. `total` is a text, `count` a number;
 * either may be the other. Some days get 200 with an empty body: that is no end. No day in it: status "no posts found".
 * All versions of a preprint are rows of one DOI.
 *
 * DOIs begin with 10.1101 and, new, 10.64898. Licences: cc_by, cc_by_nc, cc_by_nd, cc_by_nc_nd, cc0, cc_no (no reuse),
 * none. `jatsxml` is the full text; www.biorxiv.org and www.medrxiv.org stand behind Cloudflare. All is in English. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ingest/link.h"
#include "ingest/query_fields.h"
#include "ingest/source_json.h"

enum { PAGE = 30 };

/* A server that nobody gave dates for is listed from its first day on. */
static bool ask_days(const char *server, const char *first, const struct query *q, const char *cursor,
                     struct arena *arena, struct source_request *out, struct err *e)
{
    if (!query_language_in(q, "en", "bioRxiv/medRxiv", e))
        return false;
    const char *since = query_later(query_later(q->since, q->added_since), first);
    const char *url = arena_printf(arena, "https://api.biorxiv.org/details/%s/%s/%s/%" PRId64 "/json", server, since,
                                   q->until ? q->until : "2099-12-31", cursor ? (int64_t)strtoll(cursor, NULL, 10) : 0);
    *out = (struct source_request){.url = url, .accept = "application/json", .want = CONTENT_JSON};
    return true;
}

static bool ask_biorxiv(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                        struct source_request *out, struct err *e)
{
    (void)size;
    (void)contact;
    return ask_days("biorxiv", "2013-11-01", q, cursor, arena, out, e);
}

static bool ask_medrxiv(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                        struct source_request *out, struct err *e)
{
    (void)size;
    (void)contact;
    return ask_days("medrxiv", "2019-06-01", q, cursor, arena, out, e);
}

static bool ask_doi(const char *server, const char *id, struct arena *arena, struct source_request *out, struct err *e)
{
    if (!str_starts(id, "10.1101/") && !str_starts(id, "10.64898/"))
        return err_set(e, ERR_UNSUPPORTED, "%s knows its own DOIs only (10.1101/..., 10.64898/...)", server);
    *out =
        (struct source_request){.url = arena_printf(arena, "https://api.biorxiv.org/details/%s/%s/na/json", server, id),
                                .accept = "application/json",
                                .want = CONTENT_JSON};
    return true;
}

static bool ask_work_biorxiv(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                             struct err *e)
{
    (void)contact;
    return ask_doi("biorxiv", id, arena, out, e);
}

static bool ask_work_medrxiv(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                             struct err *e)
{
    (void)contact;
    return ask_doi("medrxiv", id, arena, out, e);
}

static void read_files(const struct source_item *item, struct record *r)
{
    const char *xml = item_text(item, item->json, "jatsxml"), *server = item_text(item, item->json, "server");
    const char *version = item_id(item, item->json, "version");
    const char *site = server && strcasecmp(server, "medrxiv") == 0 ? "www.medrxiv.org" : "www.biorxiv.org";
    const char *url = xml && strcasecmp(xml, "NA") != 0 ? link_resolve(NULL, xml, item->arena) : NULL;
    struct record_file file = {.url = url, .kind = "xml", .license = r->license, .version = "submitted"};
    source_add_file(r, item->arena, &file);
    file.url = arena_printf(item->arena, "https://%s/content/%sv%s.full.pdf", site, r->doi, version ? version : "1");
    file.kind = "pdf";
    source_add_file(r, item->arena, &file);
}

static bool read_preprint(const struct source_item *item, struct record *r)
{
    const cJSON *row = item->json;
    r->doi = r->source_id = item_text(item, row, "doi");
    if (!r->doi) {
        source_add_fault(item->page, item->arena, item->place, "doi is missing%s",
                         json_member(row, "preprint_doi") ? ": rows of /pubs, not of /details" : "");
        return false;
    }
    r->title = item_markup(item, row, "title");
    r->abstract = item_markup(item, row, "abstract");
    r->license = item_text(item, row, "license");
    source_set_date(r, item->arena, item_text(item, row, "date"));
    r->language = "en";
    const char *server = item_text(item, row, "server");
    r->journal = server ? server : "bioRxiv";
    r->open = FACT_YES;
    const char *type = item_text(item, row, "type");
    bool withdrawn =
        (type && strcasestr(type, "withdrawn")) || (r->title && strncasecmp(r->title, "withdrawn", 9) == 0);
    r->type = "preprint";
    r->retracted = withdrawn ? FACT_YES : FACT_UNKNOWN;
    read_files(item, r);
    return true;
}

/* Versions of one work come in order: the last one counts. */
static void keep_last(struct source_page *page)
{
    if (page->n > 1) {
        page->records[0] = page->records[page->n - 1];
        page->n = 1;
    }
}

static bool next_page(const cJSON *message, int64_t start, int64_t n, struct arena *arena, struct source_page *out,
                      struct err *e)
{
    int64_t cursor = source_json_number(message, "cursor", start);
    int64_t count = source_json_number(message, "count", n);
    if (cursor != start)
        return err_set(e, ERR_TEMPORARY, "bioRxiv gave the page at %" PRId64 " for that at %" PRId64, cursor, start);
    if (count <= 0)
        count = n;
    if (!count && start < out->hits)
        return err_set(e, ERR_TEMPORARY, "bioRxiv: the page at %" PRId64 " of %" PRId64 " is empty", start, out->hits);
    if (count != n)
        source_add_fault(out, arena, "messages[0]", "count is %" PRId64 ", but there are %" PRId64 " rows", count, n);
    if (start + count < out->hits)
        out->next = arena_printf(arena, "%" PRId64, start + count);
    return true;
}

static bool read_page(const struct query *q, const cJSON *json, int64_t start, struct arena *arena,
                      struct source_page *out, struct err *e)
{
    const cJSON *messages = json_member(json, "messages"), *rows = json_member(json, "collection");
    const cJSON *message = cJSON_IsArray(messages) ? messages->child : NULL;
    if (!cJSON_IsObject(message))
        return err_set(e, ERR_FORMAT, "bioRxiv: no page of preprints: messages[0] is missing");
    const char *status = json_text(message, "status");
    int64_t n = cJSON_IsArray(rows) ? cJSON_GetArraySize(rows) : 0;
    out->hits = source_json_number(message, "total", -1);
    if (status && strcasecmp(status, "ok") != 0) {
        if (!strcasestr(status, "no posts found") && !strcasestr(status, "no articles found"))
            return err_set(e, ERR_FORMAT, "bioRxiv says: %.300s", status);
        out->hits = out->hits < 0 ? 0 : out->hits;
        return !start || err_set(e, ERR_TEMPORARY, "bioRxiv: nothing at %" PRId64 ", where a page should be", start);
    }
    if (!cJSON_IsArray(rows) || (q && out->hits < 0))
        return err_set(e, ERR_FORMAT, "bioRxiv: no page of preprints: %s is missing",
                       cJSON_IsArray(rows) ? "messages[0].total" : "collection");
    if (q && !next_page(message, start, n, arena, out, e))
        return false;
    source_json_records(out, arena, rows, "collection", read_preprint);
    if (!q)
        keep_last(out);
    return true;
}

static bool read(const struct query *q, const char *cursor, int status, const char *body, size_t len,
                 struct arena *arena, struct source_page *out, struct err *e)
{
    *out = (struct source_page){.hits = -1};
    if (!source_status("bioRxiv", status, NULL, e))
        return false;
    size_t blank = 0;
    while (blank < len && (unsigned char)body[blank] <= ' ')
        blank++;
    if (blank == len)
        return err_set(e, ERR_TEMPORARY, "bioRxiv: an empty reply");
    cJSON *json = source_json("bioRxiv", body, len, e);
    bool ok = json && read_page(q, json, cursor ? strtoll(cursor, NULL, 10) : 0, arena, out, e);
    cJSON_Delete(json);
    return ok;
}

const struct source source_biorxiv = {.name = "biorxiv",
                                      .title = "bioRxiv",
                                      .host = "api.biorxiv.org",
                                      .page_size = PAGE,
                                      .by_date = true,
                                      .ask = ask_biorxiv,
                                      .read = read,
                                      .ask_work = ask_work_biorxiv};
const struct source source_medrxiv = {.name = "medrxiv",
                                      .title = "medRxiv",
                                      .host = "api.biorxiv.org",
                                      .page_size = PAGE,
                                      .by_date = true,
                                      .ask = ask_medrxiv,
                                      .read = read,
                                      .ask_work = ask_work_medrxiv};
