/* language.h: which language a text is in, and who says so.
 *
 * Asked in this order: what the document states (xml:lang), if script and detector do not contradict it; the script,
 * where it settles the language (kana: Japanese); the n-gram detector (libexttextcat, restricted to the languages that
 * articles are written in) for texts of some length; the article's language for short ones. */
#ifndef FIGMILL_TRANSLATE_LANGUAGE_H
#define FIGMILL_TRANSLATE_LANGUAGE_H

#include <stdbool.h>

#include "base/err.h"

struct language {
    char tag[16];       /* BCP 47 in the short form; "zxx": no words in it; "und": nothing tells */
    double confidence;  /* 0..1 */
    const char *source; /* document, script, detector, article; a constant */
};

struct language_detector;

/* ERR_SYSTEM, with what to install, when the detector's data is not there. */
struct language_detector *language_open(struct err *e);
void language_close(struct language_detector *d); /* NULL is fine */

/* `stated`: what the document says of this text, or NULL; `article`: the language of the text around it, or NULL. */
void language_identify(const struct language_detector *d, const char *text, const char *stated, const char *article,
                       struct language *out);

/* True when the detector is sure that the text is in another language than `tag`; false for short texts. */
bool language_contradicts(const struct language_detector *d, const char *text, const char *tag);

/* "en", "en-GB": the same language, whatever the region. */
bool language_same(const char *a, const char *b);
/* The English name ("Portuguese"), for people and prompts; the tag itself where we have none. */
const char *language_name(const char *tag);

#endif
