/* test_pmc.c: the URLs of PMC's bucket, and how its listings, metadata and inventory are read. */
#include "ingest/pmc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/str.h"
#include "tests/unit/source_case.h"

#define BASE "https://pmc-oa-opendata.s3.amazonaws.com/"
#define MD5  "0123456789abcdef0123456789abcde"

static void expect_error(bool ok, const struct err *e, enum err_kind kind, const char *words)
{
    if (ok || e->kind != kind || !strstr(e->text, words))
        fail_msg("ok %d, %s, '%s', not %s, '%s'", ok, err_kind_name(e->kind), e->text, err_kind_name(kind), words);
}

static bool read_versions(struct source_case *c, const char *pmcid, const char *file, int status,
                          struct pmc_versions *out)
{
    size_t len;
    const char *body = case_file(c, file, &len);
    err_clear(&c->e);
    return pmc_versions_read(pmcid, status, body, len, &c->arena, out, &c->e);
}

static void test_versions(void **state)
{
    struct source_case c = {0};
    struct pmc_versions v = {0};
    assert_string_equal(pmc_versions_url("PMC9100001", NULL, &c.arena, &c.e),
                        BASE "?list-type=2&prefix=PMC9100001.&delimiter=%2F");
    assert_true(read_versions(&c, "PMC9100001", "pmc/versions1.xml", 200, &v));
    assert_int_equal(v.highest, 10); /* a number, not a text */
    assert_string_equal(v.token, "1/aB+cd&=");
    assert_string_equal(pmc_versions_url("PMC9100001", v.token, &c.arena, &c.e),
                        BASE "?list-type=2&prefix=PMC9100001.&delimiter=%2F&continuation-token=1%2FaB%2Bcd%26%3D");
    assert_true(read_versions(&c, "PMC9100001", "pmc/versions2.xml", 200, &v)); /* and not those of PMC91000011 */
    assert_int_equal(v.highest, 10);
    assert_int_equal(v.n, 3);
    assert_int_equal(v.pages, 2);
    assert_null(v.token);
    v = (struct pmc_versions){0};
    assert_true(read_versions(&c, "PMC9100009", "pmc/versions_none.xml", 200, &v));
    assert_int_equal(v.highest, 0);
    static const char *const none[] = {"9100001", "PMC", "PMC1x", "PMC12345678901", ""};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        err_clear(&c.e);
        expect_error(pmc_versions_url(none[i], NULL, &c.arena, &c.e) != NULL, &c.e, ERR_FORMAT, "no PMCID");
    }
    assert_string_equal(pmc_metadata_url("PMC9100001", 2, &c.arena), BASE "PMC9100001.2/PMC9100001.2.json");
    case_end(&c);
}

static void test_versions_broken(void **state)
{
    struct source_case c = {0};
    struct pmc_versions v = {0};
    bool ok = read_versions(&c, "PMC9100001", "pmc/slow_down.xml", 503, &v);
    expect_error(ok, &c.e, ERR_TEMPORARY, "SlowDown");
    ok = read_versions(&c, "PMC9100001", "pmc/slow_down.xml", 200, &v);
    expect_error(ok, &c.e, ERR_TEMPORARY, "SlowDown");
    ok = read_versions(&c, "PMC9100001", "pmc/no_such_key.xml", 404, &v);
    expect_error(ok, &c.e, ERR_FORMAT, "NoSuchKey");
    ok = read_versions(&c, "PMC9100001", "pmc/versions_no_token.xml", 200, &v);
    expect_error(ok, &c.e, ERR_FORMAT, "NextContinuationToken");
    ok = read_versions(&c, "PMC9100001", "europepmc/page.html", 200, &v);
    expect_error(ok, &c.e, ERR_FORMAT, "no whole listing");
    ok = read_versions(&c, "PMC9100001", "pmc/versions1.xml", 500, &v);
    expect_error(ok, &c.e, ERR_TEMPORARY, "500");
    v = (struct pmc_versions){.token = "1/aB+cd&="};
    ok = read_versions(&c, "PMC9100001", "pmc/versions1.xml", 200, &v);
    expect_error(ok, &c.e, ERR_TEMPORARY, "came again");
    v = (struct pmc_versions){.pages = PMC_MAX_PAGES};
    ok = read_versions(&c, "PMC9100001", "pmc/versions1.xml", 200, &v);
    expect_error(ok, &c.e, ERR_LIMIT, "pages");
    size_t len;
    const char *body = case_file(&c, "pmc/versions2.xml", &len);
    for (size_t cut = 0; cut < len - strlen("</ListBucketResult>") + 1; cut++) {
        v = (struct pmc_versions){0};
        err_clear(&c.e);
        ok = pmc_versions_read("PMC9100001", 200, arena_memdup(&c.arena, body, cut), cut, &c.arena, &v, &c.e);
        expect_error(ok, &c.e, ERR_FORMAT, "no whole listing");
    }
    case_end(&c);
}

