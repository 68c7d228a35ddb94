/* fuzz_batch.c: a batch's results are anything. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/model.h"
#include "stage/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const ids[] = {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", ""};
    char path[64];
    const char *const files[] = {path, NULL};
    struct err e = {0};
    int status, fd = memfd_create("batch", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd < 0 || !file_write_all(fd, "batch", bytes, len, &e))
        abort();
    struct batch_in *b = batch_in_new(files, &e);
    for (size_t i = 0; b && i < sizeof ids / sizeof *ids; i++) {
        struct str raw = STR_INIT(MODEL_MAX_REPLY);
        e = (struct err){0};
        if (batch_in_find(b, ids[i], &raw, &status, &e) < 0 && !e.kind)
            abort();
        str_release(&raw);
    }
    batch_in_free(b);
    close(fd);
    return 0;
}
