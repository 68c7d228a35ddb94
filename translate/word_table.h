/* word_table.h: what is known of words and beginnings of words, in tables that are sorted by bytes, so that a word is
 * looked up and not compared with every row: the checks look at each word of each text. */
#ifndef FIGMILL_TRANSLATE_WORD_TABLE_H
#define FIGMILL_TRANSLATE_WORD_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct word_row {
    const char *word;
    const char *tag; /* a language, a unit: the table says what; or NULL */
    int value;       /* the table says of what */
};

/* Rows ascend by strcmp; a word may have several. tests/unit/test_translate_checks.c sees to it. */
struct word_table {
    const struct word_row *rows;
    size_t n;
};

/* Rows one by one: the first that is the word of `len` bytes, NULL: none; and the one behind that is the same word. */
const struct word_row *word_table_find(const struct word_table *t, const char *word, size_t len);
const struct word_row *word_table_again(const struct word_table *t, const struct word_row *row);

/* The first row whose word begins with that byte, NULL: none; and the one behind it. */
const struct word_row *word_table_begin(const struct word_table *t, char first);
const struct word_row *word_table_next(const struct word_table *t, const struct word_row *row);

/* The bytes of the row's word, if `text` begins with it, else 0. */
size_t word_row_begins(const struct word_row *row, const char *text);

/* The tables of the checks. */
extern const struct word_table joining_words;   /* check_text.c: between the parts of a list */
extern const struct word_table reference_stems; /* check_references.c: value: kind */
extern const struct word_table unit_forms;      /* check_units.c: tag: the symbol */
extern const struct word_table function_words;  /* check_words.c: value: bits of languages */
extern const struct word_table refusals;        /* check_chatter.c */
extern const struct word_table number_words;    /* number_words.c: tag: language */
extern const struct word_table multipliers;     /* number_words.c: value: power of ten */
extern const struct word_table months;          /* number_words.c: value: 1 to 12 */

#endif
