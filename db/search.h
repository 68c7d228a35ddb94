/* search.h: tables search, hit and search_fault: the queries of a topic profile, and how far each has been read. */
#ifndef FIGMILL_DB_SEARCH_H
#define FIGMILL_DB_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "db/db.h"

/* What a search asks for. Its key is all but language, parent, size and query. */
struct search_key {
    const char *profile, *source, *name;
    const char *language;                  /* "": any */
    const char *since, *until;             /* dates of publication; "": open */
    const char *added_since, *added_until; /* an increment: since a day, up to today; "": everything */
    int64_t parent;                        /* 0: none */
    int size;                              /* records a page; 0: the source's own number */
    const char *query;                     /* JSON */
};

/* Makes the row, or finds it. When its query is another one by now, it begins again: cursor and counts go, what it
 * found is forgotten (the records stay), and its parts are marked as replaced. With another size it begins again, too,
 * unless it has been read to its end. *whole: it has been read to its end, and
 * there is nothing to do. */
bool search_keep(struct db *db, const struct search_key *key, int64_t *search_id, bool *whole, struct err *e);

/* From which day an increment that wants key->added_since to key->added_until has to ask, given those asked before:
 * added_since itself, or the day up to which they reach; "" when nothing is left. */
bool search_since(struct db *db, const struct search_key *key, char out[11], struct err *e);

struct search_row {
    int64_t search_id;
    const char *profile, *source, *name, *language, *since, *until, *added_since, *added_until, *query;
    const char *cursor;  /* NULL: the first page */
    const char *outcome; /* NULL: not at its end */
    int64_t hits;        /* -1: not known */
    int size, pages;
    int64_t records, unmatched;
};
/* Text lives in the arena. ERR_FORMAT: there is no such search. */
bool search_load(struct db *db, int64_t search_id, struct arena *arena, struct search_row *out, struct err *e);

/* A page more: its counts are added; the cursor is of the next one (NULL: none). */
struct search_page {
    int64_t hits; /* -1: not said */
    int64_t records, faults, unmatched;
    const char *cursor;
};
bool search_page_read(struct db *db, int64_t search_id, const struct search_page *page, struct err *e);
/* "all", "split", "limit", "failed". */
bool search_end(struct db *db, int64_t search_id, const char *outcome, struct err *e);
/* From the first page again: counts go back to none, what was found stays. */
bool search_restart(struct db *db, int64_t search_id, struct err *e);

bool search_hit(struct db *db, int64_t search_id, int64_t record_id, struct err *e);
/* The record at `place` of the page that is read next could not be read. */
bool search_fault(struct db *db, int64_t search_id, const char *place, const char *text, struct err *e);

/* Adds "records", "articles" (that records are of), "faults" and "sources" ({name: records}) to a stage's summary. */
bool search_summary(struct db *db, cJSON *summary, struct err *e);

#endif
