/* explain.c: the program figmill-explain. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/lineage.h"
#include "stage/tools/tool.h"
#include "stage/tools/print.h"

static const char description[] = "Tells where something in the corpus or in a shard comes from: the article and its "
                                  "licence, the document, page and\n"
                                  "box of the figure, its captions, their translations with the checks they passed, "
                                  "the prompt and the model call, the\n"
                                  "checks of the answer, and the shards it went out in. Changes nothing.\n"
                                  "\n"
                                  "ID is pair:N (or just N), figure:N, or the key of a sample in a shard.\n"
                                  "\n"
                                  "Options of this program:\n"
                                  "  --full             also the whole requests to models and their replies\n"
                                  "With --json: one object with a list for each part.\n"
                                  "\n"
                                  "Examples:\n"
                                  "  figmill explain 12\n"
                                  "  figmill explain --full doi-10-1000-demo-3_fig2_0c5a1d27b6a3f0e1\n"
                                  "  figmill explain figure:7 --json | jq '.translations[] | {method, text}'\n";

static struct {
    int full;
} given;

static const struct poptOption options[] = {
    {"full", 0, POPT_ARG_NONE, &given.full, 0, NULL, NULL},
    POPT_TABLEEND,
};

struct subject {
    int64_t pair_id; /* 0: a figure was asked for */
    int64_t figure_id;
};

static const struct part {
    const char *name, *title;
    lineage_fn *rows;
    enum { OF_PAIR, OF_FIGURE, OF_FIGURE_ALONE } of; /* the last: not shown for a pair */
} parts[] = {
    {"pair", "Pair", lineage_pair, OF_PAIR},
    {"samples", "Samples in releases", lineage_samples, OF_PAIR},
    {"figure", "Figure", lineage_figure, OF_FIGURE},
    {"captions", "Captions", lineage_captions, OF_FIGURE},
    {"table", "Table", lineage_table, OF_FIGURE},
    {"panels", "Panels", lineage_panels, OF_FIGURE},
    {"mentions", "Mentions in the text", lineage_mentions, OF_FIGURE},
    {"translations", "Translations", lineage_translations, OF_FIGURE},
    {"pairs", "Pairs", lineage_figure_pairs, OF_FIGURE_ALONE},
    {"document", "Document", lineage_document, OF_FIGURE},
    {"article", "Article", lineage_article, OF_FIGURE},
};

/* Prints the title only once a row comes. */
struct titled {
    const struct query_sink *inner;
    const char *title;
    const char *const *names;
    int n;
    bool begun;
};

static bool begin_later(void *context, const char *const *names, int n, struct err *e)
{
    struct titled *t = context;
    (void)e;
    t->names = names;
    t->n = n;
    return true;
}

static bool pass_row(void *context, const struct query_cell *cells, int n, struct err *e)
{
    struct titled *t = context;
    if (!t->begun) {
        printf("%s\n", t->title);
        t->begun = true;
        if (!t->inner->begin(t->inner->context, t->names, t->n, e))
            return false;
    }
    return t->inner->row(t->inner->context, cells, n, e);
}

static bool print_part(struct db *db, const char *name, const char *title, lineage_fn *rows, int64_t id, bool json,
                       struct err *e)
{
    struct printer *p = printer_new(stdout, json ? PRINT_JSON : PRINT_RECORDS, 0);
    struct titled titled = {.inner = printer_sink(p), .title = title};
    struct query_sink sink = {&titled, begin_later, pass_row};
    if (json)
        printf("\"%s\": ", name);
    bool ok = rows(db, id, json ? printer_sink(p) : &sink, e);
    if (printer_end(p) && !json)
        putchar('\n');
    return ok;
}

static bool print_all(struct db *db, const struct subject *s, bool json, struct err *e)
{
    bool ok = true;
    lineage_fn *calls = s->pair_id   ? given.full ? lineage_calls_full : lineage_calls
                        : given.full ? lineage_figure_calls_full
                                     : lineage_figure_calls;
    if (json)
        putchar('{');
    for (size_t i = 0; ok && i < sizeof parts / sizeof *parts; i++) {
        const struct part *p = &parts[i];
        if (s->pair_id ? p->of == OF_FIGURE_ALONE : p->of == OF_PAIR)
            continue;
        ok = print_part(db, p->name, p->title, p->rows, p->of == OF_PAIR ? s->pair_id : s->figure_id, json, e);
        if (json)
            printf(",\n");
    }
    ok = ok && print_part(db, "model_calls", "Model calls", calls, s->pair_id ? s->pair_id : s->figure_id, json, e);
    if (json)
        puts("}");
    return ok;
}

/* A number behind a prefix, or of its own; 0: it is none. */
static int64_t number_behind(const char *text, const char *prefix)
{
    char *end;
    if (!str_starts(text, prefix))
        return 0;
    long long n = strtoll(text + strlen(prefix), &end, 10);
    return *end || n < 1 ? 0 : n;
}

static bool find(struct db *db, const char *id, struct subject *out, struct err *e)
{
    bool there = false;
    *out = (struct subject){.pair_id = number_behind(id, "pair:"), .figure_id = number_behind(id, "figure:")};
    if (!out->pair_id)
        out->pair_id = number_behind(id, "");
    if (!out->pair_id && !out->figure_id && !lineage_pair_of_key(db, id, &out->pair_id, e))
        return false;
    if (out->pair_id && !lineage_figure_of_pair(db, out->pair_id, &out->figure_id, e))
        return false;
    if (out->figure_id && !lineage_has_figure(db, out->figure_id, &there, e))
        return false;
    return there ||
           err_set(e, ERR_USAGE, "%s has no pair, figure or sample '%.100s' (pair:N, figure:N, or a sample's key)",
                   db->folder, id);
}

static int run(struct tool_context *c, struct err *e)
{
    struct subject subject;
    bool ok = c->args[0] && !c->args[1];
    if (!ok)
        err_set(e, ERR_USAGE, "give one ID: pair:N, figure:N, or a sample's key");
    ok = ok && find(&c->db, c->args[0], &subject, e) && print_all(&c->db, &subject, c->common.json, e);
    return ok ? EXIT_DONE : -1;
}

int main(int argc, const char **argv)
{
    static const struct tool tool = {"explain", "ID", description, options};
    return tool_main(&tool, NULL, run, argc, argv);
}
