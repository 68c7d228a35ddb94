/* source_crossref.c: Crossref, what publishers deposit of 180 million works.
 *
 * https://www.crossref.org/documentation/retrieve-metadata/rest-api/, as it is in 2026: works?query.bibliographic=
 * ranks by words and knows no operators, so that `hits` counts the works with any of them; `read` keeps those that
 * match the query by title and abstract. Best ones come first, so that it ends with a page on which nothing matches, or
 * after RANKED records. filter= with commas; rows up to 1,000; select= (language may not be selected); cursor=* begins.
 * mailto= gives the polite pool (3 lists a second); limits are in the headers of each reply; 403 is a block by hand.
 *
 * Odd ones: message.next-cursor is THE SAME text on every page while the items differ, since the place is kept at the
 * server, for five minutes: the end is an empty page, not a cursor that comes again. A page that got lost on the way
 * cannot be asked for again; an empty page with hits left says so. A cursor that has expired is 404 (was 500) with
 * JSON: from the beginning again. An unknown DOI is 404 with text/plain. title may be [], date-parts may be [[null]],
 * links may be "unspecified". Elsevier's and Wiley's links for text mining want a token of the reader's own. */
#include "ingest/source_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TITLE "Crossref"
#define BASE  "https://api.crossref.org/works"
#define SELECT                                                                                                         \
    "DOI,title,subtitle,container-title,type,issued,published,published-online,published-print,license,link,"          \
    "abstract,resource,updated-by"

enum { PAGE = 1000, RANKED = 20000, RANK_TERMS = 12 /* of each group: more only blur the ranking */ };

static void write_words(const struct query *q, struct str *out)
{
    static const struct query_syntax syntax = {.and_word = " ", .or_word = " ", .open = "", .close = ""};
    struct query_group groups[QUERY_MAX_GROUPS];
    struct query first = *q;
    first.groups = groups;
    first.n_groups = 0;
    for (size_t i = 0; i < q->n_groups && i < QUERY_MAX_GROUPS; i++) {
        groups[i] = q->groups[i];
        groups[i].n = groups[i].n < RANK_TERMS ? groups[i].n : RANK_TERMS;
        first.n_groups++;
    }
    query_write(&first, &syntax, out);
}

static void filter(struct str *out, const char *name, const char *value)
{
    if (value)
        str_addf(out, "%s%s:%s", out->len ? "," : "", name, value);
}

static bool ask(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e)
{
    if (!source_has_terms(TITLE, q, e))
        return false;
    struct source_cursor at;
    source_cursor_read(cursor, &at);
    struct str words = STR_INIT(64 * 1024), filters = STR_INIT(1024), url = STR_INIT(256 * 1024);
    write_words(q, &words);
    filter(&filters, "type", "journal-article");
    filter(&filters, "type", "proceedings-article");
    filter(&filters, "type", "posted-content");
    filter(&filters, "from-pub-date", q->since);
    filter(&filters, "until-pub-date", q->until);
    filter(&filters, "from-update-date", q->added_since);
    str_add(&url, BASE);
    query_parameter(&url, "query.bibliographic", words.data);
    query_parameter(&url, "filter", filters.data);
    query_parameter(&url, "select", SELECT);
    query_parameter(&url, "rows", arena_printf(arena, "%d", size > 0 && size < PAGE ? size : PAGE));
    query_parameter(&url, "cursor", *at.mark ? at.mark : "*");
    query_parameter(&url, "mailto", contact);
    *out = (struct source_request){.url = arena_strdup(arena, url.data), .want = CONTENT_JSON};
    str_release(&url);
    str_release(&filters);
    str_release(&words);
    return true;
}

static bool ask_work(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    if (source_id_kind(id) != SOURCE_ID_DOI)
        return err_set(e, ERR_UNSUPPORTED, TITLE ": '%s' is no DOI", id);
    struct str url = STR_INIT(8192);
    str_add(&url, BASE "/");
    source_escape_path(id, &url);
    query_parameter(&url, "mailto", contact);
    *out = (struct source_request){.url = arena_strdup(arena, url.data), .want = CONTENT_JSON};
    str_release(&url);
    return true;
}

