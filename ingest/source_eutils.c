/* source_eutils.c: PubMed Central through NCBI's E-utilities.
 *
 * https://www.ncbi.nlm.nih.gov/books/NBK25497/ and NBK25499/, as they are in 2026: esearch.fcgi?db=pmc&usehistory=y
 * puts the result on NCBI's history server and gives WebEnv and query_key; esummary.fcgi reads it page by page by
 * retstart and retmax (JSON: at most 500). The cursor is "WEBENV|KEY|START|HITS"; without one, the search is made. 3
 * requests a second without a key, 10 with api_key; tool= and email= each time; large jobs at night (US Eastern) or at
 * weekends. Searches with more than 10,000 hits are split by date. POST for long ones (a GET gets 414 and HTML).
 *
 * Terms are quoted, so that they are not mapped to others, and looked for in the whole text. A quoted phrase that is
 * not in the index is dropped from the search and listed in errorlist.phrasesnotfound or
 * warninglist.quotedphrasesnotfound: when that empties a group, the count is of something else, and the search counts
 * as one without hits.
 *
 * Odd ones: esearchresult.ERROR or a top-level "error" under a status of 200; the 429's JSON holds the caller's address
 * in "api-key", which must not be told; a history that has expired is "Unable to obtain query #1"; pmid "0" is none;
 * a record may be {"uid": ..., "error": ...}; errors may come as XML (<ERROR>) or HTML whatever retmode says, and
 * mirrors answer a search in XML, which is read too. */
#include "ingest/source_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "ingest/import_xml.h"

#define TITLE "PubMed Central"
#define BASE  "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"

enum { PAGE = 500, URL_MAX = 2000, HITS_MAX = 1000000000, HISTORY_MAX = 512 /* bytes of a WebEnv */ };

static const struct query_syntax syntax = {
    .and_word = " AND ", .or_word = " OR ", .open = "(", .close = ")", .quote = '"', .quote_all = true};

/* Dates are 2020/01/31. */
static void write_range(struct str *out, const char *field, const char *since, const char *until)
{
    if (!since && !until)
        return;
    struct str range = STR_INIT(128);
    str_addf(&range, " AND %s:%s[%s]", since ? since : "1700-01-01", until ? until : "3000-12-31", field);
    for (char *c = range.data; *c; c++)
        *c = *c == '-' ? '/' : *c;
    str_add(out, range.data);
    str_release(&range);
}

static void write_query(const struct query *q, struct str *out)
{
    str_add_char(out, '(');
    query_write(q, &syntax, out);
    str_add_char(out, ')');
    if (q->open_only)
        str_add(out, " AND open_access[filter]");
    write_range(out, "pdat", q->since, q->until);
    write_range(out, "pmcrdat", q->added_since, NULL);
}

static void finish(struct str *url, const char *contact, struct arena *arena, struct source_request *out)
{
    query_parameter(url, "retmode", "json");
    query_parameter(url, "tool", "figmill");
    query_parameter(url, "email", contact);
    *out = (struct source_request){.want = CONTENT_DATA};
    char *parameters = strchr(url->data, '?');
    if (url->len > URL_MAX) {
        out->post = arena_strdup(arena, parameters + 1);
        *parameters = 0;
    }
    out->url = arena_strdup(arena, url->data);
}

static void ask_search(const struct query *q, struct str *url)
{
    struct str term = STR_INIT(256 * 1024);
    write_query(q, &term);
    str_add(url, BASE "esearch.fcgi?db=pmc");
    query_parameter(url, "term", term.data);
    query_parameter(url, "usehistory", "y");
    query_parameter(url, "retmax", "0");
    str_release(&term);
}

/* The cursor's parts. Its beginning is NCBI's own and may hold anything but '|'. */
struct history {
    const char *environment, *key;
    int64_t start, hits;
};

static bool read_history(const char *cursor, struct arena *arena, struct history *out)
{
    char *text = arena_strdup(arena, cursor), *part[4];
    for (int i = 0; i < 4; i++) {
        part[i] = text;
        char *bar = text ? strchr(text, '|') : NULL;
        if (!text || (i < 3 && !bar))
            return false;
        if (bar)
            *bar = 0;
        text = bar ? bar + 1 : NULL;
    }
    *out = (struct history){part[0], part[1], strtoll(part[2], NULL, 10), strtoll(part[3], NULL, 10)};
    return !text && out->start >= 0 && out->start <= out->hits && out->hits <= HITS_MAX;
}

