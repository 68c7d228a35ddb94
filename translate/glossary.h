/* glossary.h: how a profile wants its terms rendered. A TSV file that people edit: a heading line `language`, `term`,
 * `english`, `note`, then a term a line. `english` may hold several renderings with "|" between them: the first is
 * asked for, any is accepted. Lines that begin with # and empty lines are skipped.
 *
 * English is the hub: for another target the rendering is that language's term with the same English. English itself
 * has the renderings that are asked for as terms, besides its own lines. A language with a region or script ("pt-BR")
 * has the terms of the language, too, and one that is not there takes those of the language.
 *
 * How words bend is known of some twenty languages (glossary_endings.c); in others an ending of up to three letters may
 * follow. In German, Dutch, the Nordic languages, Finnish and Hungarian a term of eight letters or more may begin a
 * compound. Arabic words may have the article and clitics before them. Korean spaces do not count. A unit or
 * abbreviation ("Gy", "мЗв", "LDRT": five letters at most with a capital behind the first, or three with any) stands
 * for itself: its capitals count, and no letter may be beside it but a plural's s. What is found in a longer word by
 * mistake (Graves' disease by a Korean gray) is kept off by giving that a line of its own: the longest term counts. */
#ifndef FIGMILL_TRANSLATE_GLOSSARY_H
#define FIGMILL_TRANSLATE_GLOSSARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/str.h"

enum { GLOSSARY_MAX_BYTES = 8 << 20, GLOSSARY_MAX_TERMS = 100000, GLOSSARY_MAX_TERM = 200 /* bytes */ };

struct glossary;

/* Reads a file's text; `path` stands in errors. ERR_USAGE: "FILE:LINE: what is wrong". */
struct glossary *glossary_parse(const char *text, size_t len, const char *path, struct err *e);
/* Reads a file. ERR_USAGE also when it cannot be read. */
struct glossary *glossary_load(const char *path, struct err *e);
void glossary_free(struct glossary *g); /* NULL is fine */
size_t glossary_count(const struct glossary *g, const char *language);

/* Hash of the terms of one language, in any order of lines; it is part of the fingerprint, so that an edited glossary
 * makes that language's translations anew and no other's. "" for NULL or a language without terms that the target has.
 * It is made anew by each call: keep it where a language comes often. */
void glossary_hash(const struct glossary *g, const char *language, const char *target, char hash[SHA256_SIZE]);

struct glossary_term {
    const char *term;            /* as the glossary writes it */
    const char *render;          /* the rendering asked for */
    const char *const *accepted; /* all renderings, the first too; ends with NULL */
};

/* The terms of `language` that stand in the text, in the order of their first appearance, each once, a longer one
 * before those inside it (which are left out where they stand only inside). Compared after folding (case, width, Arabic
 * and Persian spelling, the Russian ё, the Turkish ı; other accents kept, but in Spanish); at word boundaries in
 * scripts with spaces, inflected endings of up to three letters allowed there. The list is the arena's, the strings are
 * the glossary's. `g` NULL: none. */
size_t glossary_find(const struct glossary *g, const char *text, const char *language, const char *target,
                     struct arena *arena, const struct glossary_term **out);

/* NULL when each term has one of its accepted renderings in the translation, once at least (folded; endings as those of
 * terms, hyphens and spaces within, British and American spelling forgiven), else what is missing, five terms at most,
 * in words that a model understands (arena): "'Strahlentherapie' must be 'radiotherapy'". */
const char *glossary_check(const struct glossary_term *terms, size_t n, const char *translation, const char *target,
                           struct arena *arena);

/* Appends the first GLOSSARY_LINES terms for a prompt, a line each: "Strahlentherapie = radiotherapy". Returns how many
 * lines these are. */
enum { GLOSSARY_LINES = 30 };
size_t glossary_lines(const struct glossary_term *terms, size_t n, struct str *out);

#endif
