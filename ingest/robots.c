/* robots.c: see robots.h. */
#include "ingest/robots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"

/* Of the matcher for one path: rules made to be slow must not hold up everything else. The largest robots.txt of
 * publishers needs some ten thousand. */
enum { MOST_STEPS = 20 * 1000 * 1000 };

struct rule {
    char *pattern; /* percent-encoding normalised, so ASCII; "*", and "$" at the end, as they are */
    size_t len;    /* of pattern: what "longest" is measured by */
    bool allow;
};

struct group {
    struct rule *rules;
    size_t n, cap;
    double delay;
    bool found;
};

struct robots {
    struct arena arena;
    struct group own, any; /* of our token, of "*" */
};

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static bool is_unreserved(int c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c && strchr("-._~", c));
}

enum side { PATTERN, PATH };

/* RFC 9309, 2.2.2: what is percent-encoded without need is decoded, octets outside of printable ASCII are encoded, hex
 * digits are capitals; so both sides can be compared by octets. A "*" or "$" that a pattern means as such is written
 * encoded there, so these are encoded in paths. `out` has room for 3 * len + 1. */
static size_t normalise(enum side side, const char *in, size_t len, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        int c = (unsigned char)in[i];
        bool encoded = c == '%' && i + 2 < len && hex_value(in[i + 1]) >= 0 && hex_value(in[i + 2]) >= 0;
        if (encoded) {
            c = hex_value(in[i + 1]) * 16 + hex_value(in[i + 2]);
            i += 2;
        }
        bool plain = c == '*' ? side == PATTERN : c == '$' ? side == PATTERN && i + 1 == len : true;
        if (is_unreserved(c) || (!encoded && plain && c > 0x20 && c < 0x7f)) {
            out[n++] = (char)c;
        } else {
            out[n++] = '%';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        }
    }
    out[n] = 0;
    return n;
}

/* A line's "name: value", trimmed, the comment gone; false when it has none. Some write the colon as white space. */
struct line {
    const char *name, *value;
    size_t name_len, value_len;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == 0;
}

static bool split(const char *at, size_t len, struct line *out)
{
    const char *comment = memchr(at, '#', len), *end = comment ? comment : at + len;
    while (at < end && is_blank(*at))
        at++;
    while (end > at && is_blank(end[-1]))
        end--;
    const char *colon = memchr(at, ':', (size_t)(end - at)), *stop = colon;
    if (!colon)
        return false;
    while (stop > at && is_blank(stop[-1]))
        stop--;
    for (colon++; colon < end && is_blank(*colon);)
        colon++;
    *out = (struct line){at, colon, (size_t)(stop - at), (size_t)(end - colon)};
    return true;
}

static bool names(const struct line *l, const char *name)
{
    return l->name_len == strlen(name) && strncasecmp(l->name, name, l->name_len) == 0;
}

/* The product token of a User-agent line is its leading letters, '_' and '-'; what stands behind (a version) is not
 * compared. */
static bool is_token(const struct line *l, const char *token)
{
    size_t n = 0;
    while (n < l->value_len && (((l->value[n] | 32) >= 'a' && (l->value[n] | 32) <= 'z') || strchr("_-", l->value[n])))
        n++;
    return n && n == strlen(token) && strncasecmp(l->value, token, n) == 0;
}

static void add_rule(struct robots *r, struct group *g, bool allow, const char *value, size_t len)
{
    if (!len || g->n >= ROBOTS_MAX_RULES)
        return; /* an empty Disallow allows all, which is what no rule says */
    ARENA_GROW(&r->arena, g->rules, g->n, g->cap);
    struct rule *rule = &g->rules[g->n++];
    char *pattern = arena_new(&r->arena, 3 * len + 1);
    *rule = (struct rule){.allow = allow, .pattern = pattern};
    rule->len = normalise(PATTERN, value, len, pattern);
}

static void add_delay(struct group *g, const char *value, size_t len)
{
    char number[32];
    snprintf(number, sizeof number, "%.*s", (int)(len < 31 ? len : 31), value);
    double delay = strtod(number, NULL);
    if (delay > 0 && delay > g->delay)
        g->delay = delay < ROBOTS_MAX_DELAY ? delay : ROBOTS_MAX_DELAY;
}

/* Whom the present group is for, and whether its rules have begun: a User-agent line behind a rule starts another. */
struct reading {
    bool own, any, rules;
};

