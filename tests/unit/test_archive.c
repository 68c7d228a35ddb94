/* Archives: what is given, what is refused by name, and where a walk ends. Evil ones are made by hand, since no tool
 * makes them. */
#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/archive.h"
#include "base/mem.h"
#include "base/str.h"

enum { TAR_BLOCK = 512 };

/* What the walk said: "+path", its bytes, "." at a member's end, "-path: why" for a refused one. */
struct record {
    struct str text;
    uint64_t bytes;
};

static bool on_begin(void *context, const char *path, struct err *e)
{
    str_addf(&((struct record *)context)->text, "+%s ", path);
    return true;
}

static bool on_bytes(void *context, const unsigned char *bytes, size_t len, struct err *e)
{
    struct record *r = context;
    r->bytes += len;
    if (len < 64)
        str_addf(&r->text, "%.*s", (int)len, (const char *)bytes);
    return len <= ARCHIVE_CHUNK;
}

static bool on_end(void *context, struct err *e)
{
    str_add(&((struct record *)context)->text, ".\n");
    return true;
}

static bool on_refused(void *context, const char *path, const struct err *why, struct err *e)
{
    str_addf(&((struct record *)context)->text, "-%.60s: %s: %s\n", path, err_kind_name(why->kind), why->text);
    return true;
}

static bool walk(const void *bytes, size_t len, struct record *r, struct err *e)
{
    struct archive_visitor visitor = {r, on_begin, on_bytes, on_end, on_refused};
    *r = (struct record){.text = STR_INIT(1 << 20)};
    *e = (struct err){0};
    return archive_walk(bytes, len, &visitor, e);
}

