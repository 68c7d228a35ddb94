/* source_openalex.c: OpenAlex, 330 million works of all fields.
 *
 * https://developers.openalex.org, as it is in 2026: works?search= with AND, OR, NOT, quotes and parentheses over
 * titles, abstracts and some full texts; filter= with commas for AND; per_page up to 100; cursor=* begins and
 * meta.next_cursor goes on until it is null. A key has been required since February 2026
 * (https://openalex.org/settings/api): without one, cursors get 401, and a day's budget is a tenth. Money: search $1
 * and lists $0.10 a thousand calls, a single work free, $1 a day. Over budget 429, in places 403; mailto= means nothing
 * any more. `from_updated_date` is for subscribers, so that searches for news ask for everything again.
 *
 * Odd ones: errors are {"error", "message"}, but an unknown work is 404 with HTML; identifiers are URLs; a merged work
 * answers 301; content_url costs money and is now and then an HTML page, so that it is not used. */
#include "ingest/source_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TITLE "OpenAlex"
#define BASE  "https://api.openalex.org/works"
#define SELECT                                                                                                         \
    "id,doi,title,publication_year,publication_date,ids,language,type,is_retracted,open_access,primary_location,"      \
    "best_oa_location,locations"

enum { PAGE = 100 };

static void filter(struct str *out, const char *name, const char *value)
{
    if (value && *value)
        str_addf(out, "%s%s:%s", out->len ? "," : "", name, value);
}

static bool ask(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e)
{
    static const struct query_syntax syntax = {
        .and_word = " AND ", .or_word = " OR ", .open = "(", .close = ")", .quote = '"'};
    if (!source_has_terms(TITLE, q, e))
        return false;
    struct source_cursor at;
    source_cursor_read(cursor, &at);
    struct str search = STR_INIT(256 * 1024), filters = STR_INIT(1024), url = STR_INIT(1 << 20);
    query_write(q, &syntax, &search);
    if (q->language)
        filter(&filters, "language", arena_strndup(arena, q->language, strcspn(q->language, "-")));
    filter(&filters, "open_access.is_oa", q->open_only ? "true" : NULL);
    filter(&filters, "from_publication_date", q->since);
    filter(&filters, "to_publication_date", q->until);
    str_add(&url, BASE);
    query_parameter(&url, "search", search.data);
    query_parameter(&url, "filter", filters.len ? filters.data : NULL);
    query_parameter(&url, "select", SELECT);
    query_parameter(&url, "per_page", arena_printf(arena, "%d", size > 0 && size < PAGE ? size : PAGE));
    query_parameter(&url, "cursor", *at.mark ? at.mark : "*");
    *out = (struct source_request){.url = arena_strdup(arena, url.data), .want = CONTENT_JSON};
    str_release(&url);
    str_release(&filters);
    str_release(&search);
    return true;
}

static bool ask_work(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    enum source_id kind = source_id_kind(id);
    struct str url = STR_INIT(8192);
    str_add(&url, BASE "/");
    str_add(&url, kind == SOURCE_ID_DOI     ? "https://doi.org/"
                  : kind == SOURCE_ID_PMCID ? "pmcid:"
                                            : "https://doi.org/10.48550/arXiv.");
    source_escape_path(id, &url);
    query_parameter(&url, "select", SELECT);
    *out = (struct source_request){.url = arena_strdup(arena, url.data), .want = CONTENT_JSON};
    str_release(&url);
    return kind != SOURCE_ID_NONE ||
           err_set(e, ERR_UNSUPPORTED, TITLE ": '%s' is neither a DOI, a PMCID nor an arXiv number", id);
}

/* The part behind the last slash: identifiers are URLs. */
static const char *last_part(const char *url)
{
    const char *slash = url ? strrchr(url, '/') : NULL;
    return slash ? slash + 1 : url;
}

static void add_location(const struct source_item *item, const cJSON *location, struct record *r)
{
    if (!cJSON_IsObject(location) || item_fact(item, location, "is_oa") != FACT_YES)
        return;
    const char *license = item_text(item, location, "license");
    const char *version = source_version(item_text(item, location, "version"));
    const char *landing = item_text(item, location, "landing_page_url");
    source_add_file(r, item->arena,
                    &(struct record_file){item_text(item, location, "pdf_url"), "pdf", license, version});
    source_add_file(r, item->arena, &(struct record_file){landing, "landing", license, version});
    if (!r->arxiv)
        r->arxiv = source_arxiv(item->arena, landing);
}

static void read_locations(const struct source_item *item, struct record *r)
{
    const cJSON *best = item_object(item, item->json, "best_oa_location");
    const cJSON *first = item_object(item, item->json, "primary_location");
    const cJSON *list = item_list(item, item->json, "locations"), *location;
    const cJSON *journal = first ? item_object(item, first, "source") : NULL;
    r->journal = journal ? item_text(item, journal, "display_name") : NULL;
    r->license = best ? item_text(item, best, "license") : NULL;
    if (!r->license && first)
        r->license = item_text(item, first, "license");
    add_location(item, best, r);
    add_location(item, first, r);
    cJSON_ArrayForEach(location, list) add_location(item, location, r);
}

