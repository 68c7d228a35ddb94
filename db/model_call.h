/* model_call.h: table model_call: every request to a model with its reply, for replay and lineage. Rows are only added,
 * never changed. A request's text is its identity: its SHA-256 finds the one reply that may be replayed (a row without
 * err_kind); failed calls are kept beside it, as many as there were. */
#ifndef FIGMILL_DB_MODEL_CALL_H
#define FIGMILL_DB_MODEL_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/str.h"
#include "db/db.h"

struct model_call {
    const char *stage, *model;
    const char *item;          /* of the task that asks, for taking an article down; NULL: none */
    const char *server;        /* what the server says of its build; "" where it says nothing */
    const char *request;       /* JSON text as sent, without keys */
    const char *reply;         /* as received, UTF-8; NULL: nothing came */
    int http_status;           /* 0: no answer */
    const char *finish_reason; /* NULL: none */
    int prompt_tokens, completion_tokens;
    double seconds;
    const struct err *error; /* NULL: a reply that may be replayed */
};

/* The stored reply to exactly this request; the text is the arena's. True with *reply NULL and *id 0 when there is
 * none. */
bool model_call_lookup(struct db *db, const char *request, struct arena *arena, const char **reply, int64_t *id,
                       struct err *e);

/* How exactly this request failed last: kind and text, and its row. ERR_NONE and *id 0 when it never did. */
bool model_call_failure(struct db *db, const char *request, struct err *why, int64_t *id, struct err *e);

/* Adds a row; within the caller's transaction if there is one. ERR_FORMAT when the request has a reply already. */
bool model_call_add(struct db *db, const struct model_call *call, int64_t *id, struct err *e);

/* Stores a call that was just made, in a transaction of its own, so that kill -9 loses no reply; call it outside one.
 * `raw` is the server's reply, which may be any bytes: call->reply is set to what the table can hold of it. Several
 * workers may have sent the same request at once: when another one's reply is stored already, that one counts, so that
 * all of a corpus stems from one reply; *earlier is its text (arena), else NULL. *id names the row that counts. */
bool model_call_record(struct db *db, struct model_call *call, const struct str *raw, struct arena *arena,
                       const char **earlier, int64_t *id, struct err *e);

/* The model that the stage called last, in the arena; NULL when it has called none. */
bool model_call_last_model(struct db *db, const char *stage, struct arena *arena, const char **model, struct err *e);

#endif
