/* query.c: the program figmill-query. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "db/query.h"
#include "stage/runner.h"
#include "stage/tools/print.h"

enum { SQL_MAX = 16 << 20, CELL_WIDTH = 60, EXIT_INTERRUPTED = 130 };

static const char description[] =
    "Runs one SQL statement on the corpus, which it cannot change, and prints the rows.\n"
    "\n"
    "Options of this program:\n"
    "  --file FILE        read the statement from FILE (-: stdin) instead\n"
    "  --format FORMAT    table (default), csv, json (one array), jsonl (an object a line), records (a line a column)\n"
    "  --wide             don't cut long cells of a table (else past 60 columns)\n"
    "\n"
    "The views are the public ones, whose columns stay: v_article, v_document, v_figure, v_panel, v_mention,\n"
    "v_translation, v_pair, v_funnel, v_failure. `SELECT sql FROM sqlite_schema` is the manual of all tables. "
    "SQLite's\n"
    "SQL, JSON functions included; Ctrl-C ends a long query.\n"
    "\n"
    "Examples:\n"
    "  figmill query 'SELECT * FROM v_funnel'\n"
    "  figmill query 'SELECT kind, count(*) AS n, avg(score) AS score FROM v_pair WHERE drop_reason IS NULL GROUP BY "
    "kind'\n"
    "  figmill query --format csv 'SELECT doi, license, n_figures FROM v_article' > articles.csv\n"
    "  figmill query --format records \"SELECT label, caption, image_path FROM v_figure LIMIT 3\"\n"
    "\n";

static struct {
    char *file, *format;
    int wide;
} given;

static const struct poptOption options[] = {
    {"file", 0, POPT_ARG_STRING, &given.file, 0, NULL, NULL},
    {"format", 0, POPT_ARG_STRING, &given.format, 0, NULL, NULL},
    {"wide", 0, POPT_ARG_NONE, &given.wide, 0, NULL, NULL},
    POPT_TABLEEND,
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static char *read_stdin(struct err *e)
{
    struct str text = STR_INIT(SQL_MAX);
    char buffer[4096];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, stdin)) > 0)
        str_add_bytes(&text, buffer, n);
    if (!text.overflow)
        return str_detach(&text);
    str_release(&text);
    err_set(e, ERR_USAGE, "stdin: more than %d bytes of SQL", SQL_MAX);
    return NULL;
}

/* The statement's text, to be freed. */
static char *read_sql(const char *const *args, struct err *e)
{
    if (!given.file && args[0] && !args[1])
        return mem_strdup(args[0]);
    if (!given.file || args[0]) {
        err_set(e, ERR_USAGE, "give one SQL statement, quoted as one argument, or --file");
        return NULL;
    }
    return strcmp(given.file, "-") == 0 ? read_stdin(e) : file_read_text(given.file, SQL_MAX, e);
}

static bool run(const struct common_options *common, const char *const *args, struct err *e)
{
    enum print_format format = common->json ? PRINT_JSON : PRINT_TABLE;
    struct db db = {0};
    if (given.format && !print_format_of(given.format, &format))
        return err_set(e, ERR_USAGE, "--format knows table, csv, json, jsonl and records, not '%.40s'", given.format);
    char *sql = read_sql(args, e);
    if (!sql)
        return false;
    bool ok = db_open(&db, common->corpus, DB_READ, e);
    if (ok) {
        struct printer *p = printer_new(stdout, format, given.wide ? 0 : CELL_WIDTH);
        ok = query_run(&db, sql, &interrupted, printer_sink(p), e);
        long rows = printer_end(p);
        if (ok && format == PRINT_TABLE && isatty(STDOUT_FILENO))
            printf("(%ld row%s)\n", rows, rows == 1 ? "" : "s");
        db_close(&db);
    }
    free(sql);
    if (fflush(stdout) != 0 && ok)
        ok = err_set(e, ERR_SYSTEM, "cannot write the output");
    return ok;
}

int main(int argc, const char **argv)
{
    struct tool tool = {"query", "[SQL]", description, options};
    struct common_options common;
    const char *const *args;
    struct err e = {0};
    int status;
    if (!tool_options(&tool, argc, argv, &common, &args, &status))
        return status;
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
    if (run(&common, args, &e))
        return EXIT_DONE;
    status = exit_of(&e);
    return interrupted ? EXIT_INTERRUPTED : status;
}