static bool read_record(const struct source_item *item, struct record *r)
{
    const cJSON *json = item->json;
    const char *id = last_part(item_text(item, json, "id"));
    r->doi = item_text(item, json, "doi");
    r->source_id = id && *id ? id : r->doi; /* a reply to select=doi,... has no id */
    if (!r->source_id) {
        source_add_fault(item->page, item->arena, item->place, "the record has no id");
        return false;
    }
    const cJSON *ids = item_object(item, json, "ids");
    if (ids) {
        r->pmid = last_part(item_id(item, ids, "pmid"));
        r->pmcid = source_pmcid(item->arena, last_part(item_id(item, ids, "pmcid")));
    }
    r->arxiv = source_arxiv(item->arena, r->doi);
    r->title = item_markup(item, json, "title");
    r->language = source_language(item->arena, item_text(item, json, "language"));
    r->type = item_text(item, json, "type");
    r->year = (int)item_number(item, json, "publication_year", 0);
    source_set_date(r, item->arena, item_text(item, json, "publication_date"));
    r->retracted = item_fact(item, json, "is_retracted");
    const cJSON *open = item_object(item, json, "open_access");
    r->open = open ? item_fact(item, open, "is_oa") : FACT_UNKNOWN;
    read_locations(item, r);
    const char *url = open && r->open == FACT_YES ? item_text(item, open, "oa_url") : NULL;
    if (url)
        source_add_file(r, item->arena,
                        &(struct record_file){url, strcasestr(url, "pdf") ? "pdf" : "landing", r->license, NULL});
    return true;
}

/* Sets the error of a reply that is none: status, {"error", "message"}, budgets. */
static bool check_errors(int status, const cJSON *json, struct err *e)
{
    const char *message = json_text(json, "message") ? json_text(json, "message") : json_text(json, "error");
    if (status >= 200 && status < 300 && !(json_member(json, "error") && !json_member(json, "results")))
        return true;
    bool budget = message && (strcasestr(message, "budget") || strcasestr(message, "insufficient") ||
                              strcasestr(message, "credits") || strcasestr(message, "rate limit"));
    if (status == 401)
        return err_set(e, ERR_REFUSED,
                       TITLE " wants a key (%.200s): get one at https://openalex.org/settings/api and put it into the "
                             "environment variable OPENALEX_KEY",
                       message ? message : "status 401");
    if (budget) {
        err_set(e, ERR_TEMPORARY, TITLE ": the day's budget or the rate is spent: %.300s", message);
        if (e)
            e->retry_after = strcasestr(message, "rate limit") ? 0 : 3600;
        return false;
    }
    if (status >= 200 && status < 300)
        return err_set(e, ERR_FORMAT, TITLE " answers with an error: %.300s", message ? message : "without words");
    return source_status(TITLE, status, message, e);
}

static bool read_page(const struct source_cursor *at, const cJSON *json, struct arena *arena, struct source_page *out,
                      struct err *e)
{
    const cJSON *list = json_member(json, "results"), *meta = json_member(json, "meta");
    out->hits = source_json_number(meta, "count", -1);
    if (!cJSON_IsArray(list))
        return err_set(e, ERR_FORMAT, TITLE ": results is missing or no list");
    if (out->hits < 0)
        return err_set(e, ERR_FORMAT, TITLE ": meta.count is missing or no number");
    source_json_records(out, arena, list, "results", read_record);
    const char *next = json_text(meta, "next_cursor");
    if (next && strcmp(next, at->mark) == 0)
        return err_set(e, ERR_TEMPORARY, TITLE ": meta.next_cursor is the cursor that was asked for");
    return source_turn(TITLE, at, next, (size_t)cJSON_GetArraySize(list), out, arena, e);
}

static bool read_reply(const struct query *q, const char *cursor, int status, const char *body, size_t len,
                       struct arena *arena, struct source_page *out, struct err *e)
{
    *out = (struct source_page){.hits = -1};
    struct source_cursor at;
    source_cursor_read(cursor, &at);
    struct err why = {0};
    cJSON *json = source_json(TITLE, body, len, &why);
    bool ok = false;
    if (!q && status == 404) {
        ok = true; /* an unknown work: an HTML page */
        goto out;
    }
    if (!check_errors(status, json, e))
        goto out;
    if (!json) {
        *e = why;
    } else if (q) {
        ok = read_page(&at, json, arena, out, e);
    } else {
        source_json_record(out, arena, json, "the work", read_record);
        ok = true;
    }
out:
    cJSON_Delete(json);
    return ok;
}

const struct source source_openalex = {
    .name = "openalex",
    .title = TITLE,
    .host = "api.openalex.org",
    .key = "OPENALEX_KEY",
    .key_needed = true,
    .key_query = "api_key=%s",
    .page_size = PAGE,
    .ask = ask,
    .read = read_reply,
    .ask_work = ask_work,
};