/* {"date-parts": [[2015, 11, 19]]} */
static void read_date(const struct source_item *item, const char *name, struct record *r)
{
    const cJSON *date = item_object(item, item->json, name);
    const cJSON *part = date ? item_list(item, date, "date-parts") : NULL;
    part = part && cJSON_IsArray(part->child) ? part->child->child : NULL;
    char text[32] = "";
    size_t len = 0;
    for (; part && cJSON_IsNumber(part) && len + 8 < sizeof text; part = part->next) {
        int value = part->valuedouble >= 0 && part->valuedouble < 10000 ? (int)part->valuedouble : 0;
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%d", len ? "-" : "", value);
    }
    source_set_date(r, item->arena, text);
}

static bool is_open(const char *license)
{
    return license && strcasestr(license, "creativecommons.org/");
}

/* The licence of a version ("vor", "am"); a Creative Commons one before others, NULL: of any version. */
static const char *license_of(const struct source_item *item, const cJSON *list, const char *version)
{
    const char *any = NULL;
    const cJSON *license;
    cJSON_ArrayForEach(license, list)
    {
        const char *url = cJSON_IsObject(license) ? item_text(item, license, "URL") : NULL;
        const char *of = url ? item_text(item, license, "content-version") : NULL;
        if (!url ||
            (version && of && strcmp(of, version) != 0 && strcmp(of, "tdm") != 0 && strcmp(of, "unspecified") != 0))
            continue;
        if (is_open(url))
            return url;
        if (!any)
            any = url;
    }
    return any;
}

static const char *kind_of(const char *type, const char *url)
{
    if (strcasestr(url, "://api.elsevier.com/") || strcasestr(url, "://api.wiley.com/"))
        return NULL;
    if (type && strcmp(type, "application/pdf") == 0)
        return "pdf";
    if (type && (strcmp(type, "application/xml") == 0 || strcmp(type, "text/xml") == 0))
        return "xml";
    if (type && strcmp(type, "text/html") == 0)
        return "html";
    return strcasestr(url, "pdf") ? "pdf" : strcasestr(url, ".xml") ? "xml" : NULL;
}

static void add_link(const struct source_item *item, const cJSON *link, const cJSON *licenses, struct record *r)
{
    const char *url = item_text(item, link, "URL"), *version = item_text(item, link, "content-version");
    const char *kind = url ? kind_of(item_text(item, link, "content-type"), url) : NULL;
    if (!kind)
        return;
    bool known = version && (strcmp(version, "vor") == 0 || strcmp(version, "am") == 0);
    source_add_file(r, item->arena,
                    &(struct record_file){.url = url,
                                          .kind = kind,
                                          .license = license_of(item, licenses, known ? version : NULL),
                                          .version = !known            ? NULL
                                                     : *version == 'v' ? "published"
                                                                       : "accepted"});
}

static void read_files(const struct source_item *item, struct record *r)
{
    const cJSON *licenses = item_list(item, item->json, "license");
    const cJSON *links = item_list(item, item->json, "link"), *link;
    r->license_url = license_of(item, licenses, NULL);
    r->open = is_open(r->license_url) ? FACT_YES : FACT_UNKNOWN;
    cJSON_ArrayForEach(link, links)
    {
        if (cJSON_IsObject(link))
            add_link(item, link, licenses, r);
    }
    const cJSON *resource = item_object(item, item->json, "resource");
    const cJSON *primary = resource ? item_object(item, resource, "primary") : NULL;
    if (primary)
        source_add_file(r, item->arena,
                        &(struct record_file){item_text(item, primary, "URL"), "landing", r->license_url, NULL});
}

static enum source_fact is_retracted(const struct source_item *item)
{
    const cJSON *list = item_list(item, item->json, "updated-by"), *update;
    cJSON_ArrayForEach(update, list)
    {
        const char *type = cJSON_IsObject(update) ? item_text(item, update, "type") : NULL;
        if (type && strcasestr(type, "retraction"))
            return FACT_YES;
    }
    return FACT_UNKNOWN;
}