static bool ask(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e)
{
    if (!source_has_terms(TITLE, q, e))
        return false;
    struct history history;
    struct str url = STR_INIT(1 << 20);
    if (!cursor || !*cursor) {
        ask_search(q, &url);
    } else if (read_history(cursor, arena, &history)) {
        str_add(&url, BASE "esummary.fcgi?db=pmc");
        query_parameter(&url, "query_key", history.key);
        query_parameter(&url, "WebEnv", history.environment);
        query_parameter(&url, "retstart", arena_printf(arena, "%lld", (long long)history.start));
        query_parameter(&url, "retmax", arena_printf(arena, "%d", size > 0 && size < PAGE ? size : PAGE));
        query_parameter(&url, "version", "2.0");
    } else {
        str_release(&url);
        return err_set(e, ERR_FORMAT, TITLE ": '%.60s' is none of its cursors", cursor);
    }
    finish(&url, contact, arena, out);
    str_release(&url);
    return true;
}

static bool ask_work(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    if (source_id_kind(id) != SOURCE_ID_PMCID)
        return err_set(e, ERR_UNSUPPORTED, TITLE ": '%s' is no PMCID", id);
    struct str url = STR_INIT(4096);
    str_add(&url, BASE "esummary.fcgi?db=pmc");
    query_parameter(&url, "id", id + 3);
    query_parameter(&url, "version", "2.0");
    finish(&url, contact, arena, out);
    str_release(&url);
    return true;
}

static void read_ids(const struct source_item *item, struct record *r)
{
    const cJSON *ids = item_list(item, item->json, "articleids"), *id;
    cJSON_ArrayForEach(id, ids)
    {
        const char *type = cJSON_IsObject(id) ? item_text(item, id, "idtype") : NULL;
        const char *value = type ? item_id(item, id, "value") : NULL;
        if (!value)
            continue;
        if (strcasecmp(type, "doi") == 0)
            r->doi = value;
        else if (strcasecmp(type, "pmid") == 0 && strcmp(value, "0") != 0)
            r->pmid = value;
        else if (strcasecmp(type, "pmcid") == 0)
            r->pmcid = source_pmcid(item->arena, value);
    }
    if (!r->pmcid)
        r->pmcid = source_pmcid(item->arena, r->source_id);
}

static bool read_record(const struct source_item *item, struct record *r)
{
    const cJSON *json = item->json;
    const char *wrong = item_text(item, json, "error");
    r->source_id = item_id(item, json, "uid");
    if (wrong || !r->source_id) {
        source_add_fault(item->page, item->arena, item->place, "%.200s", wrong ? wrong : "the record has no uid");
        return false;
    }
    read_ids(item, r);
    r->title = item_markup(item, json, "title");
    r->journal = item_text(item, json, "fulljournalname");
    if (!r->journal)
        r->journal = item_text(item, json, "source");
    static const char *const dates[] = {"epubdate", "printpubdate", "pubdate", "sortdate"};
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        source_set_date(r, item->arena, item_text(item, json, dates[i]));
    return true;
}

static bool is_busy(const char *text)
{
    static const char *const words[] = {"rate limit",  "forwarding", "backend",   "timed out", "timeout", "temporar",
                                        "unavailable", "exception",  "try again", "later",     "busy"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasestr(text, words[i]))
            return true;
    }
    return false;
}

/* Sets the error of NCBI's words. A history that is gone is made anew from the beginning. */
static bool told(const char *text, struct source_page *out, struct err *e)
{
    if (strcasestr(text, "obtain query") || strcasestr(text, "WebEnv") || strcasestr(text, "query_key is")) {
        out->next = "";
        return err_set(e, ERR_TEMPORARY, TITLE ": the search's history has expired (%.200s)", text);
    }
    return err_set(e, is_busy(text) ? ERR_TEMPORARY : ERR_FORMAT, TITLE " answers with an error: %.200s", text);
}

