/* verify.h: the checks of `figmill verify`, each in a file of its own, and what they find. */
#ifndef FIGMILL_STAGE_TOOLS_VERIFY_H
#define FIGMILL_STAGE_TOOLS_VERIFY_H

#include <signal.h>
#include <stddef.h>

#include "base/arena.h"
#include "db/db.h"

struct finding {
    const char *code; /* blob-missing, orphan, ...: stable, for scripts */
    const char *text;
    bool leftover; /* of a crash: takes room, but nothing is wrong */
    bool remedy;   /* --repair can do something about it */
};

/* What --repair does; all of it in one transaction, with no stage at work. */
struct remedy {
    enum {
        REMEDY_REQUEUE, /* task (a: stage, b: item) becomes ready anew */
        REMEDY_ASIDE,   /* blob a, whose bytes are not what its name says, moves to CORPUS/damaged/ */
        REMEDY_REMOVE   /* file a goes, unless some row has come to name the blob b (NULL: no blob) */
    } kind;
    const char *a, *b;
};

struct verify {
    struct db *db;
    bool quick;
    const volatile sig_atomic_t *stop;
    struct arena arena;
    struct finding *findings;
    size_t n, cap;
    struct remedy *remedies;
    size_t n_remedies, cap_remedies;
    int64_t blobs, blob_bytes, releases, files; /* looked at */
    int64_t requeued, set_aside, removed;       /* by verify_repair */
};

/* Adds a finding; remedies that are added afterwards belong to it. */
void verify_found(struct verify *v, bool leftover, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void verify_remedy(struct verify *v, int kind, const char *a, const char *b);

/* The checks. True when they could be made, whatever they found. ERR_ABORT: *stop. */
bool verify_check_database(struct verify *v, struct err *e);
bool verify_check_blobs(struct verify *v, struct err *e);     /* missing, damaged */
bool verify_check_leftovers(struct verify *v, struct err *e); /* orphans, temp files */
bool verify_check_releases(struct verify *v, struct err *e);  /* folder, manifest, files, rows */

/* Applies the remedies. ERR_SYSTEM while a stage is at work. */
bool verify_repair(struct verify *v, struct err *e);

/* The hashes that rows name (verify_named_hashes), to be searched. Release it in any case. */
enum { VERIFY_HASH = 32 /* bytes */ };
struct verify_known {
    unsigned char (*hashes)[VERIFY_HASH];
    size_t n, cap;
};
bool verify_known_load(struct verify_known *k, struct db *db, struct err *e);
bool verify_known_has(const struct verify_known *k, const char *sha256);
void verify_known_release(struct verify_known *k);

/* Findings that are no leftovers, and those among them that nothing can be done about. */
size_t verify_damage(const struct verify *v);
size_t verify_beyond_repair(const struct verify *v);

void verify_release(struct verify *v);

#endif
