/* translation.c: see translation.h. */
#include "db/translation.h"

#include <string.h>

#include "base/sha256.h"
#include "base/str.h"

enum { MOST_SOURCES = 500, SAMPLE_BYTES = 4000 };

/* What other documents of the article print as the caption of a figure: an edition in another language is the authors'
 * translation. */
#define TWIN_CAPTIONS(figure)                                                                                          \
    "FROM figure_match tm JOIN figure tf ON tf.figure_id = tm.figure_id AND tf.drop_reason IS NULL "                   \
    "JOIN document td ON td.document_id = tf.document_id JOIN caption tc ON tc.figure_id = tf.figure_id "              \
    "WHERE tm.truth_id = " figure " AND tm.matched_by <> 'repeat' ORDER BY td.sha256, tf.anchor, tc.ordinal"

/* The view article_front must be asked for one article by its number: it then looks at that one's documents only. */
static bool add_front(struct db *db, int64_t article_id, const char *figures, char inputs[SHA256_SIZE], struct err *e)
{
    sqlite3_stmt *s =
        db_bind(db, e, "SELECT language, title, titles FROM article_front WHERE article_id = ?1", "i", article_id);
    int more = s ? db_step(db, s, e) : -1;
    bool known = more > 0;
    sha256_list(inputs, figures, known ? db_text(s, 0) : NULL, known ? db_text(s, 1) : NULL,
                known ? db_text(s, 2) : NULL, SHA256_END);
    inputs[TRANSLATION_INPUTS - 1] = 0;
    while (more > 0)
        more = db_step(db, s, e);
    return more == 0;
}

bool translation_candidates(struct db *db, const char *version, int part, int parts, translation_candidate_fn *each,
                            void *context, struct err *e)
{
    sqlite3_stmt *s = db_bind(
        db, e,
        "SELECT g.article_id, g.part, fingerprint(?1, g.figures), t.fingerprint FROM ("
        " SELECT article_id, part, group_concat(hash, ' ') AS figures FROM ("
        "  SELECT a.article_id, part(a.key) AS part, fingerprint(f.figure_id, f.content_hash, "
        "  (SELECT group_concat(p.ordinal || ':' || coalesce(p.caption, ''), char(10)) FROM panel p "
        "   WHERE p.figure_id = f.figure_id), "
        "  (SELECT group_concat(text, char(10)) FROM (SELECT tc.text " TWIN_CAPTIONS(
            "f.figure_id") "))) AS hash "
                           "  FROM figure f JOIN figure_use u USING (figure_id) JOIN article a ON a.article_id = u.article_id "
                           "  WHERE u.drop_reason IS NULL AND part(a.key) % ?3 = ?2 AND EXISTS "
                           "  (SELECT 1 FROM caption c WHERE c.figure_id = f.figure_id AND c.ordinal = 0 AND c.text <> '') "
                           "  ORDER BY a.article_id, f.figure_id) GROUP BY article_id) g "
                           "LEFT JOIN task t ON t.stage = 'translate' AND t.item = CAST(g.article_id AS TEXT) ORDER BY g.article_id",
        "tii", version, (int64_t)part, (int64_t)parts);
    int more = s ? 1 : -1;
    while (more > 0 && (more = db_step(db, s, e)) > 0) {
        char inputs[SHA256_SIZE];
        struct translation_candidate c = {.article_id = sqlite3_column_int64(s, 0),
                                          .part = sqlite3_column_int(s, 1),
                                          .inputs = inputs,
                                          .fingerprint = db_text(s, 3)};
        if (!add_front(db, c.article_id, db_text(s, 2), inputs, e) || !each(context, &c, e)) {
            sqlite3_reset(s);
            return false;
        }
    }
    return more == 0;
}

