/* endpoint.c: see endpoint.h. */
#include "ingest/endpoint.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

static const char place[] = "{host}";

struct entry {
    const char *host, *base; /* host in lower case; the base without '/' at its end */
    int line;
};

struct endpoints {
    struct arena arena;
    struct entry *entries; /* sorted by host */
    size_t n, cap;
    const struct entry *other;
};

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->host, ((const struct entry *)b)->host);
}

static const struct entry *lookup(const struct endpoints *p, const char *host)
{
    struct entry key = {.host = host};
    if (!p)
        return NULL;
    const struct entry *found = p->n ? bsearch(&key, p->entries, p->n, sizeof key, compare) : NULL;
    return found ? found : p->other;
}

/* The base with the host in it, and `target` behind; to be freed. */
static char *fill_in(const char *base, const char *host, const char *target)
{
    struct str s = STR_INIT(2 * URL_MAX);
    for (const char *at; (at = strstr(base, place)); base = at + strlen(place)) {
        str_add_bytes(&s, base, (size_t)(at - base));
        str_add(&s, host);
    }
    str_add(&s, base);
    str_add(&s, target);
    return str_detach(&s);
}

static bool check_base(const char *base, struct err *e)
{
    struct url u;
    char *sample = fill_in(base, "example.org", "/");
    bool ok = url_parse(sample, &u, e);
    if (ok && strpbrk(base, "?#"))
        ok = err_set(e, ERR_FORMAT, "%s has a query; paths and queries are put behind it", base);
    url_release(&u);
    free(sample);
    return ok;
}

static bool is_host(const char *host)
{
    return *host && (strcmp(host, "*") == 0 || !strpbrk(host, "/ *?#@"));
}

static bool read_line(struct endpoints *p, char *line, int number, struct err *e)
{
    char *tab = strpbrk(line, "\t"), *base = tab ? tab + strspn(tab, "\t ") : NULL;
    if (!tab)
        return err_set(e, ERR_USAGE, "no tab between host and base URL");
    *tab = 0;
    for (size_t len = strlen(base); len && strchr(" \t\r/", base[len - 1]);)
        base[--len] = 0;
    for (size_t len = strlen(line); len && line[len - 1] == ' ';)
        line[--len] = 0;
    for (char *c = line; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    if (!is_host(line))
        return err_set(e, ERR_USAGE, "\"%s\" is no host name; the first field is a host or *", line);
    if (!check_base(base, e))
        return false;
    ARENA_GROW(&p->arena, p->entries, p->n, p->cap);
    p->entries[p->n++] = (struct entry){line, base, number};
    return true;
}

/* Sorts, finds hosts that stand there twice, takes "*" out. */
static bool order(struct endpoints *p, struct err *e)
{
    if (p->n)
        qsort(p->entries, p->n, sizeof *p->entries, compare);
    for (size_t i = 1; i < p->n; i++)
        if (strcmp(p->entries[i - 1].host, p->entries[i].host) == 0) {
            int a = p->entries[i - 1].line, b = p->entries[i].line;
            return err_set(e, ERR_USAGE, "%s stands in lines %d and %d", p->entries[i].host, a < b ? a : b,
                           a < b ? b : a);
        }
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->entries[i].host, "*") == 0)
            p->other = &p->entries[i];
    return true;
}

struct endpoints *endpoints_parse(const char *text, const char *name, struct err *e)
{
    struct arena arena = ARENA_INIT;
    struct endpoints *p = arena_new(&arena, sizeof *p);
    bool ok = true;
    int number = 0;
    p->arena = arena;
    for (const char *at = text, *end; ok && *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, "\n");
        number++;
        char *line = arena_strndup(&p->arena, at, (size_t)(end - at));
        line += strspn(line, " \t\r");
        if (*line && *line != '#' && !(ok = read_line(p, line, number, e))) {
            err_add(e, "%s, line %d", name, number);
            if (e)
                e->kind = ERR_USAGE;
        }
    }
    if (ok && !(ok = order(p, e)))
        err_add(e, "%s", name);
    if (!ok) {
        endpoints_free(p);
        return NULL;
    }
    return p;
}

struct endpoints *endpoints_load(const char *path, struct err *e)
{
    char *text = file_read_text(path, ENDPOINT_MAX_FILE, e);
    if (!text) {
        if (e)
            e->kind = ERR_USAGE;
        return NULL;
    }
    struct endpoints *p = endpoints_parse(text, path, e);
    free(text);
    return p;
}

void endpoints_free(struct endpoints *p)
{
    if (!p)
        return;
    struct arena arena = p->arena; /* the struct itself lies in it */
    arena_release(&arena);
}

bool endpoints_replace(const struct endpoints *p, const char *host)
{
    return lookup(p, host) != NULL;
}

bool endpoints_map(const struct endpoints *p, const struct url *url, struct url *out, struct err *e)
{
    const struct entry *entry = lookup(p, url->host);
    *out = (struct url){0};
    if (!entry)
        return false;
    char *text = fill_in(entry->base, url->host, url->target);
    url_parse(text, out, e);
    free(text);
    return true;
}
