/* The way to an article's files: what is asked next, for rows as they may stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "ingest/peek.h"
#include "ingest/route.h"
#include "ingest/route_reply.h"

#define BUCKET  "https://pmc-oa-opendata.s3.amazonaws.com/"
#define LISTING BUCKET "?list-type=2&prefix=PMC1.&delimiter=%2F"

enum { ROWS = 40 };

/* An article under way, as the stage would hold it. */
struct way {
    struct arena arena;
    struct fetch_article article;
    struct fetch_record records[4];
    struct fetch_row rows[ROWS];
    size_t n;
    struct route_rules rules;
    struct route_step step;
};

static int set_up(void **state)
{
    static struct way way;
    way = (struct way){.arena = ARENA_INIT, .rules = {.routes = 0x7f, .contact = "a@b.example"}};
    way.article.article_id = 7;
    way.article.records = way.records;
    license_rule_default(&way.rules.licenses);
    *state = &way;
    return 0;
}

static int tear_down(void **state)
{
    arena_release(&((struct way *)*state)->arena);
    return 0;
}

static const struct route_step *next(struct way *w)
{
    route_next(&w->article, w->rows, w->n, &w->rules, &w->arena, &w->step);
    return &w->step;
}

/* The one URL wanted now; its answer is written down. */
static struct fetch_row *answer(struct way *w, const char *url, const char *result)
{
    const struct route_step *step = next(w);
    assert_int_equal(step->what, ROUTE_WANTS);
    for (size_t i = 0; i < step->n; i++) {
        if (strcmp(step->wants[i].row.url, url) != 0)
            continue;
        struct fetch_row *row = &w->rows[w->n++];
        assert_true(w->n <= ROWS);
        *row = step->wants[i].row;
        row->state = FETCH_DONE;
        row->status = 200;
        row->result = result;
        row->sha256 =
            strcmp(row->role, "article") == 0 || strcmp(row->role, "pdf") == 0 || strcmp(row->role, "media") == 0
                ? "00"
                : NULL;
        return row;
    }
    fail_msg("%s is not wanted, but %s", url, step->n ? step->wants[0].row.url : "nothing");
    return NULL;
}

static struct fetch_row *refuse(struct way *w, const char *url, int status, const char *kind)
{
    struct fetch_row *row = answer(w, url, NULL);
    row->state = strcmp(kind, "refused") == 0 ? FETCH_REFUSED : FETCH_FAILED;
    row->status = status;
    row->err_kind = kind;
    row->err_text = "so it is";
    row->sha256 = NULL;
    return row;
}

static void add_record(struct way *w, const char *source, const char *license, const char *files)
{
    w->records[w->article.n_records++] = (struct fetch_record){.source = source, .license = license, .files = files};
}

#define METADATA(license, more)                                                                                        \
    "{\"license\": \"" license "\", \"doi\": \"10.5555/a\"" more ", \"xml\": {\"url\": \"" BUCKET                      \
    "PMC1.1/PMC1.1.xml\", \"md5\": \"aa\"}, \"pdf\": {\"url\": \"" BUCKET                                              \
    "PMC1.1/PMC1.1.pdf\", \"md5\": \"bb\"}, \"media\": [{\"url\": \"" BUCKET                                           \
    "PMC1.1/f1.jpg\", \"md5\": \"cc\"}, {\"url\": \"" BUCKET "PMC1.1/f1.gif\"}, {\"url\": \"" BUCKET                   \
    "PMC1.1/s1.xlsx\"}]}"

static void to_the_metadata(struct way *w, const char *metadata)
{
    w->article.pmcid = "PMC1";
    answer(w, LISTING, "{\"highest\": 1}");
    answer(w, BUCKET "PMC1.1/PMC1.1.json", metadata);
}

