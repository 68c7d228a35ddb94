/* source_scielo.c: SciELO, by ArticleMeta, which cannot search (search.scielo.org refuses programs): what entered a
 * collection between two days is listed by offset, one national collection after the other.
 *
 *   https://articlemeta.scielo.org/api/v1/articles/?collection=scl&from=&until=&limit=&offset=&body=false
 *   https://articlemeta.scielo.org/api/v1/article/identifiers/?collection=scl&from=&until=&limit=&offset=
 *   https://articlemeta.scielo.org/api/v1/article/?collection=scl&code=PID&format=json  (xmlrsps: SciELO PS, a JATS)
 *
 * The first gives whole records, the second identifiers only (`code`, `doi`), whose records are then asked for one by
 * one; it is used where the first is not there. So cursors are "COLLECTION|OFFSET", "COLLECTION|OFFSET|ids" or
 * "COLLECTION|OFFSET|ids CODE CODE ...", the last with the records that are still to be read before the list goes on at
 * OFFSET. Dates are those of processing, which lag behind publication: since and until are taken as such. `meta.total`
 * may be missing: then a short page is the last one.
 *
 * Records are ISIS tags: v12 titles and v83 abstracts (subfield a) with a language l each, v40 language, v65 date with
 * zeros for what is unknown ("19980800"), v880 PID, v237 DOI; journal's v100 title, v541 licence ("BY-NC/4.0", "nd" is
 * not defined), v540 its text as HTML. `license` is "by/4.0". Booleans are the texts "True" and "False". `fulltexts`
 * may lack pdf. Articles come in up to three languages, as JATS sub-articles in xmlrsps: so that query_matches sees
 * all, `abstract` here is that of the article's language, then the other titles and abstracts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/link.h"
#include "ingest/query_fields.h"
#include "ingest/source_json.h"

#define API "https://articlemeta.scielo.org/api/v1/"

enum { PAGE = 50, IDENTIFIERS = 100, CODE = 23 /* bytes of a PID */ };

static const char *const collections[] = {"scl", "chl", "arg", "mex", "col", "per", "esp", "cub",
                                          "ven", "ury", "bol", "cri", "prt", "sza", "spa"};
enum { COLLECTIONS = sizeof collections / sizeof *collections };

struct place {
    size_t collection;
    int64_t offset;
    bool ids;
    const char *codes; /* still to be read, with spaces between; "" none */
};

static bool place_of(const char *cursor, struct place *p, struct err *e)
{
    *p = (struct place){.codes = ""};
    if (!cursor || !*cursor)
        return true;
    size_t len = strcspn(cursor, "|");
    while (p->collection < COLLECTIONS && (len != 3 || memcmp(collections[p->collection], cursor, 3) != 0))
        p->collection++;
    if (p->collection == COLLECTIONS || cursor[len] != '|')
        return err_set(e, ERR_FORMAT, "SciELO: '%.80s' is no cursor of COLLECTION|OFFSET", cursor);
    char *end;
    p->offset = strtoll(cursor + len + 1, &end, 10);
    p->ids = str_starts(end, "|ids");
    if (p->ids)
        p->codes = end + 4 + (end[4] == ' ');
    return p->offset >= 0 ? true : err_set(e, ERR_FORMAT, "SciELO: '%.80s' is no cursor", cursor);
}

static const char *cursor_of(const struct place *p, struct arena *arena)
{
    if (p->collection >= COLLECTIONS)
        return NULL;
    return arena_printf(arena, "%s|%" PRId64 "%s%s%s", collections[p->collection], p->offset, p->ids ? "|ids" : "",
                        *p->codes ? " " : "", p->codes);
}

