/* What a reply's body is: whole or cut, what was asked for or a page that stands in its place. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/str.h"
#include "ingest/content.h"
#include "ingest/content_page.h"

static struct content content_of(const void *bytes, size_t len)
{
    size_t tail = len < CONTENT_TAIL ? len : CONTENT_TAIL;
    return (struct content){.head = bytes,
                            .head_len = len < CONTENT_HEAD ? len : CONTENT_HEAD,
                            .tail = (const unsigned char *)bytes + len - tail,
                            .tail_len = tail,
                            .bytes = len,
                            .declared_type = "application/octet-stream"};
}

static const char *type;
static struct err why;

static bool is(enum content_want want, const void *bytes, size_t len)
{
    struct content c = content_of(bytes, len);
    err_clear(&why);
    return content_check(want, &c, &type, &why);
}

#define IS(want, bytes) assert_true(is(want, bytes, sizeof bytes - 1))
#define IS_NOT(want, bytes, said)                                                                                      \
    do {                                                                                                               \
        assert_false(is(want, bytes, sizeof bytes - 1));                                                               \
        assert_int_equal(why.kind, ERR_FORMAT);                                                                        \
        if (!strstr(why.text, said))                                                                                   \
            fail_msg("'%s' does not say '%s'", why.text, said);                                                        \
    } while (0)

static void json_from_first_to_last_byte(void **state)
{
    IS(CONTENT_JSON, "{\"a\": 1}");
    IS(CONTENT_JSON, "\xef\xbb\xbf [1]\r\n ");
    IS_NOT(CONTENT_JSON, "{\"a\": [1, 2", "cut at 11 bytes");
    IS_NOT(CONTENT_JSON, "[1}", "cut");
    IS_NOT(CONTENT_JSON, "", "0 bytes");
    IS_NOT(CONTENT_JSON, "null", "not JSON");
    IS_NOT(CONTENT_JSON, "<html><head><title>502 Bad Gateway</title>", "error page");
}

static void xml_closes_its_root(void **state)
{
    IS(CONTENT_DATA, "{\"a\": 1}");
    IS(CONTENT_DATA, "<?xml version='1.0'?><r><a/></r>");
    IS_NOT(CONTENT_DATA, "{\"a\": 1", "cut");
    IS_NOT(CONTENT_DATA, "<r><a/>", "cut");
    IS_NOT(CONTENT_DATA, "<html><title>Log in</title></html>", "login page");
    IS(CONTENT_XML, "<?xml version='1.0'?><feed xmlns='x'><a/></feed>\n");
    assert_string_equal(type, "application/xml");
    IS(CONTENT_XML, "<a:OAI-PMH xmlns:a='x'><r/></a:OAI-PMH ><!-- generated </x> --> <?pi?>\n");
    IS(CONTENT_XML, "<empty/>");
    IS(CONTENT_XML, "\xff\xfe<\0x\0>\0<\0/\0x\0>\0");
    IS_NOT(CONTENT_XML, "<feed><entry></entry>", "cut");
    IS_NOT(CONTENT_XML, "<feed></feed><entry>", "cut");
    IS_NOT(CONTENT_XML, "<html><title>Log in</title></html>", "login page");
    IS_NOT(CONTENT_XML, "plain text", "not XML, though declared as application/octet-stream");
}

static void article_has_front_or_body(void **state)
{
    IS(CONTENT_ARTICLE, "<article><front/><body/></article>");
    IS(CONTENT_ARTICLE, "<art><fm/><bdy/></art>");
    IS_NOT(CONTENT_ARTICLE, "<article></article>", "neither front nor body");
    IS_NOT(CONTENT_ARTICLE, "<article><front/><body><p>half", "cut");
    IS_NOT(CONTENT_ARTICLE, "<errorBean><errCode>404</errCode></errorBean>", "<errorBean>");
    IS_NOT(CONTENT_ARTICLE, "%PDF-1.4\nstartxref\n9\n%%EOF", "application/pdf instead of an XML article");
}

static void pdf_has_both_ends(void **state)
{
    IS(CONTENT_PDF, "%PDF-1.4\n...\nstartxref\n9\n%%EOF\n");
    IS(CONTENT_PDF, "junk first\n%PDF-1.4\n...\nstartxref\n9\n%%EOF\n\0\0junk");
    assert_string_equal(type, "application/pdf");
    IS_NOT(CONTENT_PDF, "%PDF-1.4\n1 0 obj", "PDF without an end: cut at 16 bytes");
    IS_NOT(CONTENT_PDF, "%PDF-1.4\n...\nstartxref\n9\n", "cut");
    IS_NOT(CONTENT_PDF, "<!DOCTYPE html><title>Some <i>paper</i></title>", "an HTML page ('Some') instead of a PDF");
    IS_NOT(CONTENT_PDF, "version https://git-lfs.github.com/spec/v1", "Git LFS");
}

static void images_have_their_ends(void **state)
{
    IS(CONTENT_IMAGE, "\xff\xd8\xff\xe0....\xff\xd9");
    IS(CONTENT_IMAGE, "\xff\xd8\xff\xe0....\xff\xd9trailing");
    IS(CONTENT_IMAGE, "\x89PNG\r\n\x1a\n....IEND\xae\x42\x60\x82");
    IS(CONTENT_IMAGE, "II*\0\x08\0\0\0..............");
    IS(CONTENT_IMAGE, "RIFF\x10\0\0\0WEBPVP8 \x04\0\0\0....");
    IS(CONTENT_IMAGE, "<svg xmlns='http://www.w3.org/2000/svg'></svg>");
    IS_NOT(CONTENT_IMAGE, "\xff\xd8\xff\xe0....", "image/jpeg without an end");
    IS_NOT(CONTENT_IMAGE, "\x89PNG\r\n\x1a\n....", "image/png without an end");
    IS_NOT(CONTENT_IMAGE, "II*\0\xff\xff\0\0..............", "image/tiff without an end");
    IS_NOT(CONTENT_IMAGE, "RIFF\xff\0\0\0WEBPVP8 \x04\0\0\0....", "image/webp without an end");
    IS_NOT(CONTENT_IMAGE, "<svg xmlns='http://www.w3.org/2000/svg'><g>", "image/svg+xml without an end");
    IS_NOT(CONTENT_IMAGE, "<html><title>404</title></html>", "error page");
}

static void text_is_no_page(void **state)
{
    IS(CONTENT_TEXT, "");
    IS(CONTENT_TEXT, "User-agent: *\nDisallow: /\n");
    IS_NOT(CONTENT_TEXT, "<html><body>Not here</body></html>", "an HTML page");
    IS_NOT(CONTENT_TEXT, "a\0b", "zeros");
}

static void challenges_pass_as_nothing(void **state)
{
    static const char *const pages[] = {
        "<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>",
        "<html><script>window._cf_chl_opt={}</script></html>",
        "<html><script>const POW_CHALLENGE = \"x\";</script></html>",
        "<html><body>Request unsuccessful. Incapsula incident ID: 1-2</body></html>",
        "<html><iframe src='/_Incapsula_Resource?x'></iframe></html>",
        "<html><title>Access Denied</title><p>https://errors.edgesuite.net/18.x</html>",
        "<html><form><div class='g-recaptcha'></div></form></html>",
        "<html><meta http-equiv=\"refresh\" content=\"0; url=/login?next=/a.pdf\"></html>",
        "<html><title>Anmelden</title><form><input type=\"password\"></form></html>",
        "<html><head><title>A paper</title><meta name=\"citation_title\" content=\"A\"><meta name=\"access\" content=\"No\">",
        "<html><title>Cookie Absent</title></html>",
        "<html><title>P\xc3\xa1gina no encontrada</title></html>",
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        for (int want = CONTENT_ANY; want <= CONTENT_TEXT; want++)
            if (is((enum content_want)want, pages[i], strlen(pages[i])))
                fail_msg("passes as %d: %s", want, pages[i]);
}

static void pages_of_articles_may_hold_such_things(void **state)
{
    IS(CONTENT_HTML,
       "<html><head><title>Access denied: a study of doors</title><meta name='citation_title' content='x'>"
       "<script src='https://www.google.com/recaptcha/api.js'></script></head><body><form>"
       "<input type=\"password\"></form></body></html>");
    IS(CONTENT_HTML, "<html><title>Notes of a crystallographer</title><p>Not challenged.</html>");
    struct page_look page;
    const char text[] = "<html><TITLE lang=en>\n A\t title \n</TITLE>";
    page_look(text, sizeof text - 1, true, &page);
    assert_string_equal(page.title, "A title");
    assert_false(page.article);
}

/* ---- real files, where they are ---- */

