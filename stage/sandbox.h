/* sandbox.h: parsing hostile bytes in a process of its own.
 *
 * A worker starts one sandbox before it opens the database. The sandbox process holds no database handle, has no
 * network and may open no file: a seccomp allow-list (memory, reading and writing descriptors it already has, time) and
 * rlimits on memory, CPU time, file size and processes. It serves calls one after the other: a descriptor with the
 * input's bytes goes in, frames (a JSON text and bytes each) come out. A call that crashes or hangs costs the sandbox
 * its life; the worker then ends too, and the runner starts both anew. */
#ifndef FIGMILL_STAGE_SANDBOX_H
#define FIGMILL_STAGE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Limits of what a sandbox may send back: one frame's JSON and bytes, and all of a call. */
enum { SANDBOX_MAX_JSON = 64 << 20, SANDBOX_MAX_BYTES = 512 << 20, SANDBOX_MAX_FRAMES = 200000 };
#define SANDBOX_MAX_CALL ((uint64_t)8 << 30)

struct sandbox;
struct sandbox_reply; /* where a service sends its frames */

/* The service, run inside the sandbox for each call: `op` and `params` as the caller gave them, the input mapped.
 * False with an error: the caller gets that error. */
typedef bool sandbox_service_fn(int op, const char *params, const unsigned char *bytes, size_t len,
                                struct sandbox_reply *reply, struct err *e);
/* Sends one frame. Either part may be empty. False when the caller is gone. */
bool sandbox_send(struct sandbox_reply *reply, const char *json, size_t json_len, const void *bytes, size_t len,
                  struct err *e);

/* For a service: what `load` gave, NULL without one. */
void *sandbox_loaded(const struct sandbox_reply *reply);

struct sandbox_options {
    sandbox_service_fn *service;
    void (*init)(void);  /* called in the sandbox before it closes: loads what could not be opened later; or NULL */
    void *(*load)(void); /* the same, and what it gives stays there for the service: sandbox_loaded; or NULL */
    size_t memory_bytes; /* address space of the process; 0: 2 GiB */
    int cpu_s;           /* CPU seconds a call; 0: 120 */
};

/* ERR_SYSTEM when it cannot be made. */
struct sandbox *sandbox_start(const struct sandbox_options *options, struct err *e);
void sandbox_stop(struct sandbox *s); /* kills and reaps it; NULL is fine */

/* Called for each frame that came, in order; parts are valid during the call. False with an error ends the call; the
 * rest of its frames is read and thrown away. */
typedef bool sandbox_frame_fn(void *context, const char *json, size_t json_len, const unsigned char *bytes, size_t len,
                              struct err *e);

/* One call. `fd` is the input (a regular file or memfd, from its start; stays open), or -1 for none. Errors: the
 * service's own; ERR_TIMEOUT after timeout_s seconds; ERR_CRASH with the signal when the process died; ERR_LIMIT when
 * it sent more than allowed. After ERR_TIMEOUT, ERR_CRASH and ERR_LIMIT of the transport sandbox_alive is false. */
bool sandbox_call(struct sandbox *s, int op, const char *params, int fd, int timeout_s, sandbox_frame_fn *each,
                  void *context, struct err *e);
bool sandbox_alive(const struct sandbox *s);

/* A memfd with these bytes, to be passed to sandbox_call; -1 on failure. */
int sandbox_bytes(const void *bytes, size_t len, struct err *e);

#endif
