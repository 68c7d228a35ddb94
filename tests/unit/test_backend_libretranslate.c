/* test_backend_libretranslate.c: LibreTranslate as a backend: its documented replies as golden cases, and a server that
 * answers well and badly. */
#include "translate/backend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "db/model_call.h"
#include "tests/unit/mock_server.h"
#include "tests/unit/sample_corpus.h"
#include "translate/libretranslate.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char languages[] =
    "[{\"code\":\"en\",\"name\":\"English\",\"targets\":[\"en\",\"es\",\"zh-Hans\"]},"
    "{\"code\":\"es\",\"name\":\"Spanish\",\"targets\":[\"en\"]},"
    "{\"code\":\"zh-Hans\",\"name\":\"Chinese\",\"targets\":[\"en\"]},"
    "{\"code\":\"pt-BR\",\"name\":\"Portuguese (Brazil)\",\"targets\":[\"en\"]},{\"code\":\"nb\"},"
    "{\"code\":7},{\"code\":\"../x\"},3]";
static const char spec[] = "{\"swagger\":\"2.0\",\"info\":{\"title\":\"LibreTranslate\",\"version\":\"1.9.6\"}}";
#define GETS                                                                                                           \
    {"/languages", 200, languages}, {"/health", 200, "{\"status\":\"ok\"}"},                                           \
        {"/frontend/settings", 200, "{\"charLimit\":-1,\"keyRequired\":false}"},                                       \
    {                                                                                                                  \
        "/spec", 200, spec                                                                                             \
    }

static char folder[64];
static struct db db;
static struct arena arena = ARENA_INIT;

