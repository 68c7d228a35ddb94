/* match.c: see match.h. */
#include "db/match.h"

#include <string.h>

bool match_article(struct db *db, int64_t document_id, int64_t *article_id, struct err *e)
{
    return db_int(db, e, article_id, "SELECT article_id FROM document WHERE document_id = ?1", "i", document_id);
}

bool match_next_stale(struct db *db, int64_t *article_id, struct err *e)
{
    return db_int(db, e, article_id,
                  "SELECT d.article_id FROM figure_match m JOIN figure f USING (figure_id) JOIN document d USING "
                  "(document_id) WHERE m.article_id <> d.article_id LIMIT 1",
                  "");
}

/* One row a caption; a figure without one has a row too. Columns in the order of read_figure. */
static const char figures_of_article[] =
    "WITH trusted AS (SELECT d.document_id, row_number() OVER (ORDER BY "
    " CASE d.kind WHEN 'jats' THEN 0 WHEN 'xml' THEN iif(d.media_type = 'application/tei+xml', 3, 1) WHEN 'html' THEN "
    "2 ELSE 4 END, "
    " (SELECT count(*) FROM figure f WHERE f.document_id = d.document_id AND f.drop_reason IS NULL) DESC, "
    " (SELECT count(*) FROM figure f WHERE f.document_id = d.document_id AND f.image_sha256 IS NOT NULL) DESC, "
    " coalesce(r.language, '') NOT LIKE 'en%', d.sha256) - 1 AS place "
    "FROM document d LEFT JOIN front r USING (document_id) WHERE d.article_id = ?1) "
    "SELECT f.figure_id, t.place, f.origin, f.kind, f.number, f.drop_reason IS NULL, "
    /* A picture that is no good is none here. */
    "iif(coalesce(f.drop_reason, 'no_caption') = 'no_caption', f.image_sha256, NULL), "
    "f.original_sha256, (SELECT phash FROM picture p WHERE p.image_sha256 = f.image_sha256), f.width, f.height, c.text "
    "FROM trusted t JOIN figure f USING (document_id) LEFT JOIN caption c USING (figure_id) "
    "WHERE coalesce(f.drop_reason, '') NOT IN ('vanished', 'continuation') "
    "AND (c.text IS NOT NULL OR f.number IS NOT NULL) AND f.kind <> 'unlabelled' "
    "ORDER BY t.place, f.ordinal, f.figure_id, c.ordinal";

static void read_figure(sqlite3_stmt *s, struct arena *arena, struct match_figure *f)
{
    *f = (struct match_figure){.id = sqlite3_column_int64(s, 0),
                               .document = sqlite3_column_int(s, 1),
                               .origin = arena_strdup(arena, db_text(s, 2)),
                               .kind = arena_strdup(arena, db_text(s, 3)),
                               .number = arena_strdup(arena, db_text(s, 4)),
                               .usable = sqlite3_column_int(s, 5),
                               .image_sha256 = arena_strdup(arena, db_text(s, 6)),
                               .original_sha256 = arena_strdup(arena, db_text(s, 7)),
                               .image_hash = arena_strdup(arena, db_text(s, 8)),
                               .width = sqlite3_column_int(s, 9),
                               .height = sqlite3_column_int(s, 10)};
}

static void add_caption(struct arena *arena, struct match_figure *f, const char *text)
{
    enum { CAPTIONS_MAX = 8 };
    if (!text || f->n_captions == CAPTIONS_MAX)
        return;
    if (!f->captions)
        f->captions = arena_array(arena, CAPTIONS_MAX, sizeof *f->captions);
    f->captions[f->n_captions++] = arena_strdup(arena, text);
}

bool match_load(struct db *db, int64_t article_id, struct arena *arena, struct match_figure **out, size_t *n,
                struct err *e)
{
    size_t cap = *n = 0;
    int more = -1;
    sqlite3_stmt *s = db_bind(db, e, figures_of_article, "i", article_id);
    *out = NULL;
    while (s && (more = db_step(db, s, e)) > 0) {
        if (!*n || (*out)[*n - 1].id != sqlite3_column_int64(s, 0)) {
            ARENA_GROW(arena, *out, *n, cap);
            read_figure(s, arena, &(*out)[(*n)++]);
        }
        add_caption(arena, &(*out)[*n - 1], db_text(s, 11));
    }
    return more == 0;
}

