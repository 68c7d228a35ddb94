/* file_server.h: a small and fast HTTP/1.1 server on 127.0.0.1 for measuring clients: one forked child, epoll,
 * keep-alive, no faults. GET /N/SIZE gives SIZE bytes that N and SIZE decide; any other path is a file below a folder.
 * Ended by its pid. */
#ifndef FIGMILL_TESTS_FILE_SERVER_H
#define FIGMILL_TESTS_FILE_SERVER_H

#include <stddef.h>
#include <stdint.h>

struct file_server {
    int pid, port;
    char url[64]; /* "http://127.0.0.1:PORT" */
};

/* `folder`: whose files are served, NULL: none. Ends the program when it cannot be started. */
void file_server_start(struct file_server *s, const char *folder);
void file_server_stop(struct file_server *s);

/* The bytes of /N/SIZE from `offset` on, at most `len` of them; returns how many. */
size_t file_server_bytes(uint64_t n, uint64_t size, uint64_t offset, unsigned char *out, size_t len);

#endif