static bool read_record(const struct source_item *item, struct record *r)
{
    static const char *const dates[] = {"issued", "published", "published-online", "published-print"};
    const cJSON *json = item->json;
    r->source_id = r->doi = item_text(item, json, "DOI");
    if (!r->doi) {
        source_add_fault(item->page, item->arena, item->place, "the record has no DOI");
        return false;
    }
    r->arxiv = source_arxiv(item->arena, r->doi);
    r->title = item_first_text(item, json, "title");
    const char *subtitle = item_first_text(item, json, "subtitle");
    if (r->title && subtitle && !strcasestr(r->title, subtitle))
        r->title = arena_printf(item->arena, "%s: %s", r->title, subtitle);
    r->journal = item_first_text(item, json, "container-title");
    r->abstract = item_markup(item, json, "abstract");
    r->language = source_language(item->arena, item_text(item, json, "language"));
    r->type = item_text(item, json, "type");
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        read_date(item, dates[i], r);
    r->retracted = is_retracted(item);
    read_files(item, r);
    return true;
}

/* The ranking's tail is of works that share a word or two with the query. */
static void sieve(const struct query *q, struct arena *arena, struct source_page *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++) {
        const struct record *r = &out->records[i];
        const char *text = arena_printf(arena, "%s\n%s\n%s", r->title ? r->title : "", r->abstract ? r->abstract : "",
                                        r->journal ? r->journal : "");
        if (query_matches(q, text, strlen(text)))
            out->records[kept++] = *r;
    }
    out->n = kept;
}

static bool read_page(const struct query *q, const struct source_cursor *at, const cJSON *json, struct arena *arena,
                      struct source_page *out, struct err *e)
{
    const cJSON *message = json_member(json, "message"), *list = json_member(message, "items");
    out->hits = source_json_number(message, "total-results", -1);
    if (!cJSON_IsArray(list))
        return err_set(e, ERR_FORMAT, TITLE ": message.items is missing or no list");
    if (out->hits < 0)
        return err_set(e, ERR_FORMAT, TITLE ": message.total-results is missing or no number");
    size_t items = (size_t)cJSON_GetArraySize(list);
    source_json_records(out, arena, list, "message.items", read_record);
    /* The page is told by its first record before the sieve. */
    if (!source_turn(TITLE, at, json_text(message, "next-cursor"), items, out, arena, e))
        return false;
    size_t read = out->n;
    sieve(q, arena, out);
    if ((read && !out->n) || at->seen + (int64_t)items >= RANKED)
        out->next = NULL;
    return true;
}

/* {"status": "failed", "message": [{"type", "value", "message"}]} and {"status": "error", "message": {"message"}}. */
static bool check_errors(int status, const cJSON *json, struct source_page *out, struct err *e)
{
    const char *state = json_text(json, "status");
    if (status >= 200 && status < 300 && !(state && strcmp(state, "ok") != 0))
        return true;
    const cJSON *message = json_member(json, "message");
    if (cJSON_IsArray(message))
        message = message->child;
    const char *type = json_text(message, "type"), *words = json_text(message, "message");
    if (type && strcmp(type, "cursor-invalid") == 0) {
        out->next = "";
        return err_set(e, ERR_TEMPORARY, TITLE ": the cursor has expired; the search begins again");
    }
    if (status >= 200 && status < 300)
        return err_set(e, state && strcmp(state, "error") == 0 ? ERR_TEMPORARY : ERR_FORMAT,
                       TITLE " answers with an error: %.300s", words ? words : "without words");
    return source_status(TITLE, status, words, e);
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
        ok = true; /* an unknown DOI: "Resource not found." */
        goto out;
    }
    if (!check_errors(status, json, out, e))
        goto out;
    if (!json) {
        *e = why;
    } else if (q) {
        ok = read_page(q, &at, json, arena, out, e);
    } else {
        source_json_record(out, arena, json_member(json, "message"), "message", read_record);
        ok = true;
    }
out:
    if (!q)
        out->next = NULL;
    cJSON_Delete(json);
    return ok;
}

const struct source source_crossref = {
    .name = "crossref",
    .title = TITLE,
    .host = "api.crossref.org",
    .page_size = PAGE,
    .ranked = true,
    .ask = ask,
    .read = read_reply,
    .ask_work = ask_work,
};