static const char *corpus_folder(void)
{
    static char path[1024];
    const char *source = getenv("FIGMILL_SOURCE");
    snprintf(path, sizeof path, "%s/../shared/corpus", source ? source : ".");
    return path;
}

/* Checks the folder's files whose names end so; gives how many there were. `good`: they have to pass. */
static int check_folder(const char *folder, const char *ending, enum content_want want, bool good)
{
    char path[4096];
    int n = 0;
    snprintf(path, sizeof path, "%s/%s", corpus_folder(), folder);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        struct file_map map;
        if (!str_ends(entry->d_name, ending))
            continue;
        snprintf(path, sizeof path, "%s/%s/%s", corpus_folder(), folder, entry->d_name);
        assert_true(file_map(path, 1 << 30, &map, &why));
        if (is(want, map.bytes, map.len) != good)
            fail_msg("%s: %s", path, good ? why.text : "passes");
        file_unmap(&map);
        n++;
    }
    if (dir)
        closedir(dir);
    return n;
}

static void real_pages_and_challenges(void **state)
{
    if (!check_folder("api/landing_html", ".html", CONTENT_HTML, true))
        skip();
    for (int want = CONTENT_ANY; want <= CONTENT_TEXT; want++) {
        assert_true(check_folder("api/challenge_pages", ".html", (enum content_want)want, false) > 0);
        check_folder("hostile", "cloudflare.pdf", (enum content_want)want, false);
    }
    check_folder("hostile", "html-as.pdf", CONTENT_PDF, false);
    check_folder("hostile", "landing-page.pdf", CONTENT_PDF, false);
}

