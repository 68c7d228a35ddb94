/* picture.h: table picture: what was measured of each picture, and which pictures are near each other. */
#ifndef FIGMILL_DB_PICTURE_H
#define FIGMILL_DB_PICTURE_H

#include "db/db.h"

struct picture_row { /* the columns of the table, which explains them */
    const char *image_sha256;
    int width, height;
    int64_t bytes;
    const char *phash, *class;
    double class_confidence;
    double white, dominant, grey, vivid, dark, flat, edges, entropy, colourfulness, text;
    int colours, line_rows, line_columns, corners, bands;
};

/* A picture whose hash has changed is to be looked at again for those near it. */
bool picture_store(struct db *db, const struct picture_row *row, struct err *e);

/* How many pictures nobody has looked for neighbours of yet. */
bool picture_count_new(struct db *db, int64_t *n, struct err *e);
/* Calls `each` for every picture, in order of image_sha256; false stops. */
typedef bool picture_hash_fn(void *context, const char *image_sha256, const char *phash, struct err *e);
bool picture_each_hash(struct db *db, picture_hash_fn *each, void *context, struct err *e);
/* Notes the picture that stands for those near each other; what has not changed is not written. */
bool picture_set_near(struct db *db, const char *image_sha256, const char *near, struct err *e);
/* Counts anew in how many articles each picture, or one near it, is a figure. */
bool picture_count_articles(struct db *db, struct err *e);

#endif
