/* replay.c: a main for the fuzz targets: runs files, and every file of a folder, through LLVMFuzzerTestOneInput, each
 * whole and cut in halves, quarters and so on, since parsers break at early ends. Status 1 when there was no file. */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int run_file(const char *path)
{
    struct file_map map;
    struct err e = {0};
    if (!file_map(path, SIZE_MAX, &map, &e)) {
        fprintf(stderr, "%s\n", e.text);
        return 0;
    }
    for (size_t len = map.len;; len /= 2) {
        /* A copy of its own size, so that a sanitizer sees the first byte read behind its end. */
        unsigned char *copy = mem_resize(NULL, len + 1, 1);
        for (size_t i = 0; i < len; i++)
            copy[i] = map.bytes[i];
        copy = mem_resize(copy, len ? len : 1, 1);
        LLVMFuzzerTestOneInput(copy, len);
        free(copy);
        if (!len)
            break;
    }
    file_unmap(&map);
    return 1;
}

static int run_path(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return run_file(path);
    DIR *folder = opendir(path);
    int n = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char inner[PATH_MAX];
        if (entry->d_name[0] == '.' || snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) >= (int)sizeof inner)
            continue;
        n += run_path(inner);
    }
    if (folder)
        closedir(folder);
    return n;
}

int main(int argc, char **argv)
{
    int n = 0;
    for (int i = 1; i < argc; i++)
        n += run_path(argv[i]);
    printf("%d files\n", n);
    return n == 0;
}
