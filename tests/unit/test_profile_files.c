/* test_profile_files.c: which files a profile names, found and read without the rest of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "stage/profile_files.h"

static char folder[] = "/tmp/figmill-profile-files-XXXXXX";

static char *in_folder(const char *name)
{
    return mem_printf("%s/%s", folder, name);
}

static void write_file(const char *name, const char *text)
{
    struct err e = {0};
    char *path = in_folder(name);
    if (!file_replace(path, text, strlen(text), &e))
        fail_msg("%s", e.text);
    free(path);
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    write_file("g.tsv", "");
    write_file("l.tsv", "");
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"g.tsv", "l.tsv", "p.yaml"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = in_folder(names[i]);
        unlink(path);
        free(path);
    }
    return rmdir(folder);
}

static void paths_lie_beside_the_profile(void **state)
{
    struct arena arena = ARENA_INIT;
    struct profile_files files;
    struct err e = {0};
    char *path = in_folder("p.yaml"), *glossary = in_folder("g.tsv"), *lexicon = in_folder("l.tsv");
    (void)state;
    /* What ingest/ would refuse is none of the reader's business. */
    write_file("p.yaml", "name: x\nnobody: {knows: [this]}\nglossary: g.tsv\nlexicon: l.tsv\n");
    if (!profile_files_load(path, &arena, &files, &e))
        fail_msg("%s", e.text);
    assert_string_equal(files.path, path);
    assert_string_equal(files.glossary, glossary);
    assert_string_equal(files.lexicon, lexicon);
    write_file("p.yaml", "name: x\n");
    assert_true(profile_files_load(path, &arena, &files, &e));
    assert_null(files.glossary);
    assert_null(files.lexicon);
    char *absolute = mem_printf("glossary: %s\n", glossary);
    assert_true(profile_files_parse(absolute, strlen(absolute), "other/x.yaml", &arena, &files, &e));
    assert_string_equal(files.glossary, glossary);
    free(absolute);
    free(lexicon);
    free(glossary);
    free(path);
    arena_release(&arena);
}

static void errors_have_places(void **state)
{
    static const struct {
        const char *text, *place, *says;
    } cases[] = {
        {"", "x.yaml: ", "empty"},
        {"- a\n", "x.yaml:1:1", "key: value"},
        {"name: x\nglossary: none.tsv\n", "x.yaml:2:11", "no file none.tsv that can be read"},
        {"lexicon: [a]\n", "x.yaml:1:10", "a text is wanted here"},
        {"glossary: ''\n", "x.yaml:1:11", "it is empty"},
        {"glossary: /dev/null\nglossary: /dev/null\n", "x.yaml:2:1", "'glossary' stands twice"},
        {"a: [\n", "x.yaml:2:1", ""},
        {"a: b\n---\nc: d\n", "x.yaml:3:1", "second document"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = ARENA_INIT;
        struct profile_files files;
        struct err e = {0};
        assert_false(profile_files_parse(cases[i].text, strlen(cases[i].text), "x.yaml", &arena, &files, &e));
        if (e.kind != ERR_USAGE || !str_starts(e.text, cases[i].place) || !strstr(e.text, cases[i].says))
            fail_msg("case %zu: %s", i, e.text);
        arena_release(&arena);
    }
}

static void unknown_profiles_are_told(void **state)
{
    struct arena arena = ARENA_INIT;
    struct profile_files files;
    struct err e = {0};
    (void)state;
    assert_false(profile_files_load("no-such-profile", &arena, &files, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_non_null(strstr(e.text, "no profile 'no-such-profile'"));
    assert_false(profile_files_load("./no-such-profile.yaml", &arena, &files, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    arena_release(&arena);
}

static void shipped_profiles_name_their_files(void **state)
{
    const char *source = getenv("FIGMILL_SOURCE");
    struct arena arena = ARENA_INIT;
    struct profile_files files;
    struct err e = {0};
    (void)state;
    if (!source)
        skip();
    if (!profile_files_load(arena_printf(&arena, "%s/ingest/profiles/ldrt.yaml", source), &arena, &files, &e))
        fail_msg("%s", e.text);
    assert_true(str_ends(files.glossary, "/ldrt.glossary.tsv"));
    assert_true(str_ends(files.lexicon, "/ldrt.lexicon.tsv"));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_lie_beside_the_profile),
        cmocka_unit_test(errors_have_places),
        cmocka_unit_test(unknown_profiles_are_told),
        cmocka_unit_test(shipped_profiles_name_their_files),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
