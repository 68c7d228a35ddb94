/* query.c: the program figmill-query. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "db/query.h"
#include "stage/tools/tool.h"
#include "stage/tools/print.h"

enum { SQL_MAX = 16 << 20, CELL_WIDTH = 60 };

static const char description[] =
    "Runs one SQL statement on the corpus, which it cannot change, and prints the rows.\n"
    "\n"
    "Options of this program:\n"
    "  --file FILE        read the statement from FILE (-: stdin) instead\n"
    "  --format FORMAT    table (default), csv, json (one array), jsonl (an object a line), records (a line a column)\n"
    "  --wide             don't cut long cells of a table (else past 60 columns)\n"
    "\n"
    "The views are the public ones, whose columns stay: v_article, v_document, v_figure, v_panel, v_mention,\n"
    "v_translation, v_pair, v_funnel, v_failure, v_picture, v_gate, v_search, v_record, v_search_fault. `SELECT sql FROM sqlite_schema` is the manual of all tables. "
    "SQLite's\n"
    "SQL, JSON functions included; Ctrl-C ends a long query.\n"
    "\n"
    "Examples:\n"
    "  figmill query 'SELECT * FROM v_funnel'\n"
    "  figmill query 'SELECT kind, count(*) AS n, avg(score) AS score FROM v_pair WHERE drop_reason IS NULL GROUP BY "
    "kind'\n"
    "  figmill query --format csv 'SELECT doi, license, n_figures FROM v_article' > articles.csv\n"
    "  figmill query --format records \"SELECT label, caption, image_path FROM v_figure LIMIT 3\"\n";

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

static int run(struct tool_context *c, struct err *e)
{
    enum print_format format = c->common.json ? PRINT_JSON : PRINT_TABLE;
    if (given.format && !print_format_of(given.format, &format)) {
        err_set(e, ERR_USAGE, "--format knows table, csv, json, jsonl and records, not '%.40s'", given.format);
        return -1;
    }
    char *sql = read_sql(c->args, e);
    if (!sql)
        return -1;
    struct printer *p = printer_new(stdout, format, given.wide ? 0 : CELL_WIDTH);
    bool ok = query_run(&c->db, sql, c->stop, printer_sink(p), e);
    long rows = printer_end(p);
    if (ok && format == PRINT_TABLE && isatty(STDOUT_FILENO))
        printf("(%ld row%s)\n", rows, rows == 1 ? "" : "s");
    free(sql);
    return ok ? EXIT_DONE : -1;
}

int main(int argc, const char **argv)
{
    static const struct tool tool = {"query", "[SQL]", description, options};
    return tool_main(&tool, NULL, run, argc, argv);
}