/* Appends the rows (panel_id, ordinal, language, text) of a statement as sources. */
static bool add_sources(struct db *db, sqlite3_stmt *s, const char *field, struct arena *arena,
                        struct translation_source **list, size_t *n, struct err *e)
{
    size_t cap = *n;
    int more = s ? 1 : -1;
    while (more > 0 && (more = db_step(db, s, e)) > 0) {
        if (*n >= MOST_SOURCES)
            continue;
        ARENA_GROW(arena, *list, *n, cap);
        (*list)[(*n)++] = (struct translation_source){.panel_id = sqlite3_column_int64(s, 0),
                                                      .field = field,
                                                      .ordinal = sqlite3_column_int(s, 1),
                                                      .language = arena_strdup(arena, db_text(s, 2)),
                                                      .text = arena_strdup(arena, db_text(s, 3))};
    }
    return more == 0;
}

/* With the title as a source, and its translations by the authors. */
static bool read_front(struct db *db, int64_t article_id, struct arena *arena, struct translation_input *out,
                       struct translation_figure *titles, struct err *e)
{
    static const char *const translated =
        "SELECT 0, 0, t.value ->> 0, t.value ->> 1 FROM article_front f, json_each(iif(json_valid(f.titles), f.titles, "
        "'[]')) t WHERE f.article_id = ?1";
    sqlite3_stmt *s =
        db_bind(db, e, "SELECT language, title FROM article_front WHERE article_id = ?1", "i", article_id);
    int more = s ? db_step(db, s, e) : -1;
    const char *title = NULL;
    *titles = (struct translation_figure){.n_sources = 0};
    if (more > 0) {
        out->language = arena_strdup(arena, db_text(s, 0));
        title = arena_strdup(arena, db_text(s, 1));
        more = db_step(db, s, e);
    }
    if (more < 0 || !title || !*title)
        return more == 0;
    titles->sources = arena_new(arena, sizeof *titles->sources);
    titles->sources[titles->n_sources++] = (struct translation_source){.field = "title", .text = title};
    return add_sources(db, db_bind(db, e, translated, "i", article_id), "title", arena, &titles->authors,
                       &titles->n_authors, e);
}

/* The figures, each with its document's sample. */
static bool read_figures(struct db *db, int64_t article_id, struct arena *arena, struct translation_input *out,
                         struct err *e)
{
    size_t cap = 0;
    int64_t document = 0;
    const char *sample = NULL;
    sqlite3_stmt *s = db_bind(
        db, e,
        "SELECT f.figure_id, f.document_id, "
        "(SELECT substr(group_concat(text, ' '), 1, ?2) FROM (SELECT c.text FROM figure n JOIN caption c "
        " ON c.figure_id = n.figure_id AND c.ordinal = 0 WHERE n.document_id = f.document_id ORDER BY n.ordinal LIMIT 10)) "
        "FROM document d CROSS JOIN figure f ON f.document_id = d.document_id JOIN figure_use u USING (figure_id) "
        "WHERE d.article_id = ?1 AND u.drop_reason IS NULL AND EXISTS "
        "(SELECT 1 FROM caption c WHERE c.figure_id = f.figure_id AND c.ordinal = 0 AND c.text <> '') "
        "ORDER BY f.document_id, f.ordinal, f.figure_id",
        "ii", article_id, (int64_t)SAMPLE_BYTES);
    int more = s ? 1 : -1;
    while (more > 0 && (more = db_step(db, s, e)) > 0) {
        if (!sample || sqlite3_column_int64(s, 1) != document)
            sample = arena_strdup(arena, db_text(s, 2));
        document = sqlite3_column_int64(s, 1);
        ARENA_GROW(arena, out->figures, out->n, cap);
        out->figures[out->n++] = (struct translation_figure){.figure_id = sqlite3_column_int64(s, 0), .sample = sample};
    }
    return more == 0;
}

static void append(struct arena *arena, struct translation_source **list, size_t *n,
                   const struct translation_source *more, size_t n_more)
{
    struct translation_source *all = arena_array(arena, *n + n_more, sizeof *all);
    if (*n)
        memcpy(all, *list, *n * sizeof *all);
    if (n_more)
        memcpy(all + *n, more, n_more * sizeof *all);
    *list = all;
    *n += n_more;
}