static void the_bucket_gives_xml_and_pictures(void **state)
{
    struct way *w = *state;
    to_the_metadata(w, METADATA("CC BY", ""));
    const struct route_step *step = next(w);
    assert_int_equal(step->n, 2); /* no thumbnail, no supplement, no PDF */
    assert_string_equal(step->wants[0].row.md5, "aa");
    answer(w, BUCKET "PMC1.1/PMC1.1.xml", "{\"body\": true, \"graphics\": [\"f1\"]}");
    answer(w, BUCKET "PMC1.1/f1.jpg", NULL);
    step = next(w);
    assert_int_equal(step->what, ROUTE_WON);
    assert_string_equal(step->route, "pmc");
    assert_string_equal(step->doi, "10.5555/a");
    assert_int_equal(step->n_documents, 1);
    assert_string_equal(step->documents[0]->name, "PMC1.xml");
    assert_int_equal(step->n_assets, 1);
    assert_string_equal(step->assets[0]->name, "f1.jpg");
}

static void the_pdf_comes_when_it_is_wanted(void **state)
{
    struct way *w = *state;
    w->rules.pdf = true;
    to_the_metadata(w, METADATA("CC BY", ""));
    answer(w, BUCKET "PMC1.1/PMC1.1.xml", "{\"body\": true}");
    answer(w, BUCKET "PMC1.1/f1.jpg", NULL);
    answer(w, BUCKET "PMC1.1/PMC1.1.pdf", NULL);
    assert_int_equal(next(w)->n_documents, 2);
}

static void a_picture_that_is_missing_is_no_failure(void **state)
{
    struct way *w = *state;
    to_the_metadata(w, METADATA("CC BY", ""));
    answer(w, BUCKET "PMC1.1/PMC1.1.xml", "{\"body\": true}");
    refuse(w, BUCKET "PMC1.1/f1.jpg", 404, "format");
    const struct route_step *step = next(w);
    /* The XML names pictures and none came: the PDF may have them. */
    assert_int_equal(step->what, ROUTE_WANTS);
    w->article.doi = NULL;
    w->rules.routes &= ~(1u << 4);
    while (next(w)->what == ROUTE_WANTS && w->n < ROWS)
        refuse(w, w->step.wants[0].row.url, 404, "format");
    assert_int_equal(next(w)->what, ROUTE_WON);
    assert_int_equal(w->step.n_missing, 1);
}

static void an_xml_without_body_needs_its_pdf(void **state)
{
    struct way *w = *state;
    to_the_metadata(w, METADATA("CC BY", ""));
    answer(w, BUCKET "PMC1.1/PMC1.1.xml", "{\"body\": false}");
    answer(w, BUCKET "PMC1.1/f1.jpg", NULL);
    answer(w, BUCKET "PMC1.1/PMC1.1.pdf", NULL);
    assert_int_equal(next(w)->what, ROUTE_WON);
}

static void a_published_version_goes_before_a_manuscript(void **state)
{
    struct way *w = *state;
    w->article.pmcid = "PMC1";
    answer(w, LISTING, "{\"highest\": 2}");
    answer(w, BUCKET "PMC1.2/PMC1.2.json", "{\"license\": \"TDM\", \"manuscript\": true}");
    refuse(w, BUCKET "PMC1.1/PMC1.1.json", 404, "format");
    answer(w, BUCKET "metadata/PMC1.1.json", METADATA("CC BY", ""));
    answer(w, BUCKET "PMC1.1/PMC1.1.xml", "{\"body\": true}");
    answer(w, BUCKET "PMC1.1/f1.jpg", NULL);
    assert_int_equal(next(w)->what, ROUTE_WON);
    const struct fetch_choice *bucket = &w->step.bucket;
    assert_true(bucket->version == 1 && bucket->oldest == 1 && bucket->highest == 2);
    assert_string_equal(bucket->license, "CC BY");
    assert_string_equal(bucket->pmcid, "PMC1");
}