static bool store_row(struct db *db, int64_t article_id, const struct match_row *r, struct err *e)
{
    return db_run(db, e,
                  "INSERT INTO figure_match (figure_id, article_id, truth_id, image_id, matched_by, caption_agreement, "
                  "image_agreement) VALUES (?1, ?2, ?3, ?4, ?5, iif(?6 < 0, NULL, ?6), iif(?7 < 0, NULL, ?7))",
                  "iiiitdd", r->id, article_id, r->truth_id, r->image_id, r->matched_by, r->caption_agreement,
                  r->image_agreement);
}

bool match_store(struct db *db, int64_t article_id, const struct match_row *rows, size_t n, struct err *e)
{
    /* A row has no number of its own that others could name, so all of the article's can be made anew. */
    if (!db_run(db, e,
                "DELETE FROM figure_match WHERE figure_id IN (SELECT figure_id FROM figure JOIN document USING "
                "(document_id) WHERE article_id = ?1)",
                "i", article_id))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!store_row(db, article_id, &rows[i], e))
            return false;
    return true;
}

/* A row for each real figure of an article that has both. */
#define FIGURES                                                                                                        \
    "WITH both AS (SELECT article_id FROM document JOIN front USING (document_id) GROUP BY article_id "                \
    "HAVING sum(kind = 'pdf') > 0 AND sum(kind <> 'pdf') > 0), "                                                       \
    "real AS (SELECT d.article_id, max(f.kind = 'table') AS is_table, max(f.origin <> 'pdf') AS in_xml, "              \
    "max(f.origin = 'pdf') AS in_pdf, max(iif(f.origin = 'pdf', m.caption_agreement, NULL)) AS caption, "              \
    "max(iif(f.origin = 'pdf', m.image_agreement, NULL)) AS image, "                                                   \
    "max(f.origin <> 'pdf' AND m.image_id <> m.figure_id AND i.origin = 'pdf') AS picture "                            \
    "FROM both JOIN document d USING (article_id) JOIN figure f USING (document_id) "                                  \
    "JOIN figure_match m USING (figure_id) JOIN figure i ON i.figure_id = m.image_id "                                 \
    "WHERE f.kind NOT IN ('supplement', 'video', 'box', 'algorithm') GROUP BY m.truth_id) "
#define SUMS                                                                                                           \
    "count(DISTINCT b.article_id) AS articles, coalesce(sum(in_xml AND NOT is_table), 0) AS xml_figures, "             \
    "coalesce(sum(in_pdf AND NOT is_table), 0) AS pdf_figures, "                                                       \
    "coalesce(sum(in_xml AND in_pdf AND NOT is_table), 0) AS matched, "                                                \
    "round(avg(iif(in_xml AND NOT is_table, caption, NULL)), 3) AS caption_agreement, "                                \
    "round(avg(iif(in_xml AND NOT is_table, image, NULL)), 3) AS image_agreement, "                                    \
    "coalesce(sum(in_xml AND NOT is_table AND caption < 0.6), 0) AS poor, "                                            \
    "coalesce(sum(picture AND NOT is_table), 0) AS pictures, "                                                         \
    "coalesce(sum(in_xml AND is_table), 0) AS xml_tables, coalesce(sum(in_pdf AND is_table), 0) AS pdf_tables, "       \
    "coalesce(sum(in_xml AND in_pdf AND is_table), 0) AS tables_matched "
#define OF_THESE   "FROM both b LEFT JOIN real r USING (article_id) "
#define WITH_FRONT OF_THESE "LEFT JOIN article_front af USING (article_id) "

bool match_crosscheck(struct db *db, enum match_group by, const struct query_sink *sink, struct err *e)
{
    static const char *const all = FIGURES "SELECT " SUMS OF_THESE;
    static const char *const articles =
        FIGURES "SELECT a.key AS article, " SUMS OF_THESE "JOIN article a USING (article_id) GROUP BY 1 ORDER BY 1";
    static const char *const languages =
        FIGURES "SELECT af.language AS language, " SUMS WITH_FRONT "GROUP BY 1 ORDER BY articles DESC, 1";
    static const char *const publishers =
        FIGURES "SELECT af.publisher AS publisher, " SUMS WITH_FRONT "GROUP BY 1 ORDER BY articles DESC, 1";
    const char *const sql = by == MATCH_BY_ARTICLE     ? articles
                            : by == MATCH_BY_LANGUAGE  ? languages
                            : by == MATCH_BY_PUBLISHER ? publishers
                                                       : all;
    return query_feed(db, db_bind(db, e, sql, ""), sink, e);
}
