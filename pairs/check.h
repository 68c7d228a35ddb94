/* check.h: what a question-answer candidate must pass to be kept. Every check is a function of its own that says what
 * is wrong; check_run runs those that belong to the candidate's kind, in the order of the table in check.c, and gives
 * all their outcomes, so that a curator can see what a stricter or laxer choice would keep. The first that failed is
 * the candidate's drop_reason; its name is part of the public contract.
 *
 *   finish        the reply was not cut off by the token limit, or had whole sentences before that (mend.h)
 *   schema        the reply is JSON of the form asked for (the caller finds out, see reply.h)
 *   tokens        no placeholders, control tokens, role names, markup, line breaks or URLs: they break trainers
 *   language      the candidate's: letters of its script, enough of its small words, and not more of another's
 *   refusal       no apology, no talk of what cannot be seen or was not given
 *   leak          no word of the caption, the text, the article, its authors, or a figure's number
 *   advice        nothing that tells a patient what to do
 *   hedging       not more than two words of doubt, or one in 16 words where that is more: a threshold, no ban
 *   question      one question, of 4 to 40 words, that begins with Why or How and names no percentages
 *   length        of the answer, in words, by kind and by what was asked for: models count badly, so a quarter to
 *                 twice of it passes
 *   repeated      no sentence twice, no loops (what comes before them is kept, see mend.h)
 *   shot          not taken from the prompt's own examples, nor about what only those speak of
 *   copied        not the caption over again
 *   grounded      enough of the answer's words stand in the caption and mentions
 *   terms         names and technical terms stand in the source, if only by their initials
 *   panels        a panel that the answer names by letter is one of the figure's
 *   numbers       see numbers.h
 *   units         see numbers.h
 *   colours       colours and line styles stand in the source, since the model has not seen the picture
 *   significance  "significant" only where the source speaks of it or of p values
 *   duplicate     not the same as an earlier one of this figure, nor nearly so (base/minhash.h)
 *
 * Words and phrases are those of the candidate's language, from pairs/words/phrases.tsv (phrases.h). Colours, number
 * words and significance are looked for in English only. */
#ifndef FIGMILL_PAIRS_CHECK_H
#define FIGMILL_PAIRS_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "pairs/numbers.h"
#include "pairs/prompt.h"

enum pair_kind { PAIR_ALIGNMENT, PAIR_DETAILED_DESCRIPTION, PAIR_COMPLEX_REASONING, PAIR_KINDS };
/* As stored in pair.kind and named in prompts/. */
extern const char *const pair_kind_names[PAIR_KINDS];

/* What a figure's pairs are checked against; made once a figure. */
struct check_source {
    const char *caption;           /* folded words, a space at either end; so is all */
    const char *all;               /* caption and mentions, in English and as printed */
    const char *joined, *initials; /* of `all`: without its spaces; the first byte of each word */
    struct numbers numbers;
    unsigned letters; /* panel letters that the source names: bit 0 is A */
    size_t panels;    /* how many panels there are, as far as known */
};
/* `texts` are the caption first, then all else; all is copied to the arena. */
void check_source_make(const char *const *texts, size_t n, size_t panels, struct arena *arena,
                       struct check_source *out);

struct candidate {
    enum pair_kind kind;
    const char *language; /* BCP 47; NULL: English */
    const char *question; /* asked of the reader */
    bool own_question;    /* the model wrote it */
    const char *answer;
    int words;          /* the most that the model was asked to write; 0: no model */
    const char *broken; /* what is wrong with the reply's form; NULL: nothing */
    bool cut;           /* it ended by the token limit */
    const struct check_source *source;
    const struct prompt *prompt;     /* NULL: made without a model */
    const struct candidate *earlier; /* of the same figure */
    size_t n_earlier;
    /* Filled in by check_run. */
    const char *folded_question, *folded_answer; /* folded words, a space at either end */
    struct numbers numbers;                      /* of the answer */
};

/* Runs the checks. *json: an object of check name -> "pass" or what is wrong. *failed: the name of the first that
 * failed and *why its text, or NULL. All in the arena. */
void check_run(struct candidate *c, struct arena *arena, const char **json, const char **failed, const char **why);

/* The checks. True: passed; else what is wrong is appended to `why`, in words that also tell the model what to do. */
bool check_schema(const struct candidate *c, struct str *why);
bool check_finish(const struct candidate *c, struct str *why);
bool check_tokens(const struct candidate *c, struct str *why);
bool check_language(const struct candidate *c, struct str *why);
bool check_refusal(const struct candidate *c, struct str *why);
bool check_leak(const struct candidate *c, struct str *why);
bool check_advice(const struct candidate *c, struct str *why);
bool check_hedging(const struct candidate *c, struct str *why);
bool check_question(const struct candidate *c, struct str *why);
bool check_length(const struct candidate *c, struct str *why);
bool check_repeated(const struct candidate *c, struct str *why);
bool check_shot(const struct candidate *c, struct str *why);
bool check_copied(const struct candidate *c, struct str *why);
bool check_grounded(const struct candidate *c, struct str *why);
bool check_terms(const struct candidate *c, struct str *why);
bool check_panels(const struct candidate *c, struct str *why);
bool check_numbers(const struct candidate *c, struct str *why);
bool check_units(const struct candidate *c, struct str *why);
bool check_colours(const struct candidate *c, struct str *why);
bool check_significance(const struct candidate *c, struct str *why);
bool check_duplicate(const struct candidate *c, struct str *why);

/* For the checks: the candidate's language, never NULL. */
const char *check_tongue(const struct candidate *c);
/* `text` as fold_words makes it (fold.h). */
char *check_fold(const char *text, struct arena *arena);
/* True when a text goes round in circles. */
bool check_loops(const char *text);
/* Share of the runs of `k` words of `folded` that stand in `in` (both of check_fold); 0 when it has fewer words. */
double check_shared_runs(const char *folded, const char *in, size_t k);

#endif
