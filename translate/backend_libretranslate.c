/* backend_libretranslate.c: LibreTranslate as a backend (backend.h): its server's interface is libretranslate.h's; here
 * are where it is, batches, stored calls, and which failures are a text's and which are the server's.
 *
 * Where: --libretranslate, else $LIBRETRANSLATE_URL; no port is guessed. The key is $LIBRETRANSLATE_KEY; it goes into
 * the body that is sent and nowhere else.
 *
 * Placeholders. Argos, which translates for LibreTranslate, has a vocabulary of word pieces: signs that are not in it
 * are dropped, become other ones, or end the sentence (LibreTranslate issues 33, 439, pull request 1009); of the signs
 * that programmers like, "<", "%", "###" and "|" come back as words or not at all (LibreTranslate 123, 944;
 * argos-translate 319). Citations in square brackets stand in every corpus that it was trained on, and are copied: so
 * protect.h's "[1]" is sent as it is. Format "html" with translate="no" is no way, see libretranslate.h. */
#include "translate/backend.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/http.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/model_call.h"
#include "translate/libretranslate.h"

enum {
    BATCH_TEXTS = 16,
    BATCH_CHARACTERS = 4000, /* about half a minute of a CPU; also within the limits that public servers set */
    TIMEOUT_S = 300,
    SLOTS = 4,              /* LibreTranslate's own default of --threads */
    MOST_ANSWER = 64 * 1024 /* bytes of one translation; a text is at most BACKEND_TEXT characters */
};

struct found {
    struct libretranslate server;
    unsigned generation;
};

struct opened {
    const struct found *found;
    struct db *db;
    struct http *http;
    const char *item; /* of the request in hand */
    size_t batch;     /* texts that this server has been seen to take at once */
};

/* Finding it. */

static void *find(const struct backend_options *options, struct err *e)
{
    const char *url = options->libretranslate, *key = getenv("LIBRETRANSLATE_KEY");
    if (!url || !*url)
        url = getenv("LIBRETRANSLATE_URL");
    if (!url || !*url) {
        err_set(
            e, ERR_SYSTEM,
            "no LibreTranslate server is named: start one, as by `libretranslate --load-only en,es`, and name it with "
            "--libretranslate or $LIBRETRANSLATE_URL");
        return NULL;
    }
    struct found *f = mem_new(sizeof *f);
    f->generation = options->generation;
    if (libretranslate_probe(url, key, &f->server, e))
        return f;
    free(f);
    return NULL;
}

static const char *identity(const void *found, const char *source, const char *target)
{
    (void)source;
    (void)target;
    return ((const struct found *)found)->server.identity;
}

/* Another number makes all translations anew: how placeholders are written shapes the answer. */
static const char *settings(const void *found)
{
    (void)found;
    return "libretranslate 1";
}

static bool can(const void *found, const char *source, const char *target)
{
    return libretranslate_can(&((const struct found *)found)->server, source, target);
}

static int slots(const void *found)
{
    (void)found;
    return SLOTS;
}

static void *open_worker(const void *found, struct db *db, const volatile sig_atomic_t *stop, struct err *e)
{
    struct opened *o = mem_new(sizeof *o);
    (void)e;
    *o = (struct opened){.found = found, .db = db, .http = http_new(stop), .batch = BATCH_TEXTS};
    return o;
}

static void close_worker(void *opened)
{
    struct opened *o = opened;
    if (!o)
        return;
    http_free(o->http);
    free(o);
}

/* The answer as the stage wants it: white space folded. */
static void settle(struct backend_text *text, const char *answer, int64_t id, struct arena *arena)
{
    struct str clean = STR_INIT(MOST_ANSWER);
    text->model_call_id = id;
    text_clean(answer, strlen(answer), &clean);
    if (clean.overflow)
        text->why = "the reply does not end";
    else
        text->translation = arena_strndup(arena, clean.data, clean.len);
    str_release(&clean);
}

/* One request. */

/* What is sent ends with the key. */
static void end_wire(const struct opened *o, struct str *wire)
{
    if (*o->found->server.key) {
        str_add(wire, ",\"api_key\":");
        json_quote(o->found->server.key, wire);
    }
    str_add_char(wire, '}');
}

/* A request's two texts: what is sent has the key; what is stored has what else decides the answer and is no part of
 * what is sent: which server it was, and the generation, so that --refresh asks anew. */
static bool write_request(const struct opened *o, const struct backend_text *texts, size_t n,
                          const char *const codes[2], struct str *wire, struct str *stored, struct err *e)
{
    const char *q[BATCH_TEXTS];
    for (size_t i = 0; i < n; i++)
        q[i] = texts[i].text;
    libretranslate_request_write(q, n, codes[0], codes[1], wire);
    str_add_bytes(stored, wire->data, wire->len);
    str_add(stored, ",\"engine\":");
    json_quote(o->found->server.identity, stored);
    if (o->found->generation)
        str_addf(stored, ",\"generation\":%u", o->found->generation);
    str_add_char(stored, '}');
    end_wire(o, wire);
    if (wire->overflow || stored->overflow)
        return err_set(e, ERR_LIMIT, "request to LibreTranslate is longer than %d bytes", LIBRETRANSLATE_MAX_BYTES);
    return true;
}

