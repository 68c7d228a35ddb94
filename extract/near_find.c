#include "extract/near_find.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "db/gate.h"
#include "db/picture.h"

struct name {
    char sha256[SHA256_SIZE];
};

struct pictures {
    struct near_hash *hashes;
    struct name *names;
    size_t n, cap_hashes, cap_names;
};

static bool add_hash(void *context, const char *image_sha256, const char *phash, struct err *e)
{
    struct pictures *p = context;
    struct near_hash hash;
    if (sscanf(phash, "%16" SCNx64 "%16" SCNx64 "%16" SCNx64 "%16" SCNx64, &hash.words[0], &hash.words[1],
               &hash.words[2], &hash.words[3]) != NEAR_WORDS)
        return err_set(e, ERR_SYSTEM, "picture %s: its hash '%.80s' is not of 64 hex digits", image_sha256, phash);
    MEM_GROW(p->hashes, p->n, p->cap_hashes);
    MEM_GROW(p->names, p->n, p->cap_names);
    p->hashes[p->n] = hash;
    snprintf(p->names[p->n++].sha256, SHA256_SIZE, "%s", image_sha256);
    return true;
}

static bool store(struct db *db, const struct pictures *p, const size_t *group, struct err *e)
{
    for (size_t i = 0; i < p->n; i++)
        if (!picture_set_near(db, p->names[i].sha256, p->names[group[i]].sha256, e))
            return false;
    return picture_count_articles(db, e);
}

bool find_near(struct db *db, struct err *e)
{
    struct pictures p = {0};
    int64_t bits;
    /* All in one transaction: another run may be storing pictures. */
    if (!db_begin(db, e))
        return false;
    bool ok = gate_near_bits(db, &bits, e) && picture_each_hash(db, add_hash, &p, e);
    size_t *group = mem_array(p.n + 1, sizeof *group);
    if (ok)
        near_group(p.hashes, p.n, (int)bits, group);
    ok = ok && store(db, &p, group, e) && db_commit(db, e);
    if (!ok)
        db_rollback(db);
    free(group);
    free(p.hashes);
    free(p.names);
    return ok;
}
