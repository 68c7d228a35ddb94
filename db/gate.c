/* gate.c: see gate.h. */
#include "db/gate.h"

bool gate_set(struct db *db, const struct gate_options *o, struct err *e)
{
    return db_run(db, e,
                  "UPDATE gate SET min_side = iif(?1 >= 0, ?1, min_side), min_bytes = iif(?2 >= 0, ?2, min_bytes), "
                  "max_aspect = iif(?3 >= 0, ?3, max_aspect), max_blank = iif(?4 >= 0, ?4, max_blank), "
                  "max_articles = iif(?5 >= 0, ?5, max_articles), near_bits = iif(?6 >= 0, ?6, near_bits), "
                  "drop_class = coalesce(?7, drop_class), drop_credit = coalesce(?8, drop_credit)",
                  "iiddiitt", (int64_t)o->min_side, (int64_t)o->min_bytes, o->max_aspect, o->max_blank,
                  (int64_t)o->max_articles, (int64_t)o->near_bits, o->drop_class, o->drop_credit);
}

bool gate_near_bits(struct db *db, int64_t *bits, struct err *e)
{
    return db_int(db, e, bits, "SELECT near_bits FROM gate", "");
}