static bool read_article(struct source_case *c, const char *file, struct pmc_article *a)
{
    size_t len;
    const char *body = case_file(c, file, &len);
    err_clear(&c->e);
    return pmc_metadata_read("PMC9100001", 2, 200, body, len, &c->arena, a, &c->e);
}

static void test_metadata(void **state)
{
    struct source_case c = {0};
    struct pmc_article a;
    assert_true(read_article(&c, "pmc/article.json", &a));
    assert_string_equal(a.pmcid, "PMC9100001");
    assert_string_equal(a.pmid, "91000001");
    assert_string_equal(a.doi, "10.5555/lowdose.2024.001");
    assert_null(a.mid);
    assert_int_equal(a.version, 2);
    assert_string_equal(a.license_code, "CC BY");
    assert_true(a.open_access && !a.manuscript && !a.retracted && !a.historical_ocr);
    assert_string_equal(a.xml.url, BASE "PMC9100001.2/PMC9100001.2.xml");
    assert_string_equal(a.xml.md5, MD5 "2"); /* given in capitals */
    assert_string_equal(a.pdf.md5, MD5 "0");
    assert_string_equal(a.text.name, "PMC9100001.2.txt");
    assert_int_equal(a.n_media, 3);
    assert_string_equal(a.media[0].name, "rays-g001.jpg");
    assert_string_equal(a.media[0].md5, MD5 "3");
    assert_string_equal(a.media[1].name, "Fig 2+50%?#é.jpg");
    assert_string_equal(a.media[1].url, BASE "PMC9100001.2/Fig%202%2B50%25%3F%23%C3%A9.jpg");
    assert_string_equal(a.media[1].md5, MD5 "4");
    assert_string_equal(a.media[2].url, BASE "PMC9100001.2/rays-s001.xlsx");
    assert_string_equal(a.media[2].md5, ""); /* none is stated */
    assert_true(str_starts(a.said, "{\"citation\":"));
    assert_true(read_article(&c, "pmc/manuscript.json", &a));
    assert_true(a.manuscript && !a.open_access);
    assert_string_equal(a.license_code, "TDM");
    assert_string_equal(a.mid, "NIHMS900001");
    assert_null(a.pdf.url); /* absent, as are media_urls */
    assert_int_equal(a.n_media, 0);
    assert_true(read_article(&c, "pmc/retracted.json", &a));
    assert_true(a.retracted);
    assert_string_equal(a.license_code, "CC BY-ZZ 9"); /* not known, but stated */
    case_end(&c);
}

/* The metadata with `member` set to the JSON `value`, for an expected error. */
static void expect_bad(const char *member, const char *value, const char *words)
{
    struct source_case c = {0};
    struct pmc_article a;
    char *body = arena_printf(
        &c.arena, "{\"pmcid\":\"PMC9100001\",\"version\":2,\"is_retracted\":false,\"license_code\":\"CC BY\"}");
    const char *at = strstr(body, member);
    if (at) { /* replaces the member that is there */
        const char *rest = strpbrk(at, ",}");
        body = arena_printf(&c.arena, "%.*s%s\":%s%s", (int)(at - body), body, member, value, rest);
    } else {
        body = arena_printf(&c.arena, "%.*s,\"%s\":%s}", (int)strlen(body) - 1, body, member, value);
    }
    bool ok = pmc_metadata_read("PMC9100001", 2, 200, body, strlen(body), &c.arena, &a, &c.e);
    expect_error(ok, &c.e, ERR_FORMAT, words);
    case_end(&c);
}

