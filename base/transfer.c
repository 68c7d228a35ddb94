/* transfer.c: see transfer.h. libcurl's multi interface, driven by epoll: what a turn costs depends on what happened in
 * it, not on how many transfers are under way. */
#include "base/transfer.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/transfer_reply.h"

enum {
    DEFAULT_MAX = 256,
    DEFAULT_CONNECT_TIMEOUT = 15,
    DEFAULT_TIMEOUT = 600,
    DEFAULT_STALL = 30,
    DEFAULT_MIN_SPEED = 200,
    DEFAULT_MAX_BYTES = 64 << 20,
    EVENTS = 64, /* handled a turn */
};

/* Connections are kept by the multi handle. There are two, so that one to a private address, opened for a transfer that
 * may go there, is never used again for one that may not. */
enum { POOL_PUBLIC, POOL_ANY, POOLS };

struct pool {
    struct transfers *owner;
    CURLM *multi;
    int which;
    double deadline; /* when libcurl wants to be called again; negative: never */
};

struct transfer {
    struct transfer_reply reply;
    struct curl_slist *headers;
    struct pool *pool;
    uint64_t id;
    bool added; /* to the multi handle */
    struct transfer *next_free;
};

struct ids {
    uint64_t *at;
    size_t n, cap;
};

struct transfers {
    struct pool pools[POOLS];
    int epoll;
    char *user_agent, *proxy, *ca_file;
    CURLU *url; /* to look at URLs */
    /* A transfer's slot is its id modulo n_slots. One more than may run, for the one whose `done` is being called. */
    struct transfer **slots;
    int n_slots, max, running;
    uint64_t serial;
    struct transfer *free;
    /* libcurl takes no handle in or out while it calls back, so both wait for the next turn. */
    struct ids starting, stopping;
};

/* libcurl's wishes: which sockets to watch, when to be called. */

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    struct pool *p = context;
    struct epoll_event event = {.data.u64 = (uint64_t)p->which << 32 | (uint32_t)fd};
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(p->owner->epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (epoll_ctl(p->owner->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0 &&
        (errno != EEXIST || epoll_ctl(p->owner->epoll, EPOLL_CTL_MOD, fd, &event) != 0) &&
        (errno != ENOENT || epoll_ctl(p->owner->epoll, EPOLL_CTL_ADD, fd, &event) != 0))
        return -1;
    if (!known)
        curl_multi_assign(p->multi, fd, p);
    return 0;
}

static int set_timer(CURLM *multi, long ms, void *context)
{
    struct pool *p = context;
    (void)multi;
    p->deadline = ms < 0 ? -1 : clock_seconds() + (double)ms / 1000;
    return 0;
}

static bool open_pool(struct transfers *t, int which, const struct transfer_options *o)
{
    struct pool *p = &t->pools[which];
    *p = (struct pool){.owner = t, .multi = curl_multi_init(), .which = which, .deadline = -1};
    if (!p->multi)
        return false;
    curl_multi_setopt(p->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(p->multi, CURLMOPT_SOCKETDATA, p);
    curl_multi_setopt(p->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(p->multi, CURLMOPT_TIMERDATA, p);
    curl_multi_setopt(p->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(p->multi, CURLMOPT_MAXCONNECTS, (long)t->max);
    curl_multi_setopt(p->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)t->max);
    curl_multi_setopt(p->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)o->max_host);
    return true;
}

struct transfers *transfers_new(const struct transfer_options *o, struct err *e)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        err_set(e, ERR_SYSTEM, "libcurl cannot be started");
        return NULL;
    }
    /* OpenSSL writes to sockets in a way that raises it when the peer has gone. */
    signal(SIGPIPE, SIG_IGN);
    struct transfers *t = mem_new(sizeof *t);
    t->max = o->max ? o->max : DEFAULT_MAX;
    t->n_slots = t->max + 1;
    t->slots = mem_array((size_t)t->n_slots, sizeof *t->slots);
    t->user_agent = mem_strdup(o->user_agent);
    t->proxy = mem_strdup(o->proxy ? o->proxy : "");
    t->ca_file = mem_strdup(o->ca_file);
    t->url = curl_url();
    t->epoll = epoll_create1(EPOLL_CLOEXEC);
    bool pools = open_pool(t, POOL_PUBLIC, o) && open_pool(t, POOL_ANY, o);
    if (t->epoll < 0)
        err_errno(e, ERR_SYSTEM, errno, "cannot watch sockets");
    else if (!t->url || !pools)
        err_set(e, ERR_SYSTEM, "libcurl is out of memory");
    else
        return t;
    transfers_free(t);
    return NULL;
}

