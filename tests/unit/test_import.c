/* Import: what a file is, what it says it is, which files belong together, and the rows that come of it. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/mem.h"
#include "db/article.h"
#include "db/asset.h"
#include "db/document.h"
#include "db/input.h"
#include "ingest/import_group.h"
#include "ingest/import_ids.h"
#include "ingest/import_kind.h"
#include "ingest/import_read.h"
#include "ingest/import_store.h"
#include "ingest/import_walk.h"

/* Kinds. */

static struct file_kind kind_in(const void *bytes, size_t len, const char *name)
{
    struct file_kind kind;
    kind_of(bytes, len, name, &kind);
    return kind;
}

static void assert_kind(const char *text, enum kind expected)
{
    assert_int_equal(kind_in(text, strlen(text), "x").kind, expected);
}

static void tells_documents_by_their_bytes(void **state)
{
    assert_kind("<?xml version='1.0'?><!DOCTYPE article PUBLIC \"x\" \"y\" [ <!ENTITY a '>'> <!-- ]> --> ]>\n"
                "<article xmlns:xlink='u'>",
                KIND_JATS);
    assert_kind("\xef\xbb\xbf\n <!-- <html> --><j:article x='>'/>", KIND_JATS);
    assert_kind("<article xmlns=\"http://docbook.org/ns/docbook\">", KIND_XML);
    assert_kind("<?xml version='1.0'?><art><ui>1</ui>", KIND_XML);
    assert_kind("<TEI xmlns='http://www.tei-c.org/ns/1.0'>", KIND_XML);
    assert_kind("<!doctype HTML><p>%PDF-1.4 is a mark", KIND_HTML);
    assert_kind("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", KIND_HTML);
    assert_kind("\n\n<HEAD><title>x", KIND_HTML);
    assert_kind("%PDF-1.7\n", KIND_PDF);
    assert_kind("some garbage first\n%PDF-1.4\n", KIND_PDF);
    assert_kind("<svg xmlns='http://www.w3.org/2000/svg'/>", KIND_IMAGE);
    assert_kind("{\"a\": \"<article>\"}", KIND_NONE);
    assert_kind("<rss version='2.0'>", KIND_NONE);
    assert_kind("<", KIND_NONE);
    assert_kind("<article", KIND_NONE);
    assert_kind("", KIND_NONE);
}

static void reads_wide_encodings(void **state)
{
    static const char text[] = "<?xml version='1.0'?><article>";
    unsigned char wide[4 * sizeof text] = {0};
    for (size_t i = 0; i < sizeof text - 1; i++)
        wide[2 * i + 1] = (unsigned char)text[i];
    assert_int_equal(kind_in(wide, 2 * (sizeof text - 1), "x").kind, KIND_JATS);
    memset(wide, 0, sizeof wide);
    for (size_t i = 0; i < sizeof text - 1; i++)
        wide[4 * i] = (unsigned char)text[i];
    assert_int_equal(kind_in(wide, 4 * (sizeof text - 1), "x").kind, KIND_JATS);
}

static void tells_images_and_archives(void **state)
{
    static const unsigned char zip[] =
        "PK\3\4\24\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\23\0\0\0[Content_Types].xml";
    assert_int_equal(kind_in("\x89PNG\r\n\x1a\n", 8, "x").kind, KIND_IMAGE);
    assert_string_equal(kind_in("\xff\xd8\xff\xe0", 4, "x.pdf").media_type, "image/jpeg");
    assert_int_equal(kind_in("II*\0\10\0", 6, "x").kind, KIND_IMAGE);
    assert_int_equal(kind_in("\x1f\x8b\x08\0", 4, "x").kind, KIND_ARCHIVE);
    assert_int_equal(kind_in(zip, 30, "x").kind, KIND_ARCHIVE);
    assert_int_equal(kind_in(zip, sizeof zip - 1, "x").kind, KIND_NONE);
    assert_string_equal(kind_in(zip, sizeof zip - 1, "x").why.text, "an Office document");
}