static void real_articles_pass_and_their_halves_do_not(void **state)
{
    char path[4096];
    int n = 0;
    snprintf(path, sizeof path, "%s/articles", corpus_folder());
    DIR *dir = opendir(path);
    if (!dir)
        skip();
    for (struct dirent *entry; (entry = readdir(dir));) {
        static const struct {
            const char *name;
            enum content_want want;
        } files[] = {{"fulltext.pdf", CONTENT_PDF}, {"fulltext.xml", CONTENT_ARTICLE}};
        for (size_t i = 0; entry->d_name[0] != '.' && i < 2; i++) {
            struct file_map map;
            snprintf(path, sizeof path, "%s/articles/%s/%s", corpus_folder(), entry->d_name, files[i].name);
            if (!file_map(path, 1 << 30, &map, &why))
                continue;
            if (!is(files[i].want, map.bytes, map.len))
                fail_msg("%s: %s", path, why.text);
            if (is(files[i].want, map.bytes, map.len / 2) || is(files[i].want, map.bytes, map.len / 4))
                fail_msg("%s: passes when cut", path);
            file_unmap(&map);
            n++;
        }
    }
    closedir(dir);
    assert_true(n > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_from_first_to_last_byte), cmocka_unit_test(xml_closes_its_root),
        cmocka_unit_test(article_has_front_or_body),    cmocka_unit_test(pdf_has_both_ends),
        cmocka_unit_test(images_have_their_ends),       cmocka_unit_test(text_is_no_page),
        cmocka_unit_test(challenges_pass_as_nothing),   cmocka_unit_test(pages_of_articles_may_hold_such_things),
        cmocka_unit_test(real_pages_and_challenges),    cmocka_unit_test(real_articles_pass_and_their_halves_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