static void free_transfer(struct transfer *x)
{
    transfer_reply_release(&x->reply);
    curl_slist_free_all(x->headers);
    free(x);
}

void transfers_free(struct transfers *t)
{
    if (!t)
        return;
    for (int i = 0; i < t->n_slots; i++) {
        if (!t->slots[i])
            continue;
        transfer_reply_decide(&t->slots[i]->reply, TRANSFER_STOPPED, "all ended");
        if (t->slots[i]->added)
            curl_multi_remove_handle(t->slots[i]->pool->multi, t->slots[i]->reply.easy);
        free_transfer(t->slots[i]);
    }
    for (struct transfer *x = t->free, *next; x; x = next) {
        next = x->next_free;
        free_transfer(x);
    }
    for (int i = 0; i < POOLS; i++)
        curl_multi_cleanup(t->pools[i].multi);
    if (t->epoll >= 0)
        close(t->epoll);
    curl_url_cleanup(t->url);
    free(t->starting.at);
    free(t->stopping.at);
    free(t->slots);
    free(t->user_agent);
    free(t->proxy);
    free(t->ca_file);
    free(t);
    curl_global_cleanup();
}

int transfers_running(const struct transfers *t)
{
    return t->running;
}

/* Starting. */

struct target {
    char *url; /* by curl_free */
    bool secure, hidden /* by its writing it leads to a private address */;
};

/* libcurl itself converts names in other scripts by the process's locale, which is not set. */
static bool make_host_ascii(CURLU *url, const char *host)
{
    struct str ascii = STR_INIT(256);
    bool ok = true;
    for (const char *at = host; *at && ok; at++)
        if (*at & 0x80) {
            ok = text_host_to_ascii(host, strlen(host), &ascii) &&
                 curl_url_set(url, CURLUPART_HOST, ascii.data, 0) == CURLUE_OK;
            break;
        }
    str_release(&ascii);
    return ok;
}

static bool look_at(CURLU *url, struct target *target)
{
    char *scheme = NULL, *name = NULL, *host = NULL;
    bool ok = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
              (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0) &&
              curl_url_get(url, CURLUPART_HOST, &name, 0) == CURLUE_OK && make_host_ascii(url, name) &&
              curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
              curl_url_get(url, CURLUPART_URL, &target->url, 0) == CURLUE_OK;
    if (ok) {
        target->secure = strcasecmp(scheme, "https") == 0;
        target->hidden = address_host_is_private(host);
    }
    curl_free(scheme);
    curl_free(name);
    curl_free(host);
    return ok;
}

static bool check_url(struct transfers *t, const char *url, struct target *target, struct err *e)
{
    CURLUcode code = curl_url_set(t->url, CURLUPART_URL, url, CURLU_DISALLOW_USER);
    if (code == CURLUE_USER_NOT_ALLOWED) /* The URL is not repeated: there may be a password in it. */
        return err_set(e, ERR_FORMAT, "a URL with a user's name is not fetched");
    if (code != CURLUE_OK)
        return err_set(e, ERR_FORMAT, "%.200s: not a URL to fetch: %s", url, curl_url_strerror(code));
    return look_at(t->url, target) || err_set(e, ERR_FORMAT, "%.200s: not a URL of http or https with a host", url);
}

static void add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (!longer)
        abort(); /* libcurl is out of memory. */
    *list = longer;
}

static bool add_lines(struct transfer *x, const struct transfer_request *q, struct err *e)
{
    add_line(&x->headers, q->identity ? "Accept-Encoding: identity" : "Accept-Encoding: gzip");
    if (q->post)
        add_line(&x->headers, "Expect:"); /* A body is sent at once, not after a "100 Continue". */
    for (int i = 0; q->headers && q->headers[i]; i++) {
        if (strpbrk(q->headers[i], "\r\n"))
            return err_set(e, ERR_FORMAT, "a header with a line break: %.40s", q->headers[i]);
        add_line(&x->headers, q->headers[i]);
    }
    return true;
}

