/* test_profile.c: topic profiles: what is read of them, every error with its place, and the ones that figmill brings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "ingest/day.h"
#include "ingest/profile.h"

#define HEAD  "name: x\ntitle: X\n"
#define QUERY "queries:\n- name: q\n  all: [{any: [a]}]\n"

static bool parse(const char *text, struct arena *arena, struct profile *p, struct err *e)
{
    return profile_parse(text, strlen(text), "dir/x.yaml", arena, p, e);
}

static void reads_all_members(void **state)
{
    static const char text[] =
        "name: x-1\ntitle: A  title\ndescription: >-\n  More\n  text.\nsince: 2000-02-29\nuntil: 2020-12-31\n"
        "access: any\nsources: [doaj, europepmc]\nlicenses: {allowed: [cc by-nc, CC0], unknown: keep}\n"
        "limits: {pdf: 10 MB, image: 5kB, article: 2 GB, articles: 7}\nlanguages: [no, zh, pt_BR]\n"
        "queries:\n"
        "- name: one\n  language: no\n  all:\n  - any: &a [no, yes, 12, low-dose]\n  - any: [b]\n"
        "- name: two\n  language: en\n  sources: [hal]\n  all: [{any: *a}]\n  raw: {hal: 'x:\"y\"'}\n"
        "- name: three\n  raw: {core: y}\n";
    struct arena arena = ARENA_INIT;
    struct profile p;
    struct err e = {0};
    (void)state;
    assert_true(parse(text, &arena, &p, &e));
    assert_string_equal(p.name, "x-1");
    assert_string_equal(p.title, "A title");
    assert_string_equal(p.description, "More text.");
    assert_string_equal(p.since, "2000-02-29");
    assert_string_equal(p.until, "2020-12-31");
    assert_int_equal(p.access, PROFILE_ANY);
    assert_int_equal(p.n_licenses, 2);
    assert_string_equal(p.licenses[0], "CC BY-NC");
    assert_string_equal(p.licenses[1], "CC0");
    assert_int_equal(p.unknown, PROFILE_KEEP);
    assert_int_equal(p.pdf_bytes, 10000000);
    assert_int_equal(p.image_bytes, 5000);
    assert_int_equal(p.article_bytes, 2000000000);
    assert_int_equal(p.articles, 7);
    assert_int_equal(p.n_languages, 3);
    assert_string_equal(p.languages[0], "no");
    assert_string_equal(p.languages[2], "pt-BR");
    assert_int_equal(p.n_queries, 3);
    const struct profile_query *q = p.queries;
    assert_string_equal(q[0].groups[0].terms[0], "no");
    assert_string_equal(q[0].groups[0].terms[2], "12");
    assert_int_equal(q[0].n_sources, 2);
    assert_string_equal(q[0].sources[1]->name, "europepmc");
    assert_int_equal(q[1].groups[0].n, 4);
    assert_int_equal(q[1].n_sources, 1);
    assert_int_equal(q[2].n_groups, 0);
    assert_int_equal(q[2].n_sources, 1);
    assert_string_equal(q[2].sources[0]->name, "core");
    assert_true(profile_wants(&p, &q[0]));
    assert_false(profile_wants(&p, &q[1]));
    assert_true(profile_wants(&p, &q[2]));
    struct query asked = profile_ask(&p, &q[1], q[1].sources[0]);
    assert_string_equal(asked.raw, "x:\"y\"");
    assert_string_equal(asked.profile, "x-1");
    assert_false(asked.open_only);
    asked = profile_ask(&p, &q[0], q[0].sources[0]);
    assert_null(asked.raw);
    arena_release(&arena);
}

static void has_defaults(void **state)
{
    struct arena arena = ARENA_INIT;
    struct profile p;
    struct err e = {0};
    (void)state;
    assert_true(parse(HEAD QUERY, &arena, &p, &e));
    assert_null(p.since);
    assert_null(p.glossary);
    assert_int_equal(p.access, PROFILE_OPEN);
    assert_int_equal(p.unknown, PROFILE_REFUSE);
    assert_int_equal(p.n_licenses, 3);
    assert_int_equal(p.pdf_bytes, 100000000);
    assert_int_equal(p.articles, 0);
    assert_string_equal(p.queries[0].language, "");
    assert_true(p.n_sources >= 10);
    assert_int_equal(p.queries[0].n_sources, p.n_sources);
    for (size_t i = 0; i < p.n_sources; i++)
        assert_non_null(p.sources[i]->ask);
    arena_release(&arena);
}

/* Each with the place and the words that the error must have. */
static void errors_have_places(void **state)
{
    static const struct {
        const char *text, *place, *says;
    } cases[] = {
        {"", "dir/x.yaml", "empty"},
        {"a: [", "dir/x.yaml:2:1", "flow node"},
        {"a: b\n\tc: d", "dir/x.yaml:2:1", ""},
        {"- a", "dir/x.yaml:1:1", "key: value"},
        {HEAD, "dir/x.yaml:1:1", "must have 'queries'"},
        {"title: X\n" QUERY, "dir/x.yaml:1:1", "must have 'name'"},
        {HEAD "titel: y\n" QUERY, "dir/x.yaml:3:1",
         "'titel' is no key of a profile; there are: name, title, description"},
        {HEAD "title: y\n" QUERY, "dir/x.yaml:3:1", "twice"},
        {"name: A B\ntitle: X\n" QUERY, "dir/x.yaml:1:7", "no name"},
        {HEAD "since: 2001-02-29\n" QUERY, "dir/x.yaml:3:8", "no date"},
        {HEAD "since: 2001\n" QUERY, "dir/x.yaml:3:8", "YYYY-MM-DD"},
        {HEAD "since: 2002-01-01\nuntil: 2001-01-01\n" QUERY, "dir/x.yaml:1:1", "later than until"},
        {HEAD "access: closed\n" QUERY, "dir/x.yaml:3:9", "none of: open, any"},
        {HEAD "sources: [europmc]\n" QUERY, "dir/x.yaml:3:11", "'europmc' is no source; there are: europepmc"},
        {HEAD "sources: europepmc\n" QUERY, "dir/x.yaml:3:10", "list"},
        {HEAD "sources: []\n" QUERY, "dir/x.yaml:3:10", "1 to"},
        {HEAD "licenses: {allowed: [GPL]}\n" QUERY, "dir/x.yaml:3:22", "CC BY-SA"},
        {HEAD "licenses: {unknown: maybe}\n" QUERY, "dir/x.yaml:3:21", "refuse, keep"},
        {HEAD "limits: {pdf: big}\n" QUERY, "dir/x.yaml:3:15", "no size"},
        {HEAD "limits: {pdf: 0 MB}\n" QUERY, "dir/x.yaml:3:15", "above 0"},
        {HEAD "limits: {pdf: 99999999999 GB}\n" QUERY, "dir/x.yaml:3:15", "no size"},
        {HEAD "limits: {articles: -1}\n" QUERY, "dir/x.yaml:3:20", "no number"},
        {HEAD "languages: [4711]\n" QUERY, "dir/x.yaml:3:13", "language tag"},
        {HEAD "glossary: not-there.tsv\n" QUERY, "dir/x.yaml:3:11", "dir/not-there.tsv"},
        {HEAD "queries: [{name: q}]\n", "dir/x.yaml:3:11", "asks for nothing"},
        {HEAD "queries: [{name: q, all: [{any: []}]}]\n", "dir/x.yaml:3:33", "1 to 200"},
        {HEAD "queries: [{name: q, all: [[a]]}]\n", "dir/x.yaml:3:27", "a group of terms"},
        {HEAD "queries: [{name: q, all: [{any: [{a: b}]}]}]\n", "dir/x.yaml:3:34", "a text is wanted"},
        {HEAD "queries: [{name: q, all: [{any: ['  ']}]}]\n", "dir/x.yaml:3:34", "empty"},
        {HEAD "queries: [{name: q, all: [{not: [a]}]}]\n", "dir/x.yaml:3:28",
         "no key of a group of terms; there are: any"},
        {HEAD "queries: [{name: q, raw: {core: x}, sources: [hal]}]\n", "dir/x.yaml:3:11", "raw query for it"},
        {HEAD "queries: [{name: q, raw: {core: x, core: y}}]\n", "dir/x.yaml:3:36", "twice"},
        {HEAD "queries: [{name: q, raw: {}}]\n", "dir/x.yaml:3:26", "empty"},
        {HEAD "queries: [{name: q, all: [{any: [a]}]}, {name: q, all: [{any: [a]}]}]\n", "dir/x.yaml:3:10",
         "two queries"},
        {HEAD QUERY "---\na: b\n", "dir/x.yaml:7:1", "second document"},
        {HEAD "queries: [{name: q, all: &a [*a]}]\n", "dir/x.yaml", ""},
        {HEAD "description: \xff\n" QUERY, "dir/x.yaml", "UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = ARENA_INIT;
        struct profile p;
        struct err e = {0};
        if (parse(cases[i].text, &arena, &p, &e))
            fail_msg("case %zu was read: %s", i, cases[i].text);
        if (!str_starts(e.text, cases[i].place) || !strstr(e.text, cases[i].says) || e.kind != ERR_USAGE)
            fail_msg("case %zu: '%s' is not at %s with '%s'", i, e.text, cases[i].place, cases[i].says);
        arena_release(&arena);
    }
}

static void days_are_of_the_calendar(void **state)
{
    int day;
    char text[DAY_SIZE];
    (void)state;
    assert_true(day_read("1970-01-01", &day));
    assert_int_equal(day, 0);
    assert_true(day_read("1969-12-31", &day));
    assert_int_equal(day, -1);
    assert_true(day_read("2000-02-29", &day));
    day_write(day + 1, text);
    assert_string_equal(text, "2000-03-01");
    assert_true(day_read("1000-01-01", &day));
    assert_true(day_read("9999-12-31", &day));
    assert_false(day_read("1900-02-29", &day));
    assert_false(day_read("2000-13-01", &day));
    assert_false(day_read("2000-1-01", &day));
    assert_false(day_read("2000-01-01 ", &day));
    assert_false(day_read("", &day));
}

static char *shipped(const char *name)
{
    const char *source = getenv("FIGMILL_SOURCE");
    return source ? mem_printf("%s/ingest/profiles/%s", source, name) : NULL;
}

/* Every query can be asked of every one of its sources; of a profile of one's own those in other languages may not. */
static void ask_everything(const struct profile *p, struct arena *arena)
{
    for (size_t i = 0; i < p->n_queries; i++)
        for (size_t k = 0; k < p->queries[i].n_sources; k++) {
            const struct source *source = p->queries[i].sources[k];
            struct query q = profile_ask(p, &p->queries[i], source);
            struct source_request request = {0};
            struct err e = {0};
            if (source->by_date && !q.raw)
                q.language = "";
            if (!source->ask(&q, NULL, 0, "a@example.org", arena, &request, &e))
                fail_msg("%s of %s: %s", p->queries[i].name, source->name, e.text);
            assert_true(str_starts(request.url, "https://"));
        }
}

static void shipped_profiles_can_be_asked(void **state)
{
    static const char *const names[] = {"ldrt.yaml", "template.yaml"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct arena arena = ARENA_INIT;
        struct profile p;
        struct err e = {0};
        char *path = shipped(names[i]);
        if (!path)
            skip();
        if (!profile_load(path, &arena, &p, &e))
            fail_msg("%s", e.text);
        ask_everything(&p, &arena);
        arena_release(&arena);
        free(path);
    }
}

static size_t count_languages(const struct profile *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_queries; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first = first && strcmp(p->queries[k].language, p->queries[i].language) != 0;
        n += first;
    }
    return n;
}