static void says_why_a_file_is_refused(void **state)
{
    struct file_kind kind = kind_in("hello", 5, "d/notes.txt");
    assert_true(kind.side_file);
    assert_string_equal(kind.why.text, "a side file, no article and no image");
    kind = kind_in("hello", 5, "d/paper");
    assert_false(kind.side_file);
    assert_string_equal(kind.why.text, "neither JATS, HTML, PDF, an image nor an archive (begins with 68 65 6c 6c 6f)");
    kind = kind_in("", 0, "d/README");
    assert_int_equal(kind.why.kind, ERR_FORMAT);
    assert_string_equal(kind.why.text, "an empty file");
    kind = kind_in("<!-- a long comment", 19, "x.xml");
    assert_true(kind.undecided);
}

/* Identifiers. */

static void assert_ids(enum kind kind, const char *text, const char *doi, const char *pmcid, const char *pmid)
{
    struct import_ids ids;
    ids_of(kind, (const unsigned char *)text, strlen(text), &ids);
    assert_string_equal(ids.doi, doi);
    assert_string_equal(ids.pmcid, pmcid);
    assert_string_equal(ids.pmid, pmid);
}

static void finds_the_articles_own_identifiers(void **state)
{
    assert_ids(
        KIND_JATS,
        "<article><front><journal-meta><article-id pub-id-type='doi'>10.1/journal</article-id></journal-meta>"
        "<article-meta><!-- <article-id pub-id-type='doi'>10.1/no</article-id> -->"
        "<article-id pub-id-type=\"publisher-id\">17</article-id>"
        "<article-id specific-use='x' pub-id-type='doi'> 10.1000/a&lt;b&#x3e;c </article-id>"
        "<article-id pub-id-type='doi'>10.1/second</article-id><article-id pub-id-type='pmc'>123</article-id>"
        "<article-id pub-id-type='pmid'>7</article-id></article-meta></front>"
        "<sub-article><front-stub><article-id pub-id-type='doi'>10.1/sub</article-id></front-stub></sub-article>",
        " 10.1000/a<b>c ", "123", "7");
    assert_ids(KIND_JATS,
               "<article><front><article-meta><related-article ext-link-type='doi' xlink:href='10.1/other'/>"
               "</article-meta></front><body><article-id pub-id-type='doi'>10.1/body</article-id>",
               "", "", "");
    assert_ids(KIND_XML,
               "<art><fm><bibl><xrefbib><pubid idtype='doi'>10.1186/x</pubid></xrefbib></bibl></fm><bdy>"
               "<pubid idtype='pmpid'>9</pubid>",
               "10.1186/x", "", "");
    assert_ids(KIND_XML,
               "<TEI><teiHeader><idno type='DOI'>10.5281/z</idno></teiHeader><text><idno type='DOI'>10.1/r</idno>",
               "10.5281/z", "", "");
    assert_ids(KIND_PDF, "<article-meta><article-id pub-id-type='doi'>10.1/x</article-id>", "", "", "");
    assert_ids(KIND_JATS, "<article><front><article-meta><article-id pub-id-type='doi'>10.1/cut", "10.1/cut", "", "");
}

static void cleans_identifiers(void **state)
{
    char id[ARTICLE_ID_SIZE];
    assert_true(article_clean_doi(" https://doi.org/10.1000/ABC.1. ", id));
    assert_string_equal(id, "10.1000/abc.1");
    assert_true(article_clean_doi("doi: 10.1002/(SICI)1096<1::AID>3.0.CO;2-Z", id));
    assert_string_equal(id, "10.1002/(sici)1096<1::aid>3.0.co;2-z");
    assert_false(article_clean_doi("10.1000", id));
    assert_false(article_clean_doi("10.1000/", id));
    assert_false(article_clean_doi("doi", id));
    assert_false(article_clean_doi(NULL, id));
    assert_true(article_clean_pmcid("PMC 0123.1", id));
    assert_string_equal(id, "PMC123");
    assert_true(article_clean_pmcid("77", id));
    assert_string_equal(id, "PMC77");
    assert_false(article_clean_pmcid("PMCx", id));
    assert_true(article_clean_pmid("pmid: 0042 ", id));
    assert_string_equal(id, "42");
    assert_false(article_clean_pmid("0", id));
    assert_false(article_clean_pmid("1234567890123", id));
}

