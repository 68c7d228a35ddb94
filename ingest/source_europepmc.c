/* source_europepmc.c: Europe PMC, 40 million abstracts and 10 million full texts of the life sciences.
 *
 * https://europepmc.org/RestfulWebService, as it is in 2026: GET search, or POST searchPOST with the same parameters as
 * a form when the URL would grow too long. cursorMark=* begins; the reply's nextCursorMark goes on. It is left out, or
 * the one that was sent comes back, or the list is empty, at the end. pageSize up to 1,000, but core records that many
 * time out. format=json goes before the Accept header. No key, no published limit.
 *
 * Odd ones: a status of 200 with nothing but {"version":"6.9"} (busy); errors as an XML errorBean or as JSON with
 * errCode; flags "Y" and "N"; a licence "cc by" with isOpenAccess "N"; LANG takes MEDLINE's codes (fre, ger, chi), and
 * preprints have no language at all; OPEN_ACCESS is narrower than "free to read". */
#include "ingest/source_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TITLE "Europe PMC"
#define REST  "https://www.ebi.ac.uk/europepmc/webservices/rest/"

enum { PAGE = 200, URL_MAX = 6000 /* bytes of a URL that the service's front end takes for certain */ };

/* MEDLINE's code of a BCP 47 language, where it is not among those of ISO 639-2/B that differ by nothing. */
static const char *medline_code(const char *language)
{
    static const char codes[][2][4] = {
        {"en", "eng"}, {"es", "spa"}, {"pt", "por"}, {"fr", "fre"}, {"de", "ger"}, {"it", "ita"}, {"ja", "jpn"},
        {"zh", "chi"}, {"ru", "rus"}, {"pl", "pol"}, {"nl", "dut"}, {"cs", "cze"}, {"ko", "kor"}, {"tr", "tur"},
        {"uk", "ukr"}, {"sv", "swe"}, {"da", "dan"}, {"no", "nor"}, {"nb", "nor"}, {"nn", "nor"}, {"fi", "fin"},
        {"hu", "hun"}, {"ro", "rum"}, {"el", "gre"}, {"ar", "ara"}, {"fa", "per"}, {"he", "heb"}, {"hr", "hrv"},
        {"sr", "srp"}, {"bs", "bos"}, {"sk", "slo"}, {"sl", "slv"}, {"bg", "bul"}, {"lt", "lit"}, {"lv", "lav"},
        {"et", "est"}, {"id", "ind"}, {"ms", "may"}, {"vi", "vie"}, {"th", "tha"}, {"hi", "hin"}, {"ka", "geo"},
        {"hy", "arm"}, {"is", "ice"}, {"mk", "mac"}, {"sq", "alb"}, {"eu", "baq"}, {"ca", "cat"}, {"cy", "wel"},
    };
    size_t len = strcspn(language, "-");
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (len == 2 && strncasecmp(codes[i][0], language, 2) == 0)
            return codes[i][1];
    }
    return NULL;
}

static void write_range(struct str *out, const char *field, const char *since, const char *until)
{
    if (since || until)
        str_addf(out, " AND %s:[%s TO %s]", field, since ? since : "1800-01-01", until ? until : "3000-12-31");
}

static void write_query(const struct query *q, struct str *out)
{
    static const struct query_syntax syntax = {
        .and_word = " AND ", .or_word = " OR ", .open = "(", .close = ")", .quote = '"'};
    str_add_char(out, '(');
    query_write(q, &syntax, out);
    str_add_char(out, ')');
    if (q->open_only)
        str_add(out, " AND OPEN_ACCESS:Y");
    const char *code = q->language ? medline_code(q->language) : NULL;
    if (code && strcmp(code, "eng") == 0)
        str_add(out, " AND (LANG:eng OR SRC:PPR)");
    else if (code)
        str_addf(out, " AND LANG:%s", code);
    write_range(out, "FIRST_PDATE", q->since, q->until);
    write_range(out, "UPDATE_DATE", q->added_since, NULL);
}

