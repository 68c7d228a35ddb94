/* verify_findings.c: what was found, and mending it (verify.h). */
#include "stage/tools/verify.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "db/blob.h"
#include "db/verify.h"

void verify_found(struct verify *v, bool leftover, const char *code, const char *format, ...)
{
    struct str text = STR_INIT(4096);
    va_list args;
    va_start(args, format);
    str_vaddf(&text, format, args);
    va_end(args);
    MEM_GROW(v->findings, v->n, v->cap);
    v->findings[v->n++] = (struct finding){code, arena_strdup(&v->arena, text.data), leftover, false};
    str_release(&text);
}

void verify_remedy(struct verify *v, int kind, const char *a, const char *b)
{
    MEM_GROW(v->remedies, v->n_remedies, v->cap_remedies);
    v->remedies[v->n_remedies++] =
        (struct remedy){.kind = kind, .a = arena_strdup(&v->arena, a), .b = arena_strdup(&v->arena, b)};
    v->findings[v->n - 1].remedy = true;
}

size_t verify_damage(const struct verify *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        n += !v->findings[i].leftover;
    return n;
}

size_t verify_beyond_repair(const struct verify *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        n += !v->findings[i].leftover && !v->findings[i].remedy;
    return n;
}

void verify_release(struct verify *v)
{
    arena_release(&v->arena);
    free(v->findings);
    free(v->remedies);
    v->findings = NULL;
    v->remedies = NULL;
}

static void add_database_finding(void *context, const char *text)
{
    verify_found(context, false, "database", "corpus.db: %s", text);
}

bool verify_check_database(struct verify *v, struct err *e)
{
    return verify_database(v->db, v->quick, add_database_finding, v, e);
}

/* Mending. */

static bool set_aside(struct verify *v, const char *sha256, struct err *e)
{
    char blob[BLOB_PATH_SIZE];
    blob_path(sha256, blob);
    char *folder = mem_printf("%s/damaged", v->db->folder);
    char *from = mem_printf("%s/%s", v->db->folder, blob), *to = mem_printf("%s/%s", folder, sha256);
    bool ok = file_make_folder(folder, e);
    if (ok && rename(from, to) != 0 && errno != ENOENT)
        ok = err_errno(e, ERR_SYSTEM, errno, "cannot move %s to %s", from, to);
    v->set_aside += ok;
    free(to);
    free(from);
    free(folder);
    return ok;
}

static bool apply(struct verify *v, const struct remedy *r, const struct verify_known *known, struct err *e)
{
    switch (r->kind) {
    case REMEDY_REQUEUE:
        v->requeued += verify_requeue(v->db, r->a, r->b, e);
        return e->kind == ERR_NONE;
    case REMEDY_ASIDE:
        return set_aside(v, r->a, e);
    case REMEDY_REMOVE:
        if (r->b && verify_known_has(known, r->b))
            return true;
        if (unlink(r->a) != 0 && errno != ENOENT)
            return err_errno(e, ERR_SYSTEM, errno, "cannot remove %s", r->a);
        v->removed++;
        return true;
    }
    return true;
}

/* With the write lock held no stage can commit, and with no task running none has a blob in hand that it is about to
 * name: what is an orphan now stays one. */
bool verify_repair(struct verify *v, struct err *e)
{
    struct verify_known known = {0};
    const char *busy;
    bool ok = db_begin(v->db, e);
    if (ok && (busy = verify_busy(v->db, &v->arena, e)))
        ok = err_set(e, ERR_SYSTEM, "%s is at work in this corpus: repair it once that is through", busy);
    ok = ok && e->kind == ERR_NONE && verify_known_load(&known, v->db, e);
    for (size_t i = 0; ok && i < v->n_remedies; i++)
        ok = apply(v, &v->remedies[i], &known, e);
    ok = ok && db_commit(v->db, e);
    if (!ok)
        db_rollback(v->db);
    verify_known_release(&known);
    return ok;
}
