/* glossary_build.c: what is made of the lines of a glossary once they are read: meanings, tables, indexes
 * (glossary_parts.h). */
#include "translate/glossary_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"

bool glossary_same_language(const char *a, const char *b)
{
    size_t n = strcspn(a, "-");
    return n == strcspn(b, "-") && memcmp(a, b, n) == 0;
}

static struct glossary_language *own_table(const struct glossary *g, const char *tag)
{
    for (size_t i = 0; i < g->n; i++)
        if (strcmp(g->languages[i].tag, tag) == 0)
            return &g->languages[i];
    return NULL;
}

static struct glossary_language *base_table(const struct glossary *g, const char *tag)
{
    char base[16] = "";
    size_t n = strcspn(tag, "-");
    if (n < sizeof base)
        memcpy(base, tag, n);
    return own_table(g, base);
}

const struct glossary_language *glossary_table(const struct glossary *g, const char *language)
{
    if (!g || !language)
        return NULL;
    const struct glossary_language *l = own_table(g, language);
    return l ? l : base_table(g, language);
}

/* Meanings. */

/* A rendering of an entry, which gets a number that is the same for all that fold to the same text. */
struct meaning {
    const char *folded;
    struct glossary_entry *entry;
    size_t place; /* in entry->english */
};

static int by_folded(const void *a, const void *b)
{
    const struct meaning *x = a, *y = b;
    return strcmp(x->folded, y->folded);
}

static size_t collect_meanings(struct glossary *g, struct meaning **out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    for (size_t i = 0; i < g->n; i++)
        for (size_t k = 0; k < g->languages[i].n; k++) {
            struct glossary_entry *entry = g->languages[i].entries[k];
            entry->means = arena_array(&g->arena, entry->n, sizeof *entry->means);
            entry->n_means = entry->n;
            for (size_t m = 0; m < entry->n; m++) {
                struct str folded = STR_INIT(20 * GLOSSARY_MAX_TERM);
                text_fold_words(entry->english[m], strlen(entry->english[m]), &folded);
                ARENA_GROW(&g->arena, *out, n, cap);
                (*out)[n++] = (struct meaning){arena_strndup(&g->arena, folded.data, folded.len), entry, m};
                str_release(&folded);
            }
        }
    if (n)
        qsort(*out, n, sizeof **out, by_folded);
    return n;
}

static void number_meanings(struct meaning *meanings, size_t n)
{
    uint32_t number = 0;
    for (size_t i = 0; i < n; i++) {
        number += i && strcmp(meanings[i - 1].folded, meanings[i].folded) != 0;
        meanings[i].entry->means[meanings[i].place] = number;
    }
}

/* English. */

/* An English term out of a rendering that is asked for. */
static struct glossary_entry *english_entry(struct glossary *g, const struct meaning *meaning)
{
    struct glossary_entry *entry = arena_new(&g->arena, sizeof *entry);
    entry->term = meaning->entry->english[0];
    entry->english = arena_array(&g->arena, 2, sizeof *entry->english);
    entry->english[entry->n++] = entry->term;
    entry->means = meaning->entry->means;
    entry->n_means = 1;
    entry->line = meaning->entry->line;
    glossary_pattern_make(entry->term, "en", &g->arena, &entry->pattern);
    return entry;
}

/* The glossary read from the other side: what is asked for is a term, what is only accepted is none, since it may mean
 * many things. Lines of English in the file (abbreviations, say) go before what is made. */
static void add_english(struct glossary *g, const struct meaning *meanings, size_t n)
{
    struct glossary_language *l = own_table(g, "en");
    if (!n)
        return;
    if (!l) {
        l = &g->languages[g->n++];
        memcpy(l->tag, "en", 3);
    }
    struct glossary_entry **all = arena_array(&g->arena, l->n + n, sizeof *all);
    if (l->n)
        memcpy(all, l->entries, l->n * sizeof *all);
    l->entries = all;
    for (size_t i = 0, end; i < n; i = end) {
        size_t first = n;
        for (end = i; end < n && strcmp(meanings[i].folded, meanings[end].folded) == 0; end++)
            if (meanings[end].place == 0 && (first == n || meanings[end].entry->line < meanings[first].entry->line))
                first = end;
        if (first < n)
            l->entries[l->n++] = english_entry(g, &meanings[first]);
    }
}

/* Languages with a region or script have the terms of the language, too. */
static void add_base(struct glossary *g, struct glossary_language *l)
{
    const struct glossary_language *base = base_table(g, l->tag);
    if (!base || base == l)
        return;
    struct glossary_entry **all = arena_array(&g->arena, l->n + base->n, sizeof *all);
    memcpy(all, l->entries, l->n * sizeof *all);
    memcpy(all + l->n, base->entries, base->n * sizeof *all);
    l->entries = all;
    l->n += base->n;
}

/* Indexes. */

static void add_index(struct glossary *g, struct glossary_language *l)
{
    size_t size = 16;
    while (size < 4 * l->n)
        size *= 2;
    l->mask = (uint32_t)size - 1;
    l->heads = arena_array(&g->arena, size, sizeof *l->heads);
    l->next = arena_array(&g->arena, l->n + 1, sizeof *l->next);
    l->hashes = arena_array(&g->arena, l->n + 1, sizeof *l->hashes);
    for (size_t i = l->n; i > 0; i--) { /* so that chains are in the order of the file */
        const struct glossary_word *first = &l->entries[i - 1]->pattern.words[0];
        uint32_t hash = GLOSSARY_HASH_START;
        for (size_t k = 0; k < first->stem; k++)
            hash = glossary_hash_byte(hash, first->text[k]);
        l->hashes[i] = hash;
        l->next[i] = l->heads[hash & l->mask];
        l->heads[hash & l->mask] = (uint32_t)i;
        if (first->stem > l->longest)
            l->longest = first->stem;
    }
}

void glossary_build(struct glossary *g)
{
    struct meaning *meanings;
    size_t n = collect_meanings(g, &meanings);
    number_meanings(meanings, n);
    add_english(g, meanings, n);
    for (size_t i = 0; i < g->n; i++)
        add_base(g, &g->languages[i]);
    for (size_t i = 0; i < g->n; i++)
        add_index(g, &g->languages[i]);
}