/* Groups. A list is "path kind" pairs; the answer is "key: names" lines. */

static void assert_groups(const char *const *paths, const char *expected)
{
    struct arena arena = ARENA_INIT;
    struct group_entry entries[32] = {{0}};
    struct str out = STR_INIT(1 << 16);
    size_t n = 0;
    for (; paths[n]; n++) {
        const char *dot = strrchr(paths[n], '.');
        bool image = dot && (strcmp(dot, ".jpg") == 0 || strcmp(dot, ".gif") == 0);
        entries[n] = (struct group_entry){.path = paths[n], .kind = image ? KIND_IMAGE : KIND_NONE};
        if (dot && strcmp(dot, ".xml") == 0)
            entries[n].kind = KIND_JATS;
        else if (dot && strcmp(dot, ".pdf") == 0)
            entries[n].kind = KIND_PDF;
        else if (dot && strcmp(dot, ".html") == 0)
            entries[n].kind = KIND_HTML;
    }
    group_entries(entries, n, &arena);
    for (size_t i = 0; i < n; i++) {
        if (!i || strcmp(entries[i].key, entries[i - 1].key) != 0)
            str_addf(&out, "%s%s:", i ? "\n" : "", entries[i].key);
        str_addf(&out, " %s", group_name(entries[i].key, entries[i].path));
    }
    assert_string_equal(out.data, expected);
    str_release(&out);
    arena_release(&arena);
}

#define GROUPS(expected, ...) assert_groups((const char *const[]){__VA_ARGS__, NULL}, expected)

static void a_folder_with_one_article_is_one_group(void **state)
{
    GROUPS("/p/PMC1/: fig/g1.jpg g2.jpg main.pdf paper.xml s1.pdf t.tsv", "/p/PMC1/paper.xml", "/p/PMC1/main.pdf",
           "/p/PMC1/s1.pdf", "/p/PMC1/fig/g1.jpg", "/p/PMC1/g2.jpg", "/p/PMC1/t.tsv");
    GROUPS("/p/: 7f1.gif fulltext.en.back.html fulltext.en.html fulltext.en.pdf fulltext.pdf", "/p/7f1.gif",
           "/p/fulltext.en.back.html", "/p/fulltext.en.html", "/p/fulltext.en.pdf", "/p/fulltext.pdf");
    GROUPS("/p/: a.es.pdf a.pt-BR.pdf x.jpg", "/p/a.es.pdf", "/p/a.pt-BR.pdf", "/p/x.jpg");
    GROUPS("/p/: fulltext.kernel.xml fulltext.pdf fulltext.xml", "/p/fulltext.kernel.xml", "/p/fulltext.pdf",
           "/p/fulltext.xml");
}

static void a_folder_with_many_is_split_by_stem(void **state)
{
    GROUPS("/p/: other.jpg\n/p/a.*: a-g1.jpg a.es.pdf a.pdf a.xml a_files/x.jpg\n/p/ab.*: ab.xml\n/p/c.*: c.html c.pdf",
           "/p/a.xml", "/p/ab.xml", "/p/a.pdf", "/p/a.es.pdf", "/p/a-g1.jpg", "/p/a_files/x.jpg", "/p/c.pdf",
           "/p/c.html", "/p/other.jpg");
    GROUPS("/p/a.*: a.pdf\n/p/b.*: b.pdf images/b-1.jpg", "/p/a.pdf", "/p/b.pdf", "/p/images/b-1.jpg");
    GROUPS("/p/1.2.*: 1.2.xml\n/p/1.20.*: 1.20-g1.jpg 1.20.xml", "/p/1.2.xml", "/p/1.20.xml", "/p/1.20-g1.jpg");
    /* A language code is one only where another version stands beside it. */
    GROUPS("/p/study-no.*: study-no.pdf\n/p/trial.*: trial.pdf", "/p/study-no.pdf", "/p/trial.pdf");
}

