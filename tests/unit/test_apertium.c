/* test_apertium.c: the reader of modes, pipelines of a program that misbehaves when a text asks for it, and Apertium
 * itself where it is installed (scripts/install-deps puts it there). */
#include "translate/backend.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "translate/apertium_mode.h"
#include "translate/apertium_pipe.h"

static char folder[64];
static struct arena arena = ARENA_INIT;

/* Answers each text in capitals, so that one sees that it ran, or does what the text names in capitals: what it names
 * in small letters, the second of two does. */
static const char stage[] = "#!/usr/bin/env python3\n"
                            "import os, sys, time\n"
                            "held = b''\n"
                            "def say(b):\n"
                            "    while b:\n"
                            "        b = b[os.write(1, b):]\n"
                            "while True:\n"
                            "    got = os.read(0, 65536)\n"
                            "    if not got:\n"
                            "        sys.exit(0)\n"
                            "    *texts, held = (held + got).split(b'\\0')\n"
                            "    for t in texts:\n"
                            "        if b'CRASH' in t: os.abort()\n"
                            "        elif b'HANG' in t: time.sleep(1000)\n"
                            "        elif b'FLOOD' in t:\n"
                            "            while True: say(b'x' * 4096)\n"
                            "        elif b'TALL' in t: say(b'y' * 9000 + t + b'\\0')\n"
                            "        elif b'NONUL' in t: say(t)\n"
                            "        elif b'TWICE' in t: say(t + b'\\0' + t + b'\\0')\n"
                            "        elif b'OTHER' in t: say(b'another text[][999999]\\0')\n"
                            "        elif b'BYTES' in t: say(b'\\xff' + t + b'\\0')\n"
                            "        else: say(t.upper() + b'\\0')\n";

static void write_file(const char *name, const char *text, int mode)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void write_mode(const char *name, const char *format)
{
    struct str text = STR_INIT(4096);
    for (; *format; format++)
        if (*format == '%')
            str_add(&text, folder);
        else
            str_add_char(&text, *format);
    write_file(name, text.data, 0644);
    str_release(&text);
}

static int begin(void **state)
{
    (void)state;
    memcpy(folder, "/tmp/figmill-apertium-XXXXXX", 29);
    if (!mkdtemp(folder))
        return -1;
    write_file("stage", stage, 0755);
    write_mode("spa-eng.mode", "%/stage $2 | '%/stage' $1\n");
    write_mode("spa-eng_US.mode", "%/stage | %/stage -x");
    write_mode("por-spa.mode", "%/stage");
    write_mode("hbs-eng.mode", "%/stage");
    write_mode("isl-eng.mode", "%/not_there");
    write_mode("eus-eng.mode", "%/stage '/not there.bin'");
    write_mode("mkd-eng.mode", "/bin/false");
    write_file("spa-cat_valencia.mode", "$(no) > mode", 0644);
    return 0;
}

static int end(void **state)
{
    (void)state;
    DIR *d = opendir(folder);
    for (struct dirent *entry; (entry = readdir(d));)
        if (entry->d_name[0] != '.')
            assert_int_equal(unlinkat(dirfd(d), entry->d_name, 0), 0);
    closedir(d);
    arena_release(&arena);
    return rmdir(folder);
}