static bool ask(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e)
{
    (void)contact;
    struct place p;
    if (!query_language_in(q, "pt es en fr it de", "SciELO", e) || !place_of(cursor, &p, e))
        return false;
    struct str url = STR_INIT(2048);
    str_add(&url, *p.codes ? API "article/" : p.ids ? API "article/identifiers/" : API "articles/");
    query_parameter(&url, "collection", collections[p.collection]);
    if (*p.codes) {
        query_parameter(&url, "code", arena_strndup(arena, p.codes, strcspn(p.codes, " ")));
        str_add(&url, "&format=json");
    } else {
        int most = p.ids ? IDENTIFIERS : PAGE;
        query_parameter(&url, "from", query_later(q->since, q->added_since));
        query_parameter(&url, "until", q->until);
        str_addf(&url, "&limit=%d&offset=%" PRId64 "%s", size > 0 && size < most ? size : most, p.offset,
                 p.ids ? "" : "&body=false");
    }
    *out = (struct source_request){
        .url = arena_strdup(arena, url.data), .accept = "application/json", .want = CONTENT_JSON};
    str_release(&url);
    return true;
}

/* DOIs of SciELO hold the PID: 10.1590/s0100-879x1998000800011. */
static bool ask_work(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    (void)contact;
    const char *code = str_starts(id, "10.1590/") ? id + 8 : id;
    if (strlen(code) != CODE || (*code != 's' && *code != 'S') || code[5] != '-')
        return err_set(e, ERR_UNSUPPORTED, "SciELO knows works by PID only, or by DOIs made of it (10.1590/S...)");
    char upper[CODE + 1];
    for (int i = 0; i <= CODE; i++)
        upper[i] = (char)(code[i] >= 'a' && code[i] <= 'z' ? code[i] - 32 : code[i]);
    struct str url = STR_INIT(512);
    str_add(&url, API "article/");
    query_parameter(&url, "code", upper);
    str_add(&url, "&format=json");
    /* Of an unknown one the answer is "null". */
    *out = (struct source_request){
        .url = arena_strdup(arena, url.data), .accept = "application/json", .want = CONTENT_ANY};
    str_release(&url);
    return true;
}

/* A subfield of a tag's first occurrence, or of that whose `l` is `language`. */
static const char *isis(const struct source_item *item, const cJSON *object, const char *tag, const char *subfield,
                        const char *language)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, item_list(item, object, tag))
    {
        const char *of = json_text(one, "l");
        if (!language || (of && strcmp(of, language) == 0))
            return item_markup(item, one, subfield);
    }
    return NULL;
}

/* Appends the subfield of all occurrences but that text itself. */
static void add_others(const struct source_item *item, const cJSON *object, const char *tag, const char *subfield,
                       const char *but, struct str *out)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, item_list(item, object, tag))
    {
        const char *text = item_markup(item, one, subfield);
        if (!text || str_same(text, but))
            continue;
        if (out->len)
            str_add_char(out, ' ');
        str_add(out, text);
    }
}

static void read_texts(const struct source_item *item, const cJSON *article, struct record *r)
{
    const char *language = isis(item, article, "v40", "_", NULL);
    r->title = language ? isis(item, article, "v12", "_", language) : NULL;
    if (!r->title)
        r->title = isis(item, article, "v12", "_", NULL);
    const char *abstract = language ? isis(item, article, "v83", "a", language) : NULL;
    struct str all = STR_INIT(256 * 1024);
    str_add(&all, abstract ? abstract : "");
    add_others(item, article, "v12", "_", r->title, &all);
    add_others(item, article, "v83", "a", abstract, &all);
    r->abstract = all.len ? source_text(item->arena, all.data) : NULL;
    str_release(&all);
    r->language = source_language(item->arena, language);
}

/* "19980800" -> "1998-08". */
static const char *isis_date(struct arena *arena, const char *text)
{
    if (!text || strlen(text) != 8 || strspn(text, "0123456789") != 8)
        return text;
    const char *month = memcmp(text + 4, "00", 2) == 0 ? NULL : text + 4;
    const char *day = month && memcmp(text + 6, "00", 2) != 0 ? text + 6 : NULL;
    return arena_printf(arena, "%.4s%s%.2s%s%.2s", text, month ? "-" : "", month ? month : "", day ? "-" : "",
                        day ? day : "");
}

