/* robots.h: robots.txt, the Robots Exclusion Protocol (RFC 9309).
 *
 * A file is groups: one or more User-agent lines, then rules. All groups that name our product token (without regard to
 * case, as a whole token: "figmill" in "User-agent: figmill/1.0") are one; where there is none, all groups for "*" are;
 * where there is none of these either, everything is allowed. Of the rules whose pattern matches the path and query,
 * the longest pattern decides, in octets; Allow wins a tie; "*" is any run of octets, a "$" at the end the end.
 * Percent-encoding is made equal on both sides before. Crawl-delay is not in the RFC; it is read as a courtesy. Lines
 * that mean nothing are skipped; nothing that a server sends is an error. */
#ifndef FIGMILL_INGEST_ROBOTS_H
#define FIGMILL_INGEST_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROBOTS_TOKEN "figmill"
enum {
    ROBOTS_MAX = 500 * 1024,         /* bytes that are read; the rest is ignored */
    ROBOTS_MAX_RULES = 20000,        /* rules of our group that are kept */
    ROBOTS_MAX_DELAY = 60,           /* seconds of Crawl-delay that are honoured */
    ROBOTS_MAX_REDIRECTS = 5,        /* followed from robots.txt; more are as if it did not exist */
    ROBOTS_FRESH = 24 * 3600,        /* seconds that a copy is good for */
    ROBOTS_AGAIN = 600,              /* seconds until an unreachable one is asked for again */
    ROBOTS_GIVE_UP = 30 * 24 * 3600, /* seconds unreachable, after which it is as if it did not exist */
    ROBOTS_DECISION_SIZE = 256,      /* of a decision's text, with the NUL */
};

struct robots;
/* The rules of the text for a product token. Never NULL. */
struct robots *robots_parse(const char *text, size_t len, const char *token);
void robots_free(struct robots *r); /* NULL is fine */

/* Whether `target` (path and query, "/a?b") may be fetched; /robots.txt always. The decision in words: "allowed",
 * "allowed by 'Allow: /pdf'", "disallowed by 'Disallow: /'". */
bool robots_allows(const struct robots *r, const char *target, char decision[ROBOTS_DECISION_SIZE]);

/* Seconds between two requests that the file asks for, at most ROBOTS_MAX_DELAY; 0: it does not. */
double robots_delay(const struct robots *r);

/* What an answer to the request for /robots.txt means; redirects are followed before. */
enum robots_answer {
    ROBOTS_RULES,       /* 2xx: its text counts */
    ROBOTS_NONE,        /* 4xx but 429, too many redirects: everything is allowed */
    ROBOTS_UNREACHABLE, /* 5xx, 429, no answer (0): nothing is allowed for now, but by an older copy */
};
enum robots_answer robots_answer(int status);

/* What holds while it cannot be reached: `failing_since` and `now` in seconds since 1970. */
enum robots_answer robots_unreachable(int64_t failing_since, int64_t now);

#endif
