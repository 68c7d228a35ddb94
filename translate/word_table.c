/* word_table.c: see word_table.h. */
#include "translate/word_table.h"

#include <string.h>

/* < 0, 0, > 0 as `row` stands before, at or behind the word. */
static int compare(const char *row, const char *word, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (row[i] != word[i] || !row[i])
            return (unsigned char)row[i] - (unsigned char)word[i];
    return row[len] ? 1 : 0;
}

/* The first row that does not stand before what is looked for. */
static const struct word_row *lower_bound(const struct word_table *t, const char *word, size_t len)
{
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(t->rows[middle].word, word, len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return t->rows + low;
}

const struct word_row *word_table_find(const struct word_table *t, const char *word, size_t len)
{
    const struct word_row *row = lower_bound(t, word, len);
    return row < t->rows + t->n && compare(row->word, word, len) == 0 ? row : NULL;
}

const struct word_row *word_table_again(const struct word_table *t, const struct word_row *row)
{
    return row + 1 < t->rows + t->n && strcmp(row[1].word, row->word) == 0 ? row + 1 : NULL;
}

const struct word_row *word_table_begin(const struct word_table *t, char first)
{
    const struct word_row *row = lower_bound(t, &first, 1);
    return row < t->rows + t->n && row->word[0] == first ? row : NULL;
}

const struct word_row *word_table_next(const struct word_table *t, const struct word_row *row)
{
    return row + 1 < t->rows + t->n && row[1].word[0] == row->word[0] ? row + 1 : NULL;
}

size_t word_row_begins(const struct word_row *row, const char *text)
{
    size_t n = 0;
    while (row->word[n] && row->word[n] == text[n])
        n++;
    return row->word[n] ? 0 : n;
}
