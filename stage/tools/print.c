/* print.c: see print.h. */
#include "stage/tools/print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

enum { CELL_MAX = 256 << 20 };

struct shown { /* a cell as text */
    const char *text;
    int width;
    bool right; /* a number */
};

struct printer {
    struct query_sink sink;
    FILE *out;
    enum print_format format;
    int max_width;
    long rows;
    int n;
    struct arena arena; /* names, and the rows that wait */
    const char **names;
    int *widths;
    struct shown *waiting; /* n a row */
    long n_waiting;
    bool flowing; /* widths are fixed */
    struct str line;
};

bool print_format_of(const char *name, enum print_format *out)
{
    static const char *const names[] = {"table", "csv", "json", "jsonl", "records"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum print_format)i;
            return true;
        }
    return false;
}

/* A cell's plain text: reals as short as they stay exact, blobs as hex digits. */
static void add_plain(struct str *out, const struct query_cell *c)
{
    char number[40];
    switch (c->type) {
    case CELL_NULL:
        break;
    case CELL_INTEGER:
        str_addf(out, "%lld", (long long)c->integer);
        break;
    case CELL_REAL:
        snprintf(number, sizeof number, "%.15g", c->real);
        if (strtod(number, NULL) != c->real)
            snprintf(number, sizeof number, "%.17g", c->real);
        str_add(out, number);
        break;
    case CELL_TEXT:
        str_add_bytes(out, c->bytes, c->len);
        break;
    case CELL_BLOB:
        for (size_t i = 0; i < c->len; i++)
            str_addf(out, "%02x", (unsigned char)c->bytes[i]);
        break;
    }
}

/* JSON. */

static void add_json(struct str *out, const struct query_cell *c)
{
    struct str plain = STR_INIT(CELL_MAX);
    if (c->type == CELL_NULL || (c->type == CELL_REAL && !isfinite(c->real))) {
        str_add(out, "null");
        return;
    }
    add_plain(&plain, c);
    if (c->type == CELL_INTEGER || c->type == CELL_REAL)
        str_add(out, plain.data);
    else
        json_quote(plain.data, out);
    str_release(&plain);
}

static void json_row(struct printer *p, const struct query_cell *cells)
{
    str_clear(&p->line);
    str_add_char(&p->line, '{');
    for (int i = 0; i < p->n; i++) {
        str_add(&p->line, i ? "," : "");
        json_quote(p->names[i], &p->line);
        str_add_char(&p->line, ':');
        add_json(&p->line, &cells[i]);
    }
    str_add_char(&p->line, '}');
    if (p->format == PRINT_JSON)
        fputs(p->rows ? ",\n" : "[\n", p->out);
    fwrite(p->line.data, 1, p->line.len, p->out);
    if (p->format == PRINT_JSONL)
        fputc('\n', p->out);
}

/* CSV. */

static void csv_field(struct printer *p, const char *text, size_t len, bool null)
{
    bool quote = (!len && !null) || memchr(text, ',', len) || memchr(text, '"', len) || memchr(text, '\n', len) ||
                 memchr(text, '\r', len);
    str_add(&p->line, quote ? "\"" : "");
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            str_add_char(&p->line, '"');
        str_add_char(&p->line, text[i]);
    }
    str_add(&p->line, quote ? "\"" : "");
}

static void csv_row(struct printer *p, const struct query_cell *cells)
{
    str_clear(&p->line);
    for (int i = 0; i < p->n; i++) {
        struct str plain = STR_INIT(CELL_MAX);
        add_plain(&plain, &cells[i]);
        str_add(&p->line, i ? "," : "");
        csv_field(p, plain.data, plain.len, cells[i].type == CELL_NULL);
        str_release(&plain);
    }
    str_add_char(&p->line, '\n');
    fwrite(p->line.data, 1, p->line.len, p->out);
}

static void csv_head(struct printer *p)
{
    str_clear(&p->line);
    for (int i = 0; i < p->n; i++) {
        str_add(&p->line, i ? "," : "");
        csv_field(p, p->names[i], strlen(p->names[i]), false);
    }
    str_add_char(&p->line, '\n');
    fwrite(p->line.data, 1, p->line.len, p->out);
}

/* Tables. */

/* One line's worth: line ends and tabs are shown as \n, \t; other control characters as "?"; cut at max_width. */
static struct shown show(struct printer *p, const struct query_cell *c)
{
    struct str plain = STR_INIT(CELL_MAX), out = STR_INIT(CELL_MAX);
    int width = 0;
    size_t fits = 0;
    if (c->type == CELL_NULL)
        str_add(&plain, "NULL");
    else
        add_plain(&plain, c);
    for (size_t at = 0; at < plain.len;) {
        int code = text_next(plain.data, plain.len, &at), add = text_char_width(code);
        if (code == '\n' || code == '\t' || code == '\r') {
            str_add(&out, code == '\n' ? "\\n" : code == '\t' ? "\\t" : "\\r");
            add = 2;
        } else {
            str_add_utf8(&out, text_is_control(code) ? '?' : code);
            add += text_is_control(code);
        }
        width += add;
        if (p->max_width && width < p->max_width)
            fits = out.len;
        if (p->max_width && width > p->max_width) {
            str_cut(&out, fits);
            str_add(&out, "…");
            width = text_width(out.data, out.len);
            break;
        }
    }
    struct shown shown = {arena_strdup(&p->arena, out.data), width, c->type == CELL_INTEGER || c->type == CELL_REAL};
    str_release(&plain);
    str_release(&out);
    return shown;
}

