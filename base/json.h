/* json.h: what figmill adds to cJSON: bounded parsing, typed look-ups that do not trust the sender, and canonical text
 * (RFC 8259; keys sorted by bytes, no white space, as RFC 8785 but for numbers, which are printed as cJSON does). */
#ifndef FIGMILL_BASE_JSON_H
#define FIGMILL_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Parses one JSON value and nothing behind it but white space; bytes must be UTF-8 without NUL, depth at most
 * JSON_MAX_DEPTH. Free with cJSON_Delete. ERR_FORMAT with the byte offset on failure. */
enum { JSON_MAX_DEPTH = 64 };
cJSON *json_parse(const char *text, size_t len, struct err *e);

/* A member's value, or the fallback when it is missing or of another type. Strings stay the object's. */
const char *json_text(const cJSON *object, const char *name);
double json_number(const cJSON *object, const char *name, double fallback);
/* A count as a server states it, which may be anything: a whole number from 0 to JSON_MAX_COUNT. */
enum { JSON_MAX_COUNT = 1 << 30 };
int json_count(const cJSON *object, const char *name, int fallback);
bool json_bool(const cJSON *object, const char *name, bool fallback);
const cJSON *json_member(const cJSON *object, const char *name); /* case-sensitive; NULL when missing */

/* Appends the value as canonical text. */
void json_canonical(const cJSON *value, struct str *out);
/* Appends a quoted, escaped string; NULL becomes null. Invalid UTF-8 becomes U+FFFD. */
void json_quote(const char *text, struct str *out);

#endif
