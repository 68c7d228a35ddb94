/* batch_in.c: see batch.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/model.h"
#include "stage/batch.h"

enum { MOST_WARNINGS = 10 };
#define MOST_FILE ((size_t)1 << 40)

struct result {
    char id[BATCH_ID_SIZE];
    bool answer, used;
    const char *line;
    size_t len;
};

struct batch_in {
    struct file_map *maps;
    size_t n_maps;
    struct result *results;
    size_t n, cap;
    struct batch_counts counts;
};

static int status_of(const cJSON *line)
{
    return json_count(json_member(line, "response"), "status_code", 0);
}

static void add_line(struct batch_in *b, const char *line, size_t len, const char *file, int64_t number)
{
    struct err why = {0};
    cJSON *object = json_parse(line, len, &why);
    const char *id = json_text(object, "custom_id");
    if (!object || !id || strlen(id) != BATCH_ID_SIZE - 1) {
        b->counts.broken++;
        log_warn("%s, line %lld is left out: %s", file, (long long)number,
                 !object ? why.text
                 : id    ? "its custom_id is none of ours"
                         : "it has no custom_id");
    } else {
        MEM_GROW(b->results, b->n, b->cap);
        struct result *r = &b->results[b->n++];
        *r = (struct result){.line = line, .len = len};
        memcpy(r->id, id, BATCH_ID_SIZE);
        r->answer = status_of(object) == 200 && cJSON_IsObject(json_member(json_member(object, "response"), "body"));
    }
    cJSON_Delete(object);
}

static void read_lines(struct batch_in *b, const struct file_map *map, const char *file)
{
    const char *at = (const char *)map->bytes, *end = at + map->len;
    for (int64_t number = 1; at < end; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop ? stop : end) - at);
        if (len && !(len == 1 && *at == '\r'))
            add_line(b, at, len, file, number);
        at += len + 1;
    }
}

/* By ID; of one ID the answers first, then as they stand. */
static int by_id(const void *a, const void *b)
{
    const struct result *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    if (order == 0)
        order = y->answer - x->answer;
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void sort(struct batch_in *b)
{
    size_t kept = 0;
    if (b->n)
        qsort(b->results, b->n, sizeof *b->results, by_id);
    for (size_t i = 0; i < b->n; i++) {
        if (kept && strcmp(b->results[kept - 1].id, b->results[i].id) == 0)
            b->counts.duplicates++;
        else
            b->results[kept++] = b->results[i];
    }
    b->n = kept;
    b->counts.results = (int64_t)kept;
}

struct batch_in *batch_in_new(const char *const *files, struct err *e)
{
    struct batch_in *b = mem_new(sizeof *b);
    size_t n = 0;
    while (files[n])
        n++;
    b->maps = mem_array(n + 1, sizeof *b->maps);
    for (; b->n_maps < n; b->n_maps++) {
        const char *file = files[b->n_maps];
        if (!file_map(file, MOST_FILE, &b->maps[b->n_maps], e)) {
            if (e)
                e->kind = ERR_USAGE;
            batch_in_free(b);
            return NULL;
        }
        read_lines(b, &b->maps[b->n_maps], file);
    }
    sort(b);
    return b;
}

void batch_in_free(struct batch_in *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->n_maps; i++)
        file_unmap(&b->maps[i]);
    free(b->maps);
    free(b->results);
    free(b);
}

void batch_in_counts(const struct batch_in *b, struct batch_counts *out)
{
    *out = b->counts;
}

static int compare_id(const void *key, const void *result)
{
    return strcmp(key, ((const struct result *)result)->id);
}

/* A failed request: the body where there is one, else the line's own error, in the form that servers give it. */
static void write_failure(const cJSON *line, struct str *raw)
{
    const cJSON *body = json_member(json_member(line, "response"), "body"), *error = json_member(line, "error");
    if (cJSON_IsObject(body)) {
        json_canonical(body, raw);
        return;
    }
    str_add(raw, "{\"error\":");
    if (error)
        json_canonical(error, raw);
    else
        str_add(raw, "null");
    str_add_char(raw, '}');
}

static void add_body(const cJSON *body, struct str *raw)
{
    char *text = cJSON_PrintUnformatted(body);
    str_add(raw, text);
    cJSON_free(text);
}

int batch_in_find(struct batch_in *b, const char *id, struct str *raw, int *status, struct err *e)
{
    struct result *r = b->n ? bsearch(id, b->results, b->n, sizeof *b->results, compare_id) : NULL;
    *status = 0;
    if (!r)
        return 0;
    b->counts.used += !r->used;
    r->used = true;
    cJSON *line = json_parse(r->line, r->len, NULL);
    *status = status_of(line);
    if (r->answer) {
        add_body(json_member(json_member(line, "response"), "body"), raw);
    } else {
        write_failure(line, raw);
        /* No status, or a good one without a body, says nothing about the request: another round may do better. */
        model_refused("the batch", *status == 0 || *status == 200 ? 500 : *status, raw->data, raw->len, 0, e);
    }
    cJSON_Delete(line);
    return r->answer ? 1 : -1;
}