static void test_metadata_broken(void **state)
{
    expect_bad("pmcid", "\"PMC9100002\"", "are those of PMC9100002.2");
    expect_bad("pmcid", "null", "are those of ?.2");
    expect_bad("version", "3", "are those of PMC9100001.3");
    expect_bad("version", "\"two\"", "version");
    expect_bad("version", "2.5", "version");
    expect_bad("is_retracted", "\"no\"", "is_retracted");
    expect_bad("is_manuscript", "1", "is_manuscript");
    expect_bad("license_code", "[\"CC BY\"]", "license_code");
    expect_bad("title", "{}", "title");
    expect_bad("xml_url", "7", "xml_url is no text");
    expect_bad("xml_url", "\"s3://another-bucket/PMC9100001.2/x.xml\"", "no URL of it");
    expect_bad("xml_url", "\"s3://pmc-oa-opendata/PMC9100001.2/\"", "names no file");
    expect_bad("xml_url", "\"s3://pmc-oa-opendata/PMC9100001.2/x.xml?md5=12\"", "MD5");
    expect_bad("xml_url", "\"s3://pmc-oa-opendata/x.xml?md5=zz23456789abcdef0123456789abcdef\"", "MD5");
    expect_bad("media_urls", "\"none\"", "media_urls is no list");
    expect_bad("media_urls", "[\"s3://pmc-oa-opendata/a.jpg\",5]", "media_urls[1] is no text");
    expect_bad("media_urls", "[\"https://example.org/a.jpg\"]", "media_urls[0] 'https");
    struct source_case c = {0};
    struct pmc_article a;
    size_t len;
    const char *body = case_file(&c, "pmc/article.json", &len);
    for (size_t cut = 0; cut < len - 2; cut += 7) {
        bool ok = pmc_metadata_read("PMC9100001", 2, 200, arena_memdup(&c.arena, body, cut), cut, &c.arena, &a, &c.e);
        expect_error(ok, &c.e, ERR_FORMAT, "PMC's bucket");
    }
    body = case_file(&c, "pmc/no_such_key.xml", &len);
    expect_error(pmc_metadata_read("PMC9100001", 2, 404, body, len, &c.arena, &a, &c.e), &c.e, ERR_FORMAT, "NoSuchKey");
    body = case_file(&c, "pmc/slow_down.xml", &len);
    expect_error(pmc_metadata_read("PMC9100001", 2, 503, body, len, &c.arena, &a, &c.e), &c.e, ERR_TEMPORARY,
                 "SlowDown");
    body = case_file(&c, "europepmc/page.html", &len);
    expect_error(pmc_metadata_read("PMC9100001", 2, 200, body, len, &c.arena, &a, &c.e), &c.e, ERR_FORMAT, "HTML");
    case_end(&c);
}

