/* asset.c: see asset.h. */
#include "db/asset.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_HREF = 2048 };

bool asset_store(struct db *db, int64_t article_id, const struct asset *a, struct err *e)
{
    return db_run(db, e,
                  "INSERT INTO asset (article_id, name, sha256, bytes) VALUES (?1, ?2, ?3, ?4) "
                  "ON CONFLICT (article_id, name) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes",
                  "itti", article_id, a->name, a->sha256, a->bytes);
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* The path that an href names, percent codes undone. False when it is too long or empty. */
static bool path_of_href(const char *href, char out[MAX_HREF])
{
    size_t n = 0;
    while (href[0] == '.' && href[1] == '/')
        href += 2;
    for (; *href && *href != '?' && *href != '#' && n < MAX_HREF - 1; href++) {
        int high = *href == '%' ? hex_value(href[1]) : -1, low = high >= 0 ? hex_value(href[2]) : -1;
        bool code = low >= 0 && (high || low);
        out[n++] = code ? (char)(high * 16 + low) : *href;
        href += code ? 2 : 0;
    }
    out[n] = 0;
    return n > 0 && n < MAX_HREF - 1;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Length up to the extension, if there is one: a dot and one to five letters, digits or underscores, one of them a
 * letter, so that neither ".g001" nor ".2021" counts as one. */
static size_t stem_length(const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t len = strlen(name), extension = dot ? strlen(dot + 1) : 0;
    bool figure_number = extension > 1 && strspn(dot + 2, "0123456789") == extension - 1 &&
                         strcasecmp(dot, ".mp4") != 0 && strcasecmp(dot, ".jp2") != 0;
    if (!dot || dot == name || extension == 0 || extension > 5 || figure_number)
        return len;
    return (size_t)(dot - name);
}

static bool same_start(const char *a, size_t a_len, const char *b, size_t b_len)
{
    return a_len == b_len && strncasecmp(a, b, a_len) == 0;
}

static bool is_readable(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && (strcasecmp(dot, ".jpg") == 0 || strcasecmp(dot, ".jpeg") == 0 || strcasecmp(dot, ".png") == 0);
}

/* How well an asset's name fits; 0: not at all. */
static int fit(const char *name, const char *wanted)
{
    const char *a = last_part(name), *b = last_part(wanted);
    if (strcmp(name, wanted) == 0)
        return 5;
    if (strcasecmp(a, b) == 0)
        return 4;
    size_t stem = stem_length(a), len = strlen(b);
    if (*a && (same_start(a, stem, b, stem_length(b)) || same_start(a, stem, b, len)))
        return is_readable(a) ? 3 : 2;
    return 0;
}

int asset_find(struct db *db, int64_t article_id, const char *href, struct arena *arena, struct asset *out,
               struct err *e)
{
    char wanted[MAX_HREF];
    int best = 0, got = 0;
    if (!path_of_href(href, wanted))
        return 0;
    sqlite3_stmt *s =
        db_bind(db, e, "SELECT name, sha256, bytes FROM asset WHERE article_id = ?1 ORDER BY name", "i", article_id);
    while (s && (got = db_step(db, s, e)) > 0) {
        int how_well = fit(db_text(s, 0), wanted);
        if (how_well <= best)
            continue;
        best = how_well;
        *out = (struct asset){arena_strdup(arena, db_text(s, 0)), arena_strdup(arena, db_text(s, 1)),
                              sqlite3_column_int64(s, 2)};
    }
    return !s || got < 0 ? -1 : best > 0;
}
