/* protect.h: what a translator must not touch goes out of the text before and comes back after: figure labels and
 * panel letters, numbers with their units and doses, formulas, gene and drug names, citations. Each becomes a
 * placeholder, "[1]"; the rest of the sentence is translated around it.
 *
 * One form serves all backends. Of 42 placeholders, a chat model of 1.5 billion parameters lost none of "[1]", 2 of
 * "XQ1", 3 of "{1}", and of "⟦1⟧" 3 while it wrote another 10 as "[1]". Apertium carries all of them, but takes "Figura
 * {1}" and "Figura 1" for a verb ("It appears 1"), "Figura [1]" for a noun, and after "XQ1" it loses the plural. A
 * citation "[12]" of the text is protected itself, so it is never mistaken.
 *
 * A number comes back as the target language writes it: "1,5 Gy" of a Spanish text is "1.5 Gy" in English, "10.000" is
 * "10,000" (CLDR's separators, by ICU). Where a mark is ambiguous ("1.234" in a language with decimal commas), the
 * language's own rule decides. */
#ifndef FIGMILL_TRANSLATE_PROTECT_H
#define FIGMILL_TRANSLATE_PROTECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum protect_kind {
    PROTECT_LABEL,    /* "(A)", "Fig. 2b" when it cites: the number, not the word */
    PROTECT_NUMBER,   /* with sign, range, exponent, per cent */
    PROTECT_QUANTITY, /* number and unit: "0.5 Gy", "1,5 mg/kg", "37 °C" */
    PROTECT_NAME,     /* gene, protein, drug, chemical, cell line: IL-6, TNF-α, p53, CD4+ */
    PROTECT_FORMULA,  /* "p < 0.05", "n = 12", "y = ax + b", "10^6" */
    PROTECT_CITATION, /* "[12]", "Seegenschmiedt et al. (2000)", DOI, URL */
};
#define PROTECT_BIT(kind) (1u << (kind))
enum { PROTECT_NONE = 0, PROTECT_ALL = 63 };

struct protect_span {
    enum protect_kind kind;
    const char *source; /* as it stood; arena */
    const char *render; /* as it comes back; arena */
};

struct protected_text {
    const char *text;           /* with placeholders; arena */
    struct protect_span *spans; /* placeholder i + 1 stands for spans[i] */
    size_t n;
};

enum {
    PROTECT_MOST = 999,       /* placeholders of one text; what comes behind stays as it is */
    PROTECT_BYTES = 128 << 10 /* longest text that is looked at */
};

/* `language` is the text's, `target` what it is to be translated into (BCP 47); `kinds` has a PROTECT_BIT for each kind
 * that is to be protected. All strings go to the arena. Bracketed numbers are always protected where anything
 * is. A text longer than PROTECT_BYTES, or with something left that looks like a placeholder, is left alone (n = 0). */
void protect_text(const char *text, const char *language, const char *target, unsigned kinds, struct arena *arena,
                  struct protected_text *out);

/* The translation with the spans put back, in the arena. Blanks around a placeholder and changed brackets ("[[1]]",
 * "⟦ 1 ⟧") are forgiven, the latter unless the text has brackets of its own; so is "(1)" for "([1])". NULL when a
 * placeholder is lost, made up, or there more often than it was: *why (arena) then names what is lost in words that a
 * model understands ("[2] ('1.5 Gy') is missing"). */
const char *protect_restore(const struct protected_text *p, const char *translation, struct arena *arena,
                            const char **why);

#endif