static void folders_with_documents_stand_alone(void **state)
{
    GROUPS("/p/: readme.txt\n/p/a/: f.xml\n/p/b/: f.xml g.jpg", "/p/a/f.xml", "/p/b/f.xml", "/p/b/g.jpg",
           "/p/readme.txt");
    GROUPS("/p/x/: 1.jpg\n/p/y/: 2.jpg", "/p/x/1.jpg", "/p/y/2.jpg");
    GROUPS(": a.xml b.jpg", "a.xml", "b.jpg");
    GROUPS("d/: a.xml b.jpg", "d/a.xml", "d/b.jpg");
}

static void one_xml_among_many_pdfs_is_no_ones_folder(void **state)
{
    GROUPS(
        "/p/a.*: a.pdf a.xml\n/p/b1.*: b1.pdf\n/p/b10.*: b10.pdf\n/p/b11.*: b11.pdf\n/p/b2.*: b2.pdf\n/p/b3.*: b3.pdf\n"
        "/p/b4.*: b4.pdf\n/p/b5.*: b5.pdf\n/p/b6.*: b6.pdf\n/p/b7.*: b7.pdf\n/p/b8.*: b8.pdf\n/p/b9.*: b9.pdf",
        "/p/a.xml", "/p/a.pdf", "/p/b1.pdf", "/p/b2.pdf", "/p/b3.pdf", "/p/b4.pdf", "/p/b5.pdf", "/p/b6.pdf",
        "/p/b7.pdf", "/p/b8.pdf", "/p/b9.pdf", "/p/b10.pdf", "/p/b11.pdf");
}

/* The corpus. */

struct place {
    char folder[512];
    struct db db;
    struct arena arena;
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    return remove(path);
}

