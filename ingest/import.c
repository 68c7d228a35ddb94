/* import.c: `figmill import`: articles that lie on disk become documents and assets of the corpus. */
#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/mem.h"
#include "db/input.h"
#include "ingest/import_group.h"
#include "ingest/import_read.h"
#include "ingest/import_store.h"
#include "ingest/import_walk.h"
#include "stage/runner.h"

/* Part of every fingerprint: a change of what import makes of the same files makes all of them ready again. */
static const char import_version[] = "import 1";

static const char description[] =
    "Brings articles that lie on disk into the corpus: reads the files under each PATH, tells what each one is by its\n"
    "bytes, keeps documents and images as blobs, and writes the tables article, document, asset and input.\n"
    "\n"
    "PATH is a file, a folder (with all below it) or an archive (.tar, .tar.gz, .tgz, .zip; also bzip2, xz, zstd).\n"
    "\n"
    "  --list FILE        also import each path that FILE names, one a line (or with NUL between them, as\n"
    "                     `find -print0` does); - reads standard input. A list of XML files alone\n"
    "                     leaves their images behind: list the folders\n"
    "\n"
    "What is taken:\n"
    "  documents          JATS and NLM XML, other article XML (BMC, TEI), HTML, PDF\n"
    "  images             JPEG, PNG, TIFF, GIF, BMP, JPEG 2000, WebP, EPS, SVG, when an article lies with them\n"
    "  all else           is refused, with a reason. Names beginning with a dot are passed over.\n"
    "  Each file has a row in table input: document, asset, known (a document whose bytes came before), or refused "
    "and\n"
    "  why: `figmill query \"SELECT path, err_text FROM input WHERE outcome = 'refused'\"`.\n"
    "\n"
    "Which files are one article's:\n"
    "  A folder with one XML document, or with documents that share one name, is one article's: its PDF, its language\n"
    "  versions (fulltext.es.pdf) and its images, also those in folders below that hold no documents.\n"
    "  A folder with more is split by name: a.xml, a.pdf, a.es.pdf and a-g001.jpg are one article's, b.xml another's.\n"
    "  So 1,000 XML files in a folder are 1,000 articles. Folders in archives are treated the same.\n"
    "  The DOI, PMCID or PMID that an XML document states makes it the same article as one imported before; extract "
    "does\n"
    "  so later for documents whose identifier stands in their text.\n"
    "\n"
    "Archives are read, never unpacked to disk. Members with unsafe names (absolute, \"..\"), links, devices and "
    "encrypted\n"
    "members are refused by name, and the rest goes in. Limits: 1 GiB an archive, 100,000 members, 512 MiB a member "
    "or\n"
    "file, 6 GiB unpacked, 200 times the archive's size (past 256 MiB).\n"
    "\n"
    "Running it again looks at what has changed by size and time, and imports only that. Files may be taken away "
    "after\n"
    "the import: the corpus holds copies.\n"
    "\n"
    "Examples:\n"
    "  figmill import ~/articles\n"
    "  figmill import --corpus lung ~/pmc/PMC7*.tar.gz\n"
    "  find /data -name 'PMC*.tar.gz' | figmill import --list -\n";

static char *list_option;

static const struct poptOption options[] = {
    {"list", 0, POPT_ARG_STRING, &list_option, 0, NULL, NULL},
    POPT_TABLEEND,
};

struct state {
    struct walk walk;                   /* parent */
    struct import_reader reader;        /* worker */
    const struct import_result *result; /* worker: of the item in hand, when it failed as a whole */
};

static bool prepare(struct stage_context *c, struct err *e)
{
    if (!c->args[0] && !list_option)
        return err_set(e, ERR_USAGE,
                       "nothing to import: name files, folders or archives, or give --list "
                       "(`figmill import --help`)");
    c->state = mem_new(sizeof(struct state));
    return true;
}

static bool survey(struct stage_context *c, struct err *e)
{
    struct walk *w = &((struct state *)c->state)->walk;
    w->stop = c->stop;
    for (const char *const *path = c->args; *path; path++)
        if (!walk_path(w, *path, true, e))
            return false;
    if (list_option && !walk_list(w, list_option, e))
        return false;
    walk_unique(w);
    return true;
}

/* One task with its files, which stand in order of path. */
static bool enqueue_item(struct stage_context *c, const char *item, const struct group_entry *entries, size_t n,
                         struct err *e)
{
    char fingerprint[SHA256_SIZE];
    struct sha256 *hash = sha256_new();
    const char **paths = mem_array(n, sizeof *paths);
    sha256_add(hash, import_version, sizeof import_version);
    for (size_t i = 0; i < n; i++) {
        paths[i] = entries[i].path;
        sha256_add(hash, entries[i].path, strlen(entries[i].path) + 1);
        sha256_add(hash, entries[i].file, sizeof(struct walk_file));
    }
    sha256_free(hash, fingerprint);
    bool ok = task_enqueue(&c->db, "import", item, db_part(item), fingerprint, false, e) &&
              (!db_changes(&c->db) || input_expect(&c->db, item, paths, n, e));
    free(paths);
    return ok;
}