static void read_dates(const struct source_item *item, const cJSON *article, struct record *r)
{
    source_set_date(r, item->arena, isis_date(item->arena, isis(item, article, "v223", "_", NULL)));
    source_set_date(r, item->arena, item_text(item, item->json, "publication_date"));
    source_set_date(r, item->arena, isis_date(item->arena, isis(item, article, "v65", "_", NULL)));
    source_set_date(r, item->arena, item_id(item, item->json, "publication_year"));
}

static void read_license(const struct source_item *item, const cJSON *journal, struct record *r)
{
    const char *stated = item_text(item, item->json, "license");
    const char *of_journal = isis(item, journal, "v541", "_", NULL);
    r->license = link_cc_name(stated, item->arena);
    if (!r->license)
        r->license = stated ? stated : link_cc_name(of_journal, item->arena);
    const char *path = link_cc_name(stated, item->arena) ? stated : of_journal;
    if (r->license && path && link_cc_name(path, item->arena) && strchr(path, '/')) {
        char *lower = arena_printf(item->arena, "https://creativecommons.org/licenses/%s/", path);
        for (char *c = lower; *c; c++)
            *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
        r->license_url = lower;
    }
}

static void add_texts(const struct source_item *item, const cJSON *texts, const char *kind, struct record *r)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, texts)
    {
        const char *url = link_resolve(NULL, cJSON_GetStringValue(one), item->arena);
        if (url)
            source_add_file(
                r, item->arena,
                &(struct record_file){.url = url, .kind = kind, .license = r->license, .version = "published"});
    }
}

static void read_files(const struct source_item *item, struct record *r)
{
    const char *collection = item_text(item, item->json, "collection");
    struct str url = STR_INIT(512);
    str_add(&url, API "article/");
    query_parameter(&url, "collection", collection);
    query_parameter(&url, "code", r->source_id);
    str_add(&url, "&format=xmlrsps");
    source_add_file(
        r, item->arena,
        &(struct record_file){.url = url.data, .kind = "xml", .license = r->license, .version = "published"});
    str_release(&url);
    const cJSON *texts = item_object(item, item->json, "fulltexts");
    if (!texts)
        return;
    add_texts(item, item_object(item, texts, "pdf"), "pdf", r);
    add_texts(item, item_object(item, texts, "html"), "html", r);
}

static bool read_article(const struct source_item *item, struct record *r)
{
    const cJSON *article = item_object(item, item->json, "article"), *journal = item_object(item, item->json, "title");
    r->source_id = item_text(item, item->json, "code");
    if (!r->source_id && article)
        r->source_id = isis(item, article, "v880", "_", NULL);
    if (!r->source_id || !article) {
        source_add_fault(item->page, item->arena, item->place, "%s is missing", article ? "code" : "article");
        return false;
    }
    r->doi = item_text(item, item->json, "doi");
    if (!r->doi)
        r->doi = isis(item, article, "v237", "_", NULL);
    read_texts(item, article, r);
    if (!r->title)
        source_add_fault(item->page, item->arena, item->place, "v12 (title) is missing");
    read_dates(item, article, r);
    r->journal = isis(item, journal, "v100", "_", NULL);
    if (!r->journal)
        r->journal = isis(item, article, "v30", "_", NULL);
    r->type = item_text(item, item->json, "document_type");
    r->open = FACT_YES;
    read_license(item, journal, r);
    read_files(item, r);
    return true;
}

/* The codes of a list of identifiers, with spaces between. */
static const char *codes_of(const cJSON *objects, struct arena *arena, struct source_page *out)
{
    struct str codes = STR_INIT(SOURCE_MAX_PAGE * (CODE + 1));
    const cJSON *one;
    size_t i = 0;
    cJSON_ArrayForEach(one, objects)
    {
        const char *code = json_text(one, "code");
        size_t len = code ? strlen(code) : 0;
        if (!len || len > 40 || strcspn(code, " |&") != len)
            source_add_fault(out, arena, arena_printf(arena, "objects[%zu]", i), "code is missing");
        else
            str_addf(&codes, "%s%s", codes.len ? " " : "", code);
        i++;
    }
    const char *text = arena_strdup(arena, codes.data);
    str_release(&codes);
    return text;
}