static struct transfer *take_transfer(struct transfers *t)
{
    struct transfer *x = t->free;
    if (x) {
        t->free = x->next_free;
        return x;
    }
    x = mem_new(sizeof *x);
    transfer_reply_init(&x->reply);
    CURL *c = x->reply.easy;
    curl_easy_setopt(c, CURLOPT_PRIVATE, x);
    curl_easy_setopt(c, CURLOPT_USERAGENT, t->user_agent);
    curl_easy_setopt(c, CURLOPT_PROXY, t->proxy);
    /* libcurl keeps the system's certificates parsed from one connection to the next, but only while there is no folder
     * of certificates besides; which is how ca_file comes beside them. */
    if (t->ca_file)
        curl_easy_setopt(c, CURLOPT_CAINFO, t->ca_file);
    else
        curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    return x;
}

/* Ready for the next transfer: the easy handle keeps all that does not change. */
static void give_back(struct transfers *t, struct transfer *x)
{
    curl_slist_free_all(x->headers);
    curl_easy_setopt(x->reply.easy, CURLOPT_HTTPHEADER, NULL);
    x->headers = NULL;
    x->next_free = t->free;
    t->free = x;
}

static void set_request(struct transfer *x, const struct transfer_request *q, const struct target *target)
{
    CURL *c = x->reply.easy;
    int connect_timeout = q->connect_timeout_s ? q->connect_timeout_s : DEFAULT_CONNECT_TIMEOUT;
    curl_easy_setopt(c, CURLOPT_URL, target->url);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, x->headers);
    if (q->post) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(q->post));
        curl_easy_setopt(c, CURLOPT_COPYPOSTFIELDS, q->post);
    } else {
        curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)connect_timeout);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)x->reply.timeout_s);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)(q->stall_s ? q->stall_s : DEFAULT_STALL));
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)(q->min_speed ? q->min_speed : DEFAULT_MIN_SPEED));
    /* Rather one connection with many streams than one each, where the server may know HTTP/2. */
    curl_easy_setopt(c, CURLOPT_PIPEWAIT, target->secure ? 1L : 0L);
}

static void clear_reply(struct transfer_reply *r, const struct transfer_request *q,
                        const struct transfer_events *events, void *context)
{
    *r = (struct transfer_reply){
        .easy = r->easy,
        .gunzip = r->gunzip,
        .events = *events,
        .context = context,
        .max_bytes = q->max_bytes ? q->max_bytes : DEFAULT_MAX_BYTES,
        .timeout_s = q->timeout_s ? q->timeout_s : DEFAULT_TIMEOUT,
        .started = clock_seconds(),
        .identity = q->identity,
        .headers.easy = r->easy,
    };
}

static void push(struct ids *ids, uint64_t id)
{
    MEM_GROW(ids->at, ids->n, ids->cap);
    ids->at[ids->n++] = id;
}

bool transfers_start(struct transfers *t, const struct transfer_request *q, const struct transfer_events *events,
                     void *context, uint64_t *id, struct err *e)
{
    struct target target = {0};
    if (t->running >= t->max)
        return err_set(e, ERR_LIMIT, "%d transfers are under way already", t->max);
    if (!check_url(t, q->url, &target, e))
        return false;
    struct transfer *x = take_transfer(t);
    bool ok = add_lines(x, q, e);
    clear_reply(&x->reply, q, events, context);
    set_request(x, q, &target);
    curl_free(target.url);
    if (!ok) {
        give_back(t, x);
        return false;
    }
    x->pool = &t->pools[q->private_ok ? POOL_ANY : POOL_PUBLIC];
    /* All sockets lead to the proxy when there is one, so that only the URL's own writing can be looked at. */
    x->reply.any_address = q->private_ok || *t->proxy;
    if (target.hidden && !q->private_ok)
        transfer_reply_decide(&x->reply, TRANSFER_PRIVATE, "the URL names a private address");
    do
        x->id = ++t->serial;
    while (t->slots[x->id % (uint64_t)t->n_slots]);
    t->slots[x->id % (uint64_t)t->n_slots] = x;
    t->running++;
    push(&t->starting, x->id);
    if (id)
        *id = x->id;
    return true;
}

