/* raw_server.c: see raw_server.h. */
#include "tests/unit/raw_server.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 512 };

struct peer {
    int fd;
    SSL *ssl; /* NULL: plain */
};

static void die(const char *what)
{
    perror(what);
    exit(99);
}

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static bool send_all(struct peer *p, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = p->ssl ? SSL_write(p->ssl, bytes, (int)len) : write(p->fd, bytes, len);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* Reads one request to the end of its body; false when the peer has gone, or it is too long. */
static bool read_request(struct peer *p, char request[RAW_REQUEST_MAX])
{
    size_t len = 0, want = SIZE_MAX;
    while (len < want && len < RAW_REQUEST_MAX - 1) {
        size_t room = RAW_REQUEST_MAX - 1 - len;
        ssize_t n = p->ssl ? SSL_read(p->ssl, request + len, (int)room) : read(p->fd, request + len, room);
        if (n <= 0)
            return false;
        len += (size_t)n;
        request[len] = 0;
        const char *end = strstr(request, "\r\n\r\n"), *length = strcasestr(request, "\r\nContent-Length:");
        if (end)
            want = (size_t)(end + 4 - request) + (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
    }
    return len >= want;
}

static enum raw_end play(struct peer *p, const struct raw_reply *r)
{
    size_t len = r->len ? r->len : strlen(r->bytes);
    pause_ms(r->pause_ms);
    for (size_t i = 0, step = r->drip_ms ? 1 : len; i < len; i += step) {
        if (!send_all(p, r->bytes + i, step))
            return RAW_CLOSE;
        pause_ms(r->drip_ms);
    }
    for (int i = 0; i < r->times; i++)
        if (!send_all(p, r->more, strlen(r->more)))
            return RAW_CLOSE;
    return r->end;
}

static const struct raw_reply *choose(const struct raw_reply *replies, const char *request)
{
    static const struct raw_reply missing = {.bytes = "HTTP/1.1 404 Missing\r\nContent-Length: 0\r\n\r\n"};
    char target[1024] = "";
    sscanf(request, "%*s %1023s", target);
    for (; replies->target; replies++)
        if (strcmp(replies->target, target) == 0)
            return replies;
    return &missing;
}

static void serve(struct peer *p, const struct raw_reply *replies, struct raw_seen *seen)
{
    enum raw_end end = RAW_KEEP;
    char request[RAW_REQUEST_MAX];
    while (end == RAW_KEEP && read_request(p, request)) {
        __atomic_add_fetch(&seen->requests, 1, __ATOMIC_SEQ_CST);
        memcpy(seen->request, request, sizeof request);
        end = play(p, choose(replies, request));
    }
    /* To hang is to wait until the peer gives up. */
    while (end == RAW_HANG && read(p->fd, request, sizeof request) > 0)
        ;
    if (end == RAW_RESET) {
        pause_ms(50); /* A reset overtakes what the peer has not read yet. */
        setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
    }
    close(p->fd);
}

static void serve_connection(int fd, const struct raw_reply *replies, SSL_CTX *tls, struct raw_seen *seen)
{
    struct peer p = {.fd = fd};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (tls) {
        p.ssl = SSL_new(tls);
        SSL_set_fd(p.ssl, fd);
        if (SSL_accept(p.ssl) != 1)
            _exit(0);
    }
    serve(&p, replies, seen);
    _exit(0);
}

static void run(int listener, const struct raw_reply *replies, SSL_CTX *tls, struct raw_seen *seen)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* A test that dies takes its server along. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            die("raw server: accept");
        __atomic_add_fetch(&seen->connections, 1, __ATOMIC_SEQ_CST);
        if (fork() == 0) {
            close(listener);
            serve_connection(fd, replies, tls, seen);
        }
        close(fd);
    }
}

void raw_server_start(struct raw_server *s, const struct raw_reply *replies, SSL_CTX *tls)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, BACKLOG) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        die("raw server");
    *s = (struct raw_server){.port = ntohs(address.sin_port)};
    snprintf(s->url, sizeof s->url, "%s://127.0.0.1:%d", tls ? "https" : "http", s->port);
    s->seen = mmap(NULL, sizeof *s->seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s->seen == MAP_FAILED)
        die("raw server: mmap");
    s->pid = fork();
    if (s->pid < 0)
        die("raw server: fork");
    if (s->pid == 0)
        run(listener, replies, tls, s->seen);
    close(listener);
}

void raw_server_stop(struct raw_server *s)
{
    if (s->pid > 0) {
        kill(s->pid, SIGKILL);
        waitpid(s->pid, NULL, 0);
        munmap(s->seen, sizeof *s->seen);
    }
    s->pid = 0;
}

static X509 *make_certificate(EVP_PKEY *key, const char *name)
{
    X509 *x = X509_new();
    X509_NAME *subject = X509_get_subject_name(x);
    X509V3_CTX context;
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 24 * 3600);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(x, subject);
    X509_set_pubkey(x, key);
    X509V3_set_ctx(&context, x, x, NULL, NULL, 0);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, name);
    if (!names || !X509_add_ext(x, names, -1) || !X509_sign(x, key, EVP_sha256()))
        die("raw server: certificate");
    X509_EXTENSION_free(names);
    return x;
}

SSL_CTX *raw_server_identity(const char *name, const char *pem_file)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = make_certificate(key, name);
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    FILE *out = pem_file ? fopen(pem_file, "we") : NULL;
    if (!tls || SSL_CTX_use_certificate(tls, certificate) != 1 || SSL_CTX_use_PrivateKey(tls, key) != 1 ||
        (pem_file && (!out || !PEM_write_X509(out, certificate))))
        die("raw server: identity");
    if (out)
        fclose(out);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return tls;
}
