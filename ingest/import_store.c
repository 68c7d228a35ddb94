/* import_store.c: see import_store.h. */
#include "ingest/import_store.h"

#include <string.h>

#include "db/article.h"
#include "db/asset.h"
#include "db/document.h"
#include "db/input.h"

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

/* The group's article, found or made. */
static bool article_of_group(struct db *db, struct group g, int64_t *article_id, struct err *e)
{
    struct article_ids ids = ids_of_group(g);
    int64_t known, stated;
    if (!article_of_known(db, g, &known, e) || !article_find(db, &ids, &stated, e))
        return false;
    /* A document whose bytes are there belongs where they are, unless that article is said to be another work. */
    if (stated && known && !article_join(db, stated, known, &stated, e))
        return false;
    *article_id = stated ? stated : known;
    return (*article_id || article_keep(db, &ids, first_sha256(g), "import", article_id, e)) &&
           article_claim_ids(db, *article_id, &ids, article_id, e);
}

static bool store_document(struct db *db, const char *item, const struct import_file *f, int64_t article_id,
                           struct err *e)
{
    int64_t id, old_article;
    struct arena arena = ARENA_INIT;
    bool ok = document_find(db, f->sha256, &id, &old_article, e);
    enum input_outcome outcome = INPUT_KNOWN;
    if (ok && id) {
        /* The very file that the document came from stays "document" when it is imported again. */
        struct document d;
        ok = document_load(db, id, &arena, &d, e);
        if (ok && strcmp(d.name, f->path) == 0)
            outcome = INPUT_DOCUMENT;
    } else if (ok) {
        struct document d = {.article_id = article_id,
                             .kind = kind_document(f->kind),
                             .media_type = f->media_type,
                             .sha256 = f->sha256,
                             .bytes = f->bytes,
                             .name = f->path};
        outcome = INPUT_DOCUMENT;
        ok = document_store(db, &d, &id, e);
    }
    arena_release(&arena);
    return ok && input_store(db, item, f->path, outcome, id, NULL, e);
}

static bool store_file(struct db *db, const char *item, const struct import_file *f, int64_t article_id, struct err *e)
{
    if (f->why)
        return input_store(db, item, f->path, INPUT_REFUSED, 0, f->why, e);
    if (is_document(f))
        return store_document(db, item, f, article_id, e);
    struct asset asset = {f->name, f->sha256, f->bytes};
    return asset_store(db, article_id, &asset, e) && input_store(db, item, f->path, INPUT_ASSET, 0, NULL, e);
}

bool import_store(struct db *db, const char *item, const struct import_result *result, int *refused, struct err *e)
{
    *refused = 0;
    /* An archive's own row stood for it while it waited; its members take its place. */
    if (result->of_archive && !input_expect(db, item, NULL, 0, e))
        return false;
    for (size_t i = 0; i < result->n;) {
        struct group g = next_group(result, i);
        int64_t article_id = 0;
        if (first_sha256(g) && !article_of_group(db, g, &article_id, e))
            return false;
        for (const struct import_file *f = g.begin; f < g.end; f++, i++) {
            *refused += f->why && !f->side_file;
            if (!store_file(db, item, f, article_id, e))
                return false;
        }
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
