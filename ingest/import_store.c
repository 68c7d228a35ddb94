/* import_store.c: see import_store.h. */
#include "ingest/import_store.h"

#include <string.h>

#include "db/article.h"
#include "db/asset.h"
#include "db/document.h"
#include "db/tombstone.h"

const char *const import_writes[] = {"article", "document", "asset", "input", "record.article_id", NULL};

/* The files of one group, [begin, end) of the result. */
struct group {
    const struct import_file *begin, *end;
};

static bool is_document(const struct import_file *f)
{
    return !f->why && kind_document(f->kind);
}

static struct group next_group(const struct import_result *result, size_t start)
{
    const struct import_file *f = result->files + start, *end = result->files + result->n;
    struct group g = {f, f};
    while (g.end < end && strcmp(g.end->key, f->key) == 0)
        g.end++;
    return g;
}

/* What the group's documents say of their article: the first that says anything counts, the original before its
 * language versions, since "a.xml" sorts before "a_es.xml" and sets of one article state the same. */
static struct article_ids ids_of_group(struct group g)
{
    for (const struct import_file *f = g.begin; f < g.end; f++)
        if (is_document(f) && f->ids && (*f->ids->doi || *f->ids->pmcid || *f->ids->pmid))
            return (struct article_ids){f->ids->doi, f->ids->pmcid, f->ids->pmid};
    return (struct article_ids){NULL, NULL, NULL};
}

/* The article that a document of the group lies in already; 0: none does. Others that do are joined to it, unless their
 * identifiers say that they are other works. */
static bool article_of_known(struct db *db, struct group g, int64_t *article_id, struct err *e)
{
    *article_id = 0;
    for (const struct import_file *f = g.begin; f < g.end; f++) {
        int64_t document, article;
        if (!is_document(f))
            continue;
        if (!document_find(db, f->sha256, &document, &article, e))
            return false;
        if (!document)
            continue;
        if (!article_live(db, article, &article, e) ||
            (*article_id && !article_join(db, *article_id, article, article_id, e)))
            return false;
        if (!*article_id)
            *article_id = article;
    }
    return true;
}

static const char *first_sha256(struct group g)
{
    for (const struct import_file *f = g.begin; f < g.end; f++)
        if (is_document(f))
            return f->sha256;
    return NULL;
}

/* The group's article, found or made. *article_id as it comes in: where it is said to belong; 0: nobody says. */
static bool article_of_group(struct db *db, struct group g, const char *source, int64_t *article_id, struct err *e)
{
    struct article_ids ids = ids_of_group(g);
    int64_t known, stated = 0;
    if (*article_id && !article_live(db, *article_id, &stated, e))
        return false;
    if (!article_of_known(db, g, &known, e) || (!stated && !article_find(db, &ids, &stated, e)))
        return false;
    /* A document whose bytes are there belongs where they are, unless that article is said to be another work. */
    if (stated && known && !article_join(db, stated, known, &stated, e))
        return false;
    *article_id = stated ? stated : known;
    return (*article_id || article_keep(db, &ids, first_sha256(g), source, article_id, e)) &&
           article_claim_ids(db, *article_id, &ids, article_id, e);
}

static bool store_document(struct db *db, const struct import_file *f, int64_t article_id, enum input_outcome *outcome,
                           int64_t *id, struct err *e)
{
    int64_t old_article;
    struct arena arena = ARENA_INIT;
    bool ok = document_find(db, f->sha256, id, &old_article, e);
    *outcome = INPUT_KNOWN;
    if (ok && *id) {
        /* The very file that the document came from stays "document" when it is imported again. */
        struct document d;
        ok = document_load(db, *id, &arena, &d, e);
        if (ok && strcmp(d.name, f->path) == 0)
            *outcome = INPUT_DOCUMENT;
    } else if (ok) {
        struct document d = {.article_id = article_id,
                             .kind = kind_document(f->kind),
                             .media_type = f->media_type,
                             .sha256 = f->sha256,
                             .bytes = f->bytes,
                             .name = f->path,
                             .source_url = f->source_url};
        *outcome = INPUT_DOCUMENT;
        ok = document_store(db, &d, id, e);
    }
    arena_release(&arena);
    return ok;
}

