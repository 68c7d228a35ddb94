/* glossary.c: reading a glossary (glossary.h). */
#include "translate/glossary.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "translate/glossary_parts.h"

enum { COLUMNS = 4, LEAST_COLUMNS = 3, MOST_RENDERINGS = 20, MOST_LANGUAGES = 500, MOST_LINE = 4096 /* bytes */ };

struct reader {
    const char *path;
    int line;
    struct glossary *g;
    struct err *e;
    /* Terms of all languages, to find what stands twice. */
    struct seen {
        const char *key;
        int line;
    } * seen;
    size_t n_seen, cap_seen;
    size_t *caps; /* of the entries of each language */
};

struct cell {
    const char *text;
    size_t len;
};

static bool fail(const struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool fail(const struct reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    err_vset(r->e, ERR_USAGE, format, args);
    va_end(args);
    return err_add(r->e, "%s:%d", r->path, r->line);
}

/* A cell's text, clean, in the arena; NULL with the error. */
static const char *clean_cell(const struct reader *r, struct cell cell, const char *what)
{
    struct str clean = STR_INIT(GLOSSARY_MAX_TERM), folded = STR_INIT(20 * GLOSSARY_MAX_TERM);
    const char *text = NULL;
    text_clean(cell.text, cell.len, &clean);
    text_fold(clean.data, clean.len, &folded);
    if (clean.overflow)
        fail(r, "%s is longer than %d bytes: '%.60s...'", what, GLOSSARY_MAX_TERM, clean.data);
    else if (!clean.len)
        fail(r, "%s is empty", what);
    else if (!folded.len)
        fail(r, "%s has no letter: '%.60s'", what, clean.data);
    else
        text = arena_strndup(&r->g->arena, clean.data, clean.len);
    str_release(&folded);
    str_release(&clean);
    return text;
}

static bool read_renderings(const struct reader *r, struct cell cell, struct glossary_entry *entry)
{
    entry->english = arena_array(&r->g->arena, MOST_RENDERINGS + 1, sizeof *entry->english);
    for (const char *end = cell.text + cell.len;;) {
        const char *bar = memchr(cell.text, '|', (size_t)(end - cell.text));
        cell.len = (size_t)((bar ? bar : end) - cell.text);
        if (entry->n == MOST_RENDERINGS)
            return fail(r, "more than %d renderings of '%.60s'", MOST_RENDERINGS, entry->term);
        const char *text = clean_cell(r, cell, "a rendering in 'english'");
        if (!text)
            return false;
        for (size_t i = 0; i < entry->n; i++)
            if (strcmp(entry->english[i], text) == 0)
                return fail(r, "'%.60s' stands twice in 'english'", text);
        entry->english[entry->n++] = text;
        if (!bar)
            return true;
        cell.text = bar + 1;
    }
}

static bool add_entry(struct reader *r, const char tag[16], const struct glossary_entry *entry)
{
    struct glossary *g = r->g;
    size_t i = 0;
    while (i < g->n && strcmp(g->languages[i].tag, tag) != 0)
        i++;
    if (i == g->n) {
        if (g->n == MOST_LANGUAGES)
            return fail(r, "more than %d languages", MOST_LANGUAGES);
        memcpy(g->languages[g->n++].tag, tag, 16);
    }
    struct glossary_language *l = &g->languages[i];
    ARENA_GROW(&g->arena, l->entries, l->n, r->caps[i]);
    l->entries[l->n++] = arena_memdup(&g->arena, entry, sizeof *entry);
    return true;
}

static void note_seen(struct reader *r, const char *tag, const char *term)
{
    struct str key = STR_INIT(20 * GLOSSARY_MAX_TERM + 20);
    str_addf(&key, "%s\t", tag);
    text_fold_words(term, strlen(term), &key);
    ARENA_GROW(&r->g->arena, r->seen, r->n_seen, r->cap_seen);
    r->seen[r->n_seen++] = (struct seen){arena_strndup(&r->g->arena, key.data, key.len), r->line};
    str_release(&key);
}

static bool read_entry(struct reader *r, const struct cell *cells)
{
    struct glossary_entry entry = {.line = r->line};
    char given[40] = "", tag[16];
    if (cells[0].len && cells[0].len < sizeof given)
        memcpy(given, cells[0].text, cells[0].len);
    if (!text_language_tag(given, tag))
        return fail(r, "'%.*s' is no language tag (de, pt-BR, ...)", (int)(cells[0].len < 40 ? cells[0].len : 40),
                    cells[0].text);
    entry.term = clean_cell(r, cells[1], "the term");
    if (!entry.term || !read_renderings(r, cells[2], &entry))
        return false;
    if (r->n_seen == GLOSSARY_MAX_TERMS)
        return fail(r, "more than %d terms", GLOSSARY_MAX_TERMS);
    glossary_pattern_make(entry.term, tag, &r->g->arena, &entry.pattern);
    note_seen(r, tag, entry.term);
    return add_entry(r, tag, &entry);
}

static bool is_cell(struct cell cell, const char *text)
{
    return cell.len == strlen(text) && memcmp(cell.text, text, cell.len) == 0;
}

static bool read_heading(const struct reader *r, const struct cell *cells, size_t n)
{
    return (n >= LEAST_COLUMNS && n <= COLUMNS && is_cell(cells[0], "language") && is_cell(cells[1], "term") &&
            is_cell(cells[2], "english") && (n < COLUMNS || is_cell(cells[3], "note"))) ||
           fail(r, "the first line must be the heading: language, term, english, note, with tabs between them");
}

/* Cuts a line at its tabs; *n counts all cells, also those past the last one that is kept. */
static void cut_line(const char *line, size_t len, struct cell cells[COLUMNS], size_t *n)
{
    const char *end = line + len;
    for (*n = 0;; ++*n) {
        const char *tab = memchr(line, '\t', (size_t)(end - line));
        if (*n < COLUMNS)
            cells[*n] = (struct cell){line, (size_t)((tab ? tab : end) - line)};
        if (!tab)
            break;
        line = tab + 1;
    }
    ++*n;
}

static bool read_line(struct reader *r, const char *line, size_t len, bool *headed)
{
    struct cell cells[COLUMNS];
    size_t n;
    if (len && line[len - 1] == '\r')
        len--;
    if (!len || *line == '#')
        return true;
    if (len > MOST_LINE)
        return fail(r, "a line of more than %d bytes", MOST_LINE);
    cut_line(line, len, cells, &n);
    if (!*headed) {
        *headed = true;
        return read_heading(r, cells, n);
    }
    if (n < LEAST_COLUMNS || n > COLUMNS)
        return fail(r, "%d cells with tabs between them are wanted (language, term, english, note); here are %zu",
                    COLUMNS, n);
    return read_entry(r, cells);
}

static int by_key(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : x->line - y->line;
}

static bool each_once(struct reader *r)
{
    if (r->n_seen)
        qsort(r->seen, r->n_seen, sizeof *r->seen, by_key);
    for (size_t i = 1; i < r->n_seen; i++)
        if (strcmp(r->seen[i - 1].key, r->seen[i].key) == 0) {
            r->line = r->seen[i].line;
            return fail(r, "the term stands in line %d already: %s (put other renderings there, with | between them)",
                        r->seen[i - 1].line, strchr(r->seen[i].key, '\t') + 1);
        }
    return true;
}

static bool read_all(struct reader *r, const char *text, size_t len)
{
    const char *end = text + len;
    bool headed = false;
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((stop ? stop : end) - text);
        r->line++;
        if (memchr(text, '\0', n) || !text_is_utf8(text, n))
            return fail(r, "this is no UTF-8 text");
        if (!read_line(r, text, n, &headed))
            return false;
        text += n + (stop != NULL);
    }
    return (headed || err_set(r->e, ERR_USAGE,
                              "%s: it is empty; a heading line is wanted: language, term, english, "
                              "note",
                              r->path)) &&
           each_once(r);
}

