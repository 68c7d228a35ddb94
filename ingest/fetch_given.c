/* fetch_given.c: see fetch_given.h. */
#include "ingest/fetch_given.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "db/article.h"
#include "db/tombstone.h"
#include "ingest/search_given.h"

enum { MAX_LIST = 512 << 20 /* bytes */, TOLD = 5 /* bad lines that are told one by one */ };

static bool read_stdin(struct str *out, struct err *e)
{
    char chunk[65536];
    ssize_t n;
    while ((n = read(STDIN_FILENO, chunk, sizeof chunk)) > 0)
        str_add_bytes(out, chunk, (size_t)n);
    if (n < 0)
        return err_set(e, ERR_USAGE, "--list: standard input cannot be read");
    return !out->overflow || err_set(e, ERR_USAGE, "--list: more than %d MiB", MAX_LIST >> 20);
}

static bool read_list(const char *list, struct arena *arena, struct given *out, struct err *e)
{
    struct str text = STR_INIT(MAX_LIST);
    struct file_map map = {0};
    bool standard = strcmp(list, "-") == 0, ok;
    if (standard)
        ok = read_stdin(&text, e) && given_read(text.data, text.len, arena, out, e);
    else
        ok = file_map(list, MAX_LIST, &map, e) && given_read((const char *)map.bytes, map.len, arena, out, e);
    if (!ok && e->kind != ERR_USAGE)
        e->kind = ERR_USAGE;
    for (size_t i = 0; ok && i < out->n_faults && i < TOLD; i++)
        log_warn("%s:%zu: %s", list, out->faults[i].line, out->faults[i].text);
    if (ok && out->bad > TOLD)
        log_warn("%s: %zu lines in all name no work", list, out->bad);
    if (ok && !out->n)
        ok =
            err_set(e, ERR_USAGE, "%s names no work: no line is a DOI, PMCID, PMID, arXiv number or http(s) URL", list);
    if (!standard)
        file_unmap(&map);
    str_release(&text);
    return ok;
}

bool fetch_given_read(const char *const *args, const char *list, struct arena *arena, struct given *out, struct err *e)
{
    *out = (struct given){0};
    if (list && !read_list(list, arena, out, e))
        return false;
    for (; *args; args++) {
        struct given_work work;
        if (!given_one(*args, arena, &work))
            return err_set(e, ERR_USAGE, "'%.100s' is no DOI, PMCID, PMID, arXiv number or http(s) URL", *args);
        ARENA_GROW(arena, out->works, out->n, out->cap);
        out->works[out->n++] = work;
    }
    return true;
}

static bool say_down(const char *work)
{
    log_warn("%s was taken down (`figmill purge`): not fetched", work);
    return true;
}

bool fetch_given_article(struct db *db, const struct given_work *work, int64_t *article_id, struct err *e)
{
    const char *text = work->text;
    const struct article_ids ids = {work->kind == GIVEN_DOI ? text : NULL, work->kind == GIVEN_PMCID ? text : NULL,
                                    work->kind == GIVEN_PMID ? text : NULL};
    int64_t record_id;
    bool down;
    *article_id = 0;
    if (work->kind == GIVEN_ARXIV || work->kind == GIVEN_URL)
        return search_given_one(db, work, &record_id, e) &&
               (record_id ? fetch_record_article(db, record_id, article_id, e) : say_down(text));
    if (!tombstone_find(db, &ids, NULL, &down, e))
        return false;
    if (down)
        return say_down(text);
    return article_find(db, &ids, article_id, e) &&
           (*article_id || article_keep(db, &ids, NULL, "given", article_id, e));
}
