/* test_tar.c: the archive's bytes, field by field; names that must be refused; what GNU tar makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "pairs/tar.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "%s/figmill-tar-XXXXXX", P_tmpdir);
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void path_of(char out[128], const char *name)
{
    snprintf(out, 128, "%s/%s", folder, name);
}

static void layout(void **state)
{
    struct err e = {0};
    char path[128], hash[SHA256_SIZE], again[SHA256_SIZE];
    uint64_t bytes;
    struct file_map map;
    (void)state;
    path_of(path, "a.tar");
    struct tar *t = tar_create(path, &e);
    assert_non_null(t);
    assert_true(tar_add(t, "key.json", "{}", 2, &e));
    assert_int_equal(tar_size_with(t, 513), 1024 + 512 + 1024 + 1024);
    assert_true(tar_add(t, "folder/empty.txt", "", 0, &e));
    assert_true(tar_close(t, hash, &bytes, &e));
    assert_int_equal(bytes, 2 * 512 + 512 + 2 * 512);
    assert_true(file_map(path, 1 << 20, &map, &e));
    assert_int_equal(map.len, bytes);
    sha256_of(map.bytes, map.len, again);
    assert_string_equal(hash, again);
    const char *h = (const char *)map.bytes;
    assert_string_equal(h, "key.json");
    assert_string_equal(h + 100, "0000644");
    assert_string_equal(h + 108, "0000000");
    assert_string_equal(h + 116, "0000000");
    assert_string_equal(h + 124, "00000000002");
    assert_string_equal(h + 136, "02263523000");
    assert_int_equal(h[156], '0');
    assert_memory_equal(h + 257, "ustar\00000", 8);
    assert_int_equal(h[265], 0);
    unsigned sum = 0, stated = (unsigned)strtoul(h + 148, NULL, 8);
    for (int i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? ' ' : map.bytes[i];
    assert_int_equal(sum, stated);
    assert_memory_equal(h + 512, "{}\0\0", 4);
    for (size_t i = map.len - 1024; i < map.len; i++)
        assert_int_equal(map.bytes[i], 0);
    file_unmap(&map);
    assert_null(tar_create(path, &e)); /* never over an old file */
    unlink(path);
}

static void bad_names(void **state)
{
    static const char *const bad[] = {"",    "/abs", "..",  "a/../b", "a//b",     "a/",
                                      "./a", "a b",  "a\n", "a\\b",   "\xc3\xa4", "."};
    struct err e = {0};
    char path[128], name[TAR_NAME_MAX + 2], hash[SHA256_SIZE];
    uint64_t bytes;
    (void)state;
    path_of(path, "b.tar");
    struct tar *t = tar_create(path, &e);
    assert_non_null(t);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err_clear(&e);
        assert_false(tar_add(t, bad[i], "x", 1, &e));
        assert_int_equal(e.kind, ERR_FORMAT);
    }
    memset(name, 'k', sizeof name);
    name[TAR_NAME_MAX + 1] = 0;
    assert_false(tar_add(t, name, "x", 1, &e));
    name[TAR_NAME_MAX] = 0;
    assert_true(tar_add(t, name, "x", 1, &e)); /* exactly 100 bytes: no NUL behind them */
    assert_true(tar_close(t, hash, &bytes, &e));
    assert_int_equal(bytes, 2 * 512 + 1024);
    unlink(path);
}

/* Bytes past the buffer, in one and in many members, come out as they went in. */
static void large(void **state)
{
    enum { SIZE = 3 << 20 };
    struct err e = {0};
    char path[128], hash[SHA256_SIZE], again[SHA256_SIZE];
    uint64_t bytes;
    struct file_map map;
    (void)state;
    char *content = malloc(SIZE);
    assert_non_null(content);
    for (int i = 0; i < SIZE; i++)
        content[i] = (char)(i * 7 + i / 4096);
    path_of(path, "c.tar");
    struct tar *t = tar_create(path, &e);
    assert_non_null(t);
    assert_true(tar_add(t, "small", content, 100, &e));
    assert_true(tar_add(t, "large", content, SIZE, &e));
    assert_true(tar_add(t, "small2", content, 1000, &e));
    assert_true(tar_close(t, hash, &bytes, &e));
    assert_true(file_map(path, 1 << 30, &map, &e));
    sha256_of(map.bytes, map.len, again);
    assert_string_equal(hash, again);
    assert_memory_equal(map.bytes + 1024 + 512, content, SIZE);
    assert_memory_equal(map.bytes + 1024 + 512 + SIZE + 512, content, 1000);
    file_unmap(&map);
    free(content);
    unlink(path);
}

/* GNU tar lists it without a word on stderr; skipped where there is none. */
static void stock_tar(void **state)
{
    struct err e = {0};
    char path[128], list[128], hash[SHA256_SIZE];
    uint64_t bytes;
    (void)state;
    if (access("/bin/tar", X_OK) != 0)
        skip();
    path_of(path, "d.tar");
    path_of(list, "list");
    struct tar *t = tar_create(path, &e);
    assert_true(tar_add(t, "k1.jpg", "picture", 7, &e));
    assert_true(tar_add(t, "k1.json", "{}", 2, &e));
    assert_true(tar_close(t, hash, &bytes, &e));
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen(list, "w", stdout) || !freopen(list, "a", stderr))
            _exit(126);
        execl("/bin/tar", "tar", "--utc", "-tvf", path, (char *)NULL);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    char *text = file_read_text(list, 4096, &e);
    assert_non_null(text);
    assert_string_equal(text, "-rw-r--r-- 0/0               7 1980-01-01 00:00 k1.jpg\n"
                              "-rw-r--r-- 0/0               2 1980-01-01 00:00 k1.json\n");
    free(text);
    unlink(list);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout),
        cmocka_unit_test(bad_names),
        cmocka_unit_test(large),
        cmocka_unit_test(stock_tar),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