static void of_manuscripts_the_newest_is_taken(void **state)
{
    struct way *w = *state;
    assert_true(license_rule_read(&w->rules.licenses, "any", &(struct err){0}));
    w->article.pmcid = "PMC1";
    answer(w, LISTING, "{\"highest\": 2}");
    answer(w, BUCKET "PMC1.2/PMC1.2.json",
           "{\"license\": \"TDM\", \"manuscript\": true, \"xml\": {\"url\": \"" BUCKET "PMC1.2/PMC1.2.xml\"}}");
    answer(w, BUCKET "PMC1.1/PMC1.1.json", "{\"license\": \"TDM\", \"manuscript\": true}");
    answer(w, BUCKET "PMC1.2/PMC1.2.xml", "{\"body\": true}");
    assert_int_equal(next(w)->what, ROUTE_WON);
    assert_true(w->step.bucket.version == 2 && w->step.bucket.oldest == 1 && w->step.bucket.highest == 2);
}

static void the_licence_is_known_before_files(void **state)
{
    struct way *w = *state;
    to_the_metadata(w, METADATA("CC BY-NC", ""));
    assert_int_equal(next(w)->what, ROUTE_DROPPED);
    assert_string_equal(w->step.drop_reason, "licence");
    assert_non_null(strstr(w->step.why.text, "CC BY-NC"));
    struct err e = {0};
    assert_true(license_rule_read(&w->rules.licenses, "CC BY-NC", &e));
    assert_int_equal(next(w)->what, ROUTE_WANTS);
}

static void a_manuscript_may_have_a_freer_copy(void **state)
{
    struct way *w = *state;
    add_record(w, "openalex", "cc-by",
               "[{\"url\": \"https://a.example/1.pdf\", \"kind\": \"pdf\", \"version\": \"published\"}]");
    to_the_metadata(w, "{\"license\": \"TDM\", \"manuscript\": true}");
    refuse(w, "https://www.ebi.ac.uk/europepmc/webservices/rest/PMC1/fullTextXML", 404, "format");
    answer(w, "https://a.example/1.pdf", NULL);
    assert_int_equal(next(w)->what, ROUTE_WON);
    assert_string_equal(w->step.route, "pdf");
}

static void what_is_retracted_is_not_fetched(void **state)
{
    struct way *w = *state;
    to_the_metadata(w, METADATA("CC BY", ", \"retracted\": true"));
    assert_int_equal(next(w)->what, ROUTE_DROPPED);
    assert_string_equal(w->step.drop_reason, "retracted");
    w->n = 0;
    add_record(w, "crossref", NULL, "[]");
    w->records[0].retracted = 1;
    assert_int_equal(next(w)->what, ROUTE_DROPPED);
}

static void europepmc_stands_behind_the_bucket(void **state)
{
    struct way *w = *state;
    w->article.pmcid = "PMC1";
    answer(w, LISTING, "{\"highest\": 0}");
    answer(w, "https://www.ebi.ac.uk/europepmc/webservices/rest/PMC1/fullTextXML",
           "{\"body\": true, \"license\": \"https://creativecommons.org/licenses/by/4.0/\", \"graphics\": [\"g1.tif\", "
           "\"g2\"]}");
    answer(w, "https://europepmc.org/articles/PMC1/bin/g1.jpg", NULL);
    answer(w, "https://europepmc.org/articles/PMC1/bin/g2.jpg", NULL);
    assert_int_equal(next(w)->what, ROUTE_WON);
    assert_string_equal(w->step.route, "europepmc");
    assert_int_equal(w->step.n_assets, 2);
}

