/* source_arxiv.c: arXiv's API: https://export.arxiv.org/api/query?search_query=...&start=0&max_results=200, an Atom
 * feed. At most 2,000 entries a call and the first 30,000 hits of a query: more are split by date of submission. One
 * request in 3 seconds, and one connection for all of arXiv's interfaces together. No key.
 *
 * Query: field prefixes (ti: abs: all: cat:), phrases in double quotes, AND OR ANDNOT, submittedDate:[YYYYMMDDHHMM TO
 * ...]. Titles and abstracts are in English. Oddities: a feed with totalResults 0 comes now and then where there are
 * hits, as does an empty page in the middle; so the end of nothing is asked for twice. Pages may be shorter than asked
 * for. An error is an entry whose id begins https://arxiv.org/api/errors, with status 400 or 200; an id that does not
 * exist is a feed without entries. The licence is not told here (OAI has it). PDFs may be fetched, sources not. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "ingest/feed.h"
#include "ingest/link.h"
#include "ingest/query_fields.h"
#include "ingest/source.h"

enum { PAGE = 200, WINDOW = 30000, URL_MAX = 8000 /* bytes of a URL that front ends take */ };

static const struct query_syntax syntax = {
    .and_word = " AND ", .or_word = " OR ", .open = "(", .close = ")", .quote = '"'};
static const char *const fields[] = {"ti:", "abs:", NULL};
static const char again[] = "again"; /* the cursor behind a first page without hits: look once more */

static int64_t start_of(const char *cursor)
{
    int64_t start = cursor ? strtoll(cursor, NULL, 10) : 0;
    return start > 0 ? start : 0;
}

/* "2020-01-31" as "20200131". */
static void add_day(struct str *out, const char *day)
{
    for (; *day; day++) {
        if (*day != '-')
            str_add_char(out, *day);
    }
}

static void add_dates(const struct query *q, struct str *out)
{
    const char *since = query_later(q->since, q->added_since);
    if (!since && !q->until)
        return;
    str_add(out, " AND submittedDate:[");
    add_day(out, since ? since : "1986-01-01");
    str_add(out, "0000 TO ");
    add_day(out, q->until ? q->until : "2999-12-31");
    str_add(out, "2359]");
}

static bool request(const char *name, const char *value, int64_t start, int size, struct arena *arena,
                    struct source_request *out, struct err *e)
{
    struct str url = STR_INIT(URL_MAX);
    str_add(&url, "https://export.arxiv.org/api/query");
    query_parameter(&url, name, value);
    str_addf(&url, "&start=%" PRId64 "&max_results=%d", start, size);
    if (strcmp(name, "search_query") == 0)
        str_add(&url, "&sortBy=submittedDate&sortOrder=ascending");
    bool fits = !url.overflow;
    *out = (struct source_request){
        .url = arena_strdup(arena, url.data), .accept = "application/atom+xml", .want = CONTENT_XML};
    str_release(&url);
    return fits ||
           err_set(e, ERR_UNSUPPORTED, "arXiv: the query is longer than %d bytes: split it in the profile", URL_MAX);
}

static bool ask(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e)
{
    (void)contact;
    if (!source_has_terms("arXiv", q, e) || !query_language_in(q, "en", "arXiv", e))
        return false;
    struct str query = STR_INIT(URL_MAX);
    if (q->since || q->until || q->added_since)
        str_add_char(&query, '(');
    query_write_fields(q, &syntax, fields, &query);
    if (q->since || q->until || q->added_since)
        str_add_char(&query, ')');
    add_dates(q, &query);
    bool ok = !query.overflow ? request("search_query", query.data, start_of(cursor),
                                        size > 0 && size < PAGE ? size : PAGE, arena, out, e)
                              : err_set(e, ERR_UNSUPPORTED, "arXiv: the query is too long");
    str_release(&query);
    return ok;
}

static bool ask_work(const char *id, const char *contact, struct arena *arena, struct source_request *out,
                     struct err *e)
{
    (void)contact;
    const char *number = source_arxiv(arena, id);
    if (!number && source_id_kind(id) == SOURCE_ID_ARXIV)
        number = id;
    if (!number)
        return err_set(e, ERR_UNSUPPORTED, "arXiv knows works by arXiv number only");
    return request("id_list", number, 0, 1, arena, out, e);
}

/* An entry as far as it is read, and what the feed says of itself. */
struct reading {
    struct source_page *page;
    struct arena *arena;
    int64_t start, entries;
    const char *error;
    struct record r;
    const char *updated, *comment, *category;
};

static const char *said(const struct reading *f)
{
    const struct {
        const char *name, *text;
    } members[] = {{"id", f->r.source_id},     {"doi", f->r.doi},         {"title", f->r.title},
                   {"published", f->r.date},   {"updated", f->updated},   {"journal_ref", f->r.journal},
                   {"comment", f->comment},    {"category", f->category}, {"license", f->r.license},
                   {"abstract", f->r.abstract}};
    struct str out = STR_INIT(SOURCE_MAX_SAID - 2);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        size_t before = out.len;
        if (!members[i].text)
            continue;
        str_addf(&out, "%s\"%s\":", before ? "," : "{", members[i].name);
        json_quote(members[i].text, &out);
        if (out.overflow) {
            str_cut(&out, before);
            break;
        }
    }
    const char *text = arena_printf(f->arena, "%s}", out.len ? out.data : "{");
    str_release(&out);
    return text;
}

