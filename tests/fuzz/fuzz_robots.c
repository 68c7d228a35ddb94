/* fuzz_robots.c: feeds bytes to robots.txt's parser and matcher, and to what reads rate headers, opt-outs and URLs: all
 * that servers say of how they may be asked. A first line, if any, is the path, the header or the reference. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/url.h"
#include "ingest/optout.h"
#include "ingest/pace.h"
#include "ingest/robots.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char *same(void *context, const char *name)
{
    return context;
}

static void read_headers(const char *line)
{
    struct pace p;
    pace_init(&p, (struct pace_limit){.rate = 5, .concurrency = 2}, false);
    pace_read(&p, same, (void *)line, 1000, 1790000000);
    if (!(pace_rate(&p) > 0 && pace_rate(&p) <= 5) || pace_wait(&p, 1000) > (int64_t)PACE_MAX_HOLD_S * 1000)
        abort();
    pace_release(&p);
    optout_header("X-Robots-Tag", line);
}

static void read_reference(const char *line)
{
    struct url base, u, again;
    if (!url_parse("https://example.org/a/b?c", &base, NULL))
        abort();
    if (url_resolve(&base, line, &u, NULL)) {
        /* What was taken means the same when it is read again. */
        if (!url_parse(u.text, &again, NULL) || strcmp(again.text, u.text) != 0 || u.target[0] != '/')
            abort();
        url_release(&again);
        url_release(&u);
    }
    url_release(&base);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char decision[ROBOTS_DECISION_SIZE], *text = mem_new(len + 1);
    memcpy(text, bytes, len);
    size_t line = strcspn(text, "\r\n");
    struct robots *r = robots_parse((const char *)bytes, len, ROBOTS_TOKEN);
    text[line] = 0;
    robots_allows(r, text, decision);
    if (robots_delay(r) < 0 || robots_delay(r) > ROBOTS_MAX_DELAY || strlen(decision) >= sizeof decision)
        abort();
    robots_free(r);
    read_headers(text);
    read_reference(text);
    free(text);
    return 0;
}
