/* given.c: see given.h. */
#include "ingest/given.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "db/article.h"
#include "ingest/link.h"
#include "ingest/source.h"

enum { LOOK = 100 /* lines that tell whether a file is CSV */ };

static bool has_prefix(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static bool set(struct given_work *out, enum given_kind kind, const char *text, struct arena *arena)
{
    out->kind = kind;
    out->text = arena_strdup(arena, text);
    return true;
}

static bool set_arxiv(struct given_work *out, const char *text, struct arena *arena)
{
    const char *number = source_arxiv(arena, arena_printf(arena, "arxiv.org/abs/%s", text));
    return number && set(out, GIVEN_ARXIV, number, arena);
}

/* DOIs that arXiv gives are its numbers. */
static bool set_doi(struct given_work *out, const char *text, struct arena *arena)
{
    char clean[ARTICLE_ID_SIZE];
    if (!article_clean_doi(text, clean))
        return false;
    const char *number = source_arxiv(arena, clean);
    return number ? set(out, GIVEN_ARXIV, number, arena) : set(out, GIVEN_DOI, clean, arena);
}

/* Percent-encoded bytes decoded: DOIs in addresses have brackets as "%3C". */
static const char *unescaped(const char *text, struct arena *arena)
{
    char *out = arena_strdup(arena, text), *to = out;
    for (const char *c = out; *c; c++) {
        bool hex = *c == '%' && isxdigit((unsigned char)c[1]) && isxdigit((unsigned char)c[2]);
        *to++ = hex ? (char)strtol((char[3]){c[1], c[2], 0}, NULL, 16) : *c;
        c += hex ? 2 : 0;
    }
    *to = 0;
    return out;
}

/* Behind the host and this path, when the URL begins with them; NULL: it does not. */
static const char *behind(const char *url, const char *place)
{
    const char *host = strstr(url, "://") + 3;
    if (has_prefix(host, "www."))
        host += 4;
    return has_prefix(host, place) ? host + strlen(place) : NULL;
}

/* Pages of the services that have identifiers in their addresses: these say more than the page would. */
static bool work_of_url(const char *url, struct arena *arena, struct given_work *out)
{
    static const struct {
        const char *place;
        enum given_kind kind;
    } places[] = {
        {"doi.org/", GIVEN_DOI},
        {"dx.doi.org/", GIVEN_DOI},
        {"arxiv.org/abs/", GIVEN_ARXIV},
        {"arxiv.org/pdf/", GIVEN_ARXIV},
        {"pubmed.ncbi.nlm.nih.gov/", GIVEN_PMID},
        {"ncbi.nlm.nih.gov/pubmed/", GIVEN_PMID},
        {"europepmc.org/article/MED/", GIVEN_PMID},
        {"pmc.ncbi.nlm.nih.gov/articles/", GIVEN_PMCID},
        {"ncbi.nlm.nih.gov/pmc/articles/", GIVEN_PMCID},
        {"europepmc.org/articles/", GIVEN_PMCID},
        {"europepmc.org/article/PMC/", GIVEN_PMCID},
    };
    char clean[ARTICLE_ID_SIZE];
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *id = behind(url, places[i].place);
        if (!id)
            continue;
        const char *first = arena_strndup(arena, id, strcspn(id, "/?#"));
        switch (places[i].kind) {
        case GIVEN_DOI:
            return set_doi(out, unescaped(id, arena), arena);
        case GIVEN_ARXIV:
            return set_arxiv(out, id, arena);
        case GIVEN_PMID:
            return article_clean_pmid(first, clean) && set(out, GIVEN_PMID, clean, arena);
        default:
            return article_clean_pmcid(first, clean) && set(out, GIVEN_PMCID, clean, arena);
        }
    }
    return false;
}

bool given_one(const char *text, struct arena *arena, struct given_work *out)
{
    char clean[ARTICLE_ID_SIZE];
    if (has_prefix(text, "http://") || has_prefix(text, "https://")) {
        const char *url = link_resolve(NULL, text, arena);
        return url && (work_of_url(url, arena, out) || set(out, GIVEN_URL, url, arena));
    }
    if (has_prefix(text, "arxiv:"))
        return set_arxiv(out, text + 6 + strspn(text + 6, " "), arena);
    if (has_prefix(text, "doi.org/") || has_prefix(text, "dx.doi.org/") || has_prefix(text, "doi:") ||
        has_prefix(text, "10."))
        return set_doi(out, text, arena);
    if (has_prefix(text, "pmcid:"))
        return article_clean_pmcid(text + 6 + strspn(text + 6, " "), clean) && set(out, GIVEN_PMCID, clean, arena);
    if (has_prefix(text, "pmid:"))
        return article_clean_pmid(text + 5 + strspn(text + 5, " "), clean) && set(out, GIVEN_PMID, clean, arena);
    if (has_prefix(text, "pmc"))
        return article_clean_pmcid(text, clean) && set(out, GIVEN_PMCID, clean, arena);
    size_t digits = strspn(text, "0123456789");
    if (digits && digits <= 9 && !text[digits])
        return article_clean_pmid(text, clean) && set(out, GIVEN_PMID, clean, arena);
    return set_arxiv(out, text, arena);
}

