/* transfer_reply.c: see transfer_reply.h. */
#include "base/transfer_reply.h"

#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/str.h"

enum { RETRY_AFTER_MAX = 86400, BUFFER = 64 << 10 };

const char *transfer_end_text(enum transfer_end end)
{
    switch (end) {
    case TRANSFER_DONE:
        return "done";
    case TRANSFER_STOPPED:
        return "stopped";
    case TRANSFER_NO_HOST:
        return "the host's name has no address";
    case TRANSFER_NO_ANSWER:
        return "cannot connect";
    case TRANSFER_NOT_SAFE:
        return "no safe connection (TLS)";
    case TRANSFER_PRIVATE:
        return "a private address";
    case TRANSFER_LATE:
        return "took too long";
    case TRANSFER_STALLED:
        return "stalled";
    case TRANSFER_CUT:
        return "connection cut";
    case TRANSFER_TOO_LARGE:
        return "too large";
    case TRANSFER_BAD:
        break;
    }
    return "broken reply";
}

bool transfer_reply_decide(struct transfer_reply *r, enum transfer_end end, const char *format, ...)
{
    va_list args;
    if (r->decided)
        return false;
    va_start(args, format);
    vsnprintf(r->detail, sizeof r->detail, format, args);
    va_end(args);
    r->decided = true;
    r->end = end;
    return false;
}

/* Headers: libcurl keeps them, folded lines joined, and tells those of 1xx and trailers apart. */

const char *transfer_header(const struct transfer_headers *h, const char *name)
{
    struct curl_header *found;
    /* The last of the name: the first look tells how many there are. */
    if (!h->whole || curl_easy_header(h->easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return NULL;
    if (found->amount > 1 && curl_easy_header(h->easy, name, found->amount - 1, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return NULL;
    return found->value;
}

void transfer_headers_each(const struct transfer_headers *h, const char *name,
                           void (*each)(void *context, const char *name, const char *value), void *context)
{
    struct curl_header *at = NULL;
    while (h->whole && (at = curl_easy_nextheader(h->easy, CURLH_HEADER, -1, at)))
        if (!name || strcasecmp(at->name, name) == 0)
            each(context, at->name, at->value);
}

/* How the body is packed, by Content-Encoding. We ask for gzip alone; what some servers write there besides does not
 * change the bytes ("identity", "utf-8", "aws-chunked"). */
static bool note_encoding(struct transfer_reply *r)
{
    static const char *const others[] = {"br", "zstd", "deflate", "compress", "x-compress"};
    const char *encoding = transfer_header(&r->headers, "Content-Encoding");
    if (!encoding || r->identity)
        return true;
    if (strchr(encoding, ','))
        return transfer_reply_decide(r, TRANSFER_BAD, "content encoding %.60s: more than one", encoding);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcasecmp(encoding, others[i]) == 0)
            return transfer_reply_decide(r, TRANSFER_BAD, "content encoding %.60s, which was not asked for", encoding);
    r->packed = strcasecmp(encoding, "gzip") == 0 || strcasecmp(encoding, "x-gzip") == 0;
    return true;
}

static bool check_announced(struct transfer_reply *r)
{
    const char *length = transfer_header(&r->headers, "Content-Length");
    if (!length || r->status == 304 || strtoull(length, NULL, 10) <= r->max_bytes)
        return true;
    return transfer_reply_decide(r, TRANSFER_TOO_LARGE, "%.40s bytes announced, at most %llu wanted", length,
                                 (unsigned long long)r->max_bytes);
}

/* The empty line behind the headers. Those of 1xx are not the reply's. */
static bool end_headers(struct transfer_reply *r)
{
    long status = 0;
    curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200)
        return true;
    r->status = (int)status;
    r->headers.whole = true;
    if (!check_announced(r) || !note_encoding(r))
        return false;
    return !r->events.headers || r->events.headers(r->context, r->status, &r->headers) ||
           transfer_reply_decide(r, TRANSFER_STOPPED, "not wanted after its headers");
}

static size_t take_header(char *line, size_t size, size_t n, void *context)
{
    struct transfer_reply *r = context;
    size_t len = size * n;
    r->header_bytes += len;
    if (!r->decided && r->header_bytes > TRANSFER_HEADERS_MAX)
        transfer_reply_decide(r, TRANSFER_BAD, "headers larger than %d bytes", TRANSFER_HEADERS_MAX);
    if (!r->decided && !r->status && (line[0] == '\r' || line[0] == '\n'))
        end_headers(r);
    return r->decided ? 0 : len;
}

/* The body. */

static bool hand_on(void *context, const void *bytes, size_t len)
{
    struct transfer_reply *r = context;
    r->bytes += len;
    if (r->bytes > r->max_bytes)
        return transfer_reply_decide(r, TRANSFER_TOO_LARGE, "more than %llu bytes", (unsigned long long)r->max_bytes);
    if (r->events.bytes && !r->events.bytes(r->context, bytes, len))
        transfer_reply_decide(r, TRANSFER_STOPPED, "not wanted after %llu bytes", (unsigned long long)r->bytes);
    return !r->decided; /* A callback may have cancelled the transfer. */
}

static bool unpack(struct transfer_reply *r, const void *bytes, size_t len)
{
    if (!r->gunzip)
        r->gunzip = gunzip_new();
    if (r->received == 0)
        gunzip_clear(r->gunzip);
    return gunzip_add(r->gunzip, bytes, len, hand_on, r) != GUNZIP_BROKEN ||
           transfer_reply_decide(r, TRANSFER_BAD, "damaged gzip after %llu bytes", (unsigned long long)r->received);
}

static size_t take_body(char *bytes, size_t size, size_t n, void *context)
{
    struct transfer_reply *r = context;
    size_t len = size * n;
    if (r->decided)
        return 0;
    if (r->received + len > r->max_bytes)
        transfer_reply_decide(r, TRANSFER_TOO_LARGE, "more than %llu bytes", (unsigned long long)r->max_bytes);
    else if (r->packed)
        unpack(r, bytes, len);
    else
        hand_on(r, bytes, len);
    r->received += len;
    return r->decided ? 0 : len;
}

/* Called for each address that the name has, behind DNS: here and nowhere else is known where a connection leads. */
static curl_socket_t make_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer_reply *r = context;
    (void)purpose;
    if (!r->any_address && address_is_private(&address->addr)) {
        r->refused++;
        getnameinfo(&address->addr, address->addrlen, r->address, sizeof r->address, NULL, 0, NI_NUMERICHOST);
        return CURL_SOCKET_BAD;
    }
    r->sockets++;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* When a kept connection turns out to be dead, libcurl sends the request again by itself, at once. Whoever counts what
 * is sent to a server, and when, must not be passed over like that. */
static int send_once(void *context, char *primary_ip, char *local_ip, int primary_port, int local_port)
{
    struct transfer_reply *r = context;
    if (r->sent++ == 0)
        return CURL_PREREQFUNC_OK;
    transfer_reply_decide(r, TRANSFER_BAD, "the connection was closed before a reply");
    return CURL_PREREQFUNC_ABORT;
}

void transfer_reply_init(struct transfer_reply *r)
{
    CURL *c = r->easy = curl_easy_init();
    if (!c)
        abort(); /* libcurl is out of memory. */
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(c, CURLOPT_DNS_CACHE_TIMEOUT, 300L);
    curl_easy_setopt(c, CURLOPT_BUFFERSIZE, (long)BUFFER);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "");
    curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, r->detail);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, r);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, r);
    curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, send_once);
    curl_easy_setopt(c, CURLOPT_PREREQDATA, r);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, make_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, r);
    r->headers.easy = c;
}

