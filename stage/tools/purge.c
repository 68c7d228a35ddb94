/* purge.c: the program figmill-purge. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "db/blob.h"
#include "db/tombstone.h"
#include "db/verify.h"
#include "stage/tools/print.h"
#include "stage/tools/tool.h"

static const char description[] =
    "Takes an article down: deletes its documents, pictures, figures, translations, pairs and what sources said of it,\n"
    "with the words that models were shown of it, and removes the blobs that nothing else uses. A tombstone stays, for\n"
    "its identifiers and its documents' hashes: search, fetch and import never take it again. Does it at once; asked\n"
    "again, it does nothing. Not while a stage is at work.\n"
    "\n"
    "Releases are not changed: those that hold samples of the article are listed, to be made anew (`figmill shard`).\n"
    "\n"
    "Options of this program:\n"
    "  --doi DOI, --pmcid PMCID, --pmid PMID\n"
    "                     the article; also one that the corpus does not have (yet)\n"
    "  --key KEY          the article's key, as in v_article (doi:..., pmcid:..., pmid:..., sha256:...)\n"
    "  --reason TEXT      why, to be kept with the tombstone\n"
    "With --json: one object with what was deleted and the list releases.\n"
    "\n"
    "Examples:\n"
    "  figmill purge --doi 10.5555/12345678 --reason 'asked for by the publisher, 2026-11-20'\n"
    "  figmill purge --key sha256:0f3a...\n";

static struct {
    char *doi, *pmcid, *pmid, *key, *reason;
} given;

static const struct poptOption options[] = {
    {"doi", 0, POPT_ARG_STRING, &given.doi, 0, NULL, NULL},
    {"pmcid", 0, POPT_ARG_STRING, &given.pmcid, 0, NULL, NULL},
    {"pmid", 0, POPT_ARG_STRING, &given.pmid, 0, NULL, NULL},
    {"key", 0, POPT_ARG_STRING, &given.key, 0, NULL, NULL},
    {"reason", 0, POPT_ARG_STRING, &given.reason, 0, NULL, NULL},
    POPT_TABLEEND,
};

enum { KEYS = 4, KEY_SIZE = ARTICLE_ID_SIZE + 16, CELL_WIDTH = 70 };

/* What is to be done, and what was. */
struct purge {
    struct tool_context *c;
    char keys[KEYS][KEY_SIZE];
    size_t n_keys;
    struct arena arena;
    const char **blobs; /* that may have to go */
    size_t n_blobs, cap;
    int64_t articles, removed;
    struct tombstone_counts counts;
};

static bool add_key(struct purge *p, const char *kind, const char *text,
                    bool (*clean)(const char *, char[ARTICLE_ID_SIZE]), struct err *e)
{
    char id[ARTICLE_ID_SIZE];
    if (!text)
        return true;
    if (!clean(text, id))
        return err_set(e, ERR_USAGE, "--%s: '%.80s' is none", kind, text);
    snprintf(p->keys[p->n_keys++], KEY_SIZE, "%s:%s", kind, id);
    return true;
}

/* "doi:10.5555/ABC" as table tombstone has it. */
static bool add_own_key(struct purge *p, const char *text, struct err *e)
{
    if (!text)
        return true;
    if (strncmp(text, "doi:", 4) == 0)
        return add_key(p, "doi", text, article_clean_doi, e);
    if (strncmp(text, "pmcid:", 6) == 0)
        return add_key(p, "pmcid", text, article_clean_pmcid, e);
    if (strncmp(text, "pmid:", 5) == 0)
        return add_key(p, "pmid", text, article_clean_pmid, e);
    if (strncmp(text, "sha256:", 7) != 0 || !sha256_is_hex(text + 7))
        return err_set(e, ERR_USAGE, "--key: '%.80s' begins with none of doi: pmcid: pmid: sha256:", text);
    snprintf(p->keys[p->n_keys++], KEY_SIZE, "%s", text);
    return true;
}

static bool read_options(struct purge *p, struct err *e)
{
    if (!add_key(p, "doi", given.doi, article_clean_doi, e) ||
        !add_key(p, "pmcid", given.pmcid, article_clean_pmcid, e) ||
        !add_key(p, "pmid", given.pmid, article_clean_pmid, e) || !add_own_key(p, given.key, e))
        return false;
    return p->n_keys || err_set(e, ERR_USAGE, "which article? Give --doi, --pmcid, --pmid or --key");
}

static bool keep_blob(void *context, const char *sha256, struct err *e)
{
    struct purge *p = context;
    ARENA_GROW(&p->arena, p->blobs, p->n_blobs, p->cap);
    p->blobs[p->n_blobs++] = arena_strdup(&p->arena, sha256);
    return true;
}

