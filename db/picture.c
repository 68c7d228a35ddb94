/* picture.c: see picture.h. */
#include "db/picture.h"

bool picture_store(struct db *db, const struct picture_row *r, struct err *e)
{
    return db_run(
        db, e,
        "INSERT INTO picture (image_sha256, width, height, bytes, phash, class, class_confidence, white, "
        "dominant, grey, vivid, dark, flat, edges, entropy, colourfulness, colours, line_rows, line_columns, "
        "corners, bands, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
        "?18, ?19, ?20, ?21, ?22) "
        "ON CONFLICT (image_sha256) DO UPDATE SET width = excluded.width, height = excluded.height, "
        "bytes = excluded.bytes, near = iif(phash = excluded.phash, near, NULL), phash = excluded.phash, "
        "class = excluded.class, class_confidence = excluded.class_confidence, white = excluded.white, "
        "dominant = excluded.dominant, grey = excluded.grey, vivid = excluded.vivid, dark = excluded.dark, "
        "flat = excluded.flat, edges = excluded.edges, entropy = excluded.entropy, "
        "colourfulness = excluded.colourfulness, colours = excluded.colours, "
        "line_rows = excluded.line_rows, line_columns = excluded.line_columns, corners = excluded.corners, bands = excluded.bands, "
        "text = excluded.text",
        "tiiittddddddddddiiiiid", r->image_sha256, (int64_t)r->width, (int64_t)r->height, r->bytes, r->phash, r->class,
        r->class_confidence, r->white, r->dominant, r->grey, r->vivid, r->dark, r->flat, r->edges, r->entropy,
        r->colourfulness, (int64_t)r->colours, (int64_t)r->line_rows, (int64_t)r->line_columns, (int64_t)r->corners,
        (int64_t)r->bands, r->text);
}

bool picture_count_new(struct db *db, int64_t *n, struct err *e)
{
    return db_int(db, e, n, "SELECT count(*) FROM picture WHERE near IS NULL", "");
}

bool picture_each_hash(struct db *db, picture_hash_fn *each, void *context, struct err *e)
{
    sqlite3_stmt *s = db_bind(db, e, "SELECT image_sha256, phash FROM picture ORDER BY image_sha256", "");
    int row = s ? 1 : -1;
    while (row > 0 && (row = db_step(db, s, e)) > 0)
        if (!each(context, db_text(s, 0), db_text(s, 1), e)) {
            sqlite3_reset(s);
            return false;
        }
    return row == 0;
}

bool picture_set_near(struct db *db, const char *image_sha256, const char *near, struct err *e)
{
    return db_run(db, e, "UPDATE picture SET near = ?2 WHERE image_sha256 = ?1 AND near IS NOT ?2", "tt", image_sha256,
                  near);
}

bool picture_count_articles(struct db *db, struct err *e)
{
    return db_run(db, e,
                  "UPDATE picture SET n_articles = c.n FROM ("
                  "SELECT p.near, count(DISTINCT d.article_id) AS n FROM picture p "
                  "JOIN figure f ON f.image_sha256 = p.image_sha256 AND f.drop_reason IS NOT 'vanished' "
                  "JOIN document d USING (document_id) GROUP BY p.near) c "
                  "WHERE c.near = picture.near AND picture.n_articles <> c.n",
                  "");
}