static bool read_sources(struct db *db, const struct translation_figure *titles, struct arena *arena,
                         struct translation_figure *out, struct err *e)
{
    static const char *const captions = "SELECT 0, 0, language, text FROM caption WHERE figure_id = ?1 AND ordinal = 0";
    static const char *const panels =
        "SELECT p.panel_id, 0, c.language, p.caption FROM panel p LEFT JOIN caption c ON c.figure_id = p.figure_id "
        "AND c.ordinal = 0 WHERE p.figure_id = ?1 AND p.caption <> '' ORDER BY p.ordinal";
    static const char *const mentions =
        "SELECT 0, ordinal, language, text FROM mention WHERE figure_id = ?1 AND text <> '' ORDER BY ordinal";
    static const char *const authors =
        "SELECT 0, ordinal, language, text FROM caption WHERE figure_id = ?1 AND ordinal > 0 ORDER BY ordinal";
    static const char *const twins = "SELECT 0, tc.ordinal, tc.language, tc.text " TWIN_CAPTIONS("?1");
    const struct {
        const char *sql, *field;
        bool by_authors;
    } queries[] = {{captions, "caption", false},
                   {panels, "caption", false},
                   {mentions, "mention", false},
                   {authors, "caption", true},
                   {twins, "caption", true}};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof queries / sizeof *queries; i++) {
        bool a = queries[i].by_authors;
        ok = add_sources(db, db_bind(db, e, queries[i].sql, "i", out->figure_id), queries[i].field, arena,
                         a ? &out->authors : &out->sources, a ? &out->n_authors : &out->n_sources, e);
    }
    append(arena, &out->sources, &out->n_sources, titles->sources, titles->n_sources);
    append(arena, &out->authors, &out->n_authors, titles->authors, titles->n_authors);
    return ok;
}

bool translation_input(struct db *db, int64_t article_id, struct arena *arena, struct translation_input *out,
                       struct err *e)
{
    *out = (struct translation_input){.article_id = article_id};
    struct translation_figure titles;
    bool ok = read_front(db, article_id, arena, out, &titles, e) && read_figures(db, article_id, arena, out, e);
    for (size_t i = 0; ok && i < out->n; i++)
        ok = read_sources(db, &titles, arena, &out->figures[i], e);
    return ok;
}

static bool store_row(struct db *db, int64_t figure_id, const struct translation_row *r, int64_t *id, struct err *e)
{
    const struct translation_source *from = r->source;
    return db_int(
        db, e, id,
        "INSERT INTO translation (figure_id, panel_id, field, ordinal, source_language, language_source, "
        "language_confidence, target_language, source_text, text, method, model, model_call_id, checks, "
        "drop_reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) "
        "ON CONFLICT (figure_id, coalesce(panel_id, 0), field, ordinal, target_language) DO UPDATE SET "
        "source_language = excluded.source_language, language_source = excluded.language_source, "
        "language_confidence = excluded.language_confidence, source_text = excluded.source_text, "
        "text = excluded.text, method = excluded.method, model = excluded.model, "
        "model_call_id = excluded.model_call_id, checks = excluded.checks, drop_reason = excluded.drop_reason "
        "RETURNING translation_id",
        "iItittdtttttItt", figure_id, from->panel_id, from->field, (int64_t)from->ordinal, r->source_language,
        r->language_source, r->language_confidence, r->target_language, from->text, r->text, r->method, r->model,
        r->model_call_id, r->checks, r->drop_reason);
}

bool translation_store(struct db *db, int64_t figure_id, const char *target_language,
                       const struct translation_row *rows, size_t n, struct err *e)
{
    struct str ids = STR_INIT(1 << 16); /* ",1,2," */
    bool ok = true;
    str_add_char(&ids, ',');
    for (size_t i = 0; ok && i < n; i++) {
        int64_t id = 0;
        ok = store_row(db, figure_id, &rows[i], &id, e);
        str_addf(&ids, "%lld,", (long long)id);
    }
    ok = ok && db_run(db, e,
                      "DELETE FROM translation WHERE figure_id = ?1 AND target_language = ?2 "
                      "AND instr(?3, ',' || translation_id || ',') = 0",
                      "itt", figure_id, target_language, ids.data);
    str_release(&ids);
    return ok;
}