static void ldrt_speaks_many_languages(void **state)
{
    struct arena arena = ARENA_INIT;
    struct profile p;
    struct err e = {0};
    char *path = shipped("ldrt.yaml");
    (void)state;
    if (!path)
        skip();
    assert_true(profile_load(path, &arena, &p, &e));
    assert_true(count_languages(&p) >= 12);
    assert_non_null(p.glossary);
    assert_non_null(p.lexicon);
    arena_release(&arena);
    free(path);
}

/* Each line has as many cells as the heading, none of its key is empty, and none stands twice. */
static void check_table(const char *name, size_t cells)
{
    struct err e = {0};
    char *path = shipped(name);
    if (!path)
        skip();
    char *text = file_read_text(path, 1 << 20, &e), *rest = NULL, *before = mem_strdup("");
    assert_non_null(text);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        size_t n = 1;
        for (const char *c = line; *c; c++)
            n += *c == '\t';
        if (n != cells || *line == '\t' || strcmp(line, before) == 0)
            fail_msg("%s: %s", name, line);
        free(before);
        before = mem_strdup(line);
    }
    free(before);
    free(text);
    free(path);
}

static void tables_are_whole(void **state)
{
    (void)state;
    check_table("ldrt.glossary.tsv", 4);
    check_table("ldrt.lexicon.tsv", 2);
}

static void unknown_profiles_are_told(void **state)
{
    struct arena arena = ARENA_INIT;
    struct profile p;
    struct err e = {0};
    (void)state;
    assert_false(profile_load("no-such-profile", &arena, &p, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_non_null(strstr(e.text, "no profile 'no-such-profile'"));
    assert_false(profile_load("./no-such-profile.yaml", &arena, &p, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_members),
        cmocka_unit_test(has_defaults),
        cmocka_unit_test(errors_have_places),
        cmocka_unit_test(days_are_of_the_calendar),
        cmocka_unit_test(shipped_profiles_can_be_asked),
        cmocka_unit_test(ldrt_speaks_many_languages),
        cmocka_unit_test(tables_are_whole),
        cmocka_unit_test(unknown_profiles_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