void transfer_reply_release(struct transfer_reply *r)
{
    curl_easy_cleanup(r->easy);
    gunzip_free(r->gunzip);
}

static enum transfer_end end_of_timeout(const struct transfer_reply *r)
{
    curl_off_t ready = 0;
    curl_easy_getinfo(r->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    if (clock_seconds() - r->started >= r->timeout_s - 0.05)
        return TRANSFER_LATE;
    return ready ? TRANSFER_STALLED : TRANSFER_NO_ANSWER;
}

static enum transfer_end end_of(const struct transfer_reply *r, CURLcode code)
{
    switch (code) {
    case CURLE_OK: /* libcurl takes headers that break off for a reply */
        if (!r->status)
            return TRANSFER_BAD;
        return r->packed && r->received && !gunzip_is_whole(r->gunzip) ? TRANSFER_CUT : TRANSFER_DONE;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return TRANSFER_NO_HOST;
    case CURLE_COULDNT_CONNECT:
        return r->refused && !r->sockets ? TRANSFER_PRIVATE : TRANSFER_NO_ANSWER;
    case CURLE_OPERATION_TIMEDOUT:
        return end_of_timeout(r);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CACERT_BADFILE:
        return TRANSFER_NOT_SAFE;
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR: /* a reset, a broken chunk */
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return r->status ? TRANSFER_CUT : TRANSFER_BAD;
    default:
        return TRANSFER_BAD;
    }
}

static void say_why(struct transfer_reply *r, CURLcode code)
{
    if (r->end == TRANSFER_DONE)
        r->detail[0] = 0;
    else if (r->end == TRANSFER_PRIVATE)
        snprintf(r->detail, sizeof r->detail, "%s is private", r->address);
    else if (code == CURLE_OK && !r->status)
        snprintf(r->detail, sizeof r->detail, "headers cut");
    else if (code == CURLE_OK)
        snprintf(r->detail, sizeof r->detail, "gzip cut after %llu bytes", (unsigned long long)r->received);
    else if (!r->detail[0])
        snprintf(r->detail, sizeof r->detail, "%s", curl_easy_strerror(code));
}

void transfer_reply_result(struct transfer_reply *r, CURLcode code, struct transfer_result *result)
{
    curl_off_t wait = 0, connect = 0, tls = 0;
    long connections = 0;
    char *address = NULL;
    if (!r->decided) {
        r->end = end_of(r, code);
        say_why(r, code);
    }
    if (r->sockets || r->status) {
        curl_easy_getinfo(r->easy, CURLINFO_NUM_CONNECTS, &connections);
        curl_easy_getinfo(r->easy, CURLINFO_CONNECT_TIME_T, &connect);
        curl_easy_getinfo(r->easy, CURLINFO_APPCONNECT_TIME_T, &tls);
        curl_easy_getinfo(r->easy, CURLINFO_PRIMARY_IP, &address);
    }
    if (r->status)
        curl_easy_getinfo(r->easy, CURLINFO_RETRY_AFTER, &wait);
    *result = (struct transfer_result){
        .end = r->end,
        .status = r->status,
        /* A date that has passed is negative before libcurl 8.12. */
        .retry_after_s = wait < 0                 ? 0
                         : wait > RETRY_AFTER_MAX ? RETRY_AFTER_MAX
                                                  : (int)wait,
        .bytes = r->bytes,
        .seconds = clock_seconds() - r->started,
        .connect_s = connections ? (double)(tls > connect ? tls : connect) / 1e6 : 0,
        .address = address && *address ? address : r->address,
        .detail = r->detail,
        .headers = &r->headers,
    };
}
