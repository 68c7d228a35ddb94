/* shard_manifest.c: see shard_manifest.h. */
#include "pairs/shard_manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "stage/runner.h"

static void add_generator(struct tally *t, const struct shard_candidate *c)
{
    struct str s = STR_INIT(4096);
    str_addf(&s, "{\"kind\": \"%s\", \"model\": ", c->kind);
    json_quote(c->model ? c->model : "", &s);
    str_add(&s, ", \"prompt\": ");
    json_quote(c->prompt, &s);
    str_add(&s, ", \"prompt_sha256\": ");
    json_quote(c->prompt_hash, &s);
    tally_add(t, s.data, 1);
    str_release(&s);
}

static void add_translator(struct tally *t, const struct shard_candidate *c)
{
    struct str s = STR_INIT(4096);
    str_add(&s, "{\"method\": ");
    json_quote(c->translation_method ? c->translation_method : "", &s);
    str_add(&s, ", \"model\": ");
    json_quote(c->translation_model ? c->translation_model : "", &s);
    tally_add(t, s.data, 1);
    str_release(&s);
}

void shard_stats_add(struct shard_stats *s, const struct shard_candidate *c)
{
    char first[17];
    memcpy(first, c->image_sha256, 16);
    first[16] = 0;
    MEM_GROW(s->images, s->n_images, s->cap_images);
    s->images[s->n_images++] = strtoull(first, NULL, 16);
    tally_add(&s->kinds, c->kind, 1);
    tally_add(&s->caption_languages, c->caption_language ? c->caption_language : "und", 1);
    tally_add(&s->licenses, c->license ? c->license : "unknown", 1);
    add_generator(&s->generators, c);
    add_translator(&s->translators, c);
}

void shard_stats_release(struct shard_stats *s)
{
    free(s->images);
    tally_release(&s->kinds);
    tally_release(&s->caption_languages);
    tally_release(&s->licenses);
    tally_release(&s->generators);
    tally_release(&s->translators);
    *s = (struct shard_stats){0};
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static size_t count_distinct(uint64_t *values, size_t n)
{
    size_t distinct = 0;
    if (n)
        qsort(values, n, sizeof *values, by_value);
    for (size_t i = 0; i < n; i++)
        distinct += i == 0 || values[i] != values[i - 1];
    return distinct;
}

static size_t count_articles(const struct shard_selection *s)
{
    uint64_t *ids = mem_array(s->n + 1, sizeof *ids);
    for (size_t i = 0; i < s->n; i++)
        ids[i] = (uint64_t)s->picks[i].article_id;
    size_t n = count_distinct(ids, s->n);
    free(ids);
    return n;
}

struct funnel_list {
    struct str *out;
    bool more;
};

static bool add_step(void *context, const char *step, int64_t n)
{
    struct funnel_list *list = context;
    str_add(list->out, list->more ? ",\n    {\"step\": " : "\n    {\"step\": ");
    json_quote(step, list->out);
    str_addf(list->out, ", \"n\": %lld}", (long long)n);
    list->more = true;
    return true;
}

static int files_by_name(const void *a, const void *b)
{
    return strcmp(((const struct shard_file *)a)->name, ((const struct shard_file *)b)->name);
}

static void add_files(struct shard_result *r, struct str *out)
{
    qsort(r->files, r->n_files, sizeof *r->files, files_by_name);
    str_add(out, "  \"files\": [");
    for (size_t i = 0; i < r->n_files; i++) {
        const struct shard_file *f = &r->files[i];
        str_addf(out, "%s\n    {\"name\": \"%s\", \"format\": \"%s\", ", i ? "," : "", f->name, f->format);
        if (f->samples)
            str_addf(out, "\"split\": \"%s\", \"samples\": %lld, ", f->split, (long long)f->samples);
        str_addf(out, "\"bytes\": %lld, \"sha256\": \"%s\"}", (long long)f->bytes, f->sha256);
    }
    str_add(out, "\n  ]\n}\n");
}

static void add_tally(struct str *out, const char *name, struct tally *t)
{
    str_addf(out, "  \"%s\": ", name);
    tally_write(t, out);
    str_add(out, ",\n");
}

bool shard_manifest_write(struct db *db, const struct shard_options *o, struct shard_result *r, struct shard_stats *s,
                          struct str *out, struct err *e)
{
    const struct shard_selection *picked = &r->selection;
    str_addf(out, "{\n  \"figmill\": \"%s\",\n  \"manifest\": 1,\n  \"release\": ", figmill_version);
    json_quote(o->name, out);
    str_addf(out, ",\n  \"options\": %s,\n", r->options);
    str_addf(out,
             "  \"counts\": {\"samples\": %zu, \"train\": %zu, \"eval\": %zu, \"articles\": %zu, \"images\": %zu},\n",
             picked->n, picked->by_split[SPLIT_TRAIN], picked->by_split[SPLIT_EVAL], count_articles(picked),
             count_distinct(s->images, s->n_images));
    add_tally(out, "kinds", &s->kinds);
    add_tally(out, "caption_languages", &s->caption_languages);
    add_tally(out, "licenses", &s->licenses);
    add_tally(out, "excluded", &r->selection.excluded);
    str_add(out, "  \"generators\": ");
    tally_write_objects(&s->generators, out);
    str_add(out, ",\n  \"translators\": ");
    tally_write_objects(&s->translators, out);
    str_add(out, ",\n  \"funnel\": [");
    if (!shard_funnel(db, add_step, &(struct funnel_list){out, false}, e))
        return false;
    str_add(out, "\n  ],\n");
    add_files(r, out);
    return !out->overflow || err_set(e, ERR_LIMIT, "the manifest is larger than %zu bytes", out->max);
}
