/* file.h: whole files, and writing them so that a crash leaves the old or the new one, never half of one. */
#ifndef FIGMILL_BASE_FILE_H
#define FIGMILL_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* A file's bytes, mapped read-only. `bytes` is never NULL ("" for an empty file). */
struct file_map {
    const unsigned char *bytes;
    size_t len;
};

/* Maps a regular file. ERR_FORMAT when it cannot be read or is no regular file, ERR_LIMIT past `max` bytes. */
bool file_map(const char *path, size_t max, struct file_map *out, struct err *e);
/* The same for an open descriptor, which stays open; `name` is for the error. */
bool file_map_fd(int fd, const char *name, size_t max, struct file_map *out, struct err *e);
void file_unmap(struct file_map *map);

/* Reads a small text file into fresh memory (free it), NUL-terminated. ERR_SYSTEM when it cannot be read. */
char *file_read_text(const char *path, size_t max, struct err *e);

/* Writes all bytes; ERR_SYSTEM for what the environment cannot take. */
bool file_write_all(int fd, const char *name, const void *bytes, size_t len, struct err *e);
/* Reads exactly `len` bytes; false at the end of the input (errno 0) or on an error (errno set). */
bool file_read_exactly(int fd, void *bytes, size_t len);

/* The folder that the running program lies in. */
bool file_own_folder(char *out, size_t size);

/* Makes the folder and its parents; an existing one is fine. */
bool file_make_folder(const char *path, struct err *e);

/* Temp file beside `path`, all bytes, fsync, rename, fsync of the folder. */
bool file_replace(const char *path, const void *bytes, size_t len, struct err *e);

#endif