/* Errors wherever they may stand. True: none. */
static bool check_errors(int status, const char *body, size_t len, const cJSON *json, struct source_page *out,
                         struct err *e)
{
    static const char *const places[] = {"esearchresult", "esummaryresult", "result", "header"};
    const char *text = json_text(json, "error");
    for (size_t i = 0; !text && i < sizeof places / sizeof *places; i++) {
        const cJSON *place = json_member(json, places[i]);
        text = json_text(place, "ERROR") ? json_text(place, "ERROR") : json_text(place, "error");
        if (!text && cJSON_IsArray(place))
            text = cJSON_GetStringValue(place->child);
    }
    if (!text)
        text = json_text(json, "ERROR");
    if (text)
        return told(text, out, e);
    const char *start = !json && len < 1 << 20 ? memmem(body, len, "<ERROR>", 7) : NULL;
    const char *end = start ? memmem(start, len - (size_t)(start - body), "</ERROR>", 8) : NULL;
    if (!end)
        return source_status(TITLE, status, NULL, e);
    char words[256];
    snprintf(words, sizeof words, "%.*s", (int)(end - start - 7 < 255 ? end - start - 7 : 255), start + 7);
    return told(words, out, e);
}

static bool lists_term(const cJSON *list, const char *folded)
{
    const cJSON *phrase;
    bool found = false;
    struct str other = STR_INIT(4096);
    cJSON_ArrayForEach(phrase, list)
    {
        if (!cJSON_IsString(phrase) || found)
            continue;
        str_clear(&other);
        text_fold(phrase->valuestring, strlen(phrase->valuestring), &other);
        found = strcmp(other.data, folded) == 0;
    }
    str_release(&other);
    return found;
}

/* Whether NCBI knew none of the group's terms. */
static bool is_dropped(const struct query_group *group, const cJSON *result)
{
    const cJSON *lost = json_member(json_member(result, "errorlist"), "phrasesnotfound");
    const cJSON *quoted = json_member(json_member(result, "warninglist"), "quotedphrasesnotfound");
    struct str folded = STR_INIT(4096);
    bool all = group->n > 0;
    for (size_t i = 0; all && i < group->n; i++) {
        str_clear(&folded);
        text_fold(group->terms[i], strlen(group->terms[i]), &folded);
        all = !folded.len || lists_term(lost, folded.data) || lists_term(quoted, folded.data);
    }
    str_release(&folded);
    return all;
}

static bool read_search(const struct query *q, const cJSON *json, struct arena *arena, struct source_page *out,
                        struct err *e)
{
    const cJSON *result = json_member(json, "esearchresult");
    int64_t hits = source_json_number(result, "count", -1);
    const char *environment = json_text(result, "webenv"), *key = json_text(result, "querykey");
    if (hits < 0 || hits > HITS_MAX)
        return err_set(e, ERR_FORMAT, TITLE ": esearchresult.count is missing or no number");
    for (size_t i = 0; !q->raw && i < q->n_groups; i++) {
        if (is_dropped(&q->groups[i], result))
            hits = 0;
    }
    out->hits = hits;
    if (!hits)
        return true;
    if (!environment || !key || strchr(environment, '|') || strchr(key, '|') || !*environment ||
        strlen(environment) > HISTORY_MAX || strlen(key) > HISTORY_MAX)
        return err_set(e, ERR_FORMAT, TITLE ": esearchresult has no webenv and querykey");
    out->next = arena_printf(arena, "%s|%s|0|%lld", environment, key, (long long)hits);
    return true;
}

/* A search's result in XML, as the JSON that the same search gives; NULL: it is none. The first count is that of the
 * whole query, those of its terms follow. */
