/* glossary_find.c: the terms of a text (glossary.h). From every place where a term may begin the text is hashed letter
 * by letter, and each beginning looked up among the stems of the terms' first words; what is found there is compared in
 * full. So the time depends on the text, hardly on how many terms there are. */
#include "translate/glossary.h"

#include <stdlib.h>
#include <string.h>

#include "translate/glossary_parts.h"

struct match {
    const struct glossary_entry *entry;
    size_t start, end, order; /* order: in the table */
};

struct finder {
    const struct glossary_language *table;
    const struct glossary_text *text;
    struct arena *arena;
    struct match *matches;
    size_t n, cap;
};

static void add_match(struct finder *f, struct match match)
{
    ARENA_GROW(f->arena, f->matches, f->n, f->cap);
    f->matches[f->n++] = match;
}

/* The terms whose first stem is the `len` bytes at `at`. A term begins at `start`, before the clitics. */
static void try_stem(struct finder *f, size_t start, size_t at, size_t len, uint32_t hash)
{
    const struct glossary_language *l = f->table;
    for (uint32_t i = l->heads[hash & l->mask]; i; i = l->next[i]) {
        const struct glossary_entry *entry = l->entries[i - 1];
        if (l->hashes[i] != hash || entry->pattern.words[0].stem != len)
            continue;
        size_t end = glossary_pattern_at(&entry->pattern, f->text, at);
        if (end)
            add_match(f, (struct match){entry, start, end, i});
    }
}

static void try_place(struct finder *f, size_t start, size_t at)
{
    const struct glossary_text *t = f->text;
    uint32_t hash = GLOSSARY_HASH_START;
    for (size_t n = 1; n <= f->table->longest && at + n <= t->len && t->text[at + n - 1] != ' '; n++) {
        hash = glossary_hash_byte(hash, t->text[at + n - 1]);
        if (f->table->heads[hash & f->table->mask])
            try_stem(f, start, at, n, hash);
    }
}

static void try_clitics(struct finder *f, size_t at)
{
    size_t offsets[GLOSSARY_CLITICS];
    size_t n = glossary_clitics(f->text->text + at, strcspn(f->text->text + at, " "), offsets);
    for (size_t i = 0; i < n; i++)
        if (offsets[i])
            try_place(f, at, at + offsets[i]);
}

/* In the order of the text, longer ones first, then in the order of the file. */
static int by_place(const void *a, const void *b)
{
    const struct match *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return 0;
}

/* Leaves out matches that lie inside of others, and terms that were there already. */
static size_t settle(struct match *matches, size_t n)
{
    size_t kept = 0, reached = 0;
    for (size_t i = 0; i < n; i++) {
        bool again = matches[i].end <= reached;
        if (matches[i].end > reached)
            reached = matches[i].end;
        for (size_t k = 0; !again && k < kept; k++)
            again = matches[k].entry == matches[i].entry;
        if (!again)
            matches[kept++] = matches[i];
    }
    return kept;
}

static bool known(const char *const *list, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

const char *const *glossary_renderings(const struct glossary *g, const struct glossary_entry *entry, const char *target,
                                       struct arena *arena)
{
    const struct glossary_language *l;
    const char **list = NULL;
    size_t n = 0, cap = 0;
    if (glossary_same_language(target, "en"))
        return entry->english;
    l = glossary_table(g, target);
    for (size_t m = 0; l && m < entry->n_means; m++)
        for (size_t i = 0; i < l->n; i++)
            if (l->entries[i]->means[0] == entry->means[m] && !known(list, n, l->entries[i]->term)) {
                ARENA_GROW(arena, list, n, cap);
                list[n++] = l->entries[i]->term;
            }
    if (n) {
        ARENA_GROW(arena, list, n, cap);
        list[n] = NULL;
    }
    return list;
}

static size_t render(const struct glossary *g, const struct match *matches, size_t n, const char *target,
                     struct arena *arena, const struct glossary_term **out)
{
    struct glossary_term *terms = arena_array(arena, n + 1, sizeof *terms);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const char *const *renderings = glossary_renderings(g, matches[i].entry, target, arena);
        if (renderings)
            terms[kept++] = (struct glossary_term){matches[i].entry->term, renderings[0], renderings};
    }
    *out = terms;
    return kept;
}

size_t glossary_find(const struct glossary *g, const char *text, const char *language, const char *target,
                     struct arena *arena, const struct glossary_term **out)
{
    const struct glossary_language *l = glossary_table(g, language);
    struct glossary_text t;
    *out = NULL;
    if (!l || !l->n || glossary_same_language(language, target))
        return 0;
    glossary_text_make(text, language, arena, &t);
    struct finder f = {.table = l, .text = &t, .arena = arena};
    bool clitics = glossary_same_language(language, "ar");
    for (size_t at = 0; at < t.len; at++)
        if (t.place[at] != PLACE_INSIDE) {
            try_place(&f, at, at);
            if (clitics && t.place[at] == PLACE_WORD)
                try_clitics(&f, at);
        }
    if (!f.n)
        return 0;
    qsort(f.matches, f.n, sizeof *f.matches, by_place);
    return render(g, f.matches, settle(f.matches, f.n), target, arena, out);
}
