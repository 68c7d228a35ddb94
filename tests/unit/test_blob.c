/* test_blob.c: db/blob with several writers at once, and base/md5, base/gunzip, which look at bytes in pieces too. */
#include "db/blob.h"

#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/gunzip.h"
#include "base/md5.h"
#include "base/mem.h"
#include "base/str.h"

enum { HEAD = 1000, WRITERS = 40, PIECES = 30 };

static int count_temps(const char *corpus)
{
    char *folder = mem_printf("%s/blobs", corpus);
    DIR *d = opendir(folder);
    int n = 0;
    for (struct dirent *entry; d && (entry = readdir(d));)
        n += str_starts(entry->d_name, "tmp-");
    if (d)
        closedir(d);
    free(folder);
    return n;
}

static int make_folder(void **state)
{
    static const char template[] = P_tmpdir "/figmill-blob-XXXXXX";
    char *folder = mem_strdup(template);
    *state = mkdtemp(folder);
    return !*state;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static int remove_folder(void **state)
{
    int failed = nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return failed;
}

static void piece_of(int writer, int piece, unsigned char out[100])
{
    for (int i = 0; i < 100; i++)
        out[i] = (unsigned char)(writer * 31 + piece * 7 + i);
}

static void writers_do_not_disturb_each_other(void **state)
{
    const char *corpus = *state;
    struct blob_writer *writers[WRITERS];
    struct err e = {0};
    unsigned char piece[100];
    for (int w = 0; w < WRITERS; w++)
        writers[w] = blob_writer_new(corpus, HEAD);
    for (int i = 0; i < PIECES; i++)
        for (int w = 0; w < WRITERS; w++) {
            piece_of(w, i, piece);
            assert_true(blob_writer_add(writers[w], piece, sizeof piece, &e));
        }
    assert_int_equal(count_temps(corpus), WRITERS);
    /* Another write between them. */
    char other[SHA256_SIZE], sha256[SHA256_SIZE];
    assert_true(blob_write(corpus, "other", 5, other, &e));
    for (int w = WRITERS - 1; w >= 0; w--) {
        size_t head;
        struct file_map map;
        assert_int_equal(blob_writer_size(writers[w]), PIECES * sizeof piece);
        blob_writer_head(writers[w], &head);
        assert_int_equal(head, HEAD);
        assert_true(blob_writer_finish(writers[w], sha256, &e));
        assert_true(blob_map(corpus, sha256, &map, &e));
        assert_int_equal(map.len, PIECES * sizeof piece);
        for (int i = 0; i < PIECES; i++) {
            piece_of(w, i, piece);
            assert_memory_equal(map.bytes + (size_t)i * sizeof piece, piece, sizeof piece);
        }
        file_unmap(&map);
        blob_writer_free(writers[w]);
    }
    assert_int_equal(count_temps(corpus), 0);
}

static void a_writer_goes_on_or_starts_over(void **state)
{
    const char *corpus = *state;
    struct blob_writer *w = blob_writer_new(corpus, HEAD);
    struct err e = {0};
    char sha256[SHA256_SIZE], expected[SHA256_SIZE];
    unsigned char bytes[3 * HEAD];
    size_t head;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 13);
    assert_non_null(blob_writer_head(w, &head));
    assert_int_equal(head, 0);
    /* A first attempt that went wrong, behind the head and inside of it. */
    for (int i = 1; i <= 2; i++) {
        assert_true(blob_writer_add(w, bytes, (size_t)i * 700, &e));
        blob_writer_clear(w);
        assert_int_equal(blob_writer_size(w), 0);
        assert_int_equal(count_temps(corpus), 0);
    }
    /* One that is gone on with. */
    assert_true(blob_writer_add(w, bytes, 1700, &e));
    assert_true(blob_writer_add(w, bytes + 1700, sizeof bytes - 1700, &e));
    assert_memory_equal(blob_writer_head(w, &head), bytes, HEAD);
    assert_true(blob_writer_finish(w, sha256, &e));
    sha256_of(bytes, sizeof bytes, expected);
    assert_string_equal(sha256, expected);
    /* One of exactly the head's size, one that is there already, and nothing. */
    assert_true(blob_writer_add(w, bytes, HEAD, &e));
    assert_int_equal(count_temps(corpus), 0);
    assert_true(blob_writer_finish(w, sha256, &e));
    sha256_of(bytes, HEAD, expected);
    assert_string_equal(sha256, expected);
    assert_true(blob_writer_add(w, bytes, sizeof bytes, &e));
    assert_true(blob_writer_finish(w, sha256, &e));
    assert_true(blob_writer_finish(w, sha256, &e));
    sha256_of("", 0, expected);
    assert_string_equal(sha256, expected);
    blob_writer_free(w);
    assert_int_equal(count_temps(corpus), 0);
}

