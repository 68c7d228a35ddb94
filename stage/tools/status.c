/* status.c: the program figmill-status. */
#include <stdio.h>

#include "db/status.h"
#include "stage/tools/tool.h"
#include "stage/tools/print.h"

enum { RUNS = 8, CELL_WIDTH = 70 };

static const char description[] =
    "Shows where a corpus stands: for each stage what is ready, waiting for a retry, running, done and failed; the\n"
    "reasons of failures; the funnel from articles to samples; the last runs. Changes nothing, and can be asked while\n"
    "stages run.\n"
    "\n"
    "Options of this program:\n"
    "  --failures         only what failed: each item with its reason\n"
    "  --funnel           only the funnel\n"
    "With --json: one object with lists stages, reasons, funnel, runs (or the list asked for).\n"
    "\n"
    "Examples:\n"
    "  figmill status\n"
    "  figmill status --failures --json | jq -r '.failures[].item'\n";

static struct {
    int failures, funnel;
} given;

static const struct poptOption options[] = {
    {"failures", 0, POPT_ARG_NONE, &given.failures, 0, NULL, NULL},
    {"funnel", 0, POPT_ARG_NONE, &given.funnel, 0, NULL, NULL},
    POPT_TABLEEND,
};

static bool last_runs(struct db *db, const struct query_sink *sink, struct err *e)
{
    return status_runs(db, RUNS, sink, e);
}

static const struct section {
    const char *name, *title;
    bool (*rows)(struct db *db, const struct query_sink *sink, struct err *e);
} sections[] = {
    {"stages", "Stages", status_stages},
    {"reasons", "Failed, by reason (--failures lists all)", status_reasons},
    {"funnel", "Funnel", status_funnel},
    {"runs", "Last runs (UTC)", last_runs},
};
static const struct section failures = {"failures", "Failures", status_failures};
static const struct section funnel = {"funnel", "Funnel", status_funnel};

static bool print_section(struct db *db, const struct section *section, bool json, bool first, struct err *e)
{
    if (json)
        printf("%s\"%s\": ", first ? "{" : ",\n", section->name);
    else
        printf("%s%s\n", first ? "" : "\n", section->title);
    struct printer *p = printer_new(stdout, json ? PRINT_JSON : PRINT_TABLE, CELL_WIDTH);
    bool ok = section->rows(db, printer_sink(p), e);
    printer_end(p);
    return ok;
}

static int run(struct tool_context *c, struct err *e)
{
    bool json = c->common.json;
    const struct section *shown = given.failures ? &failures : given.funnel ? &funnel : sections;
    size_t n = shown == sections ? sizeof sections / sizeof *sections : 1;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = print_section(&c->db, &shown[i], json, i == 0, e);
    if (json)
        puts("}");
    return ok ? EXIT_DONE : -1;
}

int main(int argc, const char **argv)
{
    static const struct tool tool = {"status", NULL, description, options};
    return tool_main(&tool, NULL, run, argc, argv);
}
