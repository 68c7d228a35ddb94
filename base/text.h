/* text.h: Unicode text, by ICU. All strings are UTF-8. Functions that make text append to a `struct str` that the
 * caller has bounded. Offsets are bytes. Invalid bytes become U+FFFD where text is cleaned, and are skipped elsewhere.
 */
#ifndef FIGMILL_BASE_TEXT_H
#define FIGMILL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Appends the bytes as UTF-8. The character set is the byte order mark's, else `charset` (an IANA name; NULL: unknown),
 * else UTF-8 when the bytes are valid UTF-8, else ICU's guess. ERR_UNSUPPORTED for a name that ICU does not know. */
bool text_to_utf8(const void *bytes, size_t len, const char *charset, struct str *out, struct err *e);

/* Appends `text` for storing: valid UTF-8, NFC, white space of any kind folded to single spaces and trimmed, control,
 * zero-width and soft-hyphen characters gone (ZWNJ and ZWJ stay: Persian and Indic spelling needs them). */
void text_clean(const char *text, size_t len, struct str *out);
/* The same with NFKC: full-width letters, ligatures and superscripts are as plain ones. */
void text_clean_compatible(const char *text, size_t len, struct str *out);

/* Appends `text` for comparing: NFKC, case folded, digits of any script to 0-9, all but letters and digits removed. */
void text_fold(const char *text, size_t len, struct str *out);
/* As text_fold, but runs of other characters become one space, so that words stay apart. */
void text_fold_words(const char *text, size_t len, struct str *out);

/* True when `len` bytes are valid UTF-8. */
bool text_is_utf8(const char *text, size_t len);
/* Number of code points. */
size_t text_length(const char *text, size_t len);
/* Number of words by ICU's word rules (a CJK word counts as one by dictionary). */
size_t text_words(const char *text, size_t len);

/* Calls `each` for every sentence of `text` by ICU's sentence rules for `language` (BCP 47; NULL: root), trimmed.
 * Abbreviations in front of a number ("Fig. 1", "Abb. 2", "Рис. 3", "et al. 4") do not end a sentence. `each` returns
 * false to stop. */
typedef bool text_span_fn(void *context, const char *start, size_t len);
void text_sentences(const char *text, size_t len, const char *language, text_span_fn *each, void *context);
/* Calls `each` for every word (letters or digits; not white space or punctuation). */
void text_each_word(const char *text, size_t len, text_span_fn *each, void *context);

/* Number of letters of each script that tells languages apart. */
struct text_scripts {
    size_t latin, cyrillic, greek, arabic, hebrew, thai, devanagari, han, kana, hangul, other, letters;
};
void text_scripts(const char *text, size_t len, struct text_scripts *out);

/* The next code point at *at (which moves on), or -1 at the end. Invalid bytes give 0xFFFD. */
int text_next(const char *text, size_t len, size_t *at);
bool text_is_letter(int code_point);
bool text_is_lower(int code_point); /* a small letter of a script that has two cases */
int text_lower(int code_point);     /* its small letter; itself when it has none */
bool text_is_digit(int code_point);
bool text_is_space(int code_point);
bool text_is_control(int code_point);
/* Columns that the text takes on a terminal: two for wide East Asian characters and emoji, none for combining marks and
 * control characters (Unicode Standard Annex 11). */
int text_width(const char *text, size_t len);
int text_char_width(int code_point);
int text_digit_value(int code_point); /* 0-9 of any script, else -1 */

/* Appends a host's name as DNS has it: mapped and in Punycode ("Bücher.example" -> "xn--bcher-kva.example", wide digits
 * and dots to plain ones; UTS 46). False, and nothing appended, when it can be no name. */
bool text_host_to_ascii(const char *host, size_t len, struct str *out);

/* How a language writes numbers with the digits 0-9, by CLDR. "1.234,5" is German's; least_grouped 2: not before two
 * digits stand in front of the mark ("1234", "12.345": Spanish). An unknown language writes as English does. */
struct text_number_marks {
    char decimal[8], group[8];
    int least_grouped;
};
void text_number_marks(const char *language, struct text_number_marks *out);

/* Makes a language tag BCP 47 in the short form: "eng" -> "en", "pt_BR" -> "pt-BR", "fre"/"fra" -> "fr". Writes at
 * most 15 bytes and a NUL. False (and "und") when it is no language tag. */
bool text_language_tag(const char *tag, char out[16]);

#endif