/* Whether the group's article or one of its documents was taken down. */
static bool is_taken_down(struct db *db, struct group g, bool *down, struct err *e)
{
    struct article_ids ids = ids_of_group(g);
    if (!tombstone_find(db, &ids, NULL, down, e))
        return false;
    for (const struct import_file *f = g.begin; f < g.end && !*down; f++)
        if (is_document(f) && !tombstone_find(db, NULL, f->sha256, down, e))
            return false;
    return true;
}

static bool store_file(struct db *db, const struct import_file *f, int64_t article_id, import_note_fn *note,
                       void *context, struct err *e)
{
    enum input_outcome outcome;
    int64_t id;
    if (f->why)
        return note(context, f, INPUT_REFUSED, 0, f->why, e);
    if (is_document(f))
        return store_document(db, f, article_id, &outcome, &id, e) && note(context, f, outcome, id, NULL, e);
    struct asset asset = {f->name, f->sha256, f->bytes};
    return asset_store(db, article_id, &asset, e) && note(context, f, INPUT_ASSET, 0, NULL, e);
}

bool import_store_group(struct db *db, const struct import_file *files, size_t n, int64_t *article_id,
                        const char *source, import_note_fn *note, void *context, struct err *e)
{
    struct group g = {files, files + n};
    struct err why = {0};
    bool down = false, ok = true;
    if (first_sha256(g) &&
        (!is_taken_down(db, g, &down, e) || (!down && !article_of_group(db, g, source, article_id, e))))
        return false;
    err_set(&why, ERR_REFUSED, "the article was taken down (`figmill purge`)");
    for (const struct import_file *f = g.begin; ok && f < g.end; f++)
        ok = down && !f->why ? note(context, f, INPUT_REFUSED, 0, &why, e)
                             : store_file(db, f, *article_id, note, context, e);
    return ok;
}

/* What import notes of its files: rows of table input. */
struct inputs {
    struct db *db;
    const char *item;
    int *refused;
};

static bool note_input(void *context, const struct import_file *f, enum input_outcome outcome, int64_t document_id,
                       const struct err *why, struct err *e)
{
    const struct inputs *in = context;
    *in->refused += why && !f->side_file;
    return input_store(in->db, in->item, f->path, outcome, document_id, why, e);
}

bool import_store(struct db *db, const char *item, const struct import_result *result, int *refused, struct err *e)
{
    struct inputs in = {db, item, refused};
    *refused = 0;
    /* An archive's own row stood for it while it waited; its members take its place. */
    if (result->of_archive && !input_expect(db, item, NULL, 0, e))
        return false;
    for (size_t i = 0; i < result->n;) {
        struct group g = next_group(result, i);
        int64_t article_id = 0;
        if (!import_store_group(db, g.begin, (size_t)(g.end - g.begin), &article_id, "import", note_input, &in, e))
            return false;
        i += (size_t)(g.end - g.begin);
    }
    return true;
}

bool import_nothing_in(const struct import_result *result, struct err *why)
{
    const struct import_file *first = NULL;
    size_t n = 0;
    for (size_t i = 0; i < result->n; i++) {
        const struct import_file *f = &result->files[i];
        if (!f->why)
            return false;
        if (f->side_file)
            continue;
        n++;
        /* The archive's own fault, which stands last, says more than its members'. */
        if (!first || (result->of_archive && i + 1 == result->n))
            first = f;
    }
    if (!first)
        return false;
    if (n == 1)
        return err_set(why, first->why->kind, "%s: %s", first->path, first->why->text) || true;
    return err_set(why, first->why->kind, "%zu files, none of which can be taken; %s: %s", n, first->path,
                   first->why->text) ||
           true;
}

bool import_store_reasons(struct db *db, const char *item, const struct import_result *result, struct err *e)
{
    for (size_t i = 0; i < result->n; i++)
        if (result->files[i].why &&
            !input_store(db, item, result->files[i].path, INPUT_REFUSED, 0, result->files[i].why, e))
            return false;
    return true;
}