static void test_manifest(void **state)
{
    struct source_case c = {0};
    struct pmc_inventories found = {0};
    struct pmc_manifest m;
    size_t len;
    const char *body = case_file(&c, "pmc/inventories.xml", &len);
    assert_true(pmc_inventories_read(200, body, len, &c.arena, &found, &c.e));
    assert_string_equal(found.latest, "2026-11-22T01-00Z");
    assert_null(found.token);
    assert_string_equal(pmc_inventories_url(NULL, &c.arena),
                        BASE "?list-type=2&prefix=inventory-reports%2Fpmc-oa-opendata%2Fmetadata%2F&delimiter=%2F");
    assert_string_equal(pmc_manifest_url(found.latest, &c.arena),
                        BASE "inventory-reports/pmc-oa-opendata/metadata/2026-11-22T01-00Z/manifest.json");
    body = case_file(&c, "pmc/manifest.json", &len);
    assert_true(pmc_manifest_read(200, body, len, &c.arena, &m, &c.e));
    assert_int_equal(m.n, 1);
    assert_int_equal(m.columns, 4);
    assert_int_equal(m.key, 1);
    assert_int_equal(m.etag, 3);
    assert_true(str_ends(m.files[0].url, "metadata/data/00000000-1111-2222-3333-444444444444.csv.gz"));
    assert_string_equal(m.files[0].md5, MD5 "5");
    static const char *const bad[][2] = {
        {"{}", "no files"},
        {"{\"files\":[{}]}", "files[0]"},
        {"{\"files\":[{\"key\":5}]}", "files[0]"},
        {"{\"files\":[],\"fileFormat\":\"ORC\"}", "ORC"},
        {"{\"files\":[],\"fileSchema\":\"Bucket, Key\"}", "no Key, ETag"},
        {"{\"files\":[{\"key\":\"a\",\"MD5checksum\":\"x\"}]}", "no MD5"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err_clear(&c.e);
        expect_error(pmc_manifest_read(200, bad[i][0], strlen(bad[i][0]), &c.arena, &m, &c.e), &c.e, ERR_FORMAT,
                     bad[i][1]);
    }
    case_end(&c);
}

struct changes {
    int n, stop_at;
    struct pmc_change last;
};

static bool note(void *context, const struct pmc_change *change)
{
    struct changes *c = context;
    c->last = *change;
    return ++c->n != c->stop_at;
}

static void gzip(const char *text, size_t len, struct str *out)
{
    unsigned char bytes[65536];
    z_stream z = {.next_in = (unsigned char *)text, .avail_in = (unsigned)len};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    int rc = Z_OK;
    while (rc == Z_OK) {
        z.next_out = bytes;
        z.avail_out = sizeof bytes;
        rc = deflate(&z, Z_FINISH);
        str_add_bytes(out, bytes, sizeof bytes - z.avail_out);
    }
    assert_int_equal(rc, Z_STREAM_END);
    deflateEnd(&z);
}

static const struct pmc_manifest columns = {.bucket = 0, .key = 1, .modified = 2, .etag = 3, .columns = 4};

/* Feeds gzip bytes in pieces; the result of the first failure, or of the end. */
static bool feed(const struct str *packed, size_t piece, struct changes *changes, uint64_t *broken, struct err *e)
{
    struct pmc_inventory *inventory = pmc_inventory_new(&columns, note, changes);
    bool ok = true;
    err_clear(e);
    for (size_t at = 0; ok && at < packed->len; at += piece)
        ok = pmc_inventory_add(inventory, packed->data + at, piece < packed->len - at ? piece : packed->len - at, e);
    ok = ok && pmc_inventory_end(inventory, e);
    *broken = pmc_inventory_broken(inventory);
    pmc_inventory_free(inventory);
    return ok;
}

static void test_inventory(void **state)
{
    struct source_case c = {0};
    struct str packed = STR_INIT(1 << 20);
    uint64_t broken;
    size_t len;
    const char *csv = case_file(&c, "pmc/inventory.csv", &len);
    gzip(csv, len, &packed);
    gzip(csv, len, &packed); /* a second member goes on */
    for (size_t piece = 1; piece < packed.len + 10; piece += 13) {
        struct changes changes = {0};
        if (!feed(&packed, piece, &changes, &broken, &c.e))
            fail_msg("in pieces of %zu: %s", piece, c.e.text);
        assert_int_equal(changes.n, 6); /* README.txt is none */
        assert_int_equal(broken, 0);
        assert_string_equal(changes.last.pmcid, "PMC9100009");
        assert_int_equal(changes.last.version, 1);
        assert_string_equal(changes.last.etag, MD5 "9");
        assert_string_equal(changes.last.modified, "2026-01-08T11:55:14.000Z");
    }
    struct changes changes = {.stop_at = 2};
    expect_error(feed(&packed, 100, &changes, &broken, &c.e), &c.e, ERR_ABORT, "line 2");
    changes = (struct changes){0};
    packed.len -= 5;
    expect_error(feed(&packed, 50, &changes, &broken, &c.e), &c.e, ERR_FORMAT, "cut");
    packed.data[packed.len / 4] ^= 0x55;
    expect_error(feed(&packed, 50, &changes, &broken, &c.e), &c.e, ERR_FORMAT, "damaged");
    str_clear(&packed);
    str_add(&packed, "no gzip at all");
    expect_error(feed(&packed, 50, &changes, &broken, &c.e), &c.e, ERR_FORMAT, "damaged");
    str_release(&packed);
    case_end(&c);
}

#define B PMC_BUCKET
static void test_inventory_lines(void **state)
{
    static const struct {
        const char *line;
        int n, broken;
    } lines[] = {
        {B ",metadata/PMC1.1.json,2026,e\r\n", 1, 0},
        {"\"" B "\",\"metadata/PMC1.1.json\",\"2026\",\"e\"", 1, 0},
        {B ",metadata/PMC1.1.json,\"say, \"\"so\"\"\",e\n", 1, 0},
        {"b,metadata/PMC1.1.json,2026,e\n", 0, 0},
        {B ",metadata/PMC1.1.json,2026,e\n\n\n", 1, 0},
        {B ",metadata/PMC1.json,2026,e\n", 0, 0},
        {B ",metadata/PMC1.0.json,2026,e\n", 0, 0},
        {B ",metadata/PMC1.99999.json,2026,e\n", 0, 0},
        {B ",metadata/PMC.1.json,2026,e\n", 0, 0},
        {B ",PMC1.1/PMC1.1.json,2026,e\n", 0, 0},
        {B ",metadata/PMC1.1.json,2026\n", 0, 1},
        {B ",metadata/PMC1.1.json,2026,e,f\n", 0, 1},
        {B ",metadata/PMC1.1.json,2026,\n", 0, 1},
        {"\"" B ",metadata/PMC1.1.json,2026,e\n", 0, 1},
        {"\"" B "\"x,metadata/PMC1.1.json,2026,e\n", 0, 1},
        {",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n", 0, 1},
        {B ",metadata/PMC1.1.json,a time that is far too long to be one,e\n", 0, 1},
    };
    struct str text = STR_INIT(1 << 20), packed = STR_INIT(1 << 20);
    struct err e = {0};
    uint64_t broken;
    for (size_t i = 0; i <= sizeof lines / sizeof *lines; i++) {
        bool long_one = i == sizeof lines / sizeof *lines;
        str_clear(&text);
        str_clear(&packed);
        for (int k = 0; k < 200; k++)
            str_add(&text, "b,README.txt,2026,e\n");
        for (int k = 0; long_one && k < PMC_MAX_LINE; k++)
            str_add(&text, "xy");
        str_add(&text, long_one ? "\n" : lines[i].line);
        gzip(text.data, text.len, &packed);
        struct changes changes = {0};
        if (!feed(&packed, 7, &changes, &broken, &e))
            fail_msg("line %zu: %s", i, e.text);
        assert_int_equal(changes.n, long_one ? 0 : lines[i].n);
        assert_int_equal(broken, long_one ? 1 : lines[i].broken);
    }
    str_clear(&text);
    str_clear(&packed);
    str_add(&text, "Bucket;Key\nBucket;Key\n");
    gzip(text.data, text.len, &packed);
    struct changes changes = {0};
    expect_error(feed(&packed, 7, &changes, &broken, &e), &e, ERR_FORMAT, "2 of 2 lines are broken");
    str_release(&packed);
    str_release(&text);
}

/* Counted by hand in the recorded files. */
static void count_recorded(struct source_case *c, const char *name, const char *body, size_t len)
{
    static const struct {
        const char *name, *pmcid, *license;
        bool pdf;
        size_t media;
    } articles[] = {{"PMC3040717.1.json", "PMC3040717", "TDM", false, 0},
                    {"PMC7759461.1_metadata.json", "PMC7759461", "CC BY", true, 0},
                    {"PMC9984800.1.json", "PMC9984800", "CC BY-NC-ND", true, 3}};
    static const struct {
        const char *name, *pmcid;
        int highest, n;
    } lists[] = {{"list_versions_PMC11370360_two.xml", "PMC11370360", 2, 2},
                 {"list_versions_PMC3040717.xml", "PMC3040717", 1, 1},
                 {"list_versions_PMC9984800.xml", "PMC9984800", 1, 1}};
    struct pmc_article a;
    struct pmc_versions v = {0};
    for (size_t i = 0; i < 3; i++) {
        bool ok = pmc_metadata_read(articles[i].pmcid, 1, 200, body, len, &c->arena, &a, &c->e);
        if (strcmp(name, articles[i].name) != 0)
            continue;
        if (!ok)
            fail_msg("%s: %s", name, c->e.text);
        assert_string_equal(a.license_code, articles[i].license);
        assert_int_equal(a.pdf.url != NULL, articles[i].pdf);
        assert_int_equal(a.n_media, articles[i].media);
        assert_int_equal(strlen(a.xml.md5), 32);
    }
    for (size_t i = 0; i < 3; i++) {
        v = (struct pmc_versions){0};
        bool ok = pmc_versions_read(lists[i].pmcid, 200, body, len, &c->arena, &v, &c->e);
        if (strcmp(name, lists[i].name) != 0)
            continue;
        assert_true(ok);
        assert_int_equal(v.highest, lists[i].highest);
        assert_int_equal(v.n, lists[i].n);
    }
    if (strcmp(name, "inventory_csv_head.csv") == 0) {
        struct str packed = STR_INIT(1 << 20);
        struct changes changes = {0};
        uint64_t broken;
        gzip(body, len, &packed);
        assert_true(feed(&packed, 1000, &changes, &broken, &c->e));
        assert_int_equal(changes.n, 3);
        assert_string_equal(changes.last.pmcid, "PMC10000005");
        assert_string_equal(changes.last.etag, "22ed20dfdd305479a4ade2d573514b3d");
        str_release(&packed);
    }
}

static void test_recorded(void **state)
{
    struct source_case c = {0};
    case_recorded("pmc_s3", count_recorded, &c);
    case_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_versions),        cmocka_unit_test(test_versions_broken),
                                       cmocka_unit_test(test_metadata),        cmocka_unit_test(test_metadata_broken),
                                       cmocka_unit_test(test_manifest),        cmocka_unit_test(test_inventory),
                                       cmocka_unit_test(test_inventory_lines), cmocka_unit_test(test_recorded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