static void a_server_that_is_busy_is_waited_for(void **state)
{
    struct way *w = *state;
    to_the_metadata(w, METADATA("CC BY", ""));
    answer(w, BUCKET "PMC1.1/PMC1.1.xml", "{\"body\": true}");
    refuse(w, BUCKET "PMC1.1/f1.jpg", 503, "temporary");
    assert_int_equal(next(w)->what, ROUTE_LATER);
    assert_int_equal(w->step.why.kind, ERR_TEMPORARY);
    w->rules.last = true;
    w->rules.routes = 1u << 1;
    while (next(w)->what == ROUTE_WANTS && w->n < ROWS)
        refuse(w, w->step.wants[0].row.url, 404, "format");
    assert_int_equal(w->step.what, ROUTE_WON);
}

static void copies_of_a_pdf_stand_in_for_each_other(void **state)
{
    struct way *w = *state;
    w->article.doi = "10.5555/a";
    add_record(w, "openalex", "cc-by",
               "[{\"url\": \"https://a.example/s.pdf\", \"kind\": \"pdf\", \"version\": \"submitted\"},"
               "{\"url\": \"https://a.example/p.pdf\", \"kind\": \"pdf\", \"version\": \"published\"},"
               "{\"url\": \"https://a.example/n.pdf\", \"kind\": \"pdf\", \"version\": \"published\", \"license\": "
               "\"cc-by-nc\"},"
               "{\"url\": \"https://pmc.ncbi.nlm.nih.gov/articles/PMC1/pdf/\", \"kind\": \"pdf\"}]");
    refuse(w, "https://a.example/p.pdf", 503, "temporary");
    answer(w, "https://a.example/s.pdf", NULL);
    assert_int_equal(next(w)->what, ROUTE_WON);
    assert_string_equal(w->step.documents[0]->url, "https://a.example/s.pdf");
}

static void without_a_url_services_are_asked(void **state)
{
    struct way *w = *state;
    w->article.doi = "10.5555/a";
    add_record(w, "crossref", NULL, "[]");
    const struct route_step *step = next(w);
    assert_int_equal(step->n, 1);
    assert_non_null(strstr(step->wants[0].row.url, "api.unpaywall.org"));
    assert_string_equal(step->wants[0].source->name, "unpaywall");
    answer(w, step->wants[0].row.url,
           "{\"license\": \"cc-by\", \"files\": [{\"url\": \"https://r.example/x\", \"kind\": \"pdf\"}]}");
    struct fetch_row *row = answer(w, "https://r.example/x", NULL);
    assert_string_equal(row->name, "x.pdf");
    assert_string_equal(row->license, "cc-by");
    assert_int_equal(next(w)->what, ROUTE_WON);
}

static void an_unknown_article_is_looked_up_first(void **state)
{
    struct way *w = *state;
    w->article.doi = "10.5555/a";
    const struct route_step *step = next(w);
    assert_int_equal(step->n, 1);
    assert_non_null(strstr(step->wants[0].row.url, "europepmc"));
    answer(w, step->wants[0].row.url, "{\"pmcid\": \"PMC1\", \"license\": \"cc by\"}");
    answer(w, LISTING, "{\"highest\": 0}");
}

static void the_landing_page_comes_last(void **state)
{
    struct way *w = *state;
    w->article.doi = "10.5555/a";
    add_record(w, "unpaywall", NULL, "[]");
    add_record(w, "openalex", NULL, "[]");
    answer(
        w, "https://doi.org/10.5555/a",
        "{\"license\": \"https://creativecommons.org/licenses/by/4.0/\", \"files\": [{\"url\": "
        "\"https://p.example/a.pdf\", \"kind\": \"pdf\"}, {\"url\": \"https://p.example/a.xml\", \"kind\": \"xml\"}]}");
    refuse(w, "https://p.example/a.xml", 404, "format");
    answer(w, "https://p.example/a.pdf", NULL);
    assert_int_equal(next(w)->what, ROUTE_WON);
    assert_string_equal(w->step.route, "landing");
}