struct glossary *glossary_parse(const char *text, size_t len, const char *path, struct err *e)
{
    if (len > GLOSSARY_MAX_BYTES) {
        err_set(e, ERR_USAGE, "%s: more than %d bytes", path, GLOSSARY_MAX_BYTES);
        return NULL;
    }
    struct glossary *g = mem_new(sizeof *g);
    struct reader r = {.path = path, .g = g, .e = e};
    g->languages = arena_array(&g->arena, MOST_LANGUAGES + 1, sizeof *g->languages); /* one more for English */
    r.caps = arena_array(&g->arena, MOST_LANGUAGES, sizeof *r.caps);
    if (!read_all(&r, text, len)) {
        glossary_free(g);
        return NULL;
    }
    glossary_build(g);
    return g;
}

struct glossary *glossary_load(const char *path, struct err *e)
{
    struct file_map map;
    if (!file_map(path, GLOSSARY_MAX_BYTES, &map, e)) {
        if (e && (e->kind == ERR_FORMAT || e->kind == ERR_LIMIT))
            e->kind = ERR_USAGE;
        return NULL;
    }
    struct glossary *g = glossary_parse((const char *)map.bytes, map.len, path, e);
    file_unmap(&map);
    return g;
}

void glossary_free(struct glossary *g)
{
    if (g)
        arena_release(&g->arena);
    free(g);
}

size_t glossary_count(const struct glossary *g, const char *language)
{
    const struct glossary_language *l = glossary_table(g, language);
    return l ? l->n : 0;
}

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

void glossary_hash(const struct glossary *g, const char *language, const char *target, char hash[SHA256_SIZE])
{
    const struct glossary_language *l = glossary_table(g, language);
    struct arena arena = ARENA_INIT;
    size_t n = 0;
    *hash = '\0';
    const char **lines = arena_array(&arena, l ? l->n + 1 : 1, sizeof *lines);
    for (size_t i = 0; l && i < l->n; i++) {
        const char *const *renderings = glossary_renderings(g, l->entries[i], target, &arena);
        struct str line = STR_INIT(GLOSSARY_MAX_BYTES);
        str_add(&line, l->entries[i]->term);
        for (size_t k = 0; renderings && renderings[k]; k++)
            str_addf(&line, "%s%s", k ? "|" : "\t", renderings[k]);
        if (renderings)
            lines[n++] = arena_strndup(&arena, line.data, line.len);
        str_release(&line);
    }
    if (n) {
        struct sha256 *sum = sha256_new();
        qsort(lines, n, sizeof *lines, by_text);
        for (size_t i = 0; i < n; i++)
            sha256_add(sum, lines[i], strlen(lines[i]) + 1);
        sha256_free(sum, hash);
    }
    arena_release(&arena);
}