static void end_entry(struct reading *f)
{
    struct record r = f->r;
    const char *place = arena_printf(f->arena, "entry %" PRId64 "%s%s%s", f->entries, r.source_id ? " (" : "",
                                     r.source_id ? r.source_id : "", r.source_id ? ")" : "");
    f->entries++;
    if (r.source_id && strstr(r.source_id, "/api/errors")) {
        f->error = r.abstract ? r.abstract : "an error without words";
    } else if (!r.source_id || !(r.arxiv = source_arxiv(f->arena, r.source_id))) {
        source_add_fault(f->page, f->arena, place, r.source_id ? "the id has no arXiv number" : "id is missing");
    } else {
        f->r.source_id = r.source_id = r.arxiv;
        if (!r.title)
            source_add_fault(f->page, f->arena, place, "title is missing");
        if (!r.doi)
            r.doi = arena_printf(f->arena, "10.48550/arXiv.%s", r.arxiv);
        r.language = "en";
        r.type = "preprint";
        r.open = FACT_YES;
        r.retracted = f->comment && strcasestr(f->comment, "withdrawn") ? FACT_YES : FACT_UNKNOWN;
        r.said = said(f);
        struct record *kept = source_add_record(f->page, f->arena);
        if (kept)
            *kept = r;
    }
    f->r = (struct record){0};
    f->updated = f->comment = f->category = NULL;
}

static void read_link(struct reading *f, const struct xml_piece *tag)
{
    char href[LINK_MAX], type[64], rel[64];
    xml_attribute(tag, "href", href, sizeof href);
    xml_attribute(tag, "type", type, sizeof type);
    xml_attribute(tag, "rel", rel, sizeof rel);
    const char *url = link_resolve(NULL, href, f->arena);
    if (url && strcmp(rel, "license") == 0)
        f->r.license = f->r.license_url = url;
    else if (url && strcmp(type, "application/pdf") == 0)
        source_add_file(&f->r, f->arena, &(struct record_file){.url = url, .kind = "pdf", .version = "submitted"});
}

static void element(void *context, const struct feed_element *el)
{
    struct reading *f = context;
    const struct {
        const char *path;
        const char **to;
    } texts[] = {
        {"entry/id", &f->r.source_id},  {"entry/title", &f->r.title},         {"entry/summary", &f->r.abstract},
        {"entry/doi", &f->r.doi},       {"entry/journal_ref", &f->r.journal}, {"entry/comment", &f->comment},
        {"entry/updated", &f->updated}, {"entry/license", &f->r.license},     {"entry/rights", &f->r.license}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(el->path, texts[i].path) == 0 && !*texts[i].to)
            *texts[i].to = el->text;
    }
    if (strcmp(el->path, "entry") == 0) {
        end_entry(f);
    } else if (strcmp(el->path, "entry/link") == 0) {
        read_link(f, el->start);
    } else if (strcmp(el->path, "entry/published") == 0) {
        source_set_date(&f->r, f->arena, el->text);
    } else if (strcmp(el->path, "entry/primary_category") == 0) {
        char term[64];
        xml_attribute(el->start, "term", term, sizeof term);
        f->category = arena_strdup(f->arena, term);
    } else if (strcmp(el->path, "totalResults") == 0 && el->text) {
        f->page->hits = strtoll(el->text, NULL, 10);
    } else if (strcmp(el->path, "startIndex") == 0 && el->text) {
        f->start = strtoll(el->text, NULL, 10);
    }
}

static bool next_page(const char *cursor, const struct reading *f, struct source_page *out, struct err *e)
{
    int64_t asked = start_of(cursor);
    if (out->hits < 0)
        return err_set(e, ERR_FORMAT, "arXiv: no page of results: totalResults is missing");
    if (f->start != asked)
        return err_set(e, ERR_TEMPORARY, "arXiv gave the page at %" PRId64 " for that at %" PRId64, f->start, asked);
    if (!f->entries && (asked || out->hits > 0))
        return err_set(e, ERR_TEMPORARY, "arXiv: the page at %" PRId64 " of %" PRId64 " hits is empty", asked,
                       out->hits);
    int64_t most = out->hits < WINDOW ? out->hits : WINDOW;
    if (!f->entries)
        out->next = cursor && strcmp(cursor, again) == 0 ? NULL : again;
    else if (asked + f->entries < most)
        out->next = arena_printf(f->arena, "%" PRId64, asked + f->entries);
    return true;
}

static bool read(const struct query *q, const char *cursor, int status, const char *body, size_t len,
                 struct arena *arena, struct source_page *out, struct err *e)
{
    *out = (struct source_page){.hits = -1};
    struct reading f = {.page = out, .arena = arena, .start = start_of(cursor)};
    struct err why = {0};
    bool ok = feed_read("arXiv", body, len, arena, element, &f, &why);
    if (!source_status("arXiv", status, f.error, e))
        return false;
    if (!ok) {
        *e = why;
        return false;
    }
    if (f.error)
        return err_set(e, ERR_FORMAT, "arXiv says: %.300s", f.error);
    return !q || next_page(cursor, &f, out, e);
}

const struct source source_arxiv_org = {.name = "arxiv",
                                        .title = "arXiv",
                                        .host = "export.arxiv.org",
                                        .page_size = PAGE,
                                        .window = WINDOW,
                                        .ask = ask,
                                        .read = read,
                                        .ask_work = ask_work};
