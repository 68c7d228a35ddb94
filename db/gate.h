/* gate.h: table gate: the thresholds by which v_figure drops figures. They are the corpus's: they stay until they are
 * set again, and what they drop changes at once, with nothing extracted anew. */
#ifndef FIGMILL_DB_GATE_H
#define FIGMILL_DB_GATE_H

#include "db/db.h"

/* What to set; the table explains each. A negative number, or NULL, leaves what is there. */
struct gate_options {
    int min_side, min_bytes;
    double max_aspect, max_blank;
    int max_articles, near_bits;
    const char *drop_class, *drop_credit; /* names with commas between them; "" for none */
};

#define GATE_UNCHANGED                                                                                                 \
    {                                                                                                                  \
        -1, -1, -1, -1, -1, -1, NULL, NULL                                                                             \
    }

bool gate_set(struct db *db, const struct gate_options *o, struct err *e);
/* Bits of the hash that may differ between pictures that are near. */
bool gate_near_bits(struct db *db, int64_t *bits, struct err *e);

#endif