/* A ustar header and its data behind what is there. `claimed` is the size it states. */
static void add_tar(struct str *tar, const char *name, char type, const char *link, const char *data, size_t claimed)
{
    char header[TAR_BLOCK] = {0};
    unsigned sum = 0;
    snprintf(header, 100, "%s", name);
    snprintf(header + 100, 8, "0000644");
    snprintf(header + 108, 8, "0000000");
    snprintf(header + 116, 8, "0000000");
    snprintf(header + 124, 12, "%011o", (unsigned)claimed);
    snprintf(header + 136, 12, "00000000000");
    header[156] = type;
    snprintf(header + 157, 100, "%s", link);
    memcpy(header + 257,
           "ustar\0"
           "00",
           8);
    memset(header + 148, ' ', 8);
    for (size_t i = 0; i < sizeof header; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
    str_add_bytes(tar, header, sizeof header);
    size_t len = strlen(data);
    str_add_bytes(tar, data, len);
    for (; len % TAR_BLOCK; len++)
        str_add_char(tar, 0);
}

static void add_file(struct str *tar, const char *name, const char *data)
{
    add_tar(tar, name, '0', "", data, strlen(data));
}

static void end_tar(struct str *tar)
{
    for (int i = 0; i < 2 * TAR_BLOCK; i++)
        str_add_char(tar, 0);
}

static void gives_members_in_order(void **state)
{
    struct str tar = STR_INIT(1 << 20);
    struct record r;
    struct err e;
    add_tar(&tar, "d/", '5', "", "", 0);
    add_file(&tar, "./d/a.xml", "<article/>");
    add_file(&tar, "d/empty", "");
    end_tar(&tar);
    assert_true(walk(tar.data, tar.len, &r, &e));
    assert_string_equal(r.text.data, "+d/a.xml <article/>.\n+d/empty .\n");
    str_release(&r.text);
    str_release(&tar);
}

static void refuses_unsafe_members_and_goes_on(void **state)
{
    struct str tar = STR_INIT(1 << 20);
    struct record r;
    struct err e;
    add_file(&tar, "/etc/passwd", "x");
    add_file(&tar, "../up", "x");
    add_file(&tar, "a/../../up", "x");
    add_file(&tar, "a\\b", "x");
    add_file(&tar, "c:x", "x");
    add_file(&tar, "line\nfeed", "x");
    add_tar(&tar, "link", '2', "/etc/passwd", "", 0);
    add_tar(&tar, "hard", '1', "d/a.xml", "", 0);
    add_tar(&tar, "null", '3', "", "", 0);
    add_tar(&tar, "pipe", '6', "", "", 0);
    add_file(&tar, "..a/..b", "fine");
    end_tar(&tar);
    assert_true(walk(tar.data, tar.len, &r, &e));
    assert_string_equal(r.text.data, "-/etc/passwd: refused: its name is an absolute path\n"
                                     "-../up: refused: its name leads out of the archive (\"..\")\n"
                                     "-a/../../up: refused: its name leads out of the archive (\"..\")\n"
                                     "-a\\b: refused: its name holds a backslash\n"
                                     "-c:x: refused: its name begins with a drive letter\n"
                                     "-line\nfeed: refused: its name holds control characters\n"
                                     "-link: refused: it is a link\n"
                                     "-hard: refused: it is a link\n"
                                     "-null: refused: it is a device, FIFO or socket\n"
                                     "-pipe: refused: it is a device, FIFO or socket\n"
                                     "+..a/..b fine.\n");
    str_release(&r.text);
    str_release(&tar);
}

static void refuses_a_long_member_by_its_stated_size(void **state)
{
    struct str tar = STR_INIT(1 << 20);
    struct record r;
    struct err e;
    add_file(&tar, "a", "first");
    add_tar(&tar, "huge", '0', "", "begins", (size_t)ARCHIVE_MAX_MEMBER + 1);
    assert_false(walk(tar.data, tar.len, &r, &e));
    assert_int_equal(e.kind, ERR_FORMAT); /* it is cut short, too */
    assert_string_equal(r.text.data, "+a first.\n-huge: limit: longer than 512 MiB\n");
    str_release(&r.text);
    str_release(&tar);
}

static void a_cut_archive_gives_what_came_before(void **state)
{
    struct str tar = STR_INIT(1 << 20);
    struct record r;
    struct err e;
    add_file(&tar, "a", "first");
    add_tar(&tar, "b", '0', "", "only a part", 5000);
    assert_false(walk(tar.data, tar.len, &r, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_non_null(strstr(r.text.data, "+a first.\n+b "));
    assert_non_null(strstr(r.text.data, "-b: format: "));
    str_release(&r.text);
    str_release(&tar);
}

static void too_many_members_end_the_walk(void **state)
{
    struct str tar = STR_INIT((size_t)200 << 20);
    struct record r;
    struct err e;
    char name[16];
    for (int i = 0; i <= ARCHIVE_MAX_MEMBERS; i++) {
        snprintf(name, sizeof name, "%d/", i);
        add_tar(&tar, name, '5', "", "", 0);
    }
    end_tar(&tar);
    assert_false(walk(tar.data, tar.len, &r, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    assert_string_equal(e.text, "more than 100000 members");
    str_release(&r.text);
    str_release(&tar);
}

/* An archive of one member of zeros, made by libarchive. */
static size_t make_zeros(unsigned char *out, size_t room, bool zip, size_t zeros)
{
    static const char block[1 << 16];
    size_t used = 0;
    struct archive *a = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    if (zip) {
        archive_write_set_format_zip(a);
    } else {
        archive_write_set_format_ustar(a);
        archive_write_add_filter_gzip(a);
    }
    archive_write_set_bytes_in_last_block(a, 1);
    assert_int_equal(archive_write_open_memory(a, out, room, &used), ARCHIVE_OK);
    archive_entry_set_pathname(entry, "zeros.xml");
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)zeros);
    assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
    for (size_t i = 0; i < zeros; i += sizeof block)
        archive_write_data(a, block, sizeof block);
    archive_write_close(a);
    archive_write_free(a);
    archive_entry_free(entry);
    return used;
}

static void a_bomb_is_stopped(void **state)
{
    size_t room = 16 << 20;
    unsigned char *bytes = mem_new(room);
    for (int zip = 0; zip < 2; zip++) {
        struct record r;
        struct err e;
        size_t len = make_zeros(bytes, room, zip, (size_t)ARCHIVE_RATIO_FREE + (64 << 20));
        assert_true(len < (size_t)ARCHIVE_RATIO_FREE / ARCHIVE_RATIO);
        assert_false(walk(bytes, len, &r, &e));
        assert_int_equal(e.kind, ERR_LIMIT);
        assert_true(r.bytes <= (uint64_t)ARCHIVE_RATIO_FREE + ARCHIVE_CHUNK);
        assert_non_null(strstr(r.text.data, "-zeros.xml: limit: unpacks to more than 200 times"));
        str_release(&r.text);
    }
    free(bytes);
}

static void a_single_compressed_file_is_a_member(void **state)
{
    /* printf '<article/>' | gzip -n */
    static const unsigned char gz[] = {0x1f, 0x8b, 8,    0,    0,    0,    0,    0,    0,    3,
                                       0xb3, 0x49, 0x2c, 0x2a, 0xc9, 0x4c, 0xce, 0x49, 0xd5, 0xb7,
                                       0x03, 0x00, 0x4b, 0xca, 0xf7, 0x31, 0x0a, 0,    0,    0};
    struct record r;
    struct err e;
    assert_true(walk(gz, sizeof gz, &r, &e));
    assert_string_equal(r.text.data, "+data <article/>.\n");
    str_release(&r.text);
}

static void no_archive_is_said_so(void **state)
{
    struct record r;
    struct err e;
    assert_false(walk("just text", 9, &r, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    assert_string_equal(r.text.data, "");
    str_release(&r.text);
    assert_false(walk("PK\3\4 and then nothing", 22, &r, &e));
    assert_int_equal(e.kind, ERR_FORMAT);
    str_release(&r.text);
}

static void knows_unsafe_paths(void **state)
{
    char deep[2 * ARCHIVE_MAX_DEPTH + 8] = "", wide[ARCHIVE_MAX_PATH + 2];
    for (int i = 0; i <= ARCHIVE_MAX_DEPTH; i++)
        memcpy(deep + 2 * i, "d/", 3);
    memset(wide, 'w', sizeof wide - 1);
    wide[sizeof wide - 1] = 0;
    assert_null(archive_path_fault("a/b.xml"));
    assert_null(archive_path_fault("a/...x/b..c"));
    assert_non_null(archive_path_fault(""));
    assert_non_null(archive_path_fault("a/.."));
    assert_non_null(archive_path_fault(deep));
    assert_non_null(archive_path_fault(wide));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_members_in_order),
        cmocka_unit_test(refuses_unsafe_members_and_goes_on),
        cmocka_unit_test(refuses_a_long_member_by_its_stated_size),
        cmocka_unit_test(a_cut_archive_gives_what_came_before),
        cmocka_unit_test(too_many_members_end_the_walk),
        cmocka_unit_test(a_bomb_is_stopped),
        cmocka_unit_test(a_single_compressed_file_is_a_member),
        cmocka_unit_test(no_archive_is_said_so),
        cmocka_unit_test(knows_unsafe_paths),
    };
    archive_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
