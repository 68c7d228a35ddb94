/* backend.h: one small interface to whatever translates: a chat model (backend_model.c), LibreTranslate
 * (backend_libretranslate.c), Apertium (backend_apertium.c). A backend turns texts of one article from one language
 * into another and judges nothing: protecting numbers and labels, checking, asking again and remembering are
 * translator.h's, the same for all.
 *
 * A backend is looked for once, in the parent, before workers are forked (`find`); what was found is plain memory that
 * a worker opens (`open`) for itself. */
#ifndef FIGMILL_TRANSLATE_BACKEND_H
#define FIGMILL_TRANSLATE_BACKEND_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "db/db.h"
#include "translate/glossary.h"
#include "translate/protect.h"

/* Of the command line; NULL where it says nothing. Each backend reads its own environment variables behind them. */
struct backend_options {
    const char *url, *model;    /* model: --url, --model */
    const char *libretranslate; /* --libretranslate URL */
    const char *apertium;       /* --apertium DIR: where its modes lie; NULL: where Debian puts them */
    const char *apertium_over;  /* --apertium-over LANGUAGE: pairs without a mode go by two, over this one; NULL: no */
    int batch;                  /* model: texts of one request; 0: the backend's default */
    unsigned generation;        /* model: part of the seed, so that --refresh asks anew */
};

/* A text to translate, at most BACKEND_TEXT characters, perhaps with placeholders in it (protect.h), which must come
 * back as they are. */
struct backend_text {
    const char *text;
    int attempt;         /* 0: the first */
    const char *earlier; /* the translation that was rejected, with placeholders; NULL: none */
    const char *failure; /* what was wrong with it, in words that a model understands; NULL: none */

    /* The answer, strings in the arena. */
    const char *translation; /* NULL: none, and `why` says why ("the reply does not end") */
    const char *why;
    int64_t model_call_id; /* 0: the backend stores no calls, or none was made */
};

enum { BACKEND_TEXT = 1200 /* characters; longer texts come in pieces of whole sentences */ };

/* Neighbours of the texts that are translated already, so that terms stay the same. */
struct backend_example {
    const char *source, *translation;
};

struct backend_request {
    const char *item;                       /* of the task, to be stored with calls */
    const char *source, *target;            /* BCP 47; both are languages that `can` said yes to */
    const struct backend_example *examples; /* most telling first; a backend may take few or none */
    size_t n_examples;
    const struct glossary_term *terms; /* that stand in the texts, with the rendering asked for */
    size_t n_terms;
    struct backend_text *texts; /* at least one; all answered or explained when translate returns true */
    size_t n;
};

struct backend {
    const char *name; /* as in translation.method and --backend: "model", "libretranslate", "apertium" */
    bool advice;      /* asking again, with what was wrong, can give another answer */
    unsigned protect; /* PROTECT_BITs of what its texts have placeholders for; PROTECT_NONE: texts come as they are */

    /* Parent: looks for it. NULL with ERR_SYSTEM when it is not there, saying what was looked for and what to do. The
     * result is one block, or blocks, on the heap, without open files. */
    void *(*find)(const struct backend_options *options, struct err *e);
    void (*lose)(void *found); /* NULL is fine */
    /* What did it, for translation.model and the memory's key: the model's name, "LibreTranslate 1.9.6",
     * "apertium-spa-eng 0.8.0". Constant as long as the same text gives the same answer, as far as one can know.
     * Apertium's differs by pair. Borrowed from `found`. */
    const char *(*identity)(const void *found, const char *source, const char *target);
    /* Hash of prompts and settings that shape an answer, "" for backends without; borrowed or a constant. */
    const char *(*settings)(const void *found);
    bool (*can)(const void *found, const char *source, const char *target);
    int (*slots)(const void *found); /* how many requests it works on at once: the default number of workers */

    /* Worker: `db` is open and outside a transaction whenever translate is called (calls are stored at once). */
    void *(*open)(const void *found, struct db *db, const volatile sig_atomic_t *stop, struct err *e);
    void (*close)(void *opened); /* NULL is fine */
    /* False for what stops the item or the stage: ERR_TEMPORARY (busy, time-out), ERR_SYSTEM (gone), ERR_ABORT. What is
     * wrong with one text (too long for the context, refused) is that text's `why`. */
    bool (*translate)(void *opened, struct backend_request *request, struct arena *arena, struct err *e);
};

extern const struct backend backend_model, backend_libretranslate, backend_apertium;

#endif
