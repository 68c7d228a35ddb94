/* check_rules.h: the rules behind checks.h, one subject a file. Each gives NULL when all is well, else what is wrong, a
 * constant or the arena's. A rule that knows nothing of a language keeps silent. */
#ifndef FIGMILL_TRANSLATE_CHECK_RULES_H
#define FIGMILL_TRANSLATE_CHECK_RULES_H

#include "translate/check_text.h"
#include "translate/language.h"

/* check_copy.c */

/* Nearly all words stand in the source in the same order. */
const char *check_copy(const struct check_text *in, const struct check_text *out);
/* A run of the source's words, a word that only the source's language has, a word of the source's script. Names, Latin
 * and cognates are not told as faults: what counts are small letters, and several words of them. */
const char *check_untranslated(const struct check_text *in, const struct check_text *out, struct arena *arena);

/* check_words.c */

/* A word that texts of the language are full of ("com", "und"), and that is no part of names and no word of English. */
bool check_function_word(const char *language, const struct check_word *w);
bool check_function_words_known(const char *language);
/* The language whose function words stand in the text, when there are `least` of them and none of the target's; NULL:
 * none. */
const char *check_words_language(const struct check_text *t, size_t least);

/* check_script.c */

/* The script is the target's; the detector does not contradict, neither for the whole nor for a longer sentence. */
const char *check_language(const struct check_text *in, const struct check_text *out);

/* check_labels.c */

/* The labels of panels: "(A)", "(a, b)", "(A-C)", "a)", and "A: ..." at the begin of a sentence. */
const char *check_labels(const char *source, const char *text, struct arena *arena);

/* check_references.c */

/* "Fig. 2", "Tables 1 and 3", in the words of more than twenty languages, and citations in brackets. */
const char *check_references(const struct check_text *in, const struct check_text *out, struct arena *arena);

/* check_length.c */

const char *check_length(const struct check_text *in, const struct check_text *out, struct arena *arena);
/* How many characters of English a part of a text stands for: a common measure for texts of any two languages. A
 * language that is not known is taken by its script. */
double check_length_meant(const struct check_text *t, const char *part, size_t len);
bool check_length_known(const char *language);

/* check_sentences.c */

/* A sentence of the source that no sentence of the translation stands for, by an alignment of both (Gale and Church
 * 1993, A Program for Aligning Sentences in Bilingual Corpora) that also looks at words, names and numbers. */
const char *check_sentences(const struct check_text *in, const struct check_text *out, struct arena *arena);

/* check_repetition.c */

/* The same words again and again, or a sentence said twice that the source says once. */
const char *check_repetition(const struct check_text *in, const struct check_text *out);

/* check_chatter.c */

const char *check_refusal(const char *source, const char *text);
const char *check_markup(const char *source, const char *text);

#endif
