/* source_jstage.c: J-STAGE's WebAPI (manual 2.0, 2026-03): https://api.jstage.jst.go.jp/searchapi/do?service=3&text=...
 * &pubyearfrom=&pubyearto=&start=1&count=1000, an Atom feed with PRISM. No key. Its terms ask for attribution, forbid
 * bulk download and to keep its data for machines longer than a day; so it serves to discover: DOI, title and year are
 * taken, `said` holds the identifiers only, and files come from elsewhere.
 *
 * Words of one parameter are a conjunction; there is no OR. A query of groups is therefore asked in all combinations of
 * one term of each group, one after the other (cursor "COMBINATION|START"), and the number of hits of the whole is not
 * known. `text` searches full texts. A raw query is the value of `text`.
 *
 * <result><status> tells errors within a status of 200: 0; WARN_002 more hits than a page holds; ERR_001 no hit;
 * ERR_003 too many at once, SYS_ERR_009 out of order; other ERR_ a wrong parameter. Titles, journals and links are in
 * English and Japanese, either may be empty; CDATA may hold "&apos;". Articles do not tell their language, nor have
 * abstracts. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "ingest/feed.h"
#include "ingest/link.h"
#include "ingest/query_fields.h"
#include "ingest/source.h"

enum {
    PAGE = 1000,
    COMBINATIONS = 500 /* of a query */,
    TEXT_MAX = 4096,
    URL_MAX = 8000 /* bytes of a URL that front ends take */
};

static int64_t combinations(const struct query *q)
{
    int64_t n = 1;
    for (size_t i = 0; !q->raw && i < q->n_groups && i < QUERY_MAX_GROUPS; i++) {
        if (q->groups[i].n && n <= COMBINATIONS)
            n *= (int64_t)q->groups[i].n;
    }
    return n;
}

struct place {
    int64_t combination, start;
};

static struct place place_of(const char *cursor)
{
    struct place p = {0, 1};
    char *end;
    if (cursor && *cursor) {
        p.combination = strtoll(cursor, &end, 10);
        if (*end == '|')
            p.start = strtoll(end + 1, NULL, 10);
    }
    p.combination = p.combination > 0 ? p.combination : 0;
    p.start = p.start > 1 ? p.start : 1;
    return p;
}

/* Appends the combination's terms: the last group's term changes first. */
static void write_terms(const struct query *q, int64_t combination, struct str *out)
{
    static const struct query_syntax syntax = {.and_word = " ", .or_word = " ", .open = "", .close = ""};
    struct query one = {0};
    struct query_group chosen[QUERY_MAX_GROUPS];
    size_t n = q->n_groups < QUERY_MAX_GROUPS ? q->n_groups : QUERY_MAX_GROUPS;
    for (size_t i = n; i-- > 0;) {
        size_t terms = q->groups[i].n;
        chosen[i] = (struct query_group){0};
        if (!terms)
            continue;
        chosen[i] = (struct query_group){q->groups[i].terms + combination % (int64_t)terms, 1};
        combination /= (int64_t)terms;
    }
    one.groups = chosen;
    one.n_groups = n;
    query_write(&one, &syntax, out);
}

static bool ask(const struct query *q, const char *cursor, int size, const char *contact, struct arena *arena,
                struct source_request *out, struct err *e)
{
    (void)contact;
    struct place place = place_of(cursor);
    if (!source_has_terms("J-STAGE", q, e) || !query_language_in(q, "ja en", "J-STAGE", e))
        return false;
    if (combinations(q) > COMBINATIONS)
        return err_set(e, ERR_UNSUPPORTED,
                       "J-STAGE has no OR, and the groups of this query have more than %d combinations: give it fewer "
                       "terms, or a raw query",
                       COMBINATIONS);
    struct str text = STR_INIT(TEXT_MAX), url = STR_INIT(URL_MAX);
    if (q->raw)
        str_add(&text, q->raw);
    else
        write_terms(q, place.combination, &text);
    str_add(&url, "https://api.jstage.jst.go.jp/searchapi/do?service=3");
    query_parameter(&url, "text", text.data);
    const char *since = query_later(q->since, q->added_since);
    if (since)
        str_addf(&url, "&pubyearfrom=%d", query_year(since, 1000));
    if (q->until)
        str_addf(&url, "&pubyearto=%d", query_year(q->until, 9999));
    str_addf(&url, "&start=%" PRId64 "&count=%d", place.start, size > 0 && size < PAGE ? size : PAGE);
    bool fits = !text.overflow && !url.overflow;
    *out =
        (struct source_request){.url = arena_strdup(arena, url.data), .accept = "application/xml", .want = CONTENT_XML};
    str_release(&text);
    str_release(&url);
    return fits || err_set(e, ERR_UNSUPPORTED, "J-STAGE: the query is too long");
}

/* An entry as far as it is read, and what the feed says of itself. */
struct reading {
    struct source_page *page;
    struct arena *arena;
    int64_t start, entries;
    const char *status, *message;
    const char *id, *doi, *title_en, *title_ja, *journal_en, *journal_ja, *year;
};