static void read_line(struct robots *r, const struct line *l, const char *token, struct reading *now)
{
    bool allow = names(l, "allow"), disallow = names(l, "disallow"), delay = names(l, "crawl-delay");
    if (names(l, "user-agent") || names(l, "useragent") || names(l, "user agent")) {
        if (now->rules)
            *now = (struct reading){0};
        bool own = is_token(l, token), any = l->value_len && l->value[0] == '*';
        now->own |= own;
        now->any |= any;
        r->own.found |= own;
        r->any.found |= any;
    } else if (allow || disallow || delay) {
        now->rules = true;
        for (int i = 0; i < 2; i++) {
            struct group *g = i ? &r->any : &r->own;
            if (!(i ? now->any : now->own))
                continue;
            if (delay)
                add_delay(g, l->value, l->value_len);
            else
                add_rule(r, g, allow, l->value, l->value_len);
        }
    } /* other lines (Sitemap) neither end a group nor begin one */
}

struct robots *robots_parse(const char *text, size_t len, const char *token)
{
    struct arena arena = ARENA_INIT;
    struct robots *r = arena_new(&arena, sizeof *r);
    struct reading now = {0};
    if (len > ROBOTS_MAX)
        len = ROBOTS_MAX;
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3, len -= 3;
    r->arena = arena;
    for (const char *end = text + len, *stop; text < end; text = stop + 1) {
        struct line l;
        for (stop = text; stop < end && *stop != '\n' && *stop != '\r';)
            stop++;
        if (split(text, (size_t)(stop - text), &l))
            read_line(r, &l, token, &now);
    }
    return r;
}

void robots_free(struct robots *r)
{
    if (!r)
        return;
    struct arena arena = r->arena; /* the struct itself lies in it */
    arena_release(&arena);
}

/* Whether the pattern matches a beginning of the path. Linear but for the last "*", whose tries go on: the matcher
 * remembers one place to come back to, which is enough since an earlier "*" need never be tried again. */
static bool matches(const struct rule *rule, const char *path, long *steps)
{
    const char *p = rule->pattern, *end = p + rule->len, *star = NULL, *from = NULL;
    bool anchored = rule->len && end[-1] == '$';
    if (anchored)
        end--;
    while (--*steps > 0) {
        if (p == end && (!anchored || !*path))
            return true;
        if (p < end && *p == '*') {
            star = ++p;
            from = path;
        } else if (p < end && *path && *p == *path) {
            p++;
            path++;
        } else if (star && *from) {
            p = star;
            path = ++from;
        } else {
            return false;
        }
    }
    return false;
}

bool robots_allows(const struct robots *r, const char *target, char decision[ROBOTS_DECISION_SIZE])
{
    const struct group *g = r->own.found ? &r->own : &r->any;
    const struct rule *best = NULL;
    struct arena arena = ARENA_INIT;
    size_t len = strcspn(target, "#");
    long steps = MOST_STEPS;
    char *path = arena_new(&arena, 3 * len + 1);
    normalise(PATH, target, len, path);
    if (strcmp(path, "/robots.txt") != 0)
        for (size_t i = 0; i < g->n; i++) {
            const struct rule *rule = &g->rules[i];
            bool better = !best || rule->len > best->len || (rule->len == best->len && rule->allow && !best->allow);
            if (better && matches(rule, path, &steps))
                best = rule;
        }
    arena_release(&arena);
    bool allowed = steps > 0 && (!best || best->allow);
    if (steps <= 0)
        snprintf(decision, ROBOTS_DECISION_SIZE, "disallowed by rules that take too long to match");
    else if (best)
        snprintf(decision, ROBOTS_DECISION_SIZE, "%s by '%s: %.180s'", allowed ? "allowed" : "disallowed",
                 allowed ? "Allow" : "Disallow", best->pattern);
    else
        snprintf(decision, ROBOTS_DECISION_SIZE, "allowed");
    return allowed;
}

double robots_delay(const struct robots *r)
{
    return r->own.found ? r->own.delay : r->any.delay;
}

enum robots_answer robots_answer(int status)
{
    if (status >= 200 && status < 300)
        return ROBOTS_RULES;
    return status >= 300 && status < 500 && status != 429 ? ROBOTS_NONE : ROBOTS_UNREACHABLE;
}

enum robots_answer robots_unreachable(int64_t failing_since, int64_t now)
{
    return now - failing_since > ROBOTS_GIVE_UP ? ROBOTS_NONE : ROBOTS_UNREACHABLE;
}