static void what_was_added_can_be_read(void **state)
{
    static const size_t sizes[] = {1, HEAD, HEAD + 1, 3 * HEAD};
    const char *corpus = *state;
    struct blob_writer *w = blob_writer_new(corpus, HEAD);
    struct err e = {0};
    unsigned char bytes[3 * HEAD], read[3 * HEAD + 1];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_true(blob_writer_add(w, bytes, sizes[i], &e));
        FILE *file = blob_writer_open(w, &e);
        assert_non_null(file);
        assert_int_equal(fread(read, 1, sizeof read, file), sizes[i]);
        assert_memory_equal(read, bytes, sizes[i]);
        fclose(file);
        blob_writer_clear(w);
        assert_int_equal(count_temps(corpus), 0);
    }
    blob_writer_free(w);
}

static void leftovers_of_a_dead_process_are_in_nobodys_way(void **state)
{
    const char *corpus = *state;
    struct blob_writer *w = blob_writer_new(corpus, 1);
    struct err e = {0};
    char sha256[SHA256_SIZE];
    assert_true(blob_write(corpus, "x", 1, sha256, &e)); /* makes the folder */
    /* A process of the same number as ours. */
    char *left = mem_printf("%s/blobs/tmp-%ld-0", corpus, (long)getpid());
    FILE *f = fopen(left, "we");
    assert_non_null(f);
    fclose(f);
    assert_true(blob_writer_add(w, "hello", 5, &e));
    assert_true(blob_writer_finish(w, sha256, &e));
    assert_int_equal(access(left, F_OK), 0);
    blob_writer_free(w);
    free(left);
}

static void md5_is_that_of_the_standard(void **state)
{
    char hex[MD5_SIZE];
    struct md5 *m = md5_new();
    md5_free(m, hex);
    assert_string_equal(hex, "d41d8cd98f00b204e9800998ecf8427e");
    m = md5_new();
    md5_add(m, "message ", 8);
    md5_add(m, "digest", 6);
    md5_free(m, hex);
    assert_string_equal(hex, "f96b697d7cb7938d525a2f31aaf161d0");
    md5_free(md5_new(), NULL);
}

static bool add_to_str(void *context, const void *bytes, size_t len)
{
    struct str *s = context;
    str_add_bytes(s, bytes, len);
    return !s->overflow;
}

static size_t pack(const char *text, unsigned char *out, size_t size)
{
    z_stream z = {.next_in = (Bytef *)text, .avail_in = (uInt)strlen(text), .next_out = out, .avail_out = (uInt)size};
    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return size - z.avail_out;
}

static void gzip_in_pieces_of_any_size(void **state)
{
    unsigned char packed[512];
    size_t len = pack("one two three four five six seven eight", packed, sizeof packed);
    len += pack(" nine", packed + len, sizeof packed - len);
    struct gunzip *g = gunzip_new();
    for (size_t step = 1; step <= len; step++) {
        struct str out = STR_INIT(1000);
        gunzip_clear(g);
        assert_true(gunzip_is_whole(g));
        for (size_t at = 0; at < len; at += step)
            assert_int_equal(gunzip_add(g, packed + at, len - at < step ? len - at : step, add_to_str, &out),
                             GUNZIP_OK);
        assert_true(gunzip_is_whole(g));
        assert_string_equal(out.data, "one two three four five six seven eight nine");
        str_release(&out);
    }
    /* Cut anywhere, but between the two streams, which are whole by themselves. */
    int whole = 0;
    for (size_t cut = 1; cut < len; cut++) {
        struct str out = STR_INIT(1000);
        gunzip_clear(g);
        assert_int_equal(gunzip_add(g, packed, cut, add_to_str, &out), GUNZIP_OK);
        whole += gunzip_is_whole(g);
        str_release(&out);
    }
    assert_int_equal(whole, 1);
    struct str small = STR_INIT(3);
    gunzip_clear(g);
    assert_int_equal(gunzip_add(g, packed, len, add_to_str, &small), GUNZIP_STOPPED);
    gunzip_clear(g);
    assert_int_equal(gunzip_add(g, "plain text", 10, add_to_str, &small), GUNZIP_BROKEN);
    str_release(&small);
    gunzip_free(g);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writers_do_not_disturb_each_other, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_writer_goes_on_or_starts_over, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_was_added_can_be_read, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(leftovers_of_a_dead_process_are_in_nobodys_way, make_folder, remove_folder),
        cmocka_unit_test(md5_is_that_of_the_standard),
        cmocka_unit_test(gzip_in_pieces_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
