/* test_translate.c: the stage `translate` end to end, on a corpus made by hand and a model server that answers as told.
 */
#include "translate/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/str.h"
#include "db/figure.h"
#include "tests/unit/mock_server.h"

static char folder[64];
static const char nowhere[] = "http://127.0.0.1:1";

/* Texts whose fate the model below knows. */
static const char good[] = "Puntuación del dolor tras 0,5 Gy en 12 pacientes de los dos grupos.";
static const char late[] = "Curva de supervivencia de los ratones irradiados con 2 Gy en total.";
static const char hopeless[] = "Distribución de la dosis en la articulación de la rodilla derecha.";
static const char chatty[] = "Esquema del ensayo clínico aleatorizado con los dos brazos.";
static const char loops[] = "Imagen histológica de la membrana sinovial de los ratones.";

static const char *const known[][2] = {
    {"Puntuación del dolor tras [1]", "Pain score after [1] in [2] patients of the two groups."},
    {good, "Pain score after 0.5 Gy in 12 patients of the two groups."},
    {hopeless, "Distribución de la dosis en la articulación de la rodilla derecha."},
    {"Panel izquierdo", "Left panel"},
    {"Como muestra la figura", "As the figure shows, the pain decreased."},
    {"Radioterapia en la gonartrosis", "Radiotherapy in osteoarthritis of the knee"},
    {"Otra leyenda", "Another legend of the same figure"},
    {"Frase larga", "A long sentence of a legend that is long, one of many which follow it."},
};

static const char *translation_of(const char *text, bool told)
{
    if (strstr(text, "Curva de supervivencia"))
        return told ? "Survival curve of the mice irradiated with 2 Gy in all."
                    : "Survival curve of the irradiated mice.";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(text, known[i][0], strnlen(known[i][0], 30)) == 0)
            return known[i][1];
    return NULL;
}

/* Answers each of the numbered texts behind the prompt; one that it does not know spoils the reply. */
static char *model(const char *request)
{
    cJSON *object = json_parse(request, strlen(request), NULL), *message;
    const char *prompt = "";
    cJSON_ArrayForEach(message, cJSON_GetObjectItem(object, "messages")) prompt = json_text(message, "content");
    bool told = strstr(prompt, "rejected because of: ") != NULL;
    cJSON *texts = json_parse(strrchr(prompt, '\n') + 1, strlen(strrchr(prompt, '\n') + 1), NULL);
    struct str reply = STR_INIT(1 << 16);
    for (const cJSON *text = texts ? texts->child : NULL; text; text = text->next) {
        const char *made = translation_of(text->valuestring, told);
        if (!made) {
            str_clear(&reply);
            str_add(&reply, "Sure! The figure shows the design of the trial.");
            break;
        }
        str_addf(&reply, "%s\"%s\":", reply.len ? "," : "{", text->string);
        json_quote(made, &reply);
    }
    str_add(&reply, *reply.data == '{' ? "}" : "");
    char *completion = mock_completion(reply.data);
    str_release(&reply);
    cJSON_Delete(texts);
    cJSON_Delete(object);
    return completion;
}

static char *model_that_never_ends(const char *request)
{
    (void)request;
    struct str cut = STR_INIT(4096);
    char *whole = mock_completion("{\"translation\":\"Image of the image of the");
    const char *stop = strstr(whole, "\"stop\"");
    str_add_bytes(&cut, whole, (size_t)(stop - whole));
    str_addf(&cut, "\"length\"%s", stop + 6);
    free(whole);
    return str_detach(&cut);
}

static const struct mock_reply replies[] = {
    {"/v1/models", 200, "{\"data\":[{\"id\":\"mock-model\"}]}"}, {"/v1/chat", 200, .make = model}, {0}};

/* The corpus. */

static struct db open_db(void)
{
    struct db db;
    struct err e = {0};
    if (!db_open(&db, folder, DB_CREATE, &e))
        fail_msg("%s", e.text);
    return db;
}

static void run_sql(struct db *db, const char *sql)
{
    struct err e = {0};
    if (!db_run(db, &e, sql, ""))
        fail_msg("%s", e.text);
}

