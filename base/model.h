/* model.h: a client of any OpenAI-compatible chat-completions server (llama-server, vLLM, SGLang, Ollama, OpenAI).
 *
 * A request is made as canonical JSON text first: its SHA-256 is the key under which the reply is stored and replayed
 * (db/model_call.h), so the text holds all that shapes the answer (model name, messages, schema, sampling, seed) and
 * nothing else (no URL, no key, nothing of the server's flavour). Only fields that every server knows are sent;
 * llama-server gets `cache_prompt` besides when it is sent. */
#ifndef FIGMILL_BASE_MODEL_H
#define FIGMILL_BASE_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/http.h"
#include "base/str.h"

/* Largest request and reply in bytes. */
enum { MODEL_MAX_REQUEST = 32 << 20, MODEL_MAX_REPLY = 4 << 20 };

/* Requests at once for a server that batches whatever comes and does not say how much (vLLM, most of SGLang's). */
enum { MODEL_BATCHED_SLOTS = 32 };

enum model_flavour { MODEL_PLAIN, MODEL_LLAMACPP, MODEL_VLLM, MODEL_OLLAMA, MODEL_SGLANG };

struct model_server {
    char url[512];   /* base URL with /v1 and without a slash behind it */
    char key[256];   /* bearer key, or "" */
    char name[256];  /* model name as the server gives it, or as asked for */
    char build[128]; /* what the server says of itself, or "" */
    enum model_flavour flavour;
    int slots;   /* requests it works on at once; 1 where it does not say */
    int context; /* tokens a request may have in all; 0: unknown */
    bool vision; /* takes images */
};

/* Asks the server what it is: /health and /v1/models, then /props (llama-server), /version and /metrics (vLLM),
 * /server_info or /get_server_info (SGLang), /api/version, /api/ps and /api/show (Ollama). None of these: plain. `url`
 * with or without /v1; `name` NULL or "": the server's first model. ERR_SYSTEM with what to do about it when no server
 * answers within `wait_s` seconds (a server that is still loading its model, 503, is waited for), ERR_SYSTEM when it
 * has no such model or wants a key. */
bool model_probe(struct http *h, const char *url, const char *name, const char *key, int wait_s,
                 struct model_server *out, struct err *e);

struct model_message {
    const char *role; /* system, user, assistant */
    const char *text;
};

struct model_request {
    const struct model_message *messages;
    size_t n_messages;
    const char *schema_name; /* NULL: free text */
    const char *schema;      /* JSON schema; keys keep their order, since it is the order of the reply */
    int max_tokens;
    double temperature, top_p;
    long seed;
};

/* Appends the request's JSON text. */
void model_request_write(const struct model_server *server, const struct model_request *request, struct str *out);

struct model_reply {
    const char *content;       /* the answer, thinking text and code fences taken off; "" when there is none */
    const char *finish_reason; /* "stop", "length", ... or "" */
    const char *model;         /* as the reply names it, or "" */
    int prompt_tokens, completion_tokens;
};

/* Sends the text and appends the server's raw reply to `raw`; a reply that comes as a stream of events, though none was
 * asked for, is joined to the completion that it amounts to (ERR_TEMPORARY when it breaks off or holds an error).
 * ERR_TEMPORARY: 429, 5xx, reset, time-out (retry_after set where the server said); ERR_SYSTEM: no connection, 401,
 * 403, 404; ERR_LIMIT: prompt longer than the context; ERR_FORMAT: the server refused the request (400, 501) for
 * another reason. `status` gets the HTTP status (0: none). */
bool model_send(struct http *h, const struct model_server *server, const char *request, int timeout_s, struct str *raw,
                int *status, struct err *e);

/* The error that a server's status other than 200 is, as of model_send; `where` names the server. Returns false. */
bool model_refused(const char *where, int status, const char *body, size_t len, int retry_after_s, struct err *e);

/* A reply that is a stream of events (text/event-stream, WHATWG HTML 9.2), and the one chat completion that it amounts
 * to: `out` is overwritten with it. ERR_TEMPORARY when the stream breaks off or holds an error. */
bool model_is_stream(const char *raw, size_t len);
bool model_stream_join(const char *raw, size_t len, struct str *out, struct err *e);

/* Reads a raw reply, stored or fresh; strings go to the arena. ERR_FORMAT when it is no chat completion. */
bool model_reply_read(const char *raw, size_t len, struct arena *arena, struct model_reply *out, struct err *e);

#endif