static int set_up(void **state)
{
    struct place *p = mem_new(sizeof *p);
    struct err e = {0};
    snprintf(p->folder, sizeof p->folder, "%s/figmill-import-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : P_tmpdir);
    if (!mkdtemp(p->folder))
        return -1;
    char *corpus = mem_printf("%s/corpus", p->folder);
    bool ok = db_open(&p->db, corpus, DB_CREATE, &e);
    free(corpus);
    db_restrict(&p->db, import_writes);
    *state = p;
    return ok ? 0 : -1;
}

static int tear_down(void **state)
{
    struct place *p = *state;
    db_close(&p->db);
    arena_release(&p->arena);
    nftw(p->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(p);
    return 0;
}

static const char *write_file(struct place *p, const char *name, const char *text, size_t len)
{
    const char *path = arena_printf(&p->arena, "%s/%s", p->folder, name);
    char *folder = arena_strdup(&p->arena, path);
    struct err e = {0};
    *strrchr(folder, '/') = 0;
    assert_true(file_make_folder(folder, &e));
    assert_true(file_replace(path, text, len, &e));
    return path;
}

static int64_t number(struct place *p, const char *sql)
{
    int64_t n = -1;
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(p->db.handle, sql, -1, &s, NULL), SQLITE_OK);
    if (sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

/* Imports everything below a folder of the place, without the runner. Result: groups that failed as a whole. */
static int import(struct place *p, const char *name)
{
    struct walk w = {0};
    struct err e = {0};
    struct import_reader reader = {.writer = blob_writer_new(p->db.folder, BLOB_HEAD)};
    int failed = 0;
    assert_true(walk_path(&w, arena_printf(&p->arena, "%s/%s", p->folder, name), true, &e));
    walk_unique(&w);
    group_entries(w.entries, w.n, &w.arena);
    for (size_t i = 0, end; i < w.n; i = end) {
        const char *paths[64];
        struct import_result result;
        int refused;
        for (end = i; end < w.n && strcmp(w.entries[end].key, w.entries[i].key) == 0; end++)
            paths[end - i] = w.entries[end].path;
        assert_true(db_begin(&p->db, &e) && input_expect(&p->db, w.entries[i].key, paths, end - i, &e) &&
                    db_commit(&p->db, &e));
        assert_true(import_read_group(&reader, w.entries[i].key, paths, end - i, &w.arena, &result, &e));
        if (import_nothing_in(&result, &e))
            failed++;
        assert_true(db_begin(&p->db, &e) && import_store(&p->db, w.entries[i].key, &result, &refused, &e) &&
                    db_commit(&p->db, &e));
    }
    blob_writer_free(reader.writer);
    walk_release(&w);
    return failed;
}

#define JATS(doi, more)                                                                                                \
    "<article><front><article-meta><article-id pub-id-type='doi'>" doi "</article-id>" more                            \
    "</article-meta></front></article>"

static void write_text(struct place *p, const char *name, const char *text)
{
    write_file(p, name, text, strlen(text));
}

static void an_articles_files_become_one_article(void **state)
{
    struct place *p = *state;
    write_text(p, "in/1/fulltext.xml", JATS("10.1000/A", ""));
    write_text(p, "in/1/fulltext.pdf", "%PDF-1.4 a");
    write_text(p, "in/1/fulltext.es.pdf", "%PDF-1.4 b");
    write_text(p, "in/1/gfx/f1.jpg", "\xff\xd8\xff image");
    write_text(p, "in/1/notes.txt", "notes");
    assert_int_equal(import(p, "in"), 0);
    assert_int_equal(number(p, "SELECT count(*) FROM article WHERE doi = '10.1000/a' AND key = 'doi:10.1000/a'"), 1);
    assert_int_equal(number(p, "SELECT count(*) FROM document WHERE article_id = 1"), 3);
    assert_int_equal(number(p, "SELECT count(*) FROM asset WHERE name = 'gfx/f1.jpg'"), 1);
    assert_int_equal(number(p, "SELECT count(*) FROM input WHERE outcome = 'refused' AND path LIKE '%notes.txt'"), 1);
    assert_int_equal(number(p, "SELECT count(*) FROM input WHERE outcome = 'waiting'"), 0);
    /* Again: the same rows. */
    assert_int_equal(import(p, "in"), 0);
    assert_int_equal(number(p, "SELECT count(*) FROM article"), 1);
    assert_int_equal(number(p, "SELECT count(*) FROM document"), 3);
    assert_int_equal(number(p, "SELECT count(*) FROM input WHERE outcome = 'document'"), 3);
}

static void a_later_file_joins_its_article(void **state)
{
    struct place *p = *state;
    write_text(p, "in/1/a.xml", JATS("10.1000/a", ""));
    write_text(p, "in/2/b.xml", JATS("https://doi.org/10.1000/A", "<!-- other bytes -->"));
    write_text(p, "in/2/b.pdf", "%PDF-1.4 a");
    write_text(p, "in/3/again.pdf", "%PDF-1.4 a");
    write_text(p, "in/4/other.pdf", "%PDF-1.4 other");
    assert_int_equal(import(p, "in"), 0);
    assert_int_equal(number(p, "SELECT count(*) FROM article"), 2);
    assert_int_equal(number(p, "SELECT count(*) FROM document WHERE article_id = 1"), 3);
    assert_int_equal(number(p, "SELECT count(*) FROM input WHERE outcome = 'known' AND path LIKE '%again.pdf'"), 1);
}

static void a_known_pdf_brings_its_article_along(void **state)
{
    struct place *p = *state;
    write_text(p, "in/1/a.pdf", "%PDF-1.4 a");
    assert_int_equal(import(p, "in"), 0);
    write_text(p, "in/2/a.pdf", "%PDF-1.4 a");
    write_text(p, "in/2/a.xml", JATS("10.1000/a", ""));
    assert_int_equal(import(p, "in"), 0);
    assert_int_equal(number(p, "SELECT count(*) FROM article"), 1);
    assert_int_equal(number(p, "SELECT count(*) FROM article WHERE doi = '10.1000/a'"), 1);
    assert_int_equal(number(p, "SELECT count(*) FROM document"), 2);
}

static void changed_bytes_keep_the_documents_row(void **state)
{
    struct place *p = *state;
    write_text(p, "in/a.xml", JATS("10.1000/a", ""));
    import(p, "in");
    write_text(p, "in/a.xml", JATS("10.1000/a", "<!-- better -->"));
    import(p, "in");
    assert_int_equal(number(p, "SELECT count(*) FROM document"), 1);
    assert_int_equal(number(p, "SELECT count(*) FROM input WHERE outcome = 'document'"), 1);
    /* Another article under an old name is another document. */
    write_text(p, "in/a.xml", JATS("10.1000/b", ""));
    import(p, "in");
    assert_int_equal(number(p, "SELECT count(*) FROM document"), 2);
    assert_int_equal(number(p, "SELECT count(*) FROM article"), 2);
}

static void bad_files_have_reasons(void **state)
{
    struct place *p = *state;
    write_text(p, "in/a/lone.jpg", "\xff\xd8\xff image");
    write_text(p, "in/b/page.doc", "\xd0\xcf\x11\xe0 old");
    write_text(p, "in/c/x.xml", JATS("10.1000/a", ""));
    write_text(p, "in/c/.hidden.xml", JATS("10.1000/h", ""));
    assert_int_equal(mkfifo(arena_printf(&p->arena, "%s/in/c/pipe", p->folder), 0600), 0);
    assert_int_equal(symlink("nowhere", arena_printf(&p->arena, "%s/in/c/dangling.pdf", p->folder)), 0);
    assert_int_equal(symlink("..", arena_printf(&p->arena, "%s/in/c/loop", p->folder)), 0);
    assert_int_equal(symlink("x.xml", arena_printf(&p->arena, "%s/in/c/same.xml", p->folder)), 0);
    /* The image, the document, and what the pipe and the dangling link are left with. */
    assert_int_equal(import(p, "in"), 3);
    assert_int_equal(number(p, "SELECT count(*) FROM input WHERE err_text = 'an image, but no article lies with it'"),
                     1);
    assert_int_equal(number(p, "SELECT count(*) FROM input WHERE err_text = 'an old Office document'"), 1);
    assert_int_equal(number(p, "SELECT count(*) FROM input WHERE err_text LIKE 'a device, FIFO or socket%'"), 1);
    assert_int_equal(
        number(p, "SELECT count(*) FROM input WHERE err_text = 'cannot be opened: No such file or directory'"), 1);
    assert_int_equal(number(p, "SELECT count(*) FROM input WHERE outcome IN ('document', 'known')"), 2);
    assert_int_equal(number(p, "SELECT count(*) FROM input"), 6);
    assert_int_equal(number(p, "SELECT count(*) FROM document"), 1);
}

static void a_walk_knows_what_it_has_not_met(void **state)
{
    struct place *p = *state;
    struct walk w = {0};
    struct err e = {0};
    write_text(p, "in/a.xml", JATS("10.1000/a", ""));
    write_text(p, "in/a.pdf", "%PDF-1.4 a");
    const char *xml = arena_printf(&p->arena, "%s/in/a.xml", p->folder);
    const char *pdf = arena_printf(&p->arena, "%s/in/a.pdf", p->folder);
    assert_true(walk_path(&w, xml, true, &e) && walk_path(&w, xml, true, &e));
    walk_unique(&w);
    assert_int_equal(w.n, 1);
    assert_null(walk_missed(&w, xml, &p->arena));
    assert_int_equal(walk_missed(&w, pdf, &p->arena)->bytes, 10);
    assert_null(walk_missed(&w, "/no/such/file", &p->arena));
    assert_false(walk_path(&w, "/no/such/file", true, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    walk_release(&w);
}

/* Identifiers that extract finds later. */

static int64_t make_article(struct place *p, const char *doi, const char *sha256)
{
    struct article_ids ids = {.doi = doi};
    struct err e = {0};
    int64_t id;
    assert_true(article_keep(&p->db, &ids, sha256, "import", &id, &e));
    struct document d = {0, id, "pdf", "application/pdf", sha256, 1, sha256, NULL};
    int64_t document;
    assert_true(document_store(&p->db, &d, &document, &e));
    return id;
}

static void claimed_identifiers_merge_articles(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    struct article_ids claim = {.doi = "10.1000/A", .pmid = "5"};
    struct asset a = {"f.jpg", "aa", 1}, b = {"g.jpg", "bb", 1};
    int64_t live;
    int64_t older = make_article(p, NULL, "s1"), younger = make_article(p, "10.1000/a", "s2");
    assert_true(asset_store(&p->db, older, &a, &e) && asset_store(&p->db, younger, &a, &e) &&
                asset_store(&p->db, younger, &b, &e));
    for (int i = 0; i < 2; i++) {
        assert_true(article_claim_ids(&p->db, older, &claim, &live, &e));
        assert_int_equal(live, older);
        assert_int_equal(
            number(p, "SELECT count(*) FROM article WHERE doi = '10.1000/a' AND pmid = '5' AND article_id = 1"), 1);
        assert_int_equal(number(p, "SELECT merged_into FROM article WHERE article_id = 2"), older);
        assert_int_equal(number(p, "SELECT count(*) FROM document WHERE article_id = 1"), 2);
        assert_int_equal(number(p, "SELECT count(*) FROM asset WHERE article_id = 1"), 2);
    }
    /* Through the merged one, and through a chain. */
    assert_true(article_claim_ids(&p->db, younger, &claim, &live, &e));
    assert_int_equal(live, older);
    struct article_ids by_pmid = {.pmid = "pmid:5"};
    int64_t third = make_article(p, NULL, "s3");
    assert_true(article_claim_ids(&p->db, third, &by_pmid, &live, &e));
    assert_int_equal(live, older);
    assert_true(article_live(&p->db, third, &live, &e));
    assert_int_equal(live, older);
}

static void other_works_are_not_merged(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    int64_t live, a = make_article(p, "10.1000/a", "s1"), b = make_article(p, "10.1000/b", "s2");
    struct article_ids mistaken = {.doi = "10.1000/a"}, nonsense = {.doi = "see text", .pmid = "none"};
    assert_true(article_claim_ids(&p->db, b, &mistaken, &live, &e));
    assert_int_equal(live, b);
    assert_true(article_claim_ids(&p->db, a, &nonsense, &live, &e));
    assert_int_equal(number(p, "SELECT count(*) FROM article WHERE merged_into IS NOT NULL OR pmid IS NOT NULL"), 0);
    assert_false(article_claim_ids(&p->db, 99, &mistaken, &live, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
}

/* What extract reads. */

static void finds_assets_by_what_documents_call_them(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    static const char *const names[] = {"f1.tif", "f1.jpg", "sub/F2.GIF", "journal.g001.png", "a b.png", "f10.jpg"};
    static const char *const found[][2] = {
        {"f1.tif", "f1.tif"},         {"./f1.jpg?x=1", "f1.jpg"},
        {"f1.eps", "f1.jpg"},         {"f1", "f1.jpg"},
        {"img/f2.gif", "sub/F2.GIF"}, {"info:doi/10.5555/journal.g001", "journal.g001.png"},
        {"a%20b.png", "a b.png"},     {"journal.g001.tif", "journal.g001.png"},
    };
    int64_t article = make_article(p, NULL, "s1");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct asset a = {names[i], names[i], 1};
        assert_true(asset_store(&p->db, article, &a, &e));
    }
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        struct asset a;
        assert_int_equal(asset_find(&p->db, article, found[i][0], &p->arena, &a, &e), 1);
        assert_string_equal(a.name, found[i][1]);
    }
    struct asset none;
    assert_int_equal(asset_find(&p->db, article, "f3.jpg", &p->arena, &none, &e), 0);
    assert_int_equal(asset_find(&p->db, article, "", &p->arena, &none, &e), 0);
    assert_int_equal(asset_find(&p->db, article, "f", &p->arena, &none, &e), 0);
}

static bool note(void *context, int64_t id, const char *inputs, int part, struct err *e)
{
    snprintf(context, 128, "%lld %s", (long long)id, inputs);
    return true;
}

static void an_added_image_changes_a_documents_inputs(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    char before[128] = "", again[128] = "", after[128] = "";
    struct asset a = {"f1.jpg", "aa", 1};
    int64_t article = make_article(p, NULL, "s1");
    assert_true(document_each(&p->db, note, before, &e) && document_each(&p->db, note, again, &e));
    assert_string_equal(before, again);
    assert_true(asset_store(&p->db, article, &a, &e) && document_each(&p->db, note, after, &e));
    assert_string_not_equal(before, after);
}

static void blobs_of_any_length_come_back(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    struct blob_writer *w = blob_writer_new(p->db.folder, BLOB_HEAD);
    size_t sizes[] = {0, 1, BLOB_HEAD, BLOB_HEAD + 1, 3 * BLOB_HEAD + 17};
    unsigned char *bytes = mem_new(4 * BLOB_HEAD);
    for (size_t i = 0; i < 4 * (size_t)BLOB_HEAD; i++)
        bytes[i] = (unsigned char)(i * 31 + (i >> 9));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char streamed[SHA256_SIZE], whole[SHA256_SIZE];
        struct file_map map;
        assert_true(blob_writer_add(w, "thrown away", 11, &e));
        blob_writer_clear(w);
        for (size_t at = 0; at < sizes[i]; at += 100000)
            assert_true(blob_writer_add(w, bytes + at, sizes[i] - at < 100000 ? sizes[i] - at : 100000, &e));
        assert_true(blob_writer_finish(w, streamed, &e));
        assert_true(blob_write(p->db.folder, bytes, sizes[i], whole, &e));
        assert_string_equal(streamed, whole);
        assert_true(blob_map(p->db.folder, streamed, &map, &e));
        assert_int_equal(map.len, sizes[i]);
        assert_memory_equal(map.bytes, bytes, sizes[i]);
        file_unmap(&map);
    }
    blob_writer_free(w);
    free(bytes);
    assert_true(blob_sync(p->db.folder, &e));
}

#define WITH_CORPUS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_documents_by_their_bytes),
        cmocka_unit_test(reads_wide_encodings),
        cmocka_unit_test(tells_images_and_archives),
        cmocka_unit_test(says_why_a_file_is_refused),
        cmocka_unit_test(finds_the_articles_own_identifiers),
        cmocka_unit_test(cleans_identifiers),
        cmocka_unit_test(a_folder_with_one_article_is_one_group),
        cmocka_unit_test(a_folder_with_many_is_split_by_stem),
        cmocka_unit_test(folders_with_documents_stand_alone),
        cmocka_unit_test(one_xml_among_many_pdfs_is_no_ones_folder),
        WITH_CORPUS(an_articles_files_become_one_article),
        WITH_CORPUS(a_later_file_joins_its_article),
        WITH_CORPUS(a_known_pdf_brings_its_article_along),
        WITH_CORPUS(changed_bytes_keep_the_documents_row),
        WITH_CORPUS(bad_files_have_reasons),
        WITH_CORPUS(a_walk_knows_what_it_has_not_met),
        WITH_CORPUS(claimed_identifiers_merge_articles),
        WITH_CORPUS(other_works_are_not_merged),
        WITH_CORPUS(finds_assets_by_what_documents_call_them),
        WITH_CORPUS(an_added_image_changes_a_documents_inputs),
        WITH_CORPUS(blobs_of_any_length_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