static void nobody_states_a_licence(void **state)
{
    struct way *w = *state;
    w->article.doi = "10.5555/a";
    add_record(w, "unpaywall", NULL, "[{\"url\": \"https://a.example/p.pdf\", \"kind\": \"pdf\"}]");
    add_record(w, "openalex", NULL, "[]");
    refuse(w, "https://doi.org/10.5555/a", 403, "refused");
    assert_int_equal(next(w)->what, ROUTE_DROPPED);
    assert_string_equal(w->step.drop_reason, "licence");
    w->rules.licenses.unknown = true;
    answer(w, "https://a.example/p.pdf", NULL);
    assert_int_equal(next(w)->what, ROUTE_WON);
}

static void reasons_of_all_routes_are_told(void **state)
{
    struct way *w = *state;
    w->article.pmcid = "PMC1";
    add_record(w, "europepmc", "cc by", "[]");
    answer(w, LISTING, "{\"highest\": 0}");
    refuse(w, "https://www.ebi.ac.uk/europepmc/webservices/rest/PMC1/fullTextXML", 404, "format");
    assert_int_equal(next(w)->what, ROUTE_FAILED);
    assert_non_null(strstr(w->step.why.text, "PMC1 is not in the bucket"));
    assert_non_null(strstr(w->step.why.text, "europepmc: so it is"));
    w->article.pmcid = NULL;
    w->n = 0;
    assert_int_equal(next(w)->what, ROUTE_FAILED);
    assert_int_equal(w->step.why.kind, ERR_UNSUPPORTED);
}

static void a_url_of_the_users_is_taken_as_it_is(void **state)
{
    struct way *w = *state;
    add_record(w, "given", NULL, "[{\"url\": \"https://u.example/paper\", \"kind\": \"given\"}]");
    struct fetch_row *row = answer(w, "https://u.example/paper", "{\"kind\": \"pdf\"}");
    assert_int_equal(next(w)->what, ROUTE_WON);
    row->result = "{\"kind\": \"html\", \"files\": [{\"url\": \"https://u.example/p.pdf\", \"kind\": \"pdf\"}]}";
    answer(w, "https://u.example/p.pdf", NULL);
    assert_int_equal(next(w)->what, ROUTE_WON);
    row->result = "{}";
    row->media_type = "image/png";
    w->n = 1;
    assert_int_equal(next(w)->what, ROUTE_FAILED);
}

static void what_has_changed_is_asked_again(void **state)
{
    struct way *w = *state;
    to_the_metadata(w, METADATA("CC BY", ""));
    answer(w, BUCKET "PMC1.1/PMC1.1.xml", "{\"body\": true}");
    answer(w, BUCKET "PMC1.1/f1.jpg", NULL);
    w->rows[1].state = FETCH_WANTED;
    w->rows[1].etag = "\"1\"";
    const struct route_step *step = next(w);
    assert_int_equal(step->n, 1);
    assert_string_equal(step->wants[0].row.etag, "\"1\"");
    w->rows[1].state = FETCH_DONE;
    assert_int_equal(next(w)->what, ROUTE_WON);
    w->rows[2].md5 = "older";
    step = next(w);
    assert_int_equal(step->what, ROUTE_WANTS);
    assert_int_equal(step->n, 1);
    assert_string_equal(step->wants[0].row.md5, "aa");
    assert_null(step->wants[0].row.etag);
}

static void pictures_have_a_window_and_a_limit(void **state)
{
    struct way *w = *state;
    struct str metadata = STR_INIT(1 << 20);
    str_add(&metadata, "{\"license\": \"CC BY\", \"xml\": {\"url\": \"" BUCKET "PMC1.1/PMC1.1.xml\"}, \"media\": [");
    for (int i = 0; i < 100; i++)
        str_addf(&metadata, "%s{\"url\": \"" BUCKET "PMC1.1/f%d.jpg\"}", i ? "," : "", i);
    str_add(&metadata, "]}");
    to_the_metadata(w, arena_strdup(&w->arena, metadata.data));
    str_release(&metadata);
    answer(w, BUCKET "PMC1.1/PMC1.1.xml", "{\"body\": true}");
    assert_in_range(next(w)->n, 10, 40);
    w->rules.max_article = 1000;
    answer(w, BUCKET "PMC1.1/f0.jpg", NULL)->bytes = 2000;
    w->rules.routes = 1u << 1;
    assert_int_equal(next(w)->what, ROUTE_FAILED);
    assert_int_equal(w->step.why.kind, ERR_LIMIT);
}

