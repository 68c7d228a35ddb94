/* translation_memory.c: see translation_memory.h. */
#include "db/translation_memory.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

enum { MOST_KEY_TEXT = 4 << 20 };

/* Dashes and quotes of any kind are as good as the plain ones. */
static int plain(int c)
{
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
        return '-';
    if (c == 0x2018 || c == 0x2019)
        return '\'';
    if (c == 0x201C || c == 0x201D || c == 0x201E)
        return '"';
    return c;
}

static void fold(const char *text, struct str *out)
{
    struct str wide = STR_INIT(MOST_KEY_TEXT);
    text_clean_compatible(text, strlen(text), &wide);
    for (size_t at = 0; at < wide.len;)
        str_add_utf8(out, plain(text_next(wide.data, wide.len, &at)));
    str_release(&wide);
}

void translation_memory_key(const struct translation_memory *m, const char *settings, char key[SHA256_SIZE])
{
    struct str folded = STR_INIT(MOST_KEY_TEXT);
    fold(m->source_text, &folded);
    sha256_list(key, folded.data, m->source_language, m->target_language, m->method, m->model, settings, SHA256_END);
    str_release(&folded);
}

bool translation_memory_lookup(struct db *db, const char *key, struct arena *arena, struct translation_memory *out,
                               bool *found, struct err *e)
{
    sqlite3_stmt *s =
        db_bind(db, e,
                "SELECT source_language, target_language, method, model, source_text, text, failure, attempts, "
                "coalesce(back_translation, -1), coalesce(model_call_id, 0) FROM translation_memory "
                "WHERE memory_key = ?1",
                "t", key);
    int more = s ? db_step(db, s, e) : -1;
    *found = more > 0;
    if (*found) {
        *out = (struct translation_memory){.source_language = arena_strdup(arena, db_text(s, 0)),
                                           .target_language = arena_strdup(arena, db_text(s, 1)),
                                           .method = arena_strdup(arena, db_text(s, 2)),
                                           .model = arena_strdup(arena, db_text(s, 3)),
                                           .source_text = arena_strdup(arena, db_text(s, 4)),
                                           .text = arena_strdup(arena, db_text(s, 5)),
                                           .failure = arena_strdup(arena, db_text(s, 6)),
                                           .attempts = sqlite3_column_int(s, 7),
                                           .back = sqlite3_column_double(s, 8),
                                           .model_call_id = sqlite3_column_int64(s, 9)};
        more = db_step(db, s, e);
    }
    return more == 0;
}

bool translation_memory_keep(struct db *db, const char *key, int64_t generation, const struct translation_memory *m,
                             struct err *e)
{
    return db_run(db, e,
                  "INSERT INTO translation_memory (memory_key, generation, source_language, target_language, "
                  "source_text, text, method, model, attempts, failure, back_translation, model_call_id, article_id) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, CASE WHEN ?11 >= 0 THEN ?11 END, ?12, ?13) "
                  "ON CONFLICT (memory_key) DO UPDATE SET generation = excluded.generation, text = excluded.text, "
                  "attempts = excluded.attempts, failure = excluded.failure, "
                  "back_translation = excluded.back_translation, model_call_id = excluded.model_call_id",
                  "tittttttitdIi", key, generation, m->source_language, m->target_language, m->source_text, m->text,
                  m->method, m->model, (int64_t)m->attempts, m->failure, m->back, m->model_call_id, m->article_id);
}

bool translation_memory_generation(struct db *db, int64_t *out, struct err *e)
{
    return db_int(db, e, out, "SELECT coalesce(max(generation), 0) FROM translation_memory", "");
}
