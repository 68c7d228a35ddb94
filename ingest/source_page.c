/* source_page.c: what adapters share about cursors, identifiers and URLs (see source.h). */
#include "ingest/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SEEN_MAX 1000000000000LL
enum { MARK_MAX = 4096 /* bytes of a service's cursor */ };

void source_cursor_read(const char *cursor, struct source_cursor *out)
{
    *out = (struct source_cursor){.mark = ""};
    char *end;
    if (!cursor || *cursor < '0' || *cursor > '9')
        return;
    long long seen = strtoll(cursor, &end, 10);
    if (*end != '.' || seen < 0 || seen > SEEN_MAX)
        return;
    unsigned long first = strtoul(end + 1, &end, 16);
    if (*end != '.')
        return;
    *out = (struct source_cursor){.seen = seen, .first = (uint32_t)first, .mark = end + 1};
}

/* FNV-1a of the first record's identifier; 0 where there is none. */
static uint32_t first_of(const struct source_page *page)
{
    if (!page->n)
        return 0;
    uint32_t hash = 2166136261U;
    for (const char *c = page->records[0].source_id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    return hash ? hash : 1;
}

bool source_turn(const char *title, const struct source_cursor *at, const char *mark, size_t items,
                 struct source_page *page, struct arena *arena, struct err *e)
{
    uint32_t first = first_of(page);
    int64_t seen = at->seen + (int64_t)items;
    page->next = NULL;
    if (first && first == at->first)
        return err_set(e, ERR_TEMPORARY, "%s: the page behind record %lld is the one before it again", title,
                       (long long)at->seen);
    if (page->hits >= 0 && seen - page->hits > page->hits / 10 + SOURCE_MAX_PAGE)
        return err_set(e, ERR_TEMPORARY, "%s: %lld records came of a search with %lld hits: its pages go in circles",
                       title, (long long)seen, (long long)page->hits);
    if (mark && strlen(mark) > MARK_MAX)
        return err_set(e, ERR_FORMAT, "%s: a cursor of %zu bytes", title, strlen(mark));
    if (mark && items) {
        page->next = arena_printf(arena, "%lld.%08x.%s", (long long)seen, first, mark);
        return true;
    }
    if (page->hits < 0 || page->hits - seen <= page->hits / 200)
        return true;
    if (!items)
        return err_set(e, ERR_TEMPORARY, "%s: an empty page after %lld of %lld records", title, (long long)seen,
                       (long long)page->hits);
    source_add_fault(page, arena, "the page", "it names no next one after %lld of %lld records", (long long)seen,
                     (long long)page->hits);
    return true;
}

enum source_id source_id_kind(const char *id)
{
    size_t digits = strncmp(id, "PMC", 3) == 0 ? strspn(id + 3, "0123456789") : 0;
    if (digits && !id[3 + digits])
        return SOURCE_ID_PMCID;
    if (strncmp(id, "10.", 3) == 0 && strchr(id, '/'))
        return SOURCE_ID_DOI;
    /* 2101.00001 and 0704.0001, or hep-th/9901001 and math.GT/0309136. */
    size_t head = strspn(id, "0123456789");
    if (head == 4 && id[4] == '.') {
        size_t tail = strspn(id + 5, "0123456789");
        return (tail == 4 || tail == 5) && !id[5 + tail] ? SOURCE_ID_ARXIV : SOURCE_ID_NONE;
    }
    size_t archive = strspn(id, "abcdefghijklmnopqrstuvwxyz-.ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return archive && id[archive] == '/' && strspn(id + archive + 1, "0123456789") == 7 && !id[archive + 8]
               ? SOURCE_ID_ARXIV
               : SOURCE_ID_NONE;
}

const char *source_arxiv(struct arena *arena, const char *text)
{
    static const char *const marks[] = {"10.48550/arxiv.", "arxiv.org/abs/", "arxiv.org/pdf/"};
    const char *id = NULL;
    for (size_t i = 0; text && !id && i < sizeof marks / sizeof *marks; i++) {
        id = strcasestr(text, marks[i]);
        id = id ? id + strlen(marks[i]) : NULL;
    }
    if (!id)
        return NULL;
    size_t len = strcspn(id, "?# ");
    if (len > 4 && strncasecmp(id + len - 4, ".pdf", 4) == 0)
        len -= 4;
    size_t digits = len;
    while (digits > 0 && id[digits - 1] >= '0' && id[digits - 1] <= '9')
        digits--;
    if (digits > 0 && digits < len && id[digits - 1] == 'v')
        len = digits - 1;
    char *number = arena_strndup(arena, id, len);
    return source_id_kind(number) == SOURCE_ID_ARXIV ? number : NULL;
}

const char *source_pmcid(struct arena *arena, const char *text)
{
    if (!text)
        return NULL;
    const char *at = strstr(text, "://");
    if (at) {
        at = strstr(at, "/articles/");
        if (!at || !(strcasestr(text, "ncbi.nlm.nih.gov") || strcasestr(text, "europepmc.org")))
            return NULL;
        at += strlen("/articles/");
    } else {
        at = text;
    }
    bool page = at != text;
    if (strncasecmp(at, "pmc", 3) == 0)
        at += 3;
    size_t digits = strspn(at, "0123456789");
    if (!digits || digits > 10 || (at[digits] && (!page || !strchr("/?#.", at[digits]))))
        return NULL;
    return arena_printf(arena, "PMC%.*s", (int)digits, at);
}

const char *source_version(const char *text)
{
    static const char *const versions[] = {"published", "accepted", "submitted"};
    for (size_t i = 0; text && i < sizeof versions / sizeof *versions; i++) {
        size_t len = strlen(versions[i]);
        if (strncmp(text, versions[i], len) == 0 && (!text[len] || strcmp(text + len, "Version") == 0))
            return versions[i];
    }
    return NULL;
}

void source_escape_path(const char *text, struct str *out)
{
    for (; *text; text++) {
        char one[2] = {*text, 0};
        if (*text == '/')
            str_add_char(out, '/');
        else
            query_escape(one, out);
    }
}

bool source_has_terms(const char *title, const struct query *q, struct err *e)
{
    bool any = q->raw && *q->raw;
    for (size_t i = 0; !q->raw && i < q->n_groups; i++)
        any |= q->groups[i].n > 0;
    if (!any)
        err_set(e, ERR_UNSUPPORTED, "%s: query %s of profile %s has no terms", title, q->name ? q->name : "?",
                q->profile ? q->profile : "?");
    return any;
}
