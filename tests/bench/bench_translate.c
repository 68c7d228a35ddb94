/* bench_translate.c: `figmill translate` over captions that are all different, with a LibreTranslate server that
 * answers at once: what the stage itself costs, from the database through identification, protection, HTTP, checks and
 * back into the database.
 *
 *   bench_translate FIGMILL_TRANSLATE [CAPTIONS]
 *
 * Prints one line: captions, seconds, captions/s, the largest process's peak memory, kept and dropped. The corpus lies
 * in $TMPDIR. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "db/db.h"
#include "db/figure.h"
#include "tests/unit/mock_server.h"

enum { FIGURES = 5 /* an article */, CAPTIONS = 100000, MOST_CAPTION = 4096 };

/* Sentences, and what the server makes of their phrases. */
static const char *const phrases[][2] = {
    {"Evolución del dolor articular tras la irradiación con ", "Course of the joint pain after irradiation with "},
    {" en ", " in "},
    {" pacientes con artrosis de rodilla", " patients with osteoarthritis of the knee"},
    {"La línea continua representa al grupo tratado y la discontinua al grupo de control",
     "The solid line represents the treated group and the dashed one the control group"},
    {"Las barras de error indican la desviación estándar de ", "The error bars show the standard deviation of "},
    {" mediciones independientes", " independent measurements"},
    {"Distribución de la dosis absorbida en los tejidos blandos: ",
     "Distribution of the absorbed dose in soft tissues: "},
    {" del volumen recibió más de ", " of the volume received more than "},
};
enum { PHRASES = sizeof phrases / sizeof *phrases };

static void die(const struct err *e)
{
    fprintf(stderr, "bench_translate: %s\n", e->text);
    exit(1);
}

/* The server: phrases are replaced, all else stays. */

static void translate(const char *text, struct str *out)
{
    while (*text) {
        size_t i = 0;
        while (i < PHRASES && !str_starts(text, phrases[i][0]))
            i++;
        if (i < PHRASES) {
            str_add(out, phrases[i][1]);
            text += strlen(phrases[i][0]);
        } else {
            str_add_char(out, *text++);
        }
    }
}

static char *serve(const char *request)
{
    struct str reply = STR_INIT(16 << 20), text = STR_INIT(1 << 20);
    cJSON *object = json_parse(request, strlen(request), NULL);
    const cJSON *q = cJSON_GetObjectItem(object, "q"), *item;
    const char *between = "";
    str_add(&reply, cJSON_IsArray(q) ? "{\"translatedText\":[" : "{\"translatedText\":");
    for (item = cJSON_IsArray(q) ? q->child : q; item; item = cJSON_IsArray(q) ? item->next : NULL) {
        str_clear(&text);
        translate(cJSON_IsString(item) ? item->valuestring : "", &text);
        str_add(&reply, between);
        json_quote(text.data, &reply);
        between = ",";
    }
    str_add(&reply, cJSON_IsArray(q) ? "]}" : "}");
    cJSON_Delete(object);
    str_release(&text);
    return str_detach(&reply);
}

static const struct mock_reply replies[] = {{"/languages", 200,
                                             "[{\"code\":\"es\",\"name\":\"Spanish\",\"targets\":[\"en\",\"es\"]},"
                                             "{\"code\":\"en\",\"name\":\"English\",\"targets\":[\"en\",\"es\"]}]"},
                                            {"/frontend/settings", 200, "{\"charLimit\":-1,\"version\":\"1.9.6\"}"},
                                            {"/health", 200, "{\"status\":\"ok\"}"},
                                            {"/translate", 200, .make = serve},
                                            {0}};

/* The corpus. */

static void caption_of(int n, char out[MOST_CAPTION])
{
    snprintf(out, MOST_CAPTION, "%s%d,%d Gy%s%d%s. %s. %s%d%s. %s%d%%%s%d,%02d Gy.", phrases[0][0], 1 + n % 7, n % 10,
             phrases[1][0], 20 + n, phrases[2][0], phrases[3][0], phrases[4][0], 3 + n % 40, phrases[5][0],
             phrases[6][0], 10 + n % 85, phrases[7][0], 1 + n % 13, n % 100);
}

