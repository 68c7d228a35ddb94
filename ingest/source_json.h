/* source_json.h: reading a service's JSON without trusting it. A page is parsed by source_json; its list of records is
 * walked by source_json_records, which calls the adapter's reader for each; the reader takes members by the json_...
 * functions below, which note a fault of this record where a member has another type, and give nothing then. */
#ifndef FIGMILL_INGEST_SOURCE_JSON_H
#define FIGMILL_INGEST_SOURCE_JSON_H

#include "base/json.h"
#include "ingest/source.h"

/* The reply as JSON, to be freed with cJSON_Delete. ERR_FORMAT says what it is instead ("Crossref: an HTML page instead
 * of JSON", "Crossref: broken JSON at byte 81920 of 81920: cut?"). A byte order mark is passed over. */
cJSON *source_json(const char *title, const char *body, size_t len, struct err *e);

/* One record, as it is read. */
struct source_item {
    struct source_page *page;
    struct arena *arena;
    const char *place; /* "results[3]" */
    const cJSON *json;
};

/* Fills the record, which is zeroed. False: it is left out, and the reader has noted why. */
typedef bool source_item_fn(const struct source_item *item, struct record *r);
/* Reads every element of the list; `name` is the list's, for places. What is no object is a fault. Sets `said` to the
 * element (without its largest members when it is longer than SOURCE_MAX_SAID). */
void source_json_records(struct source_page *page, struct arena *arena, const cJSON *list, const char *name,
                         source_item_fn *reader);
/* One such record, at `place`; for replies that hold a single work. */
void source_json_record(struct source_page *page, struct arena *arena, const cJSON *json, const char *place,
                        source_item_fn *reader);

/* The value as canonical text of at most SOURCE_MAX_SAID bytes: an object that is longer loses its largest members. */
const char *source_said(struct arena *arena, const cJSON *json);

/* Members of `object` (the item's own JSON, or one inside it). Missing and null are no fault. Text comes clean, from
 * the arena; NULL where there is none. */
const char *item_text(const struct source_item *item, const cJSON *object, const char *name);
const char *item_markup(const struct source_item *item, const cJSON *object, const char *name); /* source_markup */
/* A text, or a whole number as text: identifiers come as either. */
const char *item_id(const struct source_item *item, const cJSON *object, const char *name);
const cJSON *item_list(const struct source_item *item, const cJSON *object, const char *name);
const cJSON *item_object(const struct source_item *item, const cJSON *object, const char *name);
/* true, false, "Y", "N", "yes", "no", "true", "false", in any case. */
enum source_fact item_fact(const struct source_item *item, const cJSON *object, const char *name);
/* A whole number, or a text that is one; `fallback` where it is missing. */
int64_t item_number(const struct source_item *item, const cJSON *object, const char *name, int64_t fallback);
/* The first text of a list of texts (Crossref's titles), or the text itself. */
const char *item_first_text(const struct source_item *item, const cJSON *object, const char *name);

/* The same of a page's own members, where another type is no fault but `fallback`. */
int64_t source_json_number(const cJSON *object, const char *name, int64_t fallback);

#endif