/* The request for `query`; a POST when it is long. */
static void ask_text(const char *query, const char *mark, int size, struct arena *arena, struct source_request *out)
{
    struct str url = STR_INIT(1 << 20);
    str_add(&url, REST "search");
    query_parameter(&url, "query", query);
    query_parameter(&url, "resultType", "core");
    query_parameter(&url, "format", "json");
    query_parameter(&url, "synonym", "false");
    query_parameter(&url, "pageSize", arena_printf(arena, "%d", size));
    query_parameter(&url, "cursorMark", mark);
    *out = (struct source_request){.accept = "application/json", .want = CONTENT_JSON};
    if (url.len > URL_MAX) {
        out->post = arena_strdup(arena, strchr(url.data, '?') + 1);
        out->url = REST "searchPOST";
    } else {
        out->url = arena_strdup(arena, url.data);
    }
    str_release(&url);
}

static bool ask(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e)
{
    struct source_cursor at;
    source_cursor_read(cursor, &at);
    if (!source_has_terms(TITLE, q, e))
        return false;
    struct str query = STR_INIT(256 * 1024);
    write_query(q, &query);
    ask_text(query.data, *at.mark ? at.mark : "*", size > 0 && size < PAGE ? size : PAGE, arena, out);
    str_release(&query);
    return true;
}

static bool ask_work(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    enum source_id kind = source_id_kind(id);
    if (strncmp(id, "PMID:", 5) == 0 && id[5] && strspn(id + 5, "0123456789") == strlen(id + 5)) {
        ask_text(arena_printf(arena, "EXT_ID:%s AND SRC:MED", id + 5), "*", 1, arena, out);
        return true;
    }
    if (kind != SOURCE_ID_DOI && kind != SOURCE_ID_PMCID)
        return err_set(e, ERR_UNSUPPORTED, TITLE ": '%s' is neither a DOI nor a PMCID", id);
    ask_text(arena_printf(arena, kind == SOURCE_ID_DOI ? "DOI:\"%s\"" : "PMCID:%s", id), "*", 1, arena, out);
    return true;
}

/* pubTypeList.pubType is a list or a text; the lite form has "pubType": "a; b". */
static void read_types(const struct source_item *item, struct record *r)
{
    const cJSON *list = item_object(item, item->json, "pubTypeList");
    const cJSON *types = json_member(list, "pubType"), *type;
    struct str text = STR_INIT(1024);
    if (!cJSON_IsArray(types)) {
        r->type = list ? item_text(item, list, "pubType") : item_text(item, item->json, "pubType");
    } else {
        cJSON_ArrayForEach(type, types)
        {
            if (cJSON_IsString(type))
                str_addf(&text, "%s%s", text.len ? "; " : "", type->valuestring);
        }
        r->type = source_text(item->arena, text.data);
    }
    str_release(&text);
    if (r->type)
        r->retracted = strcasestr(r->type, "retracted publication") ? FACT_YES : FACT_NO;
}

static void read_journal(const struct source_item *item, struct record *r)
{
    const cJSON *info = item_object(item, item->json, "journalInfo");
    const cJSON *journal = info ? item_object(item, info, "journal") : NULL;
    r->journal = journal ? item_text(item, journal, "title") : item_text(item, item->json, "journalTitle");
    if (!r->journal) {
        const cJSON *book = item_object(item, item->json, "bookOrReportDetails");
        r->journal = book ? item_text(item, book, "publisher") : NULL;
    }
}

/* The kind of a full text URL; NULL for what is not to be fetched (a publisher's page behind a subscription). */
static const char *kind_of(const struct source_item *item, const cJSON *url)
{
    const char *style = item_text(item, url, "documentStyle"), *code = item_text(item, url, "availabilityCode");
    bool free = code && (strcmp(code, "OA") == 0 || strcmp(code, "F") == 0);
    if (style && strcmp(style, "pdf") == 0)
        return free ? "pdf" : NULL;
    if (style && strcmp(style, "doi") == 0)
        return "landing";
    return style && free ? "landing" : NULL;
}

static void read_files(const struct source_item *item, struct record *r)
{
    if (r->pmcid && r->open == FACT_YES && source_id_kind(r->pmcid) == SOURCE_ID_PMCID)
        source_add_file(r, item->arena,
                        &(struct record_file){.url = arena_printf(item->arena, REST "%s/fullTextXML", r->pmcid),
                                              .kind = "xml",
                                              .license = r->license});
    const cJSON *list = item_object(item, item->json, "fullTextUrlList");
    const cJSON *urls = list ? item_list(item, list, "fullTextUrl") : NULL, *url;
    cJSON_ArrayForEach(url, urls)
    {
        const char *kind = cJSON_IsObject(url) ? kind_of(item, url) : NULL;
        if (kind)
            source_add_file(r, item->arena,
                            &(struct record_file){.url = item_text(item, url, "url"),
                                                  .kind = kind,
                                                  .license = r->open == FACT_YES ? r->license : NULL});
    }
}