static cJSON *search_of_xml(const char *body, size_t len)
{
    static const char *const members[][2] = {{"Count", "count"}, {"WebEnv", "webenv"}, {"QueryKey", "querykey"}};
    struct xml_scan scan = {body, body + len};
    struct xml_piece piece;
    const char *member = NULL;
    cJSON *json = NULL, *result = NULL, *lost = NULL;
    bool whole = false;
    while (xml_next(&scan, &piece)) {
        char text[1024] = "";
        if (piece.token == XML_START && !result && xml_is(&piece, "eSearchResult")) {
            json = cJSON_CreateObject();
            result = cJSON_AddObjectToObject(json, "esearchresult");
            lost = cJSON_AddArrayToObject(cJSON_AddObjectToObject(result, "errorlist"), "phrasesnotfound");
        } else if (piece.token == XML_TEXT && result && member) {
            xml_decode(piece.text, piece.len, text, sizeof text);
            if (!*member)
                cJSON_AddItemToArray(lost, cJSON_CreateString(text));
            else if (!cJSON_HasObjectItem(result, member))
                cJSON_AddStringToObject(result, member, text);
        }
        member = NULL;
        for (size_t i = 0; piece.token == XML_START && i < sizeof members / sizeof *members; i++)
            if (xml_is(&piece, members[i][0]))
                member = members[i][1];
        if (piece.token == XML_START && (xml_is(&piece, "PhraseNotFound") || xml_is(&piece, "QuotedPhraseNotFound")))
            member = "";
        whole |= piece.token == XML_CLOSE && xml_is(&piece, "eSearchResult");
    }
    if (!whole) {
        cJSON_Delete(json);
        json = NULL;
    }
    return json;
}

/* The summaries stand beside the list of their uids, under their names. */
static size_t read_summaries(const cJSON *json, struct arena *arena, struct source_page *out)
{
    const cJSON *result = json_member(json, "result"), *record;
    size_t n = 0;
    /* A walk over the members, not a look-up of each uid, which would take n times n steps. */
    cJSON_ArrayForEach(record, result)
    {
        if (!record->string || strcmp(record->string, "uids") == 0)
            continue;
        source_json_record(out, arena, record, arena_printf(arena, "result.%.20s", record->string), read_record);
        n++;
    }
    const cJSON *uids = json_member(result, "uids");
    size_t listed = cJSON_IsArray(uids) ? (size_t)cJSON_GetArraySize(uids) : 0;
    if (listed > n)
        source_add_fault(out, arena, "result", "%zu of %zu records are missing", listed - n, listed);
    return listed > n ? listed : n;
}

static bool read_page(const char *cursor, const cJSON *json, struct arena *arena, struct source_page *out,
                      struct err *e)
{
    struct history history;
    if (!read_history(cursor, arena, &history))
        return err_set(e, ERR_FORMAT, TITLE ": '%.60s' is none of its cursors", cursor);
    if (!cJSON_IsObject(json_member(json, "result")))
        return err_set(e, ERR_FORMAT, TITLE ": a page of summaries without result");
    out->hits = history.hits;
    size_t n = read_summaries(json, arena, out);
    int64_t seen = history.start + (int64_t)n;
    if (!n && history.hits > seen)
        return err_set(e, ERR_TEMPORARY, TITLE ": an empty page after %lld of %lld records", (long long)seen,
                       (long long)history.hits);
    if (seen < history.hits)
        out->next = arena_printf(arena, "%s|%s|%lld|%lld", history.environment, history.key, (long long)seen,
                                 (long long)history.hits);
    return true;
}

static bool read_reply(const struct query *q, const char *cursor, int status, const char *body, size_t len,
                       struct arena *arena, struct source_page *out, struct err *e)
{
    *out = (struct source_page){.hits = -1};
    struct err why = {0};
    cJSON *json = source_json(TITLE, body, len, &why);
    bool ok = false;
    if (!check_errors(status, body, len, json, out, e))
        goto out;
    if (!json && q && (!cursor || !*cursor))
        json = search_of_xml(body, len);
    if (!json) {
        *e = why;
    } else if (!q) {
        read_summaries(json, arena, out);
        ok = true;
    } else if (!cursor || !*cursor) {
        ok = read_search(q, json, arena, out, e);
    } else {
        ok = read_page(cursor, json, arena, out, e);
    }
out:
    if (!q)
        out->next = NULL;
    cJSON_Delete(json);
    return ok;
}

const struct source source_eutils = {
    .name = "eutils",
    .title = TITLE,
    .host = "eutils.ncbi.nlm.nih.gov",
    .key = "NCBI_API_KEY",
    .key_query = "api_key=%s",
    .page_size = PAGE,
    .window = 10000,
    .ask = ask,
    .read = read_reply,
    .ask_work = ask_work,
};