static enum libretranslate_verdict post(const struct opened *o, const char *body, size_t n, struct arena *arena,
                                        struct http_reply *reply, const char **translations, struct err *why)
{
    char *url = mem_printf("%s/translate", o->found->server.url);
    struct http_request r = {.url = url, .body = body, .timeout_s = TIMEOUT_S, .max_bytes = LIBRETRANSLATE_MAX_BYTES};
    enum libretranslate_verdict verdict = LIBRETRANSLATE_NEVER;
    if (http_send(o->http, &r, reply, why))
        verdict = libretranslate_reply_read(o->found->server.url, reply, n, arena, translations, why);
    else if (why->kind == ERR_LIMIT) /* endless babble is these texts' fault */
        verdict = LIBRETRANSLATE_BROKEN;
    free(url);
    return verdict;
}

/* A stored reply, read again; it was an answer when it was stored. */
static bool replay(const struct opened *o, const char *stored, size_t n, struct arena *arena, const char **translations,
                   struct err *e)
{
    struct http_reply reply = {.status = 200, .body = STR_INIT(LIBRETRANSLATE_MAX_BYTES)};
    str_add(&reply.body, stored);
    struct err why = {0};
    bool ok = libretranslate_reply_read(o->found->server.url, &reply, n, arena, translations, &why) ==
              LIBRETRANSLATE_ANSWERED;
    if (!ok)
        err_set(e, ERR_FORMAT, "a stored reply of LibreTranslate cannot be read: %s", why.text);
    http_reply_release(&reply);
    return ok;
}

struct exchange {
    enum libretranslate_verdict verdict;
    const char *translations[BATCH_TEXTS];
    int64_t id;
    bool fresh; /* the server gave it just now */
    struct err why;
};

/* Sends it and stores what came. False: the item stops. */
static bool send_and_store(const struct opened *o, const char *wire, const char *stored, size_t n, struct arena *arena,
                           struct exchange *x, struct err *e)
{
    struct http_reply reply;
    double start = clock_seconds();
    const char *earlier = NULL;
    struct model_call call = {
        .stage = "translate", .item = o->item, .model = o->found->server.identity, .server = "", .request = stored};
    x->verdict = post(o, wire, n, arena, &reply, x->translations, &x->why);
    x->fresh = x->verdict == LIBRETRANSLATE_ANSWERED;
    call.seconds = clock_seconds() - start;
    call.http_status = reply.status;
    call.error = x->fresh ? NULL : &x->why;
    /* A request that the user's second signal cut is no call. */
    bool ok = x->why.kind == ERR_ABORT || model_call_record(o->db, &call, &reply.body, arena, &earlier, &x->id, e);
    http_reply_release(&reply);
    if (ok && earlier)
        ok = replay(o, earlier, n, arena, x->translations, e);
    if (ok && x->verdict == LIBRETRANSLATE_NEVER) {
        if (e)
            *e = x->why;
        return false;
    }
    return ok;
}

/* The stored reply of the very same request, or a fresh one. False: the item stops. */
static bool exchange(const struct opened *o, const struct backend_text *texts, size_t n, const char *const codes[2],
                     struct arena *arena, struct exchange *x, struct err *e)
{
    struct str wire = STR_INIT(LIBRETRANSLATE_MAX_BYTES), stored = STR_INIT(LIBRETRANSLATE_MAX_BYTES);
    const char *earlier = NULL;
    *x = (struct exchange){.verdict = LIBRETRANSLATE_ANSWERED};
    bool ok = write_request(o, texts, n, codes, &wire, &stored, e) &&
              model_call_lookup(o->db, stored.data, arena, &earlier, &x->id, e);
    if (ok && earlier)
        ok = replay(o, earlier, n, arena, x->translations, e);
    else if (ok)
        ok = send_and_store(o, wire.data, stored.data, n, arena, x, e);
    str_release(&stored);
    str_release(&wire);
    return ok;
}

/* Several requests. */

struct run {
    struct opened *o;
    const char *codes[2];
    struct arena *arena;
    bool works; /* the server has just translated something between these languages */
};

/* A server that fails on one text may be one that fails on every text (no memory, a broken model): then it is not the
 * text that is bad, and the item must wait. A number, which any model can translate, tells; it is no text of ours, so
 * that nothing is stored. */