static struct transfer *find(const struct transfers *t, uint64_t id)
{
    struct transfer *x = t->slots[id % (uint64_t)t->n_slots];
    return x && x->id == id ? x : NULL;
}

void transfers_cancel(struct transfers *t, uint64_t id)
{
    struct transfer *x = find(t, id);
    if (!x || x->reply.decided)
        return;
    transfer_reply_decide(&x->reply, TRANSFER_STOPPED, "cancelled");
    push(&t->stopping, id);
}

/* Ending. */

static void finish(struct transfers *t, struct transfer *x, CURLcode code)
{
    struct transfer_result result;
    transfer_reply_result(&x->reply, code, &result);
    if (x->added)
        curl_multi_remove_handle(x->pool->multi, x->reply.easy);
    x->added = false;
    t->running--;
    x->reply.decided = true; /* To cancel it is too late. */
    x->reply.events.done(x->reply.context, &result);
    t->slots[x->id % (uint64_t)t->n_slots] = NULL;
    give_back(t, x);
}

/* Handles the ids that are there now; those that callbacks add meanwhile wait for the next turn. */
static void each_id(struct transfers *t, struct ids *ids, void (*handle)(struct transfers *t, struct transfer *x))
{
    size_t n = ids->n;
    for (size_t i = 0; i < n; i++) {
        struct transfer *x = find(t, ids->at[i]);
        if (x)
            handle(t, x);
    }
    ids->n -= n;
    if (ids->n)
        memmove(ids->at, ids->at + n, ids->n * sizeof *ids->at);
}

static void stop(struct transfers *t, struct transfer *x)
{
    finish(t, x, CURLE_OK);
}

static void start(struct transfers *t, struct transfer *x)
{
    if (!x->reply.decided && curl_multi_add_handle(x->pool->multi, x->reply.easy) != CURLM_OK)
        transfer_reply_decide(&x->reply, TRANSFER_BAD, "libcurl does not take it");
    x->added = !x->reply.decided;
    if (!x->added)
        finish(t, x, CURLE_OK);
}

static void take_ended(struct transfers *t, struct pool *p)
{
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(p->multi, &left));) {
        struct transfer *x = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result; /* gone with the handle */
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&x);
        finish(t, x, code);
    }
}

static int time_to_wait(const struct transfers *t, int wait_ms)
{
    double now = clock_seconds();
    if (t->starting.n || t->stopping.n)
        return 0;
    for (int i = 0; i < POOLS; i++) {
        double ms = (t->pools[i].deadline - now) * 1000;
        if (t->pools[i].deadline >= 0 && ms < wait_ms)
            wait_ms = ms > 0 ? (int)ms + 1 : 0;
    }
    return wait_ms;
}

static bool call_curl(struct pool *p, curl_socket_t fd, int what, struct err *e)
{
    int running;
    CURLMcode code = curl_multi_socket_action(p->multi, fd, what, &running);
    return code == CURLM_OK || err_set(e, ERR_SYSTEM, "libcurl: %s", curl_multi_strerror(code));
}

bool transfers_turn(struct transfers *t, int wait_ms, struct err *e)
{
    struct epoll_event events[EVENTS];
    each_id(t, &t->stopping, stop);
    each_id(t, &t->starting, start);
    int n = epoll_wait(t->epoll, events, EVENTS, time_to_wait(t, wait_ms));
    if (n < 0 && errno != EINTR)
        return err_errno(e, ERR_SYSTEM, errno, "cannot watch sockets");
    for (int i = 0; i < n; i++) {
        uint32_t got = events[i].events;
        int what = (got & EPOLLIN ? CURL_CSELECT_IN : 0) | (got & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                   (got & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        if (!call_curl(&t->pools[events[i].data.u64 >> 32], (int)(uint32_t)events[i].data.u64, what, e))
            return false;
    }
    for (int i = 0; i < POOLS; i++) {
        struct pool *p = &t->pools[i];
        if (p->deadline >= 0 && p->deadline <= clock_seconds()) {
            p->deadline = -1;
            if (!call_curl(p, CURL_SOCKET_TIMEOUT, 0, e))
                return false;
        }
        take_ended(t, p);
    }
    return true;
}