static int begin(void **state)
{
    (void)state;
    unsetenv("LIBRETRANSLATE_URL");
    unsetenv("LIBRETRANSLATE_KEY");
    sample_corpus_open(&db, folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    sample_corpus_remove(&db, folder);
    return 0;
}

/* The documented replies. */

static void test_replies(void **state)
{
    static const struct {
        int status;
        const char *body;
        size_t n;
        enum libretranslate_verdict verdict;
        enum err_kind kind;
        const char *says; /* part of the first translation, or of the error */
    } cases[] = {
        {200, "{\"translatedText\":\"\xC2\xA1Hola!\"}", 1, LIBRETRANSLATE_ANSWERED, ERR_NONE, "Hola"},
        {200, "{\"translatedText\":[\"a\"]}", 1, LIBRETRANSLATE_ANSWERED, ERR_NONE, "a"},
        {200, "{\"translatedText\":[\"a\",\"b\"]}", 2, LIBRETRANSLATE_ANSWERED, ERR_NONE, "a"},
        {200,
         "{\"detectedLanguage\":{\"confidence\":83,\"language\":\"fr\"},\"translatedText\":\"Hi\",\"alternatives\":["
         "\"Hello\"]}",
         1, LIBRETRANSLATE_ANSWERED, ERR_NONE, "Hi"},
        {200, "{\"translatedText\":\"p &lt; 0.05\"}", 1, LIBRETRANSLATE_ANSWERED, ERR_NONE, "p &lt; 0.05"},
        {200, "{\"translatedText\":\"\"}", 1, LIBRETRANSLATE_ANSWERED, ERR_NONE, ""},
        {200, "{\"translatedText\":\"a\"}", 2, LIBRETRANSLATE_BROKEN, ERR_FORMAT, "does not have"},
        {200, "{\"translatedText\":[\"a\"]}", 2, LIBRETRANSLATE_BROKEN, ERR_FORMAT, "does not have"},
        {200, "{\"translatedText\":[\"a\",\"b\",\"c\"]}", 2, LIBRETRANSLATE_BROKEN, ERR_FORMAT, "does not have"},
        {200, "{\"translatedText\":[\"a\",null]}", 2, LIBRETRANSLATE_BROKEN, ERR_FORMAT, "does not have"},
        {200, "{\"translatedText\":null}", 1, LIBRETRANSLATE_BROKEN, ERR_FORMAT, "does not have"},
        {200, "{\"error\":\"out of memory\"}", 1, LIBRETRANSLATE_BROKEN, ERR_FORMAT, "out of memory"},
        {200, "[]", 1, LIBRETRANSLATE_BROKEN, ERR_FORMAT, "does not have"},
        {200, "<html>Sign in</html>", 1, LIBRETRANSLATE_NEVER, ERR_TEMPORARY, "no JSON"},
        {200, "{\"translatedText\":\"a", 1, LIBRETRANSLATE_NEVER, ERR_TEMPORARY, "no JSON"},
        {200, "", 1, LIBRETRANSLATE_NEVER, ERR_TEMPORARY, "no JSON"},
        {400, "{\"error\":\"xx is not supported\"}", 1, LIBRETRANSLATE_REFUSED, ERR_FORMAT, "xx is not supported"},
        {400, "{\"error\":\"Invalid request: request (2500) exceeds text limit (2000)\"}", 1, LIBRETRANSLATE_REFUSED,
         ERR_FORMAT, "exceeds text limit (2000)"},
        {400, "{\"error\":\"Invalid request: missing q parameter\"}", 1, LIBRETRANSLATE_REFUSED, ERR_FORMAT, "missing"},
        {400, "{\"error\":\"Please contact the server operator to get an API key\"}", 1, LIBRETRANSLATE_NEVER,
         ERR_SYSTEM, "LIBRETRANSLATE_KEY"},
        {400, "<h1>Bad Request</h1>", 1, LIBRETRANSLATE_REFUSED, ERR_FORMAT, "no reason given"},
        {413, "", 1, LIBRETRANSLATE_REFUSED, ERR_LIMIT, "413"},
        {403, "{\"error\":\"Invalid API key\"}", 1, LIBRETRANSLATE_NEVER, ERR_SYSTEM, "Invalid API key"},
        {403, "{\"error\":\"Too many request limits violations\"}", 1, LIBRETRANSLATE_NEVER, ERR_SYSTEM, "violations"},
        {404, "{\"error\":{\"message\":\"x\"}}", 1, LIBRETRANSLATE_NEVER, ERR_SYSTEM, "whole URL"},
        {301, "", 1, LIBRETRANSLATE_NEVER, ERR_SYSTEM, "301"},
        {429, "{\"error\":\"Slowdown: 20 per 1 minute\"}", 1, LIBRETRANSLATE_NEVER, ERR_TEMPORARY, "20 per 1 minute"},
        {500, "{\"error\":\"Cannot translate text: x\"}", 1, LIBRETRANSLATE_BROKEN, ERR_FORMAT, "Cannot translate"},
        {502, "<html>Bad gateway</html>", 1, LIBRETRANSLATE_NEVER, ERR_TEMPORARY, "502"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_reply reply = {.status = cases[i].status, .body = STR_INIT(4096)};
        const char *translations[4] = {NULL};
        struct err why = {0};
        str_add(&reply.body, cases[i].body);
        enum libretranslate_verdict verdict =
            libretranslate_reply_read("http://s", &reply, cases[i].n, &arena, translations, &why);
        const char *said = verdict == LIBRETRANSLATE_ANSWERED ? translations[0] : why.text;
        if (verdict != cases[i].verdict || why.kind != cases[i].kind || !strstr(said, cases[i].says))
            fail_msg("%d %s: verdict %d, kind %d, '%s'", cases[i].status, cases[i].body, (int)verdict, (int)why.kind,
                     said);
        assert_int_equal(why.retry_after, cases[i].status == 429 ? 60 : 0);
        http_reply_release(&reply);
    }
}

static void test_codes(void **state)
{
    static const char listed[] =
        "[{\"code\":\"en\"},{\"code\":\"zh\"},{\"code\":\"zt\"},{\"code\":\"pb\"},{\"code\":\"pt\"},{\"code\":\"nb\"},"
        "{\"code\":\"he\"},{\"code\":\"sr-Latn\"}]";
    static const char *const old[][2] = {
        {"en", "en"},    {"en-GB", "en"}, {"EN", "en"},           {"zh", "zh"},    {"zh-Hans", "zh"}, {"zh-CN", "zh"},
        {"zh-TW", "zt"}, {"zt", "zt"},    {"zh-Hant-TW", "zt"},   {"pt-BR", "pb"}, {"pt-PT", "pt"},   {"no", "nb"},
        {"iw", "he"},    {"sr", NULL},    {"sr-Latn", "sr-Latn"}, {"de", NULL},    {"e", NULL},       {"nn", NULL},
    };
    static struct libretranslate s;
    (void)state;
    assert_true(libretranslate_languages_read(listed, sizeof listed - 1, &s));
    for (size_t i = 0; i < COUNT(old); i++)
        if (!str_same(libretranslate_code(&s, old[i][0]), old[i][1]))
            fail_msg("%s", old[i][0]);
    /* Without lists of targets all pairs are there. */
    assert_true(libretranslate_can(&s, "zh-TW", "en"));
    assert_false(libretranslate_can(&s, "en-GB", "en"));
    assert_true(libretranslate_languages_read(languages, sizeof languages - 1, &s));
    assert_int_equal(s.n, 5);
    assert_string_equal(libretranslate_code(&s, "zh"), "zh-Hans");
    assert_null(libretranslate_code(&s, "zh-TW"));
    assert_string_equal(libretranslate_code(&s, "pt"), "pt-BR");
    assert_true(libretranslate_can(&s, "es", "en") && libretranslate_can(&s, "pt-PT", "en"));
    assert_false(libretranslate_can(&s, "es", "zh"));
    assert_false(libretranslate_languages_read("[]", 2, &s));
    assert_false(libretranslate_languages_read("<html>", 6, &s));
}

/* Finding it. */

static void *find(const char *url, struct err *e)
{
    struct backend_options options = {.libretranslate = url};
    memset(e, 0, sizeof *e);
    return backend_libretranslate.find(&options, e);
}

static void not_found(const struct mock_reply *replies, const char *says)
{
    struct mock_server mock;
    struct err e;
    mock_start(&mock, replies);
    assert_null(find(mock.url, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    if (!strstr(e.text, says))
        fail_msg("%s", e.text);
    mock_stop(&mock);
}

static void test_find(void **state)
{
    const struct backend *b = &backend_libretranslate;
    struct mock_reply replies[] = {GETS, {0}}, bare[] = {{"/languages", 200, languages}, {0}};
    struct mock_server mock;
    struct err e;
    char url[128];
    (void)state;
    assert_null(find(NULL, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "$LIBRETRANSLATE_URL"));
    assert_null(find("http://127.0.0.1:1", &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "--libretranslate"));
    mock_start(&mock, replies);
    setenv("LIBRETRANSLATE_URL", mock.url, 1);
    void *found = find(NULL, &e);
    unsetenv("LIBRETRANSLATE_URL");
    assert_non_null(found);
    assert_string_equal(b->identity(found, "es", "en"), "LibreTranslate 1.9.6");
    assert_true(b->can(found, "es", "en"));
    assert_true(b->slots(found) > 0);
    b->lose(found);
    b->lose(NULL);
    mock_stop(&mock);
    /* An older server has the one path only. */
    mock_start(&mock, bare);
    snprintf(url, sizeof url, "%s/translate/", mock.url);
    found = find(url, &e);
    assert_non_null(found);
    assert_string_equal(b->identity(found, "es", "en"), "LibreTranslate");
    b->lose(found);
    mock_stop(&mock);
    not_found((struct mock_reply[]){{"/languages", 200, "<html>hello"}, {0}}, "lists no languages");
    not_found((struct mock_reply[]){{"/languages", 404, "{}"}, {0}}, "404");
    not_found((struct mock_reply[]){{"/languages", 200, languages}, {"/health", 500, "{}"}, {0}}, "not well");
    not_found((struct mock_reply[]){{"/languages", 200, languages},
                                    {"/frontend/settings", 200, "{\"keyRequired\":true}"},
                                    {0}},
              "LIBRETRANSLATE_KEY");
}

/* Translating. */

enum { MOST = 40 };
static struct backend_text texts[MOST];

struct rig {
    struct mock_server mock;
    void *found, *opened;
};

static void rig_start(struct rig *r, const struct mock_reply *replies, unsigned generation)
{
    struct err e = {0};
    mock_start(&r->mock, replies);
    struct backend_options options = {.libretranslate = r->mock.url, .generation = generation};
    r->found = backend_libretranslate.find(&options, &e);
    if (!r->found)
        fail_msg("%s", e.text);
    r->opened = backend_libretranslate.open(r->found, &db, NULL, &e);
}

static void rig_end(struct rig *r)
{
    backend_libretranslate.close(r->opened);
    backend_libretranslate.close(NULL);
    backend_libretranslate.lose(r->found);
    mock_stop(&r->mock);
}

/* Every test has its own words, since what one has asked for the next would find stored. */
static bool run(struct rig *r, const char *const *words, size_t n, int attempt, struct err *e)
{
    struct backend_request request = {.source = "es", .target = "en-US", .texts = texts, .n = n};
    memset(e, 0, sizeof *e);
    for (size_t i = 0; i < n; i++)
        texts[i] = (struct backend_text){.text = words[i], .attempt = attempt};
    return backend_libretranslate.translate(r->opened, &request, &arena, e);
}

/* A server that says "EN " before each text; a text with "bad" in it makes it fail. */
static char *answer(const char *request, size_t most)
{
    cJSON *body = json_parse(request, strlen(request), NULL);
    const cJSON *q = json_member(body, "q"), *item;
    struct str out = STR_INIT(1 << 20);
    bool ok = !strstr(request, "bad") && (size_t)cJSON_GetArraySize(q) <= most;
    str_add(&out, "{\"translatedText\":");
    str_add(&out, cJSON_IsArray(q) ? "[" : "");
    char *line = mem_printf("EN %s", cJSON_IsString(q) ? q->valuestring : "");
    if (cJSON_IsString(q))
        json_quote(line, &out);
    free(line);
    cJSON_ArrayForEach(item, q)
    {
        line = mem_printf("EN %s", item->valuestring);
        str_add(&out, item == q->child ? "" : ",");
        json_quote(line, &out);
        free(line);
    }
    str_add(&out, cJSON_IsArray(q) ? "]}" : "}");
    cJSON_Delete(body);
    char *made = str_detach(&out);
    if (ok)
        return made;
    free(made);
    return NULL; /* 500 */
}

static char *any(const char *request)
{
    return answer(request, 1000);
}

static char *three_at_once(const char *request)
{
    return answer(request, 3);
}

static char *no_arrays(const char *request)
{
    return strstr(request, "\"q\":[") ? mem_strdup("{\"translatedText\":\"EN one\"}") : answer(request, 1);
}

static void test_translate(void **state)
{
    static const char *const words[] = {"uno", "dos \"tres\" <b>", "[1] y [12]."};
    struct mock_reply replies[] = {GETS, {"/translate", 200, .make = any}, {0}};
    struct rig r;
    struct err e;
    (void)state;
    setenv("LIBRETRANSLATE_KEY", "hush-hush", 1);
    rig_start(&r, replies, 0);
    unsetenv("LIBRETRANSLATE_KEY");
    assert_true(run(&r, words, 3, 0, &e));
    assert_string_equal(texts[0].translation, "EN uno");
    assert_string_equal(texts[1].translation, "EN dos \"tres\" <b>");
    assert_string_equal(texts[2].translation, "EN [1] y [12].");
    assert_true(texts[0].model_call_id > 0 && texts[0].model_call_id == texts[2].model_call_id);
    char *sent = mock_request(&r.mock, "/translate", 0);
    assert_non_null(strstr(sent, "{\"q\":[\"uno\",\"dos \\\"tres\\\" <b>\",\"[1] y [12].\"],\"source\":\"es\","
                                 "\"target\":\"en\",\"format\":\"text\",\"api_key\":\"hush-hush\"}"));
    free(sent);
    /* Stored without the key, and not asked for again. */
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM model_call WHERE stage = 'translate' AND http_status = 200 "
                                     "AND model = 'LibreTranslate 1.9.6' AND err_kind IS NULL AND request LIKE "
                                     "'%,\"engine\":\"LibreTranslate 1.9.6\"}'"),
                     1);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM model_call WHERE request || coalesce(reply, '') || "
                                     "coalesce(err_text, '') LIKE '%hush%'"),
                     0);
    assert_true(run(&r, words, 3, 0, &e));
    assert_int_equal(mock_count(&r.mock, "/translate"), 1);
    assert_int_equal(mock_count(&r.mock, "/detect"), 0);
    rig_end(&r);
    /* --refresh asks anew. */
    rig_start(&r, replies, 7);
    assert_true(run(&r, words, 3, 0, &e));
    assert_int_equal(mock_count(&r.mock, "/translate"), 1);
    rig_end(&r);
    assert_int_equal(sample_int(&db, "SELECT count(*) FROM model_call WHERE request LIKE '%\"generation\":7}'"), 1);
}

