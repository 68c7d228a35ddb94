/* source_unpaywall.c: Unpaywall, the open copies of works with a DOI.
 *
 * https://unpaywall.org/products/api, as it is in 2026: v2/DOI?email= gives one work, v2/search?query=&page= fifty a
 * page by titles only (words together are AND; OR; quotes; "-" is NOT; no parentheses, so that groups are multiplied
 * out). No count of hits: the end is an empty page. 100,000 calls a day. Neither date nor language can be asked for;
 * works of other years are left out here.
 *
 * Odd ones: 404 and 422 are JSON with "error": true, HTTP_status_code and message; 422 also for a placeholder of a mail
 * address; url_for_pdf may be null while url is set; "evidence" and "updated" read "deprecated"; journal_issns is one
 * text. */
#include "ingest/source_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TITLE "Unpaywall"
#define BASE  "https://api.unpaywall.org/v2/"

enum { PAGE = 50, MAX_ALTERNATIVES = 40, PAGES_MAX = 2000 };

/* (a OR b) AND c as "a c OR b c". */
static bool write_query(const struct query *q, struct arena *arena, struct str *out, struct err *e)
{
    static const struct query_syntax syntax = {
        .and_word = " ", .or_word = " OR ", .open = "", .close = "", .quote = '"'};
    size_t n = 1;
    for (size_t i = 0; !q->raw && i < q->n_groups; i++) {
        n *= q->groups[i].n ? q->groups[i].n : 1;
        if (n > MAX_ALTERNATIVES)
            return err_set(e, ERR_UNSUPPORTED,
                           TITLE
                           ": query %s has more than %d combinations of terms, and parentheses are not known here",
                           q->name ? q->name : "?", MAX_ALTERNATIVES);
    }
    if (q->raw || q->n_groups > QUERY_MAX_GROUPS) {
        query_write(q, &syntax, out);
        return true;
    }
    for (size_t k = 0; k < n; k++) {
        struct query_group groups[QUERY_MAX_GROUPS];
        struct query one = *q;
        size_t rest = k;
        for (size_t i = 0; i < q->n_groups; i++) {
            groups[i] = q->groups[i];
            if (!groups[i].n)
                continue;
            groups[i].terms += rest % groups[i].n;
            rest /= groups[i].n;
            groups[i].n = 1;
        }
        one.groups = groups;
        str_add(out, k ? " OR " : "");
        query_write(&one, &syntax, out);
    }
    return true;
}

static bool ask(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e)
{
    struct source_cursor at;
    source_cursor_read(cursor, &at);
    struct str query = STR_INIT(256 * 1024), url = STR_INIT(1 << 20);
    bool ok = source_has_terms(TITLE, q, e) && write_query(q, arena, &query, e);
    if (ok) {
        str_add(&url, BASE "search");
        query_parameter(&url, "query", query.data);
        query_parameter(&url, "is_oa", q->open_only ? "true" : NULL);
        query_parameter(&url, "page", *at.mark ? at.mark : "1");
        query_parameter(&url, "email", contact);
        *out = (struct source_request){.url = arena_strdup(arena, url.data), .want = CONTENT_JSON};
    }
    str_release(&url);
    str_release(&query);
    return ok;
}

static bool ask_work(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    if (source_id_kind(id) != SOURCE_ID_DOI)
        return err_set(e, ERR_UNSUPPORTED, TITLE ": '%s' is no DOI", id);
    struct str url = STR_INIT(8192);
    str_add(&url, BASE);
    source_escape_path(id, &url);
    query_parameter(&url, "email", contact);
    *out = (struct source_request){.url = arena_strdup(arena, url.data), .want = CONTENT_JSON};
    str_release(&url);
    return true;
}