static void names_of_files(void **state)
{
    struct way *w = *state;
    assert_string_equal(route_file_name("https://a/b/c%20d.jpg?x=/y", "z", &w->arena), "c d.jpg");
    assert_string_equal(route_file_name("https://a/b/c%2Fd.jpg", "z", &w->arena), "c%2Fd.jpg");
    assert_string_equal(route_file_name("https://a/b/", "z", &w->arena), "z");
    assert_string_equal(route_file_name("https://a", "z", &w->arena), "z");
    assert_string_equal(route_file_name("https://a/..", "z", &w->arena), "z");
    assert_string_equal(route_file_name("sub/f1.tif", "z", &w->arena), "f1.tif");
}

static void replies_are_read(void **state)
{
    struct way *w = *state;
    const char xml[] =
        "<article xmlns:xlink='x'><front><article-meta><permissions><license xlink:href='u'><license-p>text"
        "</license-p><ali:license_ref>http://creativecommons.org/licenses/by/4.0/</ali:license_ref></license>"
        "</permissions></article-meta></front><body><fig><graphic xlink:href='f1.tif'/></fig><fig><graphic "
        "xlink:href='f1.tif'/></fig><inline-graphic xlink:href='i.gif'/></body></article>";
    struct peek peek;
    peek_article((const unsigned char *)xml, sizeof xml - 1, &w->arena, &peek);
    assert_true(peek.body);
    assert_int_equal(peek.n, 1);
    assert_string_equal(license_name(peek.license), "CC BY");
    const char listing[] = "<ListBucketResult><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>PMC1.2/</Prefix>"
                           "</CommonPrefixes></ListBucketResult>";
    struct reply_bytes reply = {.role = "versions",
                                .route = "pmc",
                                .url = LISTING,
                                .source = "PMC1",
                                .status = 200,
                                .content_type = "",
                                .body = listing,
                                .len = sizeof listing - 1};
    const char *result;
    struct err e = {0};
    assert_true(reply_read(&reply, &w->arena, &result, &e));
    assert_string_equal(result, "{\"highest\":2}");
    reply.role = "metadata";
    assert_false(reply_read(&reply, &w->arena, &result, &e));
    assert_null(result);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_bucket_gives_xml_and_pictures),
        TEST(the_pdf_comes_when_it_is_wanted),
        TEST(a_picture_that_is_missing_is_no_failure),
        TEST(an_xml_without_body_needs_its_pdf),
        TEST(a_published_version_goes_before_a_manuscript),
        TEST(of_manuscripts_the_newest_is_taken),
        TEST(the_licence_is_known_before_files),
        TEST(a_manuscript_may_have_a_freer_copy),
        TEST(what_is_retracted_is_not_fetched),
        TEST(europepmc_stands_behind_the_bucket),
        TEST(a_server_that_is_busy_is_waited_for),
        TEST(copies_of_a_pdf_stand_in_for_each_other),
        TEST(without_a_url_services_are_asked),
        TEST(an_unknown_article_is_looked_up_first),
        TEST(the_landing_page_comes_last),
        TEST(nobody_states_a_licence),
        TEST(reasons_of_all_routes_are_told),
        TEST(a_url_of_the_users_is_taken_as_it_is),
        TEST(what_has_changed_is_asked_again),
        TEST(pictures_have_a_window_and_a_limit),
        TEST(names_of_files),
        TEST(replies_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