static char *damaged(const char *request)
{
    (void)request;
    return mem_strdup("{\"translatedText\":\" See  [ 1 ], [3] and\\n[1]\"}");
}

/* Placeholders go as they are, and what becomes of them is protect_restore's to judge. */
static void test_placeholders(void **state)
{
    static const char *const words[] = {"vea [1] y [2]"};
    struct mock_reply replies[] = {GETS, {"/translate", 200, .make = damaged}, {0}};
    struct rig r;
    struct err e;
    (void)state;
    rig_start(&r, replies, 0);
    assert_true(run(&r, words, 1, 0, &e));
    assert_string_equal(texts[0].translation, "See [ 1 ], [3] and [1]");
    char *sent = mock_request(&r.mock, "/translate", 0);
    assert_non_null(strstr(sent, words[0]));
    free(sent);
    rig_end(&r);
}

static void test_one_bad_text_spoils_no_others(void **state)
{
    static const char *const words[] = {"alfa", "beta", "bad gamma", "delta", "epsilon"};
    struct mock_reply replies[] = {GETS, {"/translate", 200, .make = any}, {0}};
    struct rig r;
    struct err e;
    (void)state;
    rig_start(&r, replies, 0);
    assert_true(run(&r, words, 5, 0, &e));
    for (int i = 0; i < 5; i++)
        assert_true((texts[i].translation == NULL) == (i == 2) && (texts[i].why != NULL) == (i == 2));
    assert_non_null(strstr(texts[2].why, "500"));
    assert_true(texts[2].model_call_id > 0);
    /* Alone, it takes a number to see that the server is well; then it is asked once more. */
    assert_true(run(&r, words + 2, 1, 0, &e));
    assert_non_null(texts[0].why);
    int n = mock_count(&r.mock, "/translate");
    char *sent = mock_request(&r.mock, "/translate", n - 2);
    assert_non_null(strstr(sent, "{\"q\":\"1\""));
    free(sent);
    rig_end(&r);
}