static bool works_at_all(struct run *r, const struct err *why, struct err *e)
{
    static const char *const number = "1";
    struct str wire = STR_INIT(1024);
    struct http_reply reply;
    const char *translation;
    struct err says = {0};
    if (r->works)
        return true;
    libretranslate_request_write(&number, 1, r->codes[0], r->codes[1], &wire);
    end_wire(r->o, &wire);
    enum libretranslate_verdict verdict = post(r->o, wire.data, 1, r->arena, &reply, &translation, &says);
    http_reply_release(&reply);
    str_release(&wire);
    r->works = verdict == LIBRETRANSLATE_ANSWERED;
    if (verdict == LIBRETRANSLATE_NEVER && e)
        *e = says;
    else if (!r->works)
        err_set(e, ERR_TEMPORARY, "the LibreTranslate server at %s fails on everything from '%s' to '%s': %s",
                r->o->found->server.url, r->codes[0], r->codes[1], why->text);
    return r->works;
}

/* A lone text that failed. One that is refused, with the server's reason, is as it is; where the server broke, it is
 * asked once more, since servers hiccup, and the text is at fault when that fails too. */
static bool settle_alone(struct run *r, struct backend_text *text, struct exchange *x, struct err *e)
{
    if (x->verdict == LIBRETRANSLATE_BROKEN &&
        !(works_at_all(r, &x->why, e) && exchange(r->o, text, 1, r->codes, r->arena, x, e)))
        return false;
    if (x->verdict == LIBRETRANSLATE_ANSWERED) {
        settle(text, x->translations[0], x->id, r->arena);
        return true;
    }
    text->why = arena_strdup(r->arena, x->why.text);
    text->model_call_id = x->id;
    return true;
}

static size_t n_translated(const struct backend_text *texts, size_t n)
{
    size_t done = 0;
    for (size_t i = 0; i < n; i++)
        done += texts[i].translation != NULL;
    return done;
}

/* Translates a batch. One that fails is halved until the texts that are at fault stand alone, so that they spoil no
 * others; the depth is log2 of BATCH_TEXTS. When its halves are fine, the number was at fault (a limit, a server
 * without arrays), and smaller batches are made from then on. */
static bool translate_batch(struct run *r, struct backend_text *texts, size_t n, struct err *e)
{
    struct exchange x;
    size_t half = n / 2;
    if (!exchange(r->o, texts, n, r->codes, r->arena, &x, e))
        return false;
    if (x.verdict == LIBRETRANSLATE_ANSWERED) {
        r->works = r->works || x.fresh;
        for (size_t i = 0; i < n; i++)
            settle(&texts[i], x.translations[i], x.id, r->arena);
        return true;
    }
    if (n == 1)
        return settle_alone(r, texts, &x, e);
    if (!translate_batch(r, texts, n - half, e) || !translate_batch(r, texts + (n - half), half, e))
        return false;
    if (n_translated(texts, n) == n && n - half < r->o->batch) {
        r->o->batch = n - half;
        log_debug("LibreTranslate takes %zu texts at once, not %zu: %s", n - half, n, x.why.text);
    }
    return true;
}

/* How many of the texts go into the next request: so many that number and characters are in bounds, but one at least.
 * Older servers count the characters of all texts against their limit. */
static size_t next_batch(const struct opened *o, const struct backend_text *texts, size_t n)
{
    size_t characters = 0, limit = BATCH_CHARACTERS, i = 0;
    if (o->found->server.char_limit && (size_t)o->found->server.char_limit < limit)
        limit = (size_t)o->found->server.char_limit;
    for (; i < n && i < o->batch; i++) {
        characters += text_length(texts[i].text, strlen(texts[i].text));
        if (i && characters > limit)
            break;
    }
    return i;
}

static bool translate(void *opened, struct backend_request *request, struct arena *arena, struct err *e)
{
    struct opened *o = opened;
    const struct libretranslate *server = &o->found->server;
    struct run r = {.o = o, .arena = arena};
    o->item = request->item;
    struct backend_text *texts = request->texts;
    r.codes[0] = libretranslate_code(server, request->source);
    r.codes[1] = libretranslate_code(server, request->target);
    if (!r.codes[0] || !r.codes[1])
        return err_set(e, ERR_UNSUPPORTED, "the LibreTranslate server at %s does not translate '%s' to '%s'",
                       server->url, request->source, request->target);
    for (size_t i = 0; i < request->n; i++)
        texts[i].translation = texts[i].why = NULL;
    for (size_t at = 0, n; at < request->n; at += n) {
        n = next_batch(o, texts + at, request->n - at);
        if (!translate_batch(&r, texts + at, n, e))
            return false;
    }
    return true;
}

const struct backend backend_libretranslate = {.name = "libretranslate",
                                               .advice = false,
                                               .protect = PROTECT_ALL,
                                               .find = find,
                                               .lose = free,
                                               .identity = identity,
                                               .settings = settings,
                                               .can = can,
                                               .slots = slots,
                                               .open = open_worker,
                                               .close = close_worker,
                                               .translate = translate};
