/* near_find.h: which pictures of the corpus are near each other (near.h), written to table picture. */
#ifndef FIGMILL_EXTRACT_NEAR_FIND_H
#define FIGMILL_EXTRACT_NEAR_FIND_H

#include "db/db.h"
#include "extract/near.h"

/* Over all pictures, since any document may bring one that is near many; in a transaction of its own. Pictures are
 * near by table gate's near_bits. */
bool find_near(struct db *db, struct err *e);

#endif