static void test_hiccup(void **state)
{
    static const char *const words[] = {"hipo"};
    struct mock_reply replies[] = {
        GETS, {"/translate", 500, "{\"error\":\"x\"}", .times = 1}, {"/translate", 200, .make = any}, {0}};
    struct rig r;
    struct err e;
    (void)state;
    rig_start(&r, replies, 0);
    assert_true(run(&r, words, 1, 0, &e));
    assert_string_equal(texts[0].translation, "EN hipo");
    assert_int_equal(mock_count(&r.mock, "/translate"), 3);
    rig_end(&r);
}

static void test_limits(void **state)
{
    static const struct {
        char *(*make)(const char *);
        int first, again; /* requests for ten texts, and for ten more */
    } cases[] = {{three_at_once, 1 + 2 + 4, 4}, {no_arrays, 2 * 10 - 1, 10}};
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct mock_reply replies[] = {GETS, {"/translate", 200, .make = cases[c].make}, {0}};
        struct rig r;
        struct err e;
        const char *words[20];
        rig_start(&r, replies, 0);
        for (int i = 0; i < 20; i++)
            words[i] = arena_printf(&arena, "limite %zu %d", c, i);
        assert_true(run(&r, words, 10, 0, &e));
        for (int i = 0; i < 10; i++)
            assert_string_equal(texts[i].translation, arena_printf(&arena, "EN %s", words[i]));
        int first = mock_count(&r.mock, "/translate");
        assert_int_equal(first, cases[c].first);
        assert_true(run(&r, words + 10, 10, 0, &e));
        assert_int_equal(mock_count(&r.mock, "/translate") - first, cases[c].again);
        rig_end(&r);
    }
}

