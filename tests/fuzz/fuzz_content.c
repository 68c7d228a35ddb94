/* Judging a reply's body, whole and by its head and tail alone; peeking into an XML article; reading what replies say.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "ingest/content.h"
#include "ingest/peek.h"
#include "ingest/route_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void judge(const struct content *c)
{
    for (int want = CONTENT_ANY; want <= CONTENT_TEXT; want++) {
        const char *type;
        struct err why = {0};
        bool ok = content_check((enum content_want)want, c, &type, &why);
        if (ok == (why.kind != ERR_NONE))
            abort();
    }
}

static void read_replies(const char *text, size_t len)
{
    static const char *const roles[] = {"versions", "metadata", "record", "page", "article", "given"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        struct arena arena = ARENA_INIT;
        struct reply_bytes reply = {.role = roles[i],
                                    .route = "pmc",
                                    .url = "https://a.example/b",
                                    .source = i == 2 ? "unpaywall" : "PMC1",
                                    .status = 200,
                                    .content_type = "",
                                    .body = text,
                                    .len = len};
        const char *result;
        struct err why = {0};
        if (reply_read(&reply, &arena, &result, &why) != (result != NULL))
            abort();
        arena_release(&arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    size_t head = len < CONTENT_HEAD ? len : CONTENT_HEAD, tail = len < CONTENT_TAIL ? len : CONTENT_TAIL;
    struct content c = {.head = bytes,
                        .head_len = head,
                        .tail = bytes + len - tail,
                        .tail_len = tail,
                        .bytes = len,
                        .declared_type = "text/x"};
    judge(&c);
    c.head_len = head / 2;
    c.bytes = len + 100000;
    judge(&c);
    char *text = malloc(len + 1);
    if (!text)
        return 0;
    for (size_t i = 0; i < len; i++)
        text[i] = (char)bytes[i];
    text[len] = 0;
    read_replies(text, len);
    free(text);
    return 0;
}
