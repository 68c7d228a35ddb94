/* language.h: which language a text is in, and who says so.
 *
 * Asked in this order: what the document states (xml:lang), if script and detector do not contradict it; the script,
 * where it settles the language (kana: Japanese); then the detector, to which the article's language counts as some
 * evidence, so that it decides short texts and never a plain one. A text printed in English and in another language is
 * in the other (with little confidence). The detector is a model of words and letters of our own (language_model.h).
 * tests/bench/bench_language.py measures it. */
#ifndef FIGMILL_TRANSLATE_LANGUAGE_H
#define FIGMILL_TRANSLATE_LANGUAGE_H

#include <stdbool.h>

#include "base/err.h"

struct language {
    char tag[16];       /* BCP 47 in the short form; "zxx": no words in it; "und": nothing tells */
    double confidence;  /* 0..1: about the share of such texts that are told right */
    const char *source; /* document, script, detector, article; a constant */
};

/* `stated`: what the document says of this text, or NULL; `article`: the language of the text around it, or NULL. */
void language_identify(const char *text, const char *stated, const char *article, struct language *out);

/* True when the detector is sure that the text, a sentence or more, is in another language than `tag`; false for texts
 * of less than four words, unless their script settles it. English sentences of 40 characters or more: 0.02 % false
 * alarms; of sentences in other languages it finds 98 %. */
bool language_contradicts(const char *text, const char *tag);

/* "en", "en-GB": the same language, whatever the region. */
bool language_same(const char *a, const char *b);
/* The English name ("Portuguese"), for people and prompts; the tag itself where we have none. */
const char *language_name(const char *tag);

#endif