static void test_char_limit(void **state)
{
    struct mock_reply replies[] = {{"/languages", 200, languages},
                                   {"/frontend/settings", 200, "{\"charLimit\":20}"},
                                   {"/translate", 200, .make = any},
                                   {0}};
    static const char *const words[] = {"ni\xC3\xB1o ni\xC3\xB1o n", "nueve nue", "mas", "mucho mas largo que veinte"};
    struct rig r;
    struct err e;
    (void)state;
    rig_start(&r, replies, 0);
    assert_true(run(&r, words, 4, 0, &e));
    assert_int_equal(mock_count(&r.mock, "/translate"), 3); /* 11 + 9 characters fill one */
    rig_end(&r);
}

static void test_refused(void **state)
{
    static const char *const words[] = {"rechazado"};
    struct mock_reply replies[] = {GETS, {"/translate", 400, "{\"error\":\"es is not supported\"}"}, {0}};
    struct rig r;
    struct err e;
    (void)state;
    rig_start(&r, replies, 0);
    assert_true(run(&r, words, 1, 0, &e));
    assert_null(texts[0].translation);
    assert_non_null(strstr(texts[0].why, "es is not supported"));
    assert_int_equal(mock_count(&r.mock, "/translate"), 1);
    rig_end(&r);
}

static void test_stops(void **state)
{
    static const char *const words[] = {"para", "parada"};
    static const struct {
        struct mock_reply reply;
        enum err_kind kind;
        int retry_after;
        const char *says;
    } cases[] = {
        {{"/translate", 429, "{\"error\":\"Slowdown: 20 per 1 minute\"}", "Retry-After: 7"},
         ERR_TEMPORARY,
         7,
         "Slowdown"},
        {{"/translate", 429, "{\"error\":\"Slowdown: 20 per 1 minute\"}"}, ERR_TEMPORARY, 60, "Slowdown"},
        {{"/translate", 403, "{\"error\":\"Invalid API key\"}"}, ERR_SYSTEM, 0, "Invalid API key"},
        {{"/translate", 200, "<html>Sign in</html>"}, ERR_TEMPORARY, 0, "no JSON"},
        {{"/translate", 200, "{\"translatedText\":[\"a\",\"b\"]}", .end = MOCK_CUT}, ERR_TEMPORARY, 0, "/translate"},
        {{"/translate", 200, "", .end = MOCK_RESET}, ERR_TEMPORARY, 0, "/translate"},
        {{"/translate", 500, "{\"error\":\"no memory\"}"}, ERR_TEMPORARY, 0, "fails on everything"},
        {{"/translate", 200, "{\"translatedText\":7}"}, ERR_TEMPORARY, 0, "fails on everything"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mock_reply replies[] = {GETS, cases[i].reply, {0}};
        struct rig r;
        struct err e;
        int64_t failed = sample_int(&db, "SELECT count(*) FROM model_call WHERE err_kind IS NOT NULL");
        rig_start(&r, replies, 0);
        assert_false(run(&r, words, 2, 0, &e));
        if (e.kind != cases[i].kind || e.retry_after != cases[i].retry_after || !strstr(e.text, cases[i].says))
            fail_msg("case %zu: %d, %d s, %s", i, (int)e.kind, e.retry_after, e.text);
        assert_true(sample_int(&db, "SELECT count(*) FROM model_call WHERE err_kind IS NOT NULL") > failed);
        rig_end(&r);
    }
    /* The server goes away. */
    struct mock_reply replies[] = {GETS, {"/translate", 200, .make = any}, {0}};
    struct rig r;
    struct err e;
    rig_start(&r, replies, 0);
    mock_stop(&r.mock);
    assert_false(run(&r, words, 2, 0, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    rig_end(&r);
}

/* A reply that another worker stored to the same request while ours was under way is the one that counts. */
static void test_first_reply_counts(void **state)
{
    struct str ours = STR_INIT(64);
    struct model_call call = {.stage = "translate", .model = "m", .server = "", .request = "{\"q\":\"carrera\"}"};
    const char *earlier;
    int64_t first, second;
    struct err e = {0};
    (void)state;
    str_add(&ours, "first");
    assert_true(model_call_record(&db, &call, &ours, &arena, &earlier, &first, &e));
    assert_null(earlier);
    str_clear(&ours);
    str_add_bytes(&ours, "second \xff\0", 9);
    assert_true(model_call_record(&db, &call, &ours, &arena, &earlier, &second, &e));
    assert_string_equal(earlier, "first");
    assert_int_equal(first, second);
    /* A failure is kept beside it, in a form that the table can hold. */
    const struct err why = {.kind = ERR_FORMAT, .text = "broken"};
    call.error = &why;
    assert_true(model_call_record(&db, &call, &ours, &arena, &earlier, &second, &e));
    assert_null(earlier);
    assert_true(second > first);
    assert_true(str_starts(call.reply, "second"));
    str_release(&ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replies),      cmocka_unit_test(test_codes),
        cmocka_unit_test(test_find),         cmocka_unit_test(test_translate),
        cmocka_unit_test(test_placeholders), cmocka_unit_test(test_one_bad_text_spoils_no_others),
        cmocka_unit_test(test_hiccup),       cmocka_unit_test(test_limits),
        cmocka_unit_test(test_char_limit),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_stops),        cmocka_unit_test(test_first_reply_counts),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
