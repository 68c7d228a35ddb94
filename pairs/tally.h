/* tally.h: counts by name, for manifests; meant for tens of names. */
#ifndef FIGMILL_PAIRS_TALLY_H
#define FIGMILL_PAIRS_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct tally {
    struct tally_entry {
        char *name;
        int64_t n;
    } * entries;
    size_t n, cap;
};

void tally_add(struct tally *t, const char *name, int64_t n); /* NULL counts as "" */
/* A JSON object, names in the order of their bytes. */
void tally_write(struct tally *t, struct str *out);
/* A JSON array, for names that are JSON objects without the closing brace: each gets a member "samples". */
void tally_write_objects(struct tally *t, struct str *out);
void tally_release(struct tally *t);

#endif