static void add_figure(struct db *db, int64_t article, const char *language, struct figure_row row)
{
    struct err e = {0};
    struct front_row front = {.language = language,
                              .title = strcmp(language, "es") ? NULL : "Radioterapia en la gonartrosis"};
    assert_true(db_run(db, &e,
                       "INSERT OR IGNORE INTO article (article_id, key, source, added) VALUES (?1, 'a' || ?1, "
                       "'import', 0)",
                       "i", article));
    assert_true(
        db_run(db, &e,
               "INSERT OR IGNORE INTO document (document_id, article_id, kind, media_type, sha256, bytes, name, "
               "added) VALUES (?1, ?1, 'jats', 'application/xml', 'x' || ?1, 1, 'x', 0)",
               "i", article));
    assert_true(front_store(db, article, &front, &e));
    row.anchor = "f1";
    row.origin = "jats";
    row.kind = "figure";
    row.confidence = 1;
    if (!figure_store(db, article, &row, &e))
        fail_msg("%s", e.text);
}

static void add_caption(struct db *db, int64_t article, const char *language, const char *text)
{
    struct figure_text caption = {language, text};
    add_figure(db, article, language, (struct figure_row){.captions = &caption, .n_captions = 1});
}

static int begin(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, P_tmpdir "/translate-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int end(void **state)
{
    static const char *const names[] = {"corpus.db", "corpus.db-wal", "corpus.db-shm", "blobs"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
    return rmdir(folder);
}

/* The stage as a program; its exit status. */
static int run(const char *url, const char *option, const char *value)
{
    pid_t pid = fork();
    if (pid == 0) {
        const char *argv[] = {
            "figmill-translate", "--corpus", folder, "-q", "--apertium", "/nowhere", "--url", url, option, value, NULL};
        _exit(stage_main(&translate_stage, value ? 10 : 8, argv));
    }
    int status = -1;
    assert_true(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* The first column of the first row, as text that stays. */
static const char *ask(const char *sql)
{
    static char text[512];
    struct db db = open_db();
    struct err e = {0};
    sqlite3_stmt *s = db_bind(&db, &e, sql, "");
    if (!s)
        fail_msg("%s", e.text);
    int more = db_step(&db, s, &e);
    snprintf(text, sizeof text, "%s", more > 0 && db_text(s, 0) ? db_text(s, 0) : "");
    db_close(&db);
    return text;
}

/* Tests. */

static void test_english_needs_no_server(void **state)
{
    struct db db = open_db();
    add_caption(&db, 1, "en", "Changes of the pain score after radiotherapy of the knee.");
    add_caption(&db, 2, "es", "0.5 Gy / 12");
    struct figure_text both[] = {{"es", good}, {"en", "Pain score after 0.5 Gy in 12 patients, by the authors."}};
    add_figure(&db, 3, "de", (struct figure_row){.captions = both, .n_captions = 2});
    run_sql(&db, "UPDATE front SET title = NULL");
    db_close(&db);
    assert_int_equal(run(nowhere, NULL, NULL), EXIT_DONE);
    assert_string_equal(ask("SELECT group_concat(method || ' ' || source_language || ' ' || (source_text = text)) FROM "
                            "(SELECT * FROM translation ORDER BY figure_id)"),
                        "identity en 1,identity zxx 1,author es 0");
    assert_string_equal(ask("SELECT text FROM translation WHERE method = 'author'"), both[1].text);
    assert_string_equal(ask("SELECT count(*) FROM model_call"), "0");
    assert_string_equal(ask("SELECT count(*) FROM run"), "1");
    assert_int_equal(run(nowhere, NULL, NULL), EXIT_DONE);
    assert_string_equal(ask("SELECT count(*) FROM run"), "1");
}

static void test_server_gone_then_back(void **state)
{
    struct mock_server mock;
    struct db db = open_db();
    add_caption(&db, 1, "es", good);
    add_caption(&db, 2, "es", late);
    db_close(&db);
    assert_int_equal(run(nowhere, NULL, NULL), EXIT_ENVIRONMENT);
    db = open_db();
    add_caption(&db, 3, "en", "Changes of the pain score after radiotherapy of the knee.");
    db_close(&db);
    /* English that came later is done although others wait in front of it. */
    assert_int_equal(run(nowhere, NULL, NULL), EXIT_ENVIRONMENT);
    assert_string_equal(ask("SELECT group_concat(item || ' ' || state) FROM (SELECT * FROM task ORDER BY task_id)"),
                        "1 ready,2 ready,3 done");
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    mock_stop(&mock);
    assert_string_equal(ask("SELECT count(*) FROM translation WHERE drop_reason IS NULL AND field = 'caption'"), "3");
    /* Nothing to do: no server either. */
    assert_int_equal(run(nowhere, NULL, NULL), EXIT_DONE);
}

static void test_good_and_bad_replies(void **state)
{
    struct mock_server mock;
    struct db db = open_db();
    add_caption(&db, 1, "es", good);
    add_caption(&db, 2, "es", late);
    add_caption(&db, 3, "es", hopeless);
    add_caption(&db, 4, "es", chatty);
    run_sql(&db, "UPDATE front SET title = NULL");
    db_close(&db);
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    assert_string_equal(ask("SELECT group_concat(figure_id || ' ' || coalesce(drop_reason, 'kept')) FROM "
                            "(SELECT * FROM translation ORDER BY figure_id)"),
                        "1 kept,2 kept,3 copy,4 reply");
    assert_string_equal(ask("SELECT text FROM translation WHERE figure_id = 2"),
                        "Survival curve of the mice irradiated with 2 Gy in all.");
    assert_string_equal(
        ask("SELECT model || ' ' || method || ' ' || (model_call_id > 0) FROM translation WHERE figure_id = 1"),
        "mock-model model 1");
    assert_string_equal(ask("SELECT checks ->> 'copy' FROM translation WHERE figure_id = 3"),
                        "the source was returned untranslated");
    assert_string_equal(ask("SELECT coalesce(text, 'none') FROM translation WHERE figure_id = 4"), "none");
    assert_int_equal(mock_count(&mock, "/v1/chat"), 1 + 2 + 2 + 2);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    assert_int_equal(mock_count(&mock, "/v1/chat"), 7);
    mock_stop(&mock);
}

static void test_reply_without_end(void **state)
{
    static const struct mock_reply endless[] = {{"/v1/models", 200, "{\"data\":[{\"id\":\"mock-model\"}]}"},
                                                {"/v1/chat", 503, "{\"error\":\"busy\"}", .times = 1},
                                                {"/v1/chat", 200, .make = model_that_never_ends},
                                                {0}};
    struct mock_server mock;
    struct db db = open_db();
    add_caption(&db, 1, "es", loops);
    run_sql(&db, "UPDATE front SET title = NULL");
    db_close(&db);
    mock_start(&mock, endless);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    mock_stop(&mock);
    assert_string_equal(ask("SELECT drop_reason || ': ' || (checks ->> 'reply') FROM translation"),
                        "reply: the reply does not end");
    assert_string_equal(ask("SELECT attempts FROM task"), "2");
}

static void test_refused_key_stops_the_stage(void **state)
{
    static const struct mock_reply locked[] = {{"/v1/models", 200, "{\"data\":[{\"id\":\"mock-model\"}]}"},
                                               {"/v1/chat", 401, "{\"error\":{\"message\":\"Invalid API Key\"}}"},
                                               {0}};
    struct mock_server mock;
    struct db db = open_db();
    add_caption(&db, 1, "es", good);
    db_close(&db);
    mock_start(&mock, locked);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_ENVIRONMENT);
    mock_stop(&mock);
    assert_string_equal(ask("SELECT state || ' ' || attempts FROM task"), "ready 0");
}

static void test_all_texts_of_a_figure(void **state)
{
    struct mock_server mock;
    struct db db = open_db();
    struct figure_text caption = {"es", good}, mentions[5];
    for (int i = 0; i < 5; i++)
        mentions[i] = (struct figure_text){
            "es", i == 4 ? "The figure shows in English that the pain of the patients decreased in both of the groups."
                         : "Como muestra la figura, el dolor disminuyó."};
    add_figure(&db, 1, "es",
               (struct figure_row){.captions = &caption, .n_captions = 1, .mentions = mentions, .n_mentions = 5});
    run_sql(&db, "INSERT INTO panel (figure_id, ordinal, label, caption) VALUES (1, 0, 'A', 'Panel izquierdo'), (1, 1, "
                 "'B', '')");
    db_close(&db);
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    assert_string_equal(ask("SELECT count(*) FROM translation WHERE panel_id IS NOT NULL"), "0");
    /* All that is new in one request; the three mentions are the same text. */
    assert_int_equal(mock_count(&mock, "/v1/chat"), 1);
    assert_int_equal(run(mock.url, "--texts", "caption,panel,mention,title"), EXIT_DONE);
    assert_string_equal(ask("SELECT group_concat(field || (panel_id IS NOT NULL) || ordinal || method, ' ') FROM "
                            "(SELECT * FROM translation ORDER BY field, panel_id, ordinal)"),
                        "caption00model caption10model mention00model mention01model mention02model mention04identity "
                        "title00model");
    assert_int_equal(mock_count(&mock, "/v1/chat"), 2);
    assert_int_equal(run(mock.url, "--mentions", "1"), EXIT_DONE);
    assert_string_equal(ask("SELECT count(*) FROM translation WHERE field = 'mention'"), "2");
    assert_int_equal(mock_count(&mock, "/v1/chat"), 2);
    mock_stop(&mock);
}

static void test_a_changed_caption_is_done_again(void **state)
{
    struct mock_server mock;
    struct db db = open_db();
    add_caption(&db, 1, "es", good);
    add_caption(&db, 2, "en", "Changes of the pain score after radiotherapy of the knee.");
    db_close(&db);
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    char *id = strdup(ask("SELECT translation_id FROM translation WHERE figure_id = 1 AND field = 'caption'"));
    db = open_db();
    add_caption(&db, 1, "es", "Otra leyenda de la misma figura");
    db_close(&db);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    assert_string_equal(ask("SELECT translation_id FROM translation WHERE text = 'Another legend of the same figure'"),
                        id);
    assert_string_equal(ask("SELECT ready FROM run ORDER BY run_id DESC"), "1");
    /* Another model makes only what a model made anew. */
    static const struct mock_reply other[] = {
        {"/v1/models", 200, "{\"data\":[{\"id\":\"mock-model\"},{\"id\":\"other\"}]}"},
        {"/v1/chat", 200, .make = model},
        {0}};
    struct mock_server second;
    mock_start(&second, other);
    assert_int_equal(run(second.url, "--model", "other"), EXIT_DONE);
    assert_string_equal(ask("SELECT ready FROM run ORDER BY run_id DESC"), "1");
    assert_string_equal(ask("SELECT model FROM translation WHERE field = 'caption' AND figure_id = 1"), "other");
    mock_stop(&second);
    mock_stop(&mock);
    free(id);
}

static void test_long_caption_goes_in_pieces(void **state)
{
    struct mock_server mock;
    struct db db = open_db();
    struct str caption = STR_INIT(4000);
    for (int i = 0; i < 33; i++)
        str_add(&caption, "Frase larga de una leyenda que es larga, una de muchas que siguen tras ella. ");
    add_caption(&db, 1, "es", caption.data);
    str_release(&caption);
    run_sql(&db, "UPDATE front SET title = NULL");
    db_close(&db);
    mock_start(&mock, replies);
    assert_int_equal(run(mock.url, NULL, NULL), EXIT_DONE);
    mock_stop(&mock);
    /* Three pieces, two of them the same, in one request; each that is too short once more by itself. */
    assert_string_equal(ask("SELECT count(*) FROM model_call"), "3");
    assert_string_equal(ask("SELECT drop_reason FROM translation"), "length");
}

static void test_usage(void **state)
{
    struct db db = open_db();
    db_close(&db);
    assert_int_equal(run(nowhere, "--mentions", "-1"), EXIT_USAGE);
    assert_int_equal(run(nowhere, "--target", "%%"), EXIT_USAGE);
    assert_int_equal(run(nowhere, NULL, NULL), EXIT_DONE);
}

#define CORPUS_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CORPUS_TEST(test_english_needs_no_server),
        CORPUS_TEST(test_server_gone_then_back),
        CORPUS_TEST(test_good_and_bad_replies),
        CORPUS_TEST(test_reply_without_end),
        CORPUS_TEST(test_refused_key_stops_the_stage),
        CORPUS_TEST(test_all_texts_of_a_figure),
        CORPUS_TEST(test_a_changed_caption_is_done_again),
        CORPUS_TEST(test_long_caption_goes_in_pieces),
        CORPUS_TEST(test_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
