/* http.c: see http.h. */
#include "base/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct http {
    CURL *curl;
    const volatile sig_atomic_t *stop;
};

struct http *http_new(const volatile sig_atomic_t *stop)
{
    struct http *h = mem_new(sizeof *h);
    h->curl = curl_easy_init();
    h->stop = stop;
    if (!h->curl)
        abort(); /* libcurl is out of memory. */
    return h;
}

void http_free(struct http *h)
{
    if (!h)
        return;
    curl_easy_cleanup(h->curl);
    free(h);
}

void http_reply_release(struct http_reply *reply)
{
    str_release(&reply->body);
}

static size_t take_body(char *bytes, size_t size, size_t n, void *context)
{
    struct str *body = context;
    str_add_bytes(body, bytes, size * n);
    return body->overflow ? 0 : size * n;
}

static int check_stop(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct http *h = context;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return h->stop && *h->stop >= 2;
}

static bool classify(CURLcode code, const struct http_request *r, const struct http_reply *reply, const char *detail,
                     struct err *e)
{
    const char *text = *detail ? detail : curl_easy_strerror(code);
    switch (code) {
    case CURLE_OK:
        return true;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return err_set(e, ERR_SYSTEM, "cannot reach %s: %s", r->url, text);
    case CURLE_ABORTED_BY_CALLBACK:
        return err_set(e, ERR_ABORT, "stopped during a request to %s", r->url);
    case CURLE_WRITE_ERROR:
        if (reply->body.overflow)
            return err_set(e, ERR_LIMIT, "reply of %s is larger than %zu bytes", r->url, reply->body.max);
        break;
    default:
        break;
    }
    return err_set(e, ERR_TEMPORARY, "%s: %s", r->url, text);
}

static struct curl_slist *headers_of(const struct http_request *r)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    if (r->body)
        list = curl_slist_append(list, "Content-Type: application/json");
    if (r->bearer && *r->bearer) {
        char *line = mem_printf("Authorization: Bearer %s", r->bearer);
        list = curl_slist_append(list, line);
        free(line);
    }
    return list;
}

bool http_send(struct http *h, const struct http_request *r, struct http_reply *reply, struct err *e)
{
    char detail[CURL_ERROR_SIZE] = "";
    CURL *c = h->curl;
    struct curl_slist *headers = headers_of(r);
    *reply = (struct http_reply){.body = STR_INIT(r->max_bytes ? r->max_bytes : 16u << 20)};
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, r->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)(r->connect_timeout_s ? r->connect_timeout_s : 10));
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)(r->timeout_s ? r->timeout_s : 60));
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &reply->body);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, check_stop);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, h);
    if (r->body) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(r->body));
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body);
    }
    CURLcode code = curl_easy_perform(c);
    bool ok = classify(code, r, reply, detail, e);
    if (ok) {
        long status = 0;
        curl_off_t wait = 0;
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &wait);
        reply->status = (int)status;
        reply->retry_after_s = wait < 0 ? 0 : wait > 86400 ? 86400 : (int)wait;
    }
    curl_slist_free_all(headers);
    return ok;
}