static bool read_list(const cJSON *json, struct place p, struct arena *arena, struct source_page *out, struct err *e)
{
    const cJSON *objects = json_member(json, "objects"), *meta = json_member(json, "meta");
    if (!cJSON_IsArray(objects))
        return err_set(e, ERR_FORMAT, "SciELO: no list of articles: objects is missing");
    int64_t offset = source_json_number(meta, "offset", p.offset), total = source_json_number(meta, "total", -1);
    int64_t limit = source_json_number(meta, "limit", p.ids ? IDENTIFIERS : PAGE);
    int64_t n = cJSON_GetArraySize(objects);
    if (offset != p.offset)
        return err_set(e, ERR_TEMPORARY, "SciELO gave the list at %" PRId64 " for that at %" PRId64, offset, p.offset);
    if (!n && p.offset < total)
        return err_set(e, ERR_TEMPORARY, "SciELO: the list at %" PRId64 " of %" PRId64 " is empty", p.offset, total);
    if (n && !json_member(objects->child, "article"))
        p.codes = codes_of(objects, arena, out);
    else
        source_json_records(out, arena, objects, "objects", read_article);
    p.ids = p.ids || *p.codes;
    p.offset += n;
    bool last = !n || (total >= 0 ? p.offset >= total : n < limit);
    if (last && !*p.codes) {
        p.collection++;
        p.offset = 0;
    }
    out->next = cursor_of(&p, arena);
    return true;
}

/* One of the records of a list of identifiers. What is wrong with it is a fault of this one: the list goes on. */
static void read_code(int status, const char *body, size_t len, struct place p, struct arena *arena,
                      struct source_page *out)
{
    size_t code_len = strcspn(p.codes, " ");
    const char *code = arena_strndup(arena, p.codes, code_len);
    struct err why = {0};
    cJSON *json = source_status("SciELO", status, NULL, &why) ? source_json("SciELO", body, len, &why) : NULL;
    if (json)
        source_json_record(out, arena, json, code, read_article);
    else
        source_add_fault(out, arena, code, "%s", why.text);
    cJSON_Delete(json);
    p.codes += code_len + (p.codes[code_len] == ' ');
    out->next = cursor_of(&p, arena);
}

/* The single work that ask_work asked for; "null" is what ArticleMeta says of none. */
static bool read_work(const char *body, size_t len, struct arena *arena, struct source_page *out, struct err *e)
{
    size_t start = 0;
    while (start < len && (unsigned char)body[start] <= ' ')
        start++;
    if (len - start >= 4 && memcmp(body + start, "null", 4) == 0)
        return true;
    cJSON *json = source_json("SciELO", body, len, e);
    bool ok = json != NULL;
    if (ok && !json_member(json, "article"))
        ok = err_set(e, ERR_FORMAT, "SciELO: no article: article is missing");
    else if (ok)
        source_json_record(out, arena, json, "article", read_article);
    cJSON_Delete(json);
    return ok;
}

static bool read(const struct query *q, const char *cursor, int status, const char *body, size_t len,
                 struct arena *arena, struct source_page *out, struct err *e)
{
    *out = (struct source_page){.hits = -1};
    struct place p;
    if (!place_of(cursor, &p, e))
        return false;
    bool later = status == 408 || status == 425 || status == 429 || status >= 500;
    if (q && *p.codes && !later) {
        read_code(status, body, len, p, arena, out);
        return true;
    }
    if (q && !p.ids && (status == 400 || status == 404 || status == 405 || status == 410)) {
        p.ids = true;
        out->next = cursor_of(&p, arena);
        return true;
    }
    if (!source_status("SciELO", status, NULL, e))
        return false;
    if (!q)
        return read_work(body, len, arena, out, e);
    cJSON *json = source_json("SciELO", body, len, e);
    bool ok = json && read_list(json, p, arena, out, e);
    cJSON_Delete(json);
    return ok;
}

const struct source source_scielo = {.name = "scielo",
                                     .title = "SciELO",
                                     .host = "articlemeta.scielo.org",
                                     .page_size = PAGE,
                                     .by_date = true,
                                     .ask = ask,
                                     .read = read,
                                     .ask_work = ask_work};
