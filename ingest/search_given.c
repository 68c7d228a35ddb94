/* search_given.c: see search_given.h. */
#include "ingest/search_given.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "db/record.h"

enum { LIST_MAX = 512 << 20, FAULTS_TOLD = 5, FILES_MAX = 64 * 1024 };

bool search_given_read(const char *path, struct arena *arena, struct given *out, struct err *e)
{
    struct file_map map;
    if (!file_map(path, LIST_MAX, &map, e)) {
        if (e && (e->kind == ERR_FORMAT || e->kind == ERR_LIMIT))
            e->kind = ERR_USAGE;
        return false;
    }
    bool ok = given_read((const char *)map.bytes, map.len, arena, out, e);
    file_unmap(&map);
    if (!ok)
        return err_add(e, "%s", path);
    for (size_t i = 0; i < out->n_faults && i < FAULTS_TOLD; i++)
        log_warn("%s:%zu: %s", path, out->faults[i].line, out->faults[i].text);
    if (out->bad > FAULTS_TOLD)
        log_warn("%s: %zu more lines name no work", path, out->bad - FAULTS_TOLD);
    return out->n || err_set(e, ERR_USAGE, "%s: no line names a work: DOI, PMCID, PMID, arXiv number or URL", path);
}

static void add_file(const char *url, struct str *out)
{
    str_add(out, "[{\"url\":");
    json_quote(url, out);
    str_add(out, "}]");
}

bool search_given_one(struct db *db, const struct given_work *work, int64_t *record_id, struct err *e)
{
    struct str files = STR_INIT(FILES_MAX), url = STR_INIT(FILES_MAX / 2);
    struct source_record r = {
        .source = SEARCH_GIVEN, .source_id = work->text, .open = -1, .retracted = -1, .said = "{}"};
    switch (work->kind) {
    case GIVEN_DOI:
        r.doi = work->text;
        break;
    case GIVEN_PMCID:
        r.pmcid = work->text;
        break;
    case GIVEN_PMID:
        r.pmid = work->text;
        break;
    case GIVEN_ARXIV:
        r.arxiv = work->text;
        str_addf(&url, "https://arxiv.org/pdf/%s", work->text);
        break;
    case GIVEN_URL:
        str_add(&url, work->text);
        break;
    }
    if (url.len)
        add_file(url.data, &files);
    else
        str_add(&files, "[]");
    r.files = files.data;
    bool ok = record_store(db, &r, record_id, e);
    str_release(&url);
    str_release(&files);
    return ok;
}

bool search_given_store(struct db *db, const struct given *given, struct err *e)
{
    int64_t record_id;
    for (size_t i = 0; i < given->n; i++)
        if (!search_given_one(db, &given->works[i], &record_id, e))
            return false;
    return true;
}
