/* numbers_compare.c: the numbers of a translation against those of its source, see numbers.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "translate/number_words.h"
#include "translate/numbers.h"

enum { MOST_NAMED = 3, WORD_NUMBER = 12 };

bool number_same(const struct number *a, const struct number *b)
{
    for (size_t i = 0; i < a->n_values; i++)
        for (size_t j = 0; j < b->n_values; j++)
            if (strcmp(a->values[i], b->values[j]) == 0)
                return true;
    /* A list is the same list with a blank in front of it: "cases11,12", "cases 11,12". */
    return a->marks && a->marks == b->marks && (a->list || b->list) && strcmp(a->parts, b->parts) == 0;
}

/* Each number of the other list answers once, digits before words; numbers that merely repeat need not be as many. */
static bool take(struct numbers *list, const struct number *wanted)
{
    struct number *seen = NULL;
    for (size_t i = 0; i < list->n; i++) {
        struct number *n = &list->items[i];
        if (!number_same(n, wanted))
            continue;
        if (!seen || (seen->found && !n->found))
            seen = n;
        if (!seen->found)
            break;
    }
    if (seen)
        seen->found = true;
    return seen != NULL;
}

/* "cases 11,12." where the other side shows by "cases11,12." that it is a list. */
static bool take_list(struct numbers *list, const struct number *wanted)
{
    bool seen = false;
    for (size_t i = 0; wanted->marks && i < list->n; i++) {
        struct number *n = &list->items[i];
        if (!n->part_of || strcmp(n->part_of, wanted->parts) != 0)
            continue;
        n->found = true;
        seen = true;
    }
    return seen;
}

/* The numeral that has these digits. */
static struct number *find_digits(struct numbers *list, const char *digits, size_t len)
{
    for (size_t i = 0; i < list->n; i++) {
        struct number *n = &list->items[i];
        if (!n->word && !n->decimal && n->n_values && strlen(n->values[0]) == len &&
            memcmp(n->values[0], digits, len) == 0)
            return n;
    }
    return NULL;
}

/* "the CORE 64 study32" for "CORE 6432": a citation was raised behind a number, which is seen where the other side has
 * both, the second behind a word. */
static bool take_glued(struct numbers *list, const struct number *wanted)
{
    const char *digits = wanted->values[0];
    size_t len = strlen(digits);
    if (wanted->word || wanted->marks || wanted->n_values != 1 || len < 3)
        return false;
    for (size_t head = len - 1; head > 0 && len - head <= 2; head--) {
        struct number *number = find_digits(list, digits, head), *cited = find_digits(list, digits + head, len - head);
        if (!number || !cited || number == cited || !cited->glued)
            continue;
        number->found = cited->found = true;
        return true;
    }
    return false;
}

/* The parts of a list that looks like a decimal ("Fig. 1,2"), each of which must be there. */
static bool take_parts(struct numbers *list, const struct number *n)
{
    if (!n->list || !n->marks)
        return false;
    for (const char *p = n->parts; *p; p += strspn(p, " ")) {
        struct number part = {.n_values = 1};
        size_t len = strcspn(p, " ");
        memcpy(part.values[0], p, len);
        if (!take(list, &part))
            return false;
        p += len;
    }
    return true;
}

/* The source's list is given as one numeral: the translation's "3,4" for "3, 4". */
static bool within_parts(struct numbers *list, const struct number *wanted)
{
    for (size_t i = 0; i < list->n; i++) {
        struct number *n = &list->items[i];
        for (const char *p = n->list ? n->parts : ""; *p; p += strspn(p, " ")) {
            size_t len = strcspn(p, " ");
            if (len == strlen(wanted->values[0]) && memcmp(p, wanted->values[0], len) == 0) {
                n->found = true;
                return true;
            }
            p += len;
        }
    }
    return false;
}

static bool is_small(const struct number *n, long most)
{
    return !n->decimal && strlen(n->values[0]) <= 2 && strtol(n->values[0], NULL, 10) <= most;
}

static void name(struct str *out, const struct number *n)
{
    str_add(out, out->len ? ", " : "");
    if (n->n_values && n->decimal) {
        str_add(out, n->values[0]);
        return;
    }
    for (const char *p = n->parts; *p; p++)
        str_add_char(out, *p == ' ' ? ',' : *p);
}

static size_t count_same(const struct numbers *list, const struct number *n)
{
    size_t count = 0;
    for (size_t i = 0; i < list->n; i++)
        count += !list->items[i].word && number_same(&list->items[i], n);
    return count;
}

static size_t count_digits(const struct numbers *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->n; i++)
        count += !list->items[i].word;
    return count;
}

/* As many numbers on either side, but one stands there less often and another more: it was changed into one that the
 * text has anyhow. */
static const struct number *swapped(const struct numbers *in, const struct numbers *out)
{
    const struct number *less = NULL, *more = NULL;
    if (count_digits(in) != count_digits(out))
        return NULL;
    for (size_t i = 0; i < in->n; i++)
        if (!in->items[i].word && count_same(out, &in->items[i]) < count_same(in, &in->items[i]))
            less = &in->items[i];
    for (size_t i = 0; i < out->n; i++)
        if (!out->items[i].word && count_same(out, &out->items[i]) > count_same(in, &out->items[i]))
            more = &out->items[i];
    return less && more ? less : NULL;
}

static const char *report(struct str *missing, struct str *added, struct arena *arena)
{
    if (!missing->len && !added->len)
        return NULL;
    return arena_printf(arena, "%s%s%s%s%s", missing->data, missing->len ? " missing" : "",
                        missing->len && added->len ? "; " : "", added->data, added->len ? " not in the source" : "");
}

const char *numbers_compare(const struct check_text *source, struct numbers *in, const struct check_text *translation,
                            struct numbers *out, struct arena *arena)
{
    struct str missing = STR_INIT(256), added = STR_INIT(256);
    int named = 0;
    /* Where number words of either side are not known, a small number may have been one. */
    long out_word = number_words_known(translation->language) ? 0 : WORD_NUMBER;
    long in_word = number_words_known(source->language) ? 2 : WORD_NUMBER;
    for (size_t i = 0; i < in->n && named < MOST_NAMED; i++) {
        struct number *n = &in->items[i];
        bool there = take(out, n) || take_parts(out, n) || (!n->word && within_parts(out, n)) || take_list(out, n) ||
                     take_glued(out, n);
        if (there || n->word || n->month || (out_word && is_small(n, 2)))
            continue;
        name(&missing, n);
        named++;
    }
    for (size_t i = 0; i < out->n && named < MOST_NAMED; i++) {
        const struct number *n = &out->items[i];
        if (n->found || n->word || is_small(n, in_word) || take(in, n) || take_parts(in, n) || within_parts(in, n) ||
            take_list(in, n) || take_glued(in, n) || (n->raised && !missing.len))
            continue;
        name(&added, n);
        named++;
    }
    const struct number *changed = named ? NULL : swapped(in, out);
    if (changed)
        name(&missing, changed);
    const char *what = report(&missing, &added, arena);
    str_release(&missing);
    str_release(&added);
    return what;
}
