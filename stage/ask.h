/* ask.h: asking a model, for the stages that need one (translate, generate, judge): which server, how many workers,
 * and every request stored with its reply (db/model_call.h), so that the same request is never sent twice.
 *
 * Where the server is: --url, else $NAME_URL, else the URL that `scripts/local-model` serves (ASK_LOCAL_URL). NAME is
 * the stage's
 * ("GENERATOR", "TRANSLATOR"); a TRANSLATOR without a URL falls back to GENERATOR before it falls back to the local
 * one. The model is --model, else $NAME_MODEL, else the server's first. The key is the $NAME_KEY that belongs to the
 * URL's NAME, so that no server sees another's; it is never logged or stored. A URL may be a list with commas: workers
 * are spread over the servers, which must all serve the same model. */
#ifndef FIGMILL_STAGE_ASK_H
#define FIGMILL_STAGE_ASK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/model.h"
#include "db/db.h"
#include "stage/alarm.h"
#include "stage/batch.h"

#define ASK_LOCAL_URL "http://127.0.0.1:18080"

enum { ASK_MAX_SERVERS = 64, ASK_WAIT_S = 120 /* for a server that is still loading */ };

struct ask_options {
    const char *stage;       /* as in model_call.stage */
    const char *name;        /* prefix of the environment's variables: "GENERATOR" */
    const char *url, *model; /* of the command line, or NULL */
    int timeout_s;           /* of one request; 0: 300 */
    struct alarm *alarm;     /* counts the replies that are checked; or NULL */
};

/* What an enqueue needs without a connection that is kept: asks each server once. ERR_SYSTEM, with what to do about it,
 * when none answers or they serve different models; one of several that does not answer is left out with a warning.
 * `slots` is the sum over the servers: the number of workers. */
struct ask_servers {
    struct model_server servers[ASK_MAX_SERVERS];
    int n, slots;
};
bool ask_probe(const struct ask_options *options, struct ask_servers *out, struct err *e);

/* When no server answers: the model that the stage used last in this corpus (arena; NULL: none), so that a run with
 * nothing to do need not have one. */
bool ask_last_model(struct db *db, const char *stage, struct arena *arena, const char **model, struct err *e);

struct ask; /* one worker's connection */

/* `seat` chooses the server (any number, such as the worker's pid). `servers` is copied. */
struct ask *ask_new(const struct ask_options *options, const struct ask_servers *servers, unsigned seat,
                    const volatile sig_atomic_t *stop);
void ask_free(struct ask *a);
const struct model_server *ask_server(const struct ask *a);

/* The task's item that the requests from now on are for (copied), as stored with them. */
void ask_about(struct ask *a, const char *item);

/* Whether a reply has the form that was asked for; false, ERR_FORMAT with what is wrong, when not. */
typedef bool ask_check_fn(const void *context, const struct model_reply *reply, struct err *e);
struct ask_check {
    ask_check_fn *has_form;
    const void *context;
};

/* Replays the stored reply of the very same request text, or sends it and stores the reply in a transaction of its own
 * at once (so kill -9 loses no reply; call it outside a transaction). Failures are stored too, for lineage, but never
 * replayed; a reply without the form that `check` wants is one (NULL: any reply will do), so that no later run takes it
 * for an answer, but `reply` holds it all the same. `reply` lives in the arena; *model_call_id names the row, also when
 * the call failed (0: none). Errors as of model_send, model_reply_read and the check; a reply that ended by length
 * (finish_reason "length") is none by itself. */
bool ask_model(struct ask *a, struct db *db, const struct model_request *request, const struct ask_check *check,
               struct arena *arena, struct model_reply *reply, int64_t *model_call_id, struct err *e);

/* Without a server. A request is answered by its stored reply, or by a stored failure that would only come again
 * (ERR_FORMAT, ERR_LIMIT), else by the batch's result, which is stored; where there is none, or one that failed for
 * another reason, ask_model is false with ERR_TEMPORARY, ask_waits is true until the next ask_about, and the request is
 * added to the outgoing batch. */
struct ask_offline {
    const char *model;     /* the name that requests carry: the cluster's */
    struct batch_in *in;   /* NULL: none; stays the caller's, so does out */
    struct batch_out *out; /* NULL: none */
};
struct ask *ask_new_offline(const struct ask_options *options, const struct ask_offline *offline);
bool ask_waits(const struct ask *a);
/* The model that --model or $NAME_MODEL names, "" for none. */
const char *ask_model_name(const struct ask_options *options);

#endif