static bool read_record(const struct source_item *item, struct record *r)
{
    const cJSON *json = item->json;
    const char *id = item_id(item, json, "id"), *source = item_text(item, json, "source");
    if (!id) {
        source_add_fault(item->page, item->arena, item->place, "the record has no id");
        return false;
    }
    r->source_id = source ? arena_printf(item->arena, "%s:%s", source, id) : id;
    r->doi = item_text(item, json, "doi");
    r->pmcid = item_text(item, json, "pmcid");
    r->pmid = item_id(item, json, "pmid");
    r->arxiv = source_arxiv(item->arena, r->doi);
    r->title = item_markup(item, json, "title");
    r->abstract = item_markup(item, json, "abstractText");
    r->language = source_language(item->arena, item_text(item, json, "language"));
    r->license = item_text(item, json, "license");
    r->open = item_fact(item, json, "isOpenAccess");
    r->year = (int)item_number(item, json, "pubYear", 0);
    source_set_date(r, item->arena, item_text(item, json, "firstPublicationDate"));
    read_journal(item, r);
    read_types(item, r);
    read_files(item, r);
    return true;
}

/* An errorBean in XML, or {"errCode": 404, "errMsg": "..."}: sets the error, and returns true, when it is one. */
static bool read_error(int status, const char *body, size_t len, const cJSON *json, struct err *e)
{
    char message[256] = "";
    long code = (long)source_json_number(json, "errCode", 0);
    if (json_text(json, "errMsg")) {
        snprintf(message, sizeof message, "%s", json_text(json, "errMsg"));
    } else {
        const char *start = len < 64 * 1024 ? memmem(body, len, "<errMsg>", 8) : NULL;
        const char *end = start ? memmem(start, len - (size_t)(start - body), "</errMsg>", 9) : NULL;
        if (!end)
            return false;
        snprintf(message, sizeof message, "%.*s", (int)(end - start - 8), start + 8);
    }
    bool later = code >= 500 || code == 429 || status >= 500 || status == 429 || strcasestr(message, "internal") ||
                 strcasestr(message, "later") || strcasestr(message, "timeout") || strcasestr(message, "timed out");
    err_set(e, later ? ERR_TEMPORARY : ERR_FORMAT, TITLE " answers with an error: %s", message);
    return true;
}

static bool read_page(const struct query *q, const struct source_cursor *at, const cJSON *json, struct arena *arena,
                      struct source_page *out, struct err *e)
{
    const cJSON *results = json_member(json, "resultList");
    const cJSON *list = json_member(results, "result");
    out->hits = source_json_number(json, "hitCount", -1);
    if (!json_member(json, "hitCount") && !results)
        return err_set(e, ERR_TEMPORARY, TITLE " answers with neither a count of hits nor a list of results");
    if (out->hits < 0)
        return err_set(e, ERR_FORMAT, TITLE ": hitCount is missing or no number");
    if ((results && !cJSON_IsNull(results) && !cJSON_IsObject(results)) ||
        (list && !cJSON_IsNull(list) && !cJSON_IsArray(list)))
        return err_set(e, ERR_FORMAT, TITLE ": resultList.result is no list");
    source_json_records(out, arena, list, "resultList.result", read_record);
    if (!q)
        return true;
    const char *next = json_text(json, "nextCursorMark");
    size_t n = (size_t)cJSON_GetArraySize(list);
    bool echo = next && strcmp(next, at->mark) == 0;
    if (echo && at->seen + (int64_t)n < out->hits)
        return err_set(e, ERR_TEMPORARY, TITLE ": nextCursorMark is the cursor that was sent, with hits left");
    if (next && (!*next || echo))
        next = NULL;
    return source_turn(TITLE, at, next, n, out, arena, e);
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
    if (read_error(status, body, len, json, e) || !source_status(TITLE, status, NULL, e))
        goto out;
    if (!json) {
        *e = why;
        goto out;
    }
    ok = read_page(q, &at, json, arena, out, e);
out:
    cJSON_Delete(json);
    return ok;
}

const struct source source_europepmc = {
    .name = "europepmc",
    .title = TITLE,
    .host = "www.ebi.ac.uk",
    .page_size = PAGE,
    .ask = ask,
    .read = read_reply,
    .ask_work = ask_work,
};