/* Archives one by one; what is left stands in front of the list afterwards. */
static bool enqueue_archives(struct stage_context *c, struct walk *w, struct err *e)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (w->entries[i].kind != KIND_ARCHIVE)
            w->entries[kept++] = w->entries[i];
        else if (!enqueue_item(c, w->entries[i].path, &w->entries[i], 1, e))
            return false;
    }
    w->n = kept;
    return true;
}

/* A group of files. Those that it held in a former run, are still there and were not met in this one belong to it as
 * before: naming one file of a folder must not make the others unknown. */
static bool enqueue_group(struct stage_context *c, const struct walk *met, struct arena *arena,
                          const struct group_entry *entries, size_t n, struct err *e)
{
    const char **before;
    size_t n_before, total = n;
    if (!input_paths(&c->db, entries[0].key, arena, &before, &n_before, e))
        return false;
    struct group_entry *all = arena_array(arena, n + n_before, sizeof *all);
    memcpy(all, entries, n * sizeof *all);
    for (size_t i = 0; i < n_before; i++) {
        struct walk_file *file = walk_missed(met, before[i], arena);
        if (file)
            all[total++] = (struct group_entry){.path = before[i], .file = file};
    }
    walk_sort(all, total);
    return enqueue_item(c, entries[0].key, all, total, e);
}

static bool enqueue(struct stage_context *c, struct err *e)
{
    struct walk *w = &((struct state *)c->state)->walk;
    const struct walk met = {.entries = arena_memdup(&w->arena, w->entries, w->n * sizeof *w->entries), .n = w->n};
    bool ok = enqueue_archives(c, w, e);
    group_entries(w->entries, w->n, &w->arena);
    for (size_t i = 0, end; ok && i < w->n; i = end) {
        for (end = i; end < w->n && strcmp(w->entries[end].key, w->entries[i].key) == 0; end++)
            continue;
        ok = enqueue_group(c, &met, &w->arena, w->entries + i, end - i, e);
    }
    walk_release(w);
    return ok;
}

static bool start(struct stage_context *c, struct err *e)
{
    struct state *s = c->state;
    (void)e;
    s->reader = (struct import_reader){
        .writer = blob_writer_new(c->common.corpus, BLOB_HEAD), .sandbox = c->sandbox, .stop = c->stop};
    return true;
}

/* Items are named "FOLDER/", "FOLDER/STEM.*" or, for an archive, by its path. */
static bool is_group(const char *item)
{
    return str_ends(item, "/") || str_ends(item, ".*");
}

static void *work(struct stage_context *c, const struct task *task, struct arena *arena, struct err *e)
{
    struct state *s = c->state;
    struct import_result *result = arena_new(arena, sizeof *result);
    const char **paths;
    size_t n;
    s->result = NULL;
    if (is_group(task->item)) {
        if (!input_paths(&c->db, task->item, arena, &paths, &n, e) ||
            !import_read_group(&s->reader, task->item, paths, n, arena, result, e))
            return NULL;
    } else if (!import_read_archive(&s->reader, task->item, arena, result, e)) {
        return NULL;
    }
    if (!import_nothing_in(result, e))
        return result;
    s->result = result;
    return NULL;
}

static bool store(struct stage_context *c, const struct task *task, void *result, struct err *e)
{
    int refused;
    bool ok = import_store(&c->db, task->item, result, &refused, e);
    c->dropped = refused;
    return ok;
}

static bool failed(struct stage_context *c, const struct task *task, const struct err *why, struct err *e)
{
    const struct state *s = c->state;
    return (!s->result || import_store_reasons(&c->db, task->item, s->result, e)) &&
           input_refuse_waiting(&c->db, task->item, why, e);
}

static void end(struct stage_context *c)
{
    blob_writer_free(((struct state *)c->state)->reader.writer);
}

static bool finish(struct stage_context *c, cJSON *summary, struct err *e)
{
    /* Without anything done there is nothing to wait for: a run again must be quick. */
    bool worked = json_number(summary, "ready", 0) > 0;
    free(c->state);
    c->state = NULL;
    return (!worked || blob_sync(c->common.corpus, e)) && input_summary(&c->db, summary, e);
}

static const struct stage stage = {
    .name = "import",
    .arguments = "[PATH...]",
    .description = description,
    .options = options,
    .writes = import_writes,
    .mode = DB_CREATE,
    .sandbox = {.service = import_archive_service, .init = archive_prepare, .cpu_s = 1200},
    .item_timeout_s = 3600,
    .prepare = prepare,
    .survey = survey,
    .enqueue = enqueue,
    .start = start,
    .work = work,
    .store = store,
    .failed = failed,
    .end = end,
    .finish = finish,
};

int main(int argc, const char **argv)
{
    return stage_main(&stage, argc, argv);
}
