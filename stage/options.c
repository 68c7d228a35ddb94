/* options.c: the options that every program takes, and the frame of its help. */
#include "stage/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

const char figmill_version[] = FIGMILL_VERSION;

/* popt writes through addresses; these are filled once per process, before anything else runs. */
struct raw_options {
    char *corpus, *partition;
    int jobs, limit, retry_failed, json, quiet, verbose, help, version;
};

static const char common_help[] =
    "Options of every program:\n"
    "  --corpus DIR       the corpus folder (default: $FIGMILL_CORPUS, else ./corpus)\n"
    "  -j, --jobs N       worker processes (default: what suits the stage)\n"
    "  --limit N          work on at most N items, then stop\n"
    "  --retry-failed     make failed items ready again first\n"
    "  --partition I/N    only the I-th of N parts of the articles (1/N .. N/N), for several machines\n"
    "  --json             print a summary as one JSON object on stdout\n"
    "  -q, --quiet        errors only      -v, --verbose  also what is tried again, and why\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 all done; 1 some items failed (`figmill status --failures` lists them); 2 usage;\n"
    "3 environment (disk full, database, no model server): nothing is lost, run it again once that is mended.\n";

static void print_help(const struct tool *tool)
{
    printf("usage: figmill %s [options]%s%s\n\n%s\n%s", tool->name, tool->arguments ? " " : "",
           tool->arguments ? tool->arguments : "", tool->description, common_help);
}

/* "I/N" with 1 <= I <= N <= 65536. */
static bool parse_partition(const char *text, struct common_options *common)
{
    char *end;
    long i = strtol(text, &end, 10);
    if (end == text || *end != '/')
        return false;
    const char *second = end + 1;
    long n = strtol(second, &end, 10);
    if (end == second || *end || n < 1 || n > 65536 || i < 1 || i > n)
        return false;
    common->part = (int)i - 1;
    common->parts = (int)n;
    return true;
}

static int usage_error(const struct tool *tool, const char *what, const char *detail)
{
    log_error("%s: %s (`figmill %s --help` explains the options)", what, detail, tool->name);
    return EXIT_USAGE;
}

static bool fill(const struct tool *tool, struct raw_options *raw, struct common_options *common, int *status)
{
    const char *environment = getenv("FIGMILL_CORPUS");
    *common = (struct common_options){
        .parts = 1, .jobs = raw->jobs, .limit = raw->limit, .retry_failed = raw->retry_failed, .json = raw->json};
    common->corpus = raw->corpus && *raw->corpus ? raw->corpus : environment && *environment ? environment : "corpus";
    log_level_set(raw->quiet ? LOG_ERROR : raw->verbose ? LOG_DEBUG : LOG_INFO);
    *status = EXIT_DONE;
    if (raw->help)
        print_help(tool);
    else if (raw->version)
        printf("figmill %s\n", figmill_version);
    else if (raw->partition && !parse_partition(raw->partition, common))
        *status = usage_error(tool, "--partition", "wants I/N with 1 <= I <= N, such as 2/8");
    else if (raw->jobs < 0 || raw->jobs > 1024 || raw->limit < 0)
        *status = usage_error(tool, "--jobs, --limit", "want a number that is not negative (jobs: at most 1024)");
    else
        return true;
    return false;
}

bool tool_options(const struct tool *tool, int argc, const char **argv, struct common_options *common,
                  const char *const **args, int *status)
{
    static struct raw_options raw;
    static const char *const none[] = {NULL};
    struct poptOption table[] = {
        {"corpus", 0, POPT_ARG_STRING, &raw.corpus, 0, NULL, NULL},
        {"jobs", 'j', POPT_ARG_INT, &raw.jobs, 0, NULL, NULL},
        {"limit", 0, POPT_ARG_INT, &raw.limit, 0, NULL, NULL},
        {"retry-failed", 0, POPT_ARG_NONE, &raw.retry_failed, 0, NULL, NULL},
        {"partition", 0, POPT_ARG_STRING, &raw.partition, 0, NULL, NULL},
        {"json", 0, POPT_ARG_NONE, &raw.json, 0, NULL, NULL},
        {"quiet", 'q', POPT_ARG_NONE, &raw.quiet, 0, NULL, NULL},
        {"verbose", 'v', POPT_ARG_NONE, NULL, 'v', NULL, NULL},
        {"help", 'h', POPT_ARG_NONE, &raw.help, 0, NULL, NULL},
        {"version", 0, POPT_ARG_NONE, &raw.version, 0, NULL, NULL},
        {NULL, 0, POPT_ARG_INCLUDE_TABLE, (void *)(uintptr_t)tool->options, 0, NULL, NULL},
        POPT_TABLEEND,
    };
    if (!tool->options)
        table[sizeof table / sizeof *table - 2] = (struct poptOption)POPT_TABLEEND;
    /* Stays, reachable: the arguments point into it, and the process is short-lived. */
    static poptContext context;
    context = poptGetContext(NULL, argc, argv, table, 0);
    int code;
    while ((code = poptGetNextOpt(context)) > 0)
        if (code == 'v')
            raw.verbose++;
    if (code < -1) {
        *status = usage_error(tool, poptBadOption(context, POPT_BADOPTION_NOALIAS), poptStrerror(code));
        return false;
    }
    const char *const *rest = (const char *const *)poptGetArgs(context);
    *args = rest ? rest : none;
    if (!fill(tool, &raw, common, status))
        return false;
    if (!tool->arguments && (*args)[0]) {
        *status = usage_error(tool, (*args)[0], "this program takes no arguments");
        return false;
    }
    return true;
}

int exit_of(const struct err *e)
{
    log_error("%s", e->text);
    return e->kind == ERR_USAGE ? EXIT_USAGE : e->kind == ERR_SYSTEM ? EXIT_ENVIRONMENT : EXIT_SOME_FAILED;
}
