/* label_read.h: the parts that labels are read from: words by the trie of label_table.h, and numbers. For label.c only.
 * A function that reads something moves the cursor behind it; where it finds nothing the cursor stays. */
#ifndef FIGMILL_EXTRACT_LABEL_READ_H
#define FIGMILL_EXTRACT_LABEL_READ_H

#include "extract/label_table.h"

struct label_cursor {
    const char *text;
    size_t len, at;
};

int label_peek(const struct label_cursor *c); /* the code point at the cursor, or -1 */
int label_step(struct label_cursor *c);       /* the same, and moves on */
bool label_accept(struct label_cursor *c, int code);
bool label_skip_spaces(struct label_cursor *c); /* true when there were some */
/* The closing bracket of an opening one, or 0. */
int label_closing(int code);
bool label_is_dash(int code);
int label_digit(int code);     /* 0-9 of any script, else -1 */
bool label_is_upper(int code); /* Latin, Greek, Cyrillic, Armenian */
/* A letter of those scripts: where one stands at once behind a word or number, that was not the word's end. */
bool label_is_cased(int code);

/* False when no label can start here, told from one or two characters (or those behind a number): what most text is. */
bool label_may_start(const struct label_cursor *c);

/* The longest word of `root` at the cursor, or NULL. *capital (may be NULL): its first letter is no lower-case one. */
const struct label_sense *label_match(struct label_cursor *c, enum label_root root, bool *capital);
/* As label_match among the prefixes, for letter-spaced words ("F I G U R E") and small capitals ("F IGURE"). */
const struct label_sense *label_match_spaced(struct label_cursor *c);

struct label_number {
    char text[24]; /* canonical, as label.number */
    char sub[8];
    int value; /* of its first run of digits */
};

enum label_number_style {
    LABEL_NUMBER_ONE,    /* "1-2" is chapter 1, figure 2 */
    LABEL_NUMBER_MANY,   /* "1-2" is 1 and its range goes on */
    LABEL_NUMBER_LETTER, /* as ONE, and a capital letter alone is a number where nothing but a separator follows */
};
bool label_read_number(struct label_cursor *c, enum label_number_style style, struct label_number *out);

#endif