static void add_location(const struct source_item *item, const cJSON *location, struct record *r)
{
    if (!cJSON_IsObject(location))
        return;
    const char *license = item_text(item, location, "license");
    const char *version = source_version(item_text(item, location, "version"));
    const char *pdf = item_text(item, location, "url_for_pdf");
    const char *landing = item_text(item, location, "url_for_landing_page");
    if (!landing && !pdf)
        landing = item_text(item, location, "url");
    source_add_file(r, item->arena, &(struct record_file){pdf, "pdf", license, version});
    source_add_file(r, item->arena, &(struct record_file){landing, "landing", license, version});
    if (!r->license)
        r->license = license;
    if (!r->arxiv)
        r->arxiv = source_arxiv(item->arena, landing ? landing : pdf);
}

static bool read_record(const struct source_item *item, struct record *r)
{
    const cJSON *json = item->json;
    r->source_id = r->doi = item_text(item, json, "doi");
    if (!r->doi) {
        source_add_fault(item->page, item->arena, item->place, "the record has no doi");
        return false;
    }
    r->arxiv = source_arxiv(item->arena, r->doi);
    r->title = item_markup(item, json, "title");
    r->journal = item_text(item, json, "journal_name");
    r->type = item_text(item, json, "genre");
    r->year = (int)item_number(item, json, "year", 0);
    source_set_date(r, item->arena, item_text(item, json, "published_date"));
    r->open = item_fact(item, json, "is_oa");
    add_location(item, item_object(item, json, "best_oa_location"), r);
    const cJSON *list = item_list(item, json, "oa_locations"), *location;
    cJSON_ArrayForEach(location, list) add_location(item, location, r);
    return true;
}

/* A search's result wraps the work in "response". */
static bool read_result(const struct source_item *item, struct record *r)
{
    struct source_item inner = *item;
    inner.json = item_object(item, item->json, "response");
    if (inner.json)
        return read_record(&inner, r);
    source_add_fault(item->page, item->arena, item->place, "the result has no response");
    return false;
}

static bool in_years(const struct query *q, const struct record *r)
{
    char since[11], until[11];
    int first = 0, last = 0;
    source_date(q->since, since, &first);
    source_date(q->until, until, &last);
    return !r->year || ((!first || r->year >= first) && (!last || r->year <= last));
}

static bool read_page(const struct query *q, const struct source_cursor *at, const cJSON *json, struct arena *arena,
                      struct source_page *out, struct err *e)
{
    const cJSON *list = json_member(json, "results");
    if (!cJSON_IsArray(list))
        return err_set(e, ERR_FORMAT, TITLE ": results is missing or no list");
    source_json_records(out, arena, list, "results", read_result);
    long page = *at->mark ? strtol(at->mark, NULL, 10) : 1;
    const char *next = page > 0 && page < PAGES_MAX ? arena_printf(arena, "%ld", page + 1) : NULL;
    if (!source_turn(TITLE, at, next, (size_t)cJSON_GetArraySize(list), out, arena, e))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++) {
        if (in_years(q, &out->records[i]))
            out->records[kept++] = out->records[i];
    }
    out->n = kept;
    return true;
}

static bool check_errors(int status, const cJSON *json, struct err *e)
{
    const char *message = json_text(json, "message");
    int told = (int)source_json_number(json, "HTTP_status_code", 0);
    if (told >= 400 && told < 600 && status >= 200 && status < 300)
        status = told;
    if (status == 422)
        return err_set(e, ERR_REFUSED, TITLE " does not take the mail address of --contact: %.200s",
                       message ? message : "status 422");
    return source_status(TITLE, status, message, e);
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
        ok = true;
        goto out;
    }
    if (!check_errors(status, json, e))
        goto out;
    if (!json) {
        *e = why;
    } else if (q) {
        ok = read_page(q, &at, json, arena, out, e);
    } else {
        source_json_record(out, arena, json, "the work", read_record);
        ok = true;
    }
out:
    cJSON_Delete(json);
    return ok;
}

const struct source source_unpaywall = {
    .name = "unpaywall",
    .title = TITLE,
    .host = "api.unpaywall.org",
    .page_size = PAGE,
    .ask = ask,
    .read = read_reply,
    .ask_work = ask_work,
};
