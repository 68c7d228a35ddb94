/* import_read.h: the slow part of import: reads the files of a group or an archive, says what each is, and writes the
 * bytes of those that are wanted as blobs. No rows are written here. */
#ifndef FIGMILL_INGEST_IMPORT_READ_H
#define FIGMILL_INGEST_IMPORT_READ_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/sha256.h"
#include "db/blob.h"
#include "ingest/import_ids.h"
#include "ingest/import_kind.h"
#include "stage/sandbox.h"

enum { IMPORT_MAX_FILE = 512 << 20 }; /* bytes of one document or image */

struct import_file {
    const char *path;       /* absolute; of an archive's member ARCHIVE!MEMBER */
    const char *name;       /* within the group's folder */
    const char *key;        /* of its group */
    const char *source_url; /* where it was fetched; NULL: it lay on disk */
    enum kind kind;
    const char *media_type;
    char sha256[SHA256_SIZE];
    int64_t bytes;
    struct import_ids *ids; /* XML documents; else NULL */
    struct err *why;        /* refused, and why; else NULL */
    bool side_file;
};

/* Files stand sorted by group. */
struct import_result {
    struct import_file *files;
    size_t n, cap;
    bool of_archive;
};

struct import_reader {
    struct blob_writer *writer;
    struct sandbox *sandbox;           /* for archives */
    const volatile sig_atomic_t *stop; /* at 2: ends with ERR_ABORT */
};

/* Reads the files of one group. False: ERR_SYSTEM or ERR_ABORT; a file that cannot be taken is no failure, but has a
 * reason. */
bool import_read_group(struct import_reader *r, const char *key, const char *const *paths, size_t n,
                       struct arena *arena, struct import_result *out, struct err *e);

/* Reads an archive; its members are grouped as files in folders are. A damaged one, or one past a limit, gives what
 * came before, and a reason for the archive itself. False: also when it could not be opened, and ERR_CRASH and
 * ERR_TIMEOUT of the sandbox. */
bool import_read_archive(struct import_reader *r, const char *path, struct arena *arena, struct import_result *out,
                         struct err *e);

/* The sandbox's side of it. */
bool import_archive_service(int op, const char *params, const unsigned char *bytes, size_t len,
                            struct sandbox_reply *reply, struct err *e);

/* Shared by the two: what the writer's head is; refuses what is wanted nowhere. True: go on reading it. */
bool import_look(struct import_reader *r, struct import_file *file, struct arena *arena);
/* Stores what the writer holds as the file's blob, and reads its identifiers. */
bool import_keep(struct import_reader *r, struct import_file *file, struct arena *arena, struct err *e);
void import_refuse(struct import_file *file, struct arena *arena, const struct err *why);
/* Refuses the images of groups that have no document. */
void import_refuse_lone_images(struct import_result *result, struct arena *arena);

#endif
