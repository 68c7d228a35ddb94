/* source_case.c: see source_case.h. */
#include "tests/unit/source_case.h"

#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"

void case_end(struct source_case *c)
{
    arena_release(&c->arena);
    *c = (struct source_case){.source = c->source, .query = c->query};
}

static char *read_path(struct source_case *c, const char *path, size_t *len)
{
    struct file_map map;
    struct err e = {0};
    if (!file_map(path, 64 << 20, &map, &e))
        fail_msg("%s", e.text);
    /* A copy without a byte behind it, so that a sanitizer sees what is read there. */
    char *bytes = arena_memdup(&c->arena, map.bytes, map.len);
    *len = map.len;
    file_unmap(&map);
    return bytes;
}

const char *case_file(struct source_case *c, const char *file, size_t *len)
{
    return read_path(c, arena_printf(&c->arena, "%s/tests/replay/api/%s", getenv("FIGMILL_SOURCE"), file), len);
}

bool case_read_bytes(struct source_case *c, const char *body, size_t len, int status, const char *cursor)
{
    err_clear(&c->e);
    c->ok = c->source->read(c->query, cursor, status, body, len, &c->arena, &c->page, &c->e);
    /* What every page must hold to, whatever came in. */
    if (c->ok != (c->e.kind == ERR_NONE))
        fail_msg("%s: result %d with error '%s'", c->source->name, c->ok, c->e.text);
    for (size_t i = 0; i < c->page.n; i++) {
        const struct record *r = &c->page.records[i];
        if (!r->source_id || !*r->source_id || !r->said || strlen(r->said) > SOURCE_MAX_SAID)
            fail_msg("%s: a record without source_id or said", c->source->name);
        for (size_t k = 0; k < r->n_files; k++) {
            if (strncasecmp(r->files[k].url, "http", 4) != 0 || !r->files[k].kind)
                fail_msg("%s: '%s' is no file", c->source->name, r->files[k].url);
        }
    }
    return c->ok;
}

bool case_read(struct source_case *c, const char *file, int status, const char *cursor)
{
    size_t len;
    const char *body = case_file(c, file, &len);
    return case_read_bytes(c, body, len, status, cursor);
}

const char *case_url(struct source_case *c, const char *cursor, int size)
{
    if (!c->source->ask(c->query, cursor, size, "me@example.org", &c->arena, &c->request, &c->e))
        fail_msg("%s", c->e.text);
    return c->request.post ? arena_printf(&c->arena, "%s %s", c->request.url, c->request.post) : c->request.url;
}

void case_expect_error(const struct source_case *c, enum err_kind kind, const char *words)
{
    if (c->ok || c->e.kind != kind || !strstr(c->e.text, words))
        fail_msg("%s: ok %d, %s, '%s', not %s, '%s'", c->source->name, c->ok, err_kind_name(c->e.kind), c->e.text,
                 err_kind_name(kind), words);
}

void case_expect_fault(const struct source_case *c, size_t index, const char *place, const char *words)
{
    if (index >= c->page.n_faults)
        fail_msg("%s: only %zu faults", c->source->name, c->page.n_faults);
    assert_string_equal(c->page.faults[index].place, place);
    if (!strstr(c->page.faults[index].text, words))
        fail_msg("'%s' does not say '%s'", c->page.faults[index].text, words);
}

void case_expect_file(const struct record *r, size_t index, const char *kind, const char *url, const char *license,
                      const char *version)
{
    if (index >= r->n_files)
        fail_msg("%s: only %zu files, not '%s'", r->source_id, r->n_files, url);
    const struct record_file *f = &r->files[index];
    if (strcmp(f->kind, kind) != 0 || strcmp(f->url, url) != 0 || !str_same(f->license, license) ||
        !str_same(f->version, version))
        fail_msg("%s: file %zu is %s %s, %s, %s", r->source_id, index, f->kind, f->url,
                 f->license ? f->license : "(no licence)", f->version ? f->version : "(no version)");
}

static void expect_no_page(struct source_case *c, const char *body, size_t len, const char *cursor)
{
    char *copy = arena_memdup(&c->arena, len ? body : "", len);
    if (case_read_bytes(c, copy, len, 200, cursor))
        fail_msg("%s: %zu bytes '%.60s' pass as a page", c->source->name, len, copy);
    assert_true(c->e.kind == ERR_FORMAT || c->e.kind == ERR_TEMPORARY);
}

void case_broken(struct source_case *c, const char *file, const char *cursor)
{
    static const char *const bodies[] = {
        "",
        " ",
        "null",
        "[]",
        "{}",
        "12",
        "\"text\"",
        "{\"results\":5,\"message\":5,\"resultList\":5,\"hitCount\":[],\"result\":5,\"esearchresult\":5,\"meta\":5}",
        "{\"message\":{\"items\":5,\"total-results\":1},\"meta\":{\"count\":1},\"results\":{\"a\":1},\"hitCount\":-3}",
        "<!DOCTYPE html><html><body>Just a moment...</body></html>",
        "<?xml version=\"1.0\"?><records/>",
        "{\"a\":\"\xff\xfe\"}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        expect_no_page(c, bodies[i], strlen(bodies[i]), cursor);
    size_t len;
    const char *body = case_file(c, file, &len);
    for (size_t cut = 0; cut < len - 2; cut += len / 100 + 1)
        expect_no_page(c, body, cut, cursor);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !str_ends(entry->d_name, ".headers");
}

bool case_recorded(const char *folder,
                   void (*each)(struct source_case *c, const char *name, const char *body, size_t len),
                   struct source_case *c)
{
    /* A worktree may lie a folder deeper than the checkout that the folder stands beside. */
    static const char *const beside[] = {"../shared", "../../shared"};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        char path[PATH_MAX];
        struct dirent **entries;
        snprintf(path, sizeof path, "%s/%s/corpus/api/%s", getenv("FIGMILL_SOURCE"), beside[i], folder);
        int n = scandir(path, &entries, is_file, by_name);
        for (int k = 0; k < n; k++) {
            size_t len;
            const char *body = read_path(c, arena_printf(&c->arena, "%s/%s", path, entries[k]->d_name), &len);
            each(c, entries[k]->d_name, body, len);
            case_end(c);
            free(entries[k]);
        }
        if (n >= 0) {
            free(entries);
            return true;
        }
    }
    printf("no recorded replies of %s beside the source\n", folder);
    return false;
}