static const char *said(const struct reading *f)
{
    struct str out = STR_INIT(SOURCE_MAX_SAID);
    str_add(&out, "{\"id\":");
    json_quote(f->id, &out);
    str_add(&out, ",\"doi\":");
    json_quote(f->doi, &out);
    str_add_char(&out, '}');
    const char *text = out.overflow ? "{}" : arena_strndup(f->arena, out.data, out.len);
    str_release(&out);
    return text;
}

static void end_entry(struct reading *f)
{
    const char *place = arena_printf(f->arena, "entry %" PRId64 "%s%s%s", f->entries++, f->doi ? " (" : "",
                                     f->doi ? f->doi : "", f->doi ? ")" : "");
    const char *title = f->title_ja ? f->title_ja : f->title_en;
    struct record *r = NULL;
    if (!f->id && !f->doi)
        source_add_fault(f->page, f->arena, place, "id is missing");
    else
        r = source_add_record(f->page, f->arena);
    if (r) {
        if (!title)
            source_add_fault(f->page, f->arena, place, "article_title is empty");
        *r = (struct record){.source_id = f->id ? f->id : f->doi,
                             .doi = f->doi,
                             .title = title,
                             .journal = f->journal_ja ? f->journal_ja : f->journal_en,
                             .type = "journal-article",
                             .said = said(f)};
        /* A title in one language only tells which one it is. */
        if (title && (!f->title_ja || !f->title_en))
            r->language = f->title_ja ? "ja" : "en";
        source_set_date(r, f->arena, f->year);
    }
    f->id = f->doi = f->title_en = f->title_ja = f->journal_en = f->journal_ja = f->year = NULL;
}

static void element(void *context, const struct feed_element *el)
{
    struct reading *f = context;
    const struct {
        const char *path;
        const char **to;
    } texts[] = {{"result/status", &f->status},
                 {"result/message", &f->message},
                 {"entry/id", &f->id},
                 {"entry/doi", &f->doi},
                 {"entry/article_title/en", &f->title_en},
                 {"entry/article_title/ja", &f->title_ja},
                 {"entry/material_title/en", &f->journal_en},
                 {"entry/material_title/ja", &f->journal_ja},
                 {"entry/pubyear", &f->year}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(el->path, texts[i].path) == 0 && !*texts[i].to)
            *texts[i].to = el->text;
    }
    if (strcmp(el->path, "entry") == 0)
        end_entry(f);
    else if (strcmp(el->path, "totalResults") == 0 && el->text)
        f->page->hits = strtoll(el->text, NULL, 10);
    else if (strcmp(el->path, "startIndex") == 0 && el->text)
        f->start = strtoll(el->text, NULL, 10);
}

/* Sets *none for a search without hits. */
static bool check_status(const struct reading *f, bool *none, struct err *e)
{
    const char *s = f->status;
    if (!s)
        return err_set(e, ERR_FORMAT, "J-STAGE: no result: status is missing");
    *none = strcmp(s, "ERR_001") == 0;
    if (*none || strcmp(s, "0") == 0 || str_starts(s, "WARN_"))
        return true;
    bool later = strcmp(s, "ERR_003") == 0 || str_starts(s, "SYS_ERR");
    return err_set(e, later ? ERR_TEMPORARY : ERR_FORMAT, "J-STAGE says %.40s%s%.200s", s, f->message ? ": " : "",
                   f->message ? f->message : "");
}

static bool next_page(const struct query *q, struct place place, const struct reading *f, int64_t hits,
                      struct source_page *out, struct err *e)
{
    if (f->start != place.start)
        return err_set(e, ERR_TEMPORARY, "J-STAGE gave the page at %" PRId64 " for that at %" PRId64, f->start,
                       place.start);
    int64_t behind = place.start + f->entries;
    if (!f->entries && behind <= hits)
        return err_set(e, ERR_TEMPORARY, "J-STAGE: the page at %" PRId64 " of %" PRId64 " hits is empty", place.start,
                       hits);
    if (behind <= hits)
        out->next = arena_printf(f->arena, "%" PRId64 "|%" PRId64, place.combination, behind);
    else if (place.combination + 1 < combinations(q))
        out->next = arena_printf(f->arena, "%" PRId64 "|1", place.combination + 1);
    return true;
}

static bool read(const struct query *q, const char *cursor, int status, const char *body, size_t len,
                 struct arena *arena, struct source_page *out, struct err *e)
{
    *out = (struct source_page){.hits = -1};
    struct place place = place_of(cursor);
    struct reading f = {.page = out, .arena = arena, .start = place.start};
    bool none = false;
    if (!source_status("J-STAGE", status, NULL, e) || !feed_read("J-STAGE", body, len, arena, element, &f, e) ||
        !check_status(&f, &none, e))
        return false;
    int64_t hits = none ? 0 : out->hits;
    if (hits < 0)
        return err_set(e, ERR_FORMAT, "J-STAGE: no page of results: totalResults is missing");
    if (none)
        f.start = place.start;
    bool ok = !q || next_page(q, place, &f, hits, out, e);
    out->hits = q && combinations(q) > 1 ? -1 : hits;
    return ok;
}

const struct source source_jstage = {
    .name = "jstage", .title = "J-STAGE", .host = "api.jstage.jst.go.jp", .page_size = PAGE, .ask = ask, .read = read};