static int count_descriptors(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static void assert_no_children(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* Modes. */

static enum err_kind parse(const char *text, struct apertium_mode *m)
{
    struct err e = {0};
    return apertium_mode_parse(text, strlen(text), "x.mode", &arena, m, &e) ? ERR_NONE : e.kind;
}

static void reads_modes(void **state)
{
    struct apertium_mode m;
    (void)state;
    assert_int_equal(parse("lt-proc '/a b/x.bin' | tagger -g $2 \"/p q\" |lt-proc $1 -b /c\\ d ''|  e\n", &m),
                     ERR_NONE);
    static const char *const want[][7] = {{"lt-proc", "-z", "/a b/x.bin"},
                                          {"tagger", "-z", "-g", "/p q"},
                                          {"lt-proc", "-z", "-n", "-b", "/c d", ""},
                                          {"e", "-z"}};
    assert_int_equal(m.n, 4);
    for (size_t i = 0; i < m.n; i++)
        for (size_t k = 0; k <= m.stages[i].argc; k++)
            if (want[i][k])
                assert_string_equal(m.stages[i].argv[k], want[i][k]);
            else
                assert_true(k == m.stages[i].argc && m.stages[i].argv[k] == NULL);
}

static void refuses_what_is_no_plain_pipeline(void **state)
{
    static const struct {
        const char *text;
        enum err_kind kind;
    } cases[] = {
        {"", ERR_FORMAT},
        {" \n", ERR_FORMAT},
        {"a |", ERR_FORMAT},
        {"a || b", ERR_FORMAT},
        {"| a", ERR_FORMAT},
        {"'' x", ERR_FORMAT},
        {"A=b c", ERR_FORMAT},
        {"a 'b", ERR_FORMAT},
        {"a \"b", ERR_FORMAT},
        {"a \\", ERR_FORMAT},
        {"a $3", ERR_UNSUPPORTED},
        {"a $HOME", ERR_UNSUPPORTED},
        {"a $(b)", ERR_UNSUPPORTED},
        {"a `b`", ERR_UNSUPPORTED},
        {"a \"$1\"", ERR_UNSUPPORTED},
        {"a > b", ERR_UNSUPPORTED},
        {"a < b", ERR_UNSUPPORTED},
        {"a; b", ERR_UNSUPPORTED},
        {"a & b", ERR_UNSUPPORTED},
        {"a *.bin", ERR_UNSUPPORTED},
        {"a\nb", ERR_UNSUPPORTED},
        {"# a", ERR_UNSUPPORTED},
        {"a 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32", ERR_LIMIT},
        {"a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a", ERR_LIMIT},
    };
    struct apertium_mode m;
    struct err e = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (parse(cases[i].text, &m) != cases[i].kind)
            fail_msg("%s: kind %d", cases[i].text, parse(cases[i].text, &m));
    assert_false(apertium_mode_parse("a\0b", 3, "x", &arena, &m, &e));
    assert_false(apertium_mode_parse("a 'b\0'", 6, "x", &arena, &m, &e));
    char *large = mem_new(APERTIUM_MODE_BYTES + 2);
    memset(large, 'a', APERTIUM_MODE_BYTES + 1);
    assert_int_equal(parse(large, &m), ERR_LIMIT);
    free(large);
}

static void names_pairs(void **state)
{
    static const struct {
        const char *file, *source, *target;
    } cases[] = {
        {"spa-eng.mode", "es", "en"},
        {"en-gl.mode", "en", "gl"},
        {"cat-eng_US.mode", "ca", "en-US"},
        {"hbs-eng.mode", "sh", "en"},
        {"eng-hbs_HR.mode", "en", "hr"},
        {"mkd-eng.mode", "mk", "en"},
        {"spa-cat_valencia.mode", NULL, 0},
        {"eco-fr-es.mode", NULL, 0},
        {"Cyrl-Latn.mode", NULL, 0},
        {"spa-eng", NULL, 0},
        {"spa.mode", NULL, 0},
        {".mode", NULL, 0},
        {"-.mode", NULL, 0},
        {"README", NULL, 0},
        {"spa-eng.mode.bak", NULL, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct apertium_pair p;
        if (apertium_pair_parse(cases[i].file, &p) != (cases[i].source != NULL))
            fail_msg("%s", cases[i].file);
        if (!cases[i].source)
            continue;
        assert_string_equal(p.source, cases[i].source);
        assert_string_equal(p.target, cases[i].target);
    }
}

static void fits_pairs(void **state)
{
    const struct apertium_pair plain = {"es", "en"}, us = {"es", "en-US"}, sh = {"sh", "en"};
    (void)state;
    assert_true(apertium_pair_fit(&plain, "es", "en") > apertium_pair_fit(&us, "es", "en"));
    assert_true(apertium_pair_fit(&us, "es", "en-US") > apertium_pair_fit(&plain, "es", "en-US"));
    assert_true(apertium_pair_fit(&plain, "es-MX", "en-GB") > 0);
    assert_true(apertium_pair_fit(&sh, "hr", "en") > 0);
    assert_true(apertium_pair_fit(&sh, "sr-Latn", "en") > 0);
    assert_true(apertium_pair_fit(&sh, "sl", "en") == 0);
    assert_true(apertium_pair_fit(&plain, "en", "es") == 0);
    assert_true(apertium_pair_fit(&plain, "pt", "en") == 0);
}

/* The stream format. */

static void escapes(void **state)
{
    static const char *const cases[][2] = {
        {"a [b] {c} ^d$ / \\ @e <f>", "a \\[b\\] \\{c\\} \\^d\\$ \\/ \\\\ \\@e \\<f\\>"},
        {"~ 5 [12], [x] []", "[~] 5 [\\[12\\]], \\[x\\] \\[\\]"},
        {"*a #b é 😀", "*a #b é 😀"},
    };
    struct str to = STR_INIT(1000), back = STR_INIT(1000);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str_clear(&to);
        str_clear(&back);
        apertium_escape(cases[i][0], &to);
        assert_string_equal(to.data, cases[i][1]);
        apertium_unescape(to.data, to.len, &back);
        assert_string_equal(back.data, cases[i][0]);
    }
    str_clear(&to);
    str_clear(&back);
    apertium_escape("a\nb\xff\x01\tc", &to);
    assert_string_equal(to.data, "a b\xEF\xBF\xBD  c");
    apertium_unescape("  a  b[ ] [~] c ", 16, &back);
    assert_string_equal(back.data, "a b ~ c");
    str_release(&to);
    str_release(&back);
}

/* Pipelines. */

static struct apertium_pipe *start(struct apertium_mode *m, const volatile sig_atomic_t *stop)
{
    struct err e = {0};
    char *text = arena_printf(&arena, "%s/stage | %s/stage", folder, folder);
    assert_int_equal(parse(text, m), ERR_NONE);
    struct apertium_pipe *p = apertium_pipe_start(m, "fake", stop, &e);
    if (!p)
        fail_msg("%s", e.text);
    return p;
}

static void answers_in_order(void **state)
{
    enum { N = 3000 };
    struct apertium_mode m;
    enum apertium_end how;
    const char **texts = arena_array(&arena, N, sizeof *texts), **answers = arena_array(&arena, N, sizeof *answers);
    (void)state;
    for (size_t i = 0; i < N; i++)
        texts[i] = arena_printf(&arena, "text %zu %.*s", i, (int)(i % 600), "");
    texts[7] = "";
    texts[8] = "[";
    texts[9] = "\\";
    texts[10] = "[][9] [1]";
    int before = count_descriptors();
    struct apertium_pipe *p = start(&m, NULL);
    assert_int_equal(apertium_pipe_run(p, texts, N, 10000, answers, &arena, &how), N);
    assert_int_equal(how, APERTIUM_ALL);
    for (size_t i = 0; i < N; i++)
        if (i < 7 || i > 10)
            assert_string_equal(answers[i], arena_printf(&arena, "TEXT %zu", i));
    assert_string_equal(answers[7], "");
    assert_string_equal(answers[8], "[");
    assert_string_equal(answers[9], "\\");
    assert_string_equal(answers[10], "[][9] [1]");
    apertium_pipe_stop(p);
    assert_int_equal(count_descriptors(), before);
    assert_no_children();
}

static void faults_cost_one_text(void **state)
{
    static const struct {
        const char *text;
        enum apertium_end end;
        size_t done;
    } cases[] = {
        {"CRASH", APERTIUM_ENDED, 1},   {"HANG", APERTIUM_LATE, 1},     {"flood", APERTIUM_GARBLED, 1},
        {"TALL", APERTIUM_GARBLED, 1},  {"nonul", APERTIUM_GARBLED, 1}, {"TWICE", APERTIUM_GARBLED, 2},
        {"OTHER", APERTIUM_GARBLED, 1}, {"BYTES", APERTIUM_GARBLED, 1},
    };
    int before = count_descriptors();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct apertium_mode m;
        enum apertium_end how;
        const char *texts[] = {"one", cases[i].text, "three"}, *answers[3] = {0};
        struct apertium_pipe *p = start(&m, NULL);
        size_t done = apertium_pipe_run(p, texts, 3, 1000, answers, &arena, &how);
        apertium_pipe_stop(p);
        if (done != cases[i].done || how != cases[i].end)
            fail_msg("%s: %zu answers, then %d", cases[i].text, done, how);
        assert_string_equal(answers[0], "ONE");
        assert_no_children();
    }
    assert_int_equal(count_descriptors(), before);
}

static void stops_when_asked(void **state)
{
    volatile sig_atomic_t stop = 0;
    struct apertium_mode m;
    enum apertium_end how;
    struct err e = {0};
    const char *text = "HANG", *answer;
    (void)state;
    struct apertium_pipe *p = start(&m, &stop);
    stop = 2;
    assert_int_equal(apertium_pipe_run(p, &text, 1, 60000, &answer, &arena, &how), 0);
    assert_int_equal(how, APERTIUM_STOPPED);
    apertium_pipe_stop(p);
    assert_null(apertium_pipe_start(&m, "fake", &stop, &e));
    assert_int_equal(e.kind, ERR_ABORT);
    assert_no_children();
}

/* The backend. */

static const struct backend *const b = &backend_apertium;

static void *find(const char *over)
{
    struct err e = {0};
    void *found = b->find(&(struct backend_options){.apertium = folder, .apertium_over = over}, &e);
    if (!found)
        fail_msg("%s", e.text);
    return found;
}

static void finds_pairs(void **state)
{
    (void)state;
    void *found = find(NULL);
    assert_true(b->can(found, "es", "en"));
    assert_true(b->can(found, "es-MX", "en-US"));
    assert_true(b->can(found, "hr", "en"));
    assert_true(b->can(found, "pt-BR", "es"));
    assert_false(b->can(found, "pt", "en")); /* only over Spanish, which nobody asked for */
    assert_false(b->can(found, "is", "en")); /* its program is not there */
    assert_false(b->can(found, "eu", "en")); /* its data is not there */
    assert_false(b->can(found, "en", "es"));
    assert_true(str_starts(b->identity(found, "es", "en"), "apertium-spa-eng "));
    assert_true(str_starts(b->identity(found, "es", "en-US"), "apertium-spa-eng_US "));
    assert_string_equal(b->identity(found, "pt", "en"), "");
    assert_string_equal(b->settings(found), "");
    assert_true(b->slots(found) >= 1);
    void *again = find("spa");
    assert_string_equal(b->identity(found, "es", "en"), b->identity(again, "es", "en"));
    assert_true(b->can(again, "pt", "en"));
    assert_true(str_starts(b->identity(again, "pt", "en"), "apertium-por-spa "));
    assert_non_null(strstr(b->identity(again, "pt", "en"), " + apertium-spa-eng "));
    b->lose(again);
    /* Another size of a program is another translator. */
    char *identity = mem_strdup(b->identity(found, "es", "en"));
    b->lose(found);
    struct str longer = STR_INIT(8192);
    str_addf(&longer, "%s#\n", stage);
    write_file("stage", longer.data, 0755);
    found = find(NULL);
    assert_string_not_equal(identity, b->identity(found, "es", "en"));
    write_file("stage", stage, 0755);
    str_release(&longer);
    free(identity);
    b->lose(found);
    b->lose(NULL);
}

static void says_what_is_missing(void **state)
{
    struct err e = {0};
    (void)state;
    assert_null(b->find(&(struct backend_options){.apertium = "/not/there"}, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "apertium-eng-spa"));
    assert_non_null(strstr(e.text, "/not/there"));
    assert_null(b->find(&(struct backend_options){.apertium = "/proc/self/fdinfo"}, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "install"));
    assert_null(b->find(&(struct backend_options){.apertium = folder, .apertium_over = "?"}, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    write_file("xho-eng.mode", "a; b", 0644);
    assert_null(b->find(&(struct backend_options){.apertium = folder}, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "xho-eng.mode"));
    unlink(arena_printf(&arena, "%s/xho-eng.mode", folder));
}

static bool translate(void *found, const char *source, struct backend_text *texts, size_t n, struct err *e)
{
    volatile sig_atomic_t stop = 0;
    void *opened = b->open(found, NULL, &stop, e);
    assert_non_null(opened);
    struct backend_request q = {.source = source, .target = "en", .texts = texts, .n = n};
    bool ok = b->translate(opened, &q, &arena, e);
    b->close(opened);
    assert_no_children();
    return ok;
}

static void goes_on_behind_a_bad_text(void **state)
{
    struct err e = {0};
    struct backend_text t[] = {{.text = "uno"}, {.text = "CRASH"}, {.text = "OTHER"}, {.text = "dos"}};
    (void)state;
    void *found = find(NULL);
    assert_true(translate(found, "es", t, 4, &e));
    assert_string_equal(t[0].translation, "UNO");
    assert_null(t[1].translation);
    assert_string_equal(t[1].why, "a program of Apertium ended on it");
    assert_null(t[2].translation);
    assert_non_null(t[2].why);
    assert_string_equal(t[3].translation, "DOS");
    assert_null(t[3].why);
    b->lose(found);
}

static void gives_up_in_the_end(void **state)
{
    struct err e = {0};
    struct backend_text t[8];
    (void)state;
    void *found = find(NULL);
    for (size_t i = 0; i < 8; i++)
        t[i] = (struct backend_text){.text = "CRASH"};
    assert_false(translate(found, "es", t, 8, &e));
    assert_int_equal(e.kind, ERR_TEMPORARY);
    assert_false(translate(found, "mk", t, 1, &e));
    assert_int_equal(e.kind, ERR_SYSTEM);
    assert_non_null(strstr(e.text, "mkd-eng"));
    assert_false(translate(found, "ja", t, 1, &e));
    assert_int_equal(e.kind, ERR_UNSUPPORTED);
    b->lose(found);
}

static void goes_over_another_language(void **state)
{
    struct err e = {0};
    struct backend_text t[] = {{.text = "um [1]"}, {.text = "CRASH"}};
    (void)state;
    void *found = find("es");
    assert_true(translate(found, "pt", t, 2, &e));
    assert_string_equal(t[0].translation, "UM [1]");
    assert_null(t[1].translation);
    assert_non_null(t[1].why);
    b->lose(found);
}

static void reads_serbian_in_latin_only(void **state)
{
    struct err e = {0};
    struct backend_text t[] = {{.text = "Slika kolena"}, {.text = "Слика колена"}};
    (void)state;
    void *found = find(NULL);
    assert_true(translate(found, "sr", t, 2, &e));
    assert_string_equal(t[0].translation, "SLIKA KOLENA");
    assert_null(t[1].translation);
    assert_non_null(strstr(t[1].why, "Latin script"));
    b->lose(found);
}

/* Apertium itself. */

static void translates_spanish(void **state)
{
    struct err e = {0};
    struct backend_text t[] = {
        {.text = "El paciente recibió [1] en la rodilla ([2])."}, {.text = "La casa es roja"},
        {.text = "[a] {b} ^c$ \\ / @ <d> *e #f ~ 😀 α"},           {.text = ""},
        {.text = "Las células xyzzyplugh de los ratones."},
    };
    (void)state;
    void *found = b->find(&(struct backend_options){0}, &e);
    if (!found || !b->can(found, "es", "en")) {
        b->lose(found);
        skip(); /* not installed: scripts/install-deps installs it */
    }
    assert_true(translate(found, "es", t, 5, &e));
    for (size_t i = 0; i < 5; i++)
        assert_non_null(t[i].translation);
    assert_string_equal(t[0].translation, "The patient received [1] in the knee ([2]).");
    assert_string_equal(t[1].translation, "The house is red");
    assert_non_null(strstr(t[2].translation, "\\ / @ <"));
    assert_non_null(strstr(t[2].translation, "~ 😀 α"));
    assert_string_equal(t[3].translation, "");
    assert_non_null(strstr(t[4].translation, " xyzzyplugh "));
    b->lose(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_modes),
        cmocka_unit_test(refuses_what_is_no_plain_pipeline),
        cmocka_unit_test(names_pairs),
        cmocka_unit_test(fits_pairs),
        cmocka_unit_test(escapes),
        cmocka_unit_test(answers_in_order),
        cmocka_unit_test(faults_cost_one_text),
        cmocka_unit_test(stops_when_asked),
        cmocka_unit_test(finds_pairs),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(goes_on_behind_a_bad_text),
        cmocka_unit_test(gives_up_in_the_end),
        cmocka_unit_test(goes_over_another_language),
        cmocka_unit_test(reads_serbian_in_latin_only),
        cmocka_unit_test(translates_spanish),
    };
    /* As the runner does: a write to a program that is gone is an error, no signal. */
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, begin, end);
}