/* The next line at *at, without its end; false at the end of the text. */
static bool next_line(const char **at, const char *end, const char **line, size_t *len)
{
    if (*at >= end)
        return false;
    const char *p = *at;
    while (p < end && *p != '\n' && *p != '\r')
        p++;
    *line = *at;
    *len = (size_t)(p - *at);
    if (p < end)
        p += *p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
    *at = p;
    return true;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* White space taken off both ends, and a comment from the end. */
static void trim(const char **line, size_t *len)
{
    while (*len && is_space(**line)) {
        ++*line;
        --*len;
    }
    for (size_t i = 0; i < *len; i++) {
        if ((*line)[i] == '#' && (i == 0 || is_space((*line)[i - 1])))
            *len = i;
    }
    while (*len && is_space((*line)[*len - 1]))
        --*len;
}

/* Commas outside of quotes. */
static size_t commas(const char *line, size_t len)
{
    size_t n = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        quoted ^= line[i] == '"';
        n += line[i] == ',' && !quoted;
    }
    return n;
}

/* Appends the first field of a line. */
static void first_field(const char *line, size_t len, bool csv, struct str *out)
{
    bool quoted = len && line[0] == '"';
    for (size_t i = quoted; i < len; i++) {
        if (quoted && line[i] == '"') {
            if (i + 1 >= len || line[i + 1] != '"')
                break;
            i++;
        } else if (!quoted && (line[i] == '\t' || (csv && line[i] == ','))) {
            break;
        }
        str_add_char(out, line[i]);
    }
    while (out->len && is_space(out->data[out->len - 1]))
        str_cut(out, out->len - 1);
}

static bool is_header(const char *field)
{
    static const char *const names[] = {"doi",  "dois",  "pmid",       "pmids",       "pmcid",   "pmcids",
                                        "pmc",  "arxiv", "arxiv_id",   "arxivid",     "url",     "urls",
                                        "link", "id",    "identifier", "identifiers", "article", "work"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(field, names[i]) == 0)
            return true;
    }
    return false;
}

/* Whether commas part the fields: a header says so, or all lines look alike. */
static bool is_csv(const char *text, const char *end)
{
    const char *line;
    size_t len, lines = 0, first = 0;
    while (lines < LOOK && next_line(&text, end, &line, &len)) {
        trim(&line, &len);
        if (!len)
            continue;
        size_t n = commas(line, len);
        if (!lines++) {
            struct str field = STR_INIT(GIVEN_MAX_LINE);
            first_field(line, len, true, &field);
            bool header = is_header(field.data);
            str_release(&field);
            if (memchr(line, '\t', len) || header || !n)
                return header && n;
            first = n;
        }
        if (n != first)
            return false;
    }
    return lines > 1;
}

static void add_fault(struct given *out, struct arena *arena, size_t line, const char *text)
{
    out->bad++;
    if (out->n_faults >= GIVEN_MAX_FAULTS)
        return;
    ARENA_GROW(arena, out->faults, out->n_faults, out->faults_cap);
    out->faults[out->n_faults++] = (struct given_fault){line, text};
}

static void read_line(const char *line, size_t len, size_t number, bool csv, struct arena *arena, struct given *out,
                      struct str *field)
{
    trim(&line, &len);
    if (!len)
        return;
    if (len > GIVEN_MAX_LINE) {
        add_fault(out, arena, number, arena_printf(arena, "longer than %d bytes", GIVEN_MAX_LINE));
        return;
    }
    str_clear(field);
    first_field(line, len, csv, field);
    struct given_work work = {.line = number};
    if (given_one(field->data, arena, &work)) {
        ARENA_GROW(arena, out->works, out->n, out->cap);
        out->works[out->n++] = work;
    } else if (out->n || out->bad || !is_header(field->data)) {
        add_fault(out, arena, number,
                  arena_printf(arena, "'%.100s' is no DOI, PMCID, PMID, arXiv number or http(s) URL", field->data));
    }
}

static int by_work(const void *a, const void *b)
{
    const struct given_work *x = *(const struct given_work *const *)a, *y = *(const struct given_work *const *)b;
    int order = x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind) : strcmp(x->text, y->text);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* Takes out works that were named before. */
static void drop_repeated(struct given *out)
{
    if (out->n < 2)
        return;
    struct given_work **sorted = mem_array(out->n, sizeof *sorted);
    for (size_t i = 0; i < out->n; i++)
        sorted[i] = &out->works[i];
    qsort(sorted, out->n, sizeof *sorted, by_work);
    for (size_t i = out->n; i-- > 1;) {
        if (sorted[i]->kind == sorted[i - 1]->kind && strcmp(sorted[i]->text, sorted[i - 1]->text) == 0)
            sorted[i]->text = NULL;
    }
    free(sorted);
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++) {
        if (out->works[i].text)
            out->works[n++] = out->works[i];
    }
    out->repeated = out->n - n;
    out->n = n;
}

bool given_read(const char *text, size_t len, struct arena *arena, struct given *out, struct err *e)
{
    *out = (struct given){0};
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        len -= 3;
    }
    if (memchr(text, 0, len) || !text_is_utf8(text, len))
        return err_set(e, ERR_FORMAT, "the list is no text in UTF-8");
    const char *at = text, *end = text + len, *line;
    bool csv = is_csv(text, end), ok = true;
    struct str field = STR_INIT(GIVEN_MAX_LINE);
    size_t line_len;
    for (size_t number = 1; ok && next_line(&at, end, &line, &line_len); number++) {
        read_line(line, line_len, number, csv, arena, out, &field);
        if (out->n > GIVEN_MAX)
            ok = err_set(e, ERR_LIMIT, "the list names more than %d works: split it", GIVEN_MAX);
    }
    str_release(&field);
    drop_repeated(out);
    return ok;
}
