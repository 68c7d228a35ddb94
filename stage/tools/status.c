/* status.c: the program figmill-status. */
#include <stdio.h>
#include <stdlib.h>

#include "db/match.h"
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
    "  --hosts            only the servers that search and fetch asked: how they answered, at which rate they are asked\n"
    "                     and may be, until when they are left alone and why; and why files did not come, by route\n"
    "  --languages        only languages: captions by language, how it was found, what brought them into the target\n"
    "                     language and how many were dropped; who translated what; which checks failed\n"
    "  --crosscheck       only the articles that have both a PDF and an XML or HTML document: how many of the figures\n"
    "                     the PDF gave too, and how well captions and pictures agree; in all, by language, by\n"
    "                     publisher, by article\n"
    "With --json: one object with lists stages, reasons, fetch, hosts, funnel, runs (or the list asked for; of\n"
    "languages: languages, translators, checks; of the cross-check: all, languages, publishers, articles).\n"
    "\n"
    "Examples:\n"
    "  figmill status\n"
    "  figmill status --failures --json | jq -r '.failures[].item'\n";

static struct {
    int failures, funnel, hosts, languages, crosscheck;
} given;

static const struct poptOption options[] = {
    {"failures", 0, POPT_ARG_NONE, &given.failures, 0, NULL, NULL},
    {"funnel", 0, POPT_ARG_NONE, &given.funnel, 0, NULL, NULL},
    {"hosts", 0, POPT_ARG_NONE, &given.hosts, 0, NULL, NULL},
    {"languages", 0, POPT_ARG_NONE, &given.languages, 0, NULL, NULL},
    {"crosscheck", 0, POPT_ARG_NONE, &given.crosscheck, 0, NULL, NULL},
    POPT_TABLEEND,
};

static bool last_runs(struct db *db, const struct query_sink *sink, struct err *e)
{
    return status_runs(db, RUNS, sink, e);
}

static bool crosscheck_all(struct db *db, const struct query_sink *sink, struct err *e)
{
    return match_crosscheck(db, MATCH_IN_ALL, sink, e);
}

static bool crosscheck_languages(struct db *db, const struct query_sink *sink, struct err *e)
{
    return match_crosscheck(db, MATCH_BY_LANGUAGE, sink, e);
}

static bool crosscheck_publishers(struct db *db, const struct query_sink *sink, struct err *e)
{
    return match_crosscheck(db, MATCH_BY_PUBLISHER, sink, e);
}

static bool crosscheck_articles(struct db *db, const struct query_sink *sink, struct err *e)
{
    return match_crosscheck(db, MATCH_BY_ARTICLE, sink, e);
}

static const struct section {
    const char *name, *title;
    bool (*rows)(struct db *db, const struct query_sink *sink, struct err *e);
} sections[] = {
    {"stages", "Stages", status_stages},
    {"reasons", "Failed, by reason (--failures lists all)", status_reasons},
    {"fetch", "Files that did not come, by route", status_fetch_reasons},
    {"hosts", "Servers (--hosts)", status_hosts},
    {"funnel", "Funnel", status_funnel},
    {"runs", "Last runs (UTC)", last_runs},
};
static const struct section crosscheck[] = {
    {"all", "The PDFs' figures against those of the XML or HTML", crosscheck_all},
    {"languages", "By language", crosscheck_languages},
    {"publishers", "By publisher", crosscheck_publishers},
    {"articles", "By article", crosscheck_articles},
};
static const struct section languages[] = {
    {"languages", "Captions by language", status_languages},
    {"translators", "Who translated", status_translators},
    {"checks", "Checks that failed", status_translation_checks},
};
static const struct section hosts[] = {
    {"hosts", "Servers", status_hosts},
    {"fetch", "Files that did not come, by route", status_fetch_reasons},
};
static const struct section failures = {"failures", "Failures", status_failures};
static const struct section funnel = {"funnel", "Funnel", status_funnel};

/* Without rows a section of search and fetch is left out: many a corpus has never asked a server. */
static bool print_section(struct db *db, const struct section *section, bool json, bool first, struct err *e)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        return err_set(e, ERR_SYSTEM, "no memory");
    struct printer *p = printer_new(out, json ? PRINT_JSON : PRINT_TABLE, CELL_WIDTH);
    bool ok = section->rows(db, printer_sink(p), e);
    long rows = printer_end(p);
    fclose(out);
    if (json)
        printf("%s\"%s\": %s", first ? "{" : ",\n", section->name, text);
    else if (rows || first || (section->rows != status_hosts && section->rows != status_fetch_reasons))
        printf("%s%s\n%s", first ? "" : "\n", section->title, text);
    free(text);
    return ok;
}

static int run(struct tool_context *c, struct err *e)
{
    bool json = c->common.json;
    const struct section *shown = sections;
    size_t n = sizeof sections / sizeof *sections;
    if (given.crosscheck) {
        shown = crosscheck;
        n = sizeof crosscheck / sizeof *crosscheck;
    } else if (given.languages) {
        shown = languages;
        n = sizeof languages / sizeof *languages;
    } else if (given.hosts) {
        shown = hosts;
        n = sizeof hosts / sizeof *hosts;
    } else if (given.failures || given.funnel) {
        shown = given.failures ? &failures : &funnel;
        n = 1;
    }
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
