/* optout.h: what a reply's headers say against its use for training: X-Robots-Tag with noai or noimageai, for all or
 * for us by name (the convention that img2dataset honours), and TDM-Reservation: 1 (TDMRep, W3C community group report
 * of 2024-02, for article 4 of EU directive 2019/790). */
#ifndef FIGMILL_INGEST_OPTOUT_H
#define FIGMILL_INGEST_OPTOUT_H

#include <stdbool.h>

/* The directive that speaks against it ("noai"), static; NULL: none. Call it for each header. */
const char *optout_header(const char *name, const char *value);

#endif
