/* choice.h: which backend translates which language: those that are there, in order of preference, and the first that
 * can. What was chosen stands in an article's fingerprint, a word a language ("es=model.1f2e3d4c"), so that a model, a
 * prompt or a glossary that changes makes its languages anew and no others. */
#ifndef FIGMILL_TRANSLATE_CHOICE_H
#define FIGMILL_TRANSLATE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/sha256.h"
#include "base/str.h"
#include "translate/backend.h"
#include "translate/glossary.h"

enum { CHOICE_BACKENDS = 3 };

struct choice_backend {
    const struct backend *backend;
    void *found; /* NULL: it is not there, and `why` says why */
    struct err why;
};

struct choice {
    struct choice_backend backends[CHOICE_BACKENDS]; /* best first */
    size_t n;
    bool automatic; /* nobody named them: what another one did stays, while that one is not there */
    const char *target;
    const char *shape, *effort;      /* what else shapes an answer, and how much is done for a good one, as texts */
    const struct glossary *glossary; /* NULL: none */
};

/* Reads "auto", or names with commas between them, best first. ERR_USAGE for another name, or one said twice. */
bool choice_read(const char *list, struct choice *out, struct err *e);
/* Looks for each. True when at least one is there; else ERR_SYSTEM with why each is not. */
bool choice_find(struct choice *c, const struct backend_options *options, struct err *e);
void choice_release(struct choice *c);

/* The place of the backend for texts of that language; -1: none can. */
int choice_of(const struct choice *c, const char *language);
/* Hash of what shapes its answers to texts of that language: prompts, glossary, shape. */
void choice_settings(const struct choice *c, int backend, const char *language, char hash[SHA256_SIZE]);

/* Appends "es=model.1f2e3d4c" ("es=none" where none can). */
void choice_word(const struct choice *c, const char *language, struct str *out);
/* True when what `word` tells of is as good as what would be made now. */
bool choice_stands(const struct choice *c, const char *word, size_t len);

#endif
