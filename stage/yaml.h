/* yaml.h: reads YAML (by libyaml) into structs by tables that say which members there are, so that every error can name
 * its place and what is allowed there. Scalars are text, whatever YAML makes of them elsewhere. */
#ifndef FIGMILL_STAGE_YAML_H
#define FIGMILL_STAGE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/err.h"

struct yaml_reader {
    const char *path; /* stands in errors */
    yaml_document_t *document;
    struct arena *arena;
    void *context; /* the caller's */
    struct err *e; /* set by whoever fails first */
};

/* Hands the text's one document to `read`. ERR_USAGE: no YAML, with its place; an empty document; more than one;
 * more than `max` bytes. */
typedef bool yaml_read_fn(struct yaml_reader *r, const yaml_node_t *node, void *into);
bool yaml_read(const char *text, size_t len, size_t max, struct yaml_reader *r, yaml_read_fn *read, void *into);

/* ERR_USAGE with "PATH:LINE:COLUMN: " of the node in front; false. */
bool yaml_fail(const struct yaml_reader *r, const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A member of a mapping: `read` puts its value at `offset` of the struct. */
struct yaml_member {
    const char *name;
    yaml_read_fn *read;
    size_t offset;
    enum { YAML_MAY, YAML_MUST } need;
};
/* Reads a mapping; `what` is what it is ("a query"), for errors: not a mapping, a key that is none of the table's n
 * (all are told), a key that stands twice, a key that must be there and is not. Members are read in the order of the
 * file. */
bool yaml_mapping(struct yaml_reader *r, const yaml_node_t *node, const char *what, const struct yaml_member *members,
                  size_t n, void *into);

/* A scalar's text, clean (text_clean), of 1 to `max` bytes, in the arena; NULL with the error. */
const char *yaml_text(struct yaml_reader *r, const yaml_node_t *node, size_t max);

/* A list of 1 to `max` items of `size` bytes each, read one by one into *items (arena) and *n. */
bool yaml_list(struct yaml_reader *r, const yaml_node_t *node, size_t max, size_t size, yaml_read_fn *read,
               void **items, size_t *n);

/* The pairs of a mapping that has no table: key and value, one by one. */
typedef bool yaml_pair_fn(struct yaml_reader *r, const yaml_node_t *key, const yaml_node_t *value, void *into);
bool yaml_pairs(struct yaml_reader *r, const yaml_node_t *node, const char *what, yaml_pair_fn *pair, void *into);

#endif