static void add_article(struct db *db, int64_t id, int first, int n)
{
    struct err e = {0};
    if (!db_run(db, &e, "INSERT INTO article (article_id, key, source, added) VALUES (?1, 'a' || ?1, 'import', 0)", "i",
                id) ||
        !db_run(db, &e,
                "INSERT INTO document (document_id, article_id, kind, media_type, sha256, bytes, name, added) "
                "VALUES (?1, ?1, 'jats', 'application/xml', 'x' || ?1, 1, 'x', 0)",
                "i", id) ||
        !front_store(db, id, &(struct front_row){.language = "es"}, &e))
        die(&e);
    for (int i = 0; i < n; i++) {
        char text[MOST_CAPTION], anchor[16];
        struct figure_text caption = {"es", text};
        snprintf(anchor, sizeof anchor, "f%d", i);
        caption_of(first + i, text);
        struct figure_row row = {.anchor = anchor,
                                 .ordinal = i,
                                 .origin = "jats",
                                 .kind = "figure",
                                 .confidence = 1,
                                 .captions = &caption,
                                 .n_captions = 1};
        if (!figure_store(db, id, &row, &e))
            die(&e);
    }
}

static void make_corpus(const char *folder, int captions)
{
    struct db db;
    struct err e = {0};
    if (!db_open(&db, folder, DB_CREATE, &e) || !db_begin(&db, &e))
        die(&e);
    for (int i = 0; i < captions; i += FIGURES)
        add_article(&db, 1 + i / FIGURES, i, captions - i < FIGURES ? captions - i : FIGURES);
    if (!db_commit(&db, &e))
        die(&e);
    db_close(&db);
}

static int64_t count(const char *folder, const char *sql)
{
    struct db db;
    struct err e = {0};
    int64_t n = 0;
    if (!db_open(&db, folder, DB_READ, &e) || !db_int(&db, &e, &n, sql, ""))
        die(&e);
    db_close(&db);
    return n;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of one run; the largest of its processes in *peak_kb. */
static double run(const char *program, const char *folder, const char *url, long *peak_kb)
{
    struct rusage usage;
    int status = -1;
    double start = now();
    pid_t pid = fork();
    if (pid == 0) {
        execl(program, program, "--corpus", folder, "-q", "--backend", "libretranslate", "--libretranslate", url,
              (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "bench_translate: %s: status %d\n", program, status);
        exit(1);
    }
    *peak_kb = usage.ru_maxrss;
    return now() - start;
}

static void remove_corpus(const char *folder)
{
    static const char *const names[] = {"corpus.db", "corpus.db-wal", "corpus.db-shm", "blobs", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
}

int main(int argc, char **argv)
{
    char folder[256];
    const char *tmp = getenv("TMPDIR");
    int captions = argc > 2 ? (int)strtol(argv[2], NULL, 10) : CAPTIONS;
    struct mock_server server;
    long peak = 0, again_peak = 0;
    if (argc < 2 || captions < 1) {
        fprintf(stderr, "usage: bench_translate FIGMILL_TRANSLATE [CAPTIONS]\n");
        return 2;
    }
    snprintf(folder, sizeof folder, "%s/bench-translate-XXXXXX", tmp ? tmp : P_tmpdir);
    if (!mkdtemp(folder)) {
        perror("bench_translate");
        return 1;
    }
    make_corpus(folder, captions);
    mock_start(&server, replies);
    double seconds = run(argv[1], folder, server.url, &peak), again = run(argv[1], folder, server.url, &again_peak);
    mock_stop(&server);
    printf(
        "%d captions in %.1f s: %.0f captions/s, peak %ld MB; nothing to do: %.2f s, %ld MB; kept %lld, dropped %lld\n",
        captions, seconds, captions / seconds, peak / 1024, again, again_peak / 1024,
        (long long)count(folder, "SELECT count(*) FROM translation WHERE drop_reason IS NULL"),
        (long long)count(folder, "SELECT count(*) FROM translation WHERE drop_reason IS NOT NULL"));
    if (!getenv("KEEP"))
        remove_corpus(folder);
    return 0;
}