static void table_line(struct printer *p, const struct shown *cells)
{
    str_clear(&p->line);
    for (int i = 0; i < p->n; i++) {
        int gap = p->widths[i] > cells[i].width ? p->widths[i] - cells[i].width : 0;
        bool last = i == p->n - 1;
        str_addf(&p->line, "%s%*s%s%*s", i ? "  " : "", cells[i].right ? gap : 0, "", cells[i].text,
                 cells[i].right || last ? 0 : gap, "");
    }
    str_add_char(&p->line, '\n');
    fwrite(p->line.data, 1, p->line.len, p->out);
}

static void table_head(struct printer *p, const struct shown *first)
{
    struct shown *head = arena_array(&p->arena, (size_t)p->n + 1, sizeof *head);
    for (int i = 0; i < p->n; i++)
        head[i] = (struct shown){p->names[i], text_width(p->names[i], strlen(p->names[i])), first && first[i].right};
    table_line(p, head);
    for (int i = 0; i < p->n; i++) {
        struct str rule = STR_INIT(1 << 20);
        for (int k = 0; k < p->widths[i]; k++)
            str_add_char(&rule, '-');
        head[i] = (struct shown){arena_strdup(&p->arena, rule.data), p->widths[i], false};
        str_release(&rule);
    }
    table_line(p, head);
}

static void table_flow(struct printer *p)
{
    if (p->flowing)
        return;
    p->flowing = true;
    table_head(p, p->n_waiting ? p->waiting : NULL);
    for (long i = 0; i < p->n_waiting; i++)
        table_line(p, p->waiting + i * p->n);
    p->n_waiting = 0;
}

static void table_row(struct printer *p, const struct query_cell *cells)
{
    struct shown *row = p->waiting + (p->flowing ? 0 : p->n_waiting * p->n);
    for (int i = 0; i < p->n; i++) {
        row[i] = show(p, &cells[i]);
        if (!p->flowing && row[i].width > p->widths[i])
            p->widths[i] = row[i].width;
    }
    if (p->flowing) {
        table_line(p, row);
        arena_release(&p->arena);
    } else if (++p->n_waiting == PRINT_LOOKAHEAD) {
        table_flow(p);
    }
}

/* Records. */

static void records_row(struct printer *p, const struct query_cell *cells)
{
    if (p->rows)
        fputc('\n', p->out);
    for (int i = 0; i < p->n; i++) {
        if (cells[i].type == CELL_NULL)
            continue;
        struct str plain = STR_INIT(CELL_MAX);
        add_plain(&plain, &cells[i]);
        const char *text = plain.data;
        fprintf(p->out, "  %-18s ", p->names[i]);
        for (size_t len; (len = strcspn(text, "\n")), text[len]; text += len + 1)
            fprintf(p->out, "%.*s\n  %-18s ", (int)len, text, "");
        fprintf(p->out, "%s\n", text);
        str_release(&plain);
    }
}

/* The sink. */

/* Two columns of one name would be one member of a JSON object: the later ones get a number. */
static char *unique_name(struct printer *p, const char *const *names, int i)
{
    int same = 1;
    for (int k = 0; k < i; k++)
        same += strcmp(names[k], names[i]) == 0;
    bool rename = same > 1 && (p->format == PRINT_JSON || p->format == PRINT_JSONL);
    return rename ? mem_printf("%s_%d", names[i], same) : mem_strdup(names[i]);
}

static bool begin(void *context, const char *const *names, int n, struct err *e)
{
    struct printer *p = context;
    (void)e;
    p->n = n;
    p->names = mem_array((size_t)n + 1, sizeof *p->names);
    p->widths = mem_array((size_t)n + 1, sizeof *p->widths);
    for (int i = 0; i < n; i++) {
        p->names[i] = unique_name(p, names, i);
        p->widths[i] = text_width(p->names[i], strlen(p->names[i]));
    }
    if (p->format == PRINT_TABLE)
        p->waiting = mem_array((size_t)(n + 1) * PRINT_LOOKAHEAD, sizeof *p->waiting);
    if (p->format == PRINT_CSV)
        csv_head(p);
    return true;
}

static bool row(void *context, const struct query_cell *cells, int n, struct err *e)
{
    struct printer *p = context;
    (void)n;
    switch (p->format) {
    case PRINT_TABLE:
        table_row(p, cells);
        break;
    case PRINT_CSV:
        csv_row(p, cells);
        break;
    case PRINT_JSON:
    case PRINT_JSONL:
        json_row(p, cells);
        break;
    case PRINT_RECORDS:
        records_row(p, cells);
        break;
    }
    p->rows++;
    return !ferror(p->out) || err_set(e, ERR_SYSTEM, "cannot write the output");
}

struct printer *printer_new(FILE *out, enum print_format format, int max_width)
{
    struct printer *p = mem_new(sizeof *p);
    p->sink = (struct query_sink){p, begin, row};
    p->out = out;
    p->format = format;
    p->max_width = max_width;
    str_init(&p->line, CELL_MAX);
    return p;
}

const struct query_sink *printer_sink(struct printer *p)
{
    return &p->sink;
}

long printer_end(struct printer *p)
{
    long rows = p->rows;
    if (p->format == PRINT_TABLE && p->names)
        table_flow(p);
    if (p->format == PRINT_JSON && p->names)
        fputs(rows ? "\n]\n" : "[]\n", p->out);
    for (int i = 0; i < p->n; i++)
        free((void *)(uintptr_t)p->names[i]);
    free(p->names);
    free(p->widths);
    free(p->waiting);
    arena_release(&p->arena);
    str_release(&p->line);
    free(p);
    return rows;
}