static bool purge_article(struct purge *p, int64_t article_id, const struct query_sink *sink, struct err *e)
{
    struct db *db = &p->c->db;
    p->articles = 1;
    return tombstone_blobs(db, article_id, keep_blob, p, e) && tombstone_releases(db, article_id, sink, e) &&
           tombstone_purge(db, article_id, given.reason, &p->counts, e);
}

/* The keys are one article's: two would be two decisions. */
static bool purge_all(struct purge *p, const struct query_sink *sink, struct err *e)
{
    struct db *db = &p->c->db;
    int64_t article_id = 0;
    for (size_t i = 0; i < p->n_keys; i++) {
        int64_t id;
        if (!tombstone_article(db, p->keys[i], &id, e))
            return false;
        if (id && article_id && id != article_id)
            return err_set(e, ERR_USAGE, "these are two articles: take them down one after the other");
        article_id = id ? id : article_id;
    }
    for (size_t i = 0; i < p->n_keys; i++)
        if (!tombstone_add(db, p->keys[i], given.reason, e))
            return false;
    return !article_id || purge_article(p, article_id, sink, e);
}

/* Removes the files; rows that name them are gone by now, and no stage is at work that could name them again. */
static bool remove_blobs(struct purge *p, struct err *e)
{
    for (size_t i = 0; i < p->n_blobs; i++) {
        char relative[BLOB_PATH_SIZE], path[PATH_MAX];
        bool used;
        if (!tombstone_blob_used(&p->c->db, p->blobs[i], &used, e))
            return false;
        if (used)
            continue;
        blob_path(p->blobs[i], relative);
        if (snprintf(path, sizeof path, "%s/%s", p->c->common.corpus, relative) >= PATH_MAX)
            return err_set(e, ERR_SYSTEM, "the corpus's path is too long: %.80s...", p->c->common.corpus);
        if (unlink(path) == 0)
            p->removed++;
        else if (errno != ENOENT)
            return err_errno(e, ERR_SYSTEM, errno, "cannot remove %s", path);
    }
    return true;
}

static void say(const struct purge *p)
{
    const struct tombstone_counts *n = &p->counts;
    if (!p->articles)
        log_info("no article of the corpus has that key; it will not be taken when it comes");
    else
        log_info(
            "taken down: %lld documents, %lld pictures, %lld figures, %lld translations, %lld pairs, %lld records, "
            "%lld files removed",
            (long long)n->documents, (long long)n->assets, (long long)n->figures, (long long)n->translations,
            (long long)n->pairs, (long long)n->records, (long long)p->removed);
    if (n->samples)
        log_warn("%lld samples of releases came from it: make the releases listed anew, and take the old ones back",
                 (long long)n->samples);
}

static void print_json(const struct purge *p, const char *releases)
{
    const struct tombstone_counts *n = &p->counts;
    printf("{\"stage\": \"purge\", \"articles\": %lld, \"documents\": %lld, \"assets\": %lld, \"figures\": %lld, "
           "\"translations\": %lld, \"pairs\": %lld, \"samples\": %lld, \"records\": %lld, \"fetches\": %lld, "
           "\"model_calls\": %lld, \"blobs\": %lld, \"releases\": %s}\n",
           (long long)p->articles, (long long)n->documents, (long long)n->assets, (long long)n->figures,
           (long long)n->translations, (long long)n->pairs, (long long)n->samples, (long long)n->records,
           (long long)n->fetches, (long long)n->model_calls, (long long)p->removed, releases);
}

/* The releases go to `out` while the rows that tell of them are still there. */
static bool work(struct purge *p, FILE *out, struct err *e)
{
    struct db *db = &p->c->db;
    struct printer *printer = printer_new(out, p->c->common.json ? PRINT_JSON : PRINT_TABLE, CELL_WIDTH);
    bool ok = db_begin(db, e);
    const char *busy = ok ? verify_busy(db, &p->arena, e) : NULL;
    if (busy)
        ok = err_set(e, ERR_SYSTEM, "a stage is at work (%s): let it end first", busy);
    ok = ok && purge_all(p, printer_sink(printer), e) && db_commit(db, e);
    if (!ok)
        db_rollback(db);
    printer_end(printer);
    return ok && remove_blobs(p, e);
}

static int run(struct tool_context *c, struct err *e)
{
    struct purge p = {.c = c, .arena = ARENA_INIT};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    bool ok = out && read_options(&p, e) && work(&p, out, e);
    if (out)
        fclose(out);
    else
        err_set(e, ERR_SYSTEM, "no memory");
    if (ok && c->common.json)
        print_json(&p, p.articles && len ? text : "[]");
    else if (ok && p.counts.samples)
        fputs(text, stdout);
    if (ok)
        say(&p);
    free(text);
    arena_release(&p.arena);
    return ok ? EXIT_DONE : -1;
}

int main(int argc, const char **argv)
{
    static const struct tool tool = {"purge", NULL, description, options};
    static const int always = 1;
    return tool_main(&tool, &always, run, argc, argv);
}
