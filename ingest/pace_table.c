/* pace_table.c: the table of hosts; see pace.h. */
#include "ingest/pace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/str.h"

extern const char pace_hosts[]; /* ingest/hosts.tsv */

enum { FIELDS = 5 };

struct entry {
    const char *suffix;
    struct pace_limit limit;
    const char *key;   /* environment variable of the service's key; NULL: none */
    double keyed_rate; /* that holds with it */
};

struct pace_table {
    struct arena arena;
    struct entry *entries;
    size_t n, cap;
    struct pace_limit other;
};

static bool read_number(const char *text, double most, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && !*end && isfinite(*out) && *out >= 0 && *out <= most;
}

/* "-", "file403" or "VARIABLE=RATE". */
static bool read_flags(char *flags, struct entry *out)
{
    char *rate = strchr(flags, '=');
    if (!rate) {
        out->limit.file_403 = strcmp(flags, "file403") == 0;
        return out->limit.file_403 || strcmp(flags, "-") == 0;
    }
    *rate = 0;
    out->key = flags;
    return *flags && read_number(rate + 1, 100000, &out->keyed_rate);
}

static bool read_entry(char *line, struct entry *out)
{
    char *fields[FIELDS] = {line};
    double concurrency;
    for (int i = 1; i < FIELDS; i++) {
        char *tab = strchr(fields[i - 1], '\t');
        if (!tab)
            return false;
        *tab = 0;
        fields[i] = tab + 1;
    }
    *out = (struct entry){.suffix = fields[0]};
    bool ok = read_number(fields[1], 100000, &out->limit.rate) && read_number(fields[2], 1000, &concurrency);
    out->limit.concurrency = ok ? (int)concurrency : 0;
    return ok && *fields[0] && *fields[4] && read_flags(fields[3], out);
}

struct pace_table *pace_table_parse(const char *text, const char *name, struct err *e)
{
    struct arena arena = ARENA_INIT;
    struct pace_table *t = arena_new(&arena, sizeof *t);
    bool ok = true, other = false;
    int number = 0;
    t->arena = arena;
    for (const char *at = text, *end; ok && *at; at = *end ? end + 1 : end) {
        struct entry entry;
        end = at + strcspn(at, "\n");
        number++;
        if (at == end || *at == '#')
            continue;
        ok = read_entry(arena_strndup(&t->arena, at, (size_t)(end - at)), &entry);
        if (!ok) {
            err_set(e, ERR_FORMAT,
                    "%s, line %d: not a host suffix, a rate, a number at once, flags and a source, by tabs", name,
                    number);
        } else if (strcmp(entry.suffix, "*") == 0) {
            t->other = entry.limit;
            other = true;
        } else {
            ARENA_GROW(&t->arena, t->entries, t->n, t->cap);
            t->entries[t->n++] = entry;
        }
    }
    if (ok && !other)
        ok = err_set(e, ERR_FORMAT, "%s has no line for all other hosts (*)", name);
    if (!ok) {
        pace_table_free(t);
        return NULL;
    }
    return t;
}

struct pace_table *pace_table_built_in(void)
{
    struct err e = {0};
    struct pace_table *t = pace_table_parse(pace_hosts, "the table of hosts", &e);
    if (!t) {
        log_error("%s", e.text);
        abort(); /* compiled in, and tested */
    }
    return t;
}

void pace_table_free(struct pace_table *t)
{
    if (!t)
        return;
    struct arena arena = t->arena; /* the struct itself lies in it */
    arena_release(&arena);
}

struct pace_limit pace_table_lookup(const struct pace_table *t, const char *host)
{
    const struct entry *best = NULL;
    size_t len = strlen(host);
    for (size_t i = 0; i < t->n; i++) {
        size_t suffix = strlen(t->entries[i].suffix);
        bool fits = str_ends(host, t->entries[i].suffix) && (len == suffix || host[len - suffix - 1] == '.');
        if (fits && (!best || suffix > strlen(best->suffix)))
            best = &t->entries[i];
    }
    struct pace_limit limit = best ? best->limit : t->other;
    const char *key = best && best->key ? getenv(best->key) : NULL;
    if (key && *key)
        limit.rate = best->keyed_rate;
    return limit;
}

struct pace_limit pace_limit_rate(struct pace_limit limit, double rate, bool replaced)
{
    enum { MOST_AT_ONCE = 64 };
    if (!replaced) {
        if (rate > 0 && (limit.rate == 0 || rate < limit.rate))
            limit.rate = rate;
        return limit;
    }
    if (rate == 0 || rate > MOST_AT_ONCE)
        limit.concurrency = rate == 0 ? 0 : MOST_AT_ONCE;
    else if (limit.concurrency && rate > limit.rate && limit.concurrency < (int)ceil(rate))
        limit.concurrency = (int)ceil(rate);
    limit.rate = rate;
    return limit;
}
