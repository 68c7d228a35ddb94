/* article.c: see article.h. */
#include "db/article.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Clean identifiers; "" where there is none. */
struct clean_ids {
    char doi[ARTICLE_ID_SIZE], pmcid[ARTICLE_ID_SIZE], pmid[ARTICLE_ID_SIZE];
};

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
        p++;
    return p;
}

static const char *skip_prefix(const char *p, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncasecmp(p, prefix, len) == 0 ? skip_space(p + len) : p;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool article_clean_doi(const char *text, char out[ARTICLE_ID_SIZE])
{
    static const char *const prefixes[] = {"https://", "http://",   "www.", "dx.",
                                           "doi.org/", "info:doi/", "doi:", "doi"};
    const char *p = skip_space(text ? text : "");
    size_t n = 0;
    out[0] = 0;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        p = skip_prefix(p, prefixes[i]);
    if (strncmp(p, "10.", 3) != 0 || !is_digit(p[3]))
        return false;
    /* The DOI handbook folds ASCII letters only. */
    for (; *p && (unsigned char)*p > ' ' && *p != 127 && n < ARTICLE_ID_SIZE; p++)
        out[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p | 32 : *p);
    if (n == ARTICLE_ID_SIZE) {
        out[0] = 0;
        return false;
    }
    while (n && strchr(".,;:\"'", out[n - 1]))
        n--;
    out[n] = 0;
    const char *slash = strchr(out, '/');
    bool ok = slash && slash[1] && strspn(out, "0123456789.") == (size_t)(slash - out);
    if (!ok)
        out[0] = 0;
    return ok;
}

/* Digits only, at most 12, without leading zeros. */
static bool clean_number(const char *p, const char *prefix, char out[ARTICLE_ID_SIZE])
{
    out[0] = 0;
    while (*p == '0')
        p++;
    size_t n = strspn(p, "0123456789");
    /* A version may follow, as in PMC123.1. */
    if (n == 0 || n > 12 || (p[n] && p[n] != '.' && *skip_space(p + n)))
        return false;
    snprintf(out, ARTICLE_ID_SIZE, "%s%.*s", prefix, (int)n, p);
    return true;
}

bool article_clean_pmcid(const char *text, char out[ARTICLE_ID_SIZE])
{
    return clean_number(skip_prefix(skip_prefix(skip_space(text ? text : ""), "pmcid:"), "pmc"), "PMC", out);
}

bool article_clean_pmid(const char *text, char out[ARTICLE_ID_SIZE])
{
    return clean_number(skip_prefix(skip_space(text ? text : ""), "pmid:"), "", out);
}

static void clean(const struct article_ids *ids, struct clean_ids *out)
{
    article_clean_doi(ids->doi, out->doi);
    article_clean_pmcid(ids->pmcid, out->pmcid);
    article_clean_pmid(ids->pmid, out->pmid);
}

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

static bool differ(const char *a, const char *b)
{
    return *a && *b && strcmp(a, b) != 0;
}

static bool contradict(const struct clean_ids *a, const struct clean_ids *b)
{
    return differ(a->doi, b->doi) || differ(a->pmcid, b->pmcid) || differ(a->pmid, b->pmid);
}

static void copy_text(char out[ARTICLE_ID_SIZE], const char *text)
{
    snprintf(out, ARTICLE_ID_SIZE, "%s", text ? text : "");
}

static bool load_ids(struct db *db, int64_t article_id, struct clean_ids *out, struct err *e)
{
    sqlite3_stmt *s = db_bind(db, e, "SELECT doi, pmcid, pmid FROM article WHERE article_id = ?1", "i", article_id);
    int got = s ? db_step(db, s, e) : -1;
    if (got == 0)
        err_set(e, ERR_FORMAT, "there is no article %lld", (long long)article_id);
    if (got <= 0)
        return false;
    copy_text(out->doi, db_text(s, 0));
    copy_text(out->pmcid, db_text(s, 1));
    copy_text(out->pmid, db_text(s, 2));
    return db_step(db, s, e) == 0;
}

/* A live article that has one of the identifiers, is not `except` and contradicts none; 0: none. */
static bool find_other(struct db *db, const struct clean_ids *ids, int64_t except, int64_t *other, struct err *e)
{
    int64_t found[3];
    int n = 0, got;
    *other = 0;
    sqlite3_stmt *s =
        db_bind(db, e,
                "SELECT article_id FROM article WHERE (doi = ?1 OR pmcid = ?2 OR pmid = ?3) AND merged_into IS NULL "
                "AND article_id <> ?4 ORDER BY article_id LIMIT 3",
                "ttti", or_null(ids->doi), or_null(ids->pmcid), or_null(ids->pmid), except);
    while (s && (got = db_step(db, s, e)) > 0)
        if (n < 3)
            found[n++] = sqlite3_column_int64(s, 0);
    if (!s || got < 0)
        return false;
    for (int i = 0; i < n && !*other; i++) {
        struct clean_ids has;
        if (!load_ids(db, found[i], &has, e))
            return false;
        if (!contradict(&has, ids))
            *other = found[i];
    }
    return true;
}

bool article_find(struct db *db, const struct article_ids *ids, int64_t *article_id, struct err *e)
{
    struct clean_ids c;
    clean(ids, &c);
    return find_other(db, &c, 0, article_id, e);
}

bool article_live(struct db *db, int64_t article_id, int64_t *live, struct err *e)
{
    /* Merging shortens chains, so one step is the rule; the bound is against a damaged corpus. */
    for (int i = 0; i < 100; i++) {
        int64_t next;
        if (!db_int(db, e, &next, "SELECT coalesce(merged_into, article_id) FROM article WHERE article_id = ?1", "i",
                    article_id))
            return false;
        if (next == article_id) {
            *live = article_id;
            return true;
        }
        if (!next)
            break;
        article_id = next;
    }
    return err_set(e, ERR_FORMAT, "there is no live article for article %lld", (long long)article_id);
}

/* Gives an article those identifiers that it lacks and no other article has. */
static bool add_ids(struct db *db, int64_t article_id, const struct clean_ids *ids, struct err *e)
{
    return db_run(
        db, e,
        "UPDATE article SET "
        "doi = coalesce(doi, (SELECT ?2 WHERE NOT EXISTS (SELECT 1 FROM article WHERE doi = ?2))), "
        "pmcid = coalesce(pmcid, (SELECT ?3 WHERE NOT EXISTS (SELECT 1 FROM article WHERE pmcid = ?3))), "
        "pmid = coalesce(pmid, (SELECT ?4 WHERE NOT EXISTS (SELECT 1 FROM article WHERE pmid = ?4))) "
        "WHERE article_id = ?1 AND ((doi IS NULL AND ?2 IS NOT NULL) OR (pmcid IS NULL AND ?3 IS NOT NULL) OR "
        "(pmid IS NULL AND ?4 IS NOT NULL))",
        "ittt", article_id, or_null(ids->doi), or_null(ids->pmcid), or_null(ids->pmid));
}

bool article_keep(struct db *db, const struct article_ids *ids, const char *sha256, const char *source,
                  int64_t *article_id, struct err *e)
{
    struct clean_ids c;
    char key[ARTICLE_ID_SIZE + 16];
    int64_t old;
    clean(ids, &c);
    const char *const first = *c.doi ? c.doi : *c.pmcid ? c.pmcid : *c.pmid ? c.pmid : sha256;
    snprintf(key, sizeof key, "%s:%s", *c.doi ? "doi" : *c.pmcid ? "pmcid" : *c.pmid ? "pmid" : "sha256", first);
    if (!db_int(db, e, &old, "SELECT article_id FROM article WHERE key = ?1", "t", key))
        return false;
    if (old)
        return article_live(db, old, article_id, e);
    return db_int(db, e, article_id,
                  "INSERT INTO article (key, source, added) VALUES (?1, ?2, unixepoch()) RETURNING article_id", "tt",
                  key, source) &&
           add_ids(db, *article_id, &c, e);
}

/* An asset whose name the older article has already stays behind: the older article's documents mean their own file. */
static bool merge(struct db *db, int64_t winner, int64_t loser, struct err *e)
{
    struct clean_ids ids;
    return load_ids(db, loser, &ids, e) &&
           db_run(db, e,
                  "UPDATE article SET doi = NULL, pmcid = NULL, pmid = NULL, merged_into = ?1 WHERE article_id = ?2",
                  "ii", winner, loser) &&
           db_run(db, e, "UPDATE article SET merged_into = ?1 WHERE merged_into = ?2", "ii", winner, loser) &&
           add_ids(db, winner, &ids, e) &&
           db_run(db, e,
                  "UPDATE article SET title_key = (SELECT title_key FROM article WHERE article_id = ?2) "
                  "WHERE article_id = ?1 AND title_key IS NULL",
                  "ii", winner, loser) &&
           db_run(db, e, "UPDATE record SET article_id = ?1 WHERE article_id = ?2", "ii", winner, loser) &&
           db_run(db, e, "UPDATE document SET article_id = ?1 WHERE article_id = ?2", "ii", winner, loser) &&
           db_run(db, e, "UPDATE OR IGNORE asset SET article_id = ?1 WHERE article_id = ?2", "ii", winner, loser);
}

bool article_join(struct db *db, int64_t a, int64_t b, int64_t *live, struct err *e)
{
    struct clean_ids ids_a, ids_b;
    *live = a;
    if (a == b)
        return true;
    if (!load_ids(db, a, &ids_a, e) || !load_ids(db, b, &ids_b, e))
        return false;
    if (contradict(&ids_a, &ids_b))
        return true;
    *live = a < b ? a : b;
    return merge(db, *live, a < b ? b : a, e);
}

bool article_claim_ids(struct db *db, int64_t article_id, const struct article_ids *ids, int64_t *live, struct err *e)
{
    struct clean_ids claimed, known;
    int64_t now, other = 0;
    clean(ids, &claimed);
    if (!article_live(db, article_id, &now, e))
        return false;
    /* One article for each of three identifiers at most, so three merges at most. */
    for (int i = 0; i < 3; i++) {
        if (!load_ids(db, now, &known, e))
            return false;
        /* What the article has counts; a claim against it is a mistake of this document's. */
        for (int k = 0; k < 3; k++) {
            char *const mine = k == 0 ? known.doi : k == 1 ? known.pmcid : known.pmid;
            char *const said = k == 0 ? claimed.doi : k == 1 ? claimed.pmcid : claimed.pmid;
            if (*mine)
                copy_text(said, mine);
        }
        if (!find_other(db, &claimed, now, &other, e))
            return false;
        if (!other)
            break;
        if (!article_join(db, now, other, &now, e))
            return false;
    }
    if (live)
        *live = now;
    return add_ids(db, now, &claimed, e);
}

bool article_part(struct db *db, int64_t article_id, int *part, struct err *e)
{
    int64_t value;
    if (!db_int(db, e, &value, "SELECT part(key) FROM article WHERE article_id = ?1", "i", article_id))
        return false;
    *part = (int)value;
    return true;
}
