/* alarm.c: see alarm.h. */
#include "stage/alarm.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/log.h"

struct alarm {
    int percent;
    _Atomic int64_t replies, malformed;
    _Atomic int off; /* it went off */
};

struct alarm *alarm_new(int percent)
{
    struct alarm *a = mmap(NULL, sizeof *a, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (a == MAP_FAILED) {
        perror("shared memory");
        abort(); /* A page of memory: nothing else would work either. */
    }
    a->percent = percent;
    return a;
}

void alarm_free(struct alarm *a)
{
    if (a)
        munmap(a, sizeof *a);
}

/* What is to be done about it, by what is known of the servers. */
static const char *advice_of(enum model_flavour flavour)
{
    switch (flavour) {
    case MODEL_LLAMACPP:
        return "the model's chat template or a grammar of the server's own may be in the way: see its log";
    case MODEL_VLLM:
        return "start it with --structured-outputs-config.backend auto, and with the --reasoning-parser of a model "
               "that thinks";
    case MODEL_SGLANG:
        return "start it with --grammar-backend xgrammar";
    case MODEL_OLLAMA:
        return "use a local model: the cloud's do not keep to a schema";
    case MODEL_PLAIN:
        break;
    }
    return "use a server that knows response_format json_schema";
}

static void go_off(const struct alarm *a, int64_t malformed, int64_t replies, const struct model_server *server)
{
    log_warn("%lld of %lld replies of the model are not the JSON that was asked for (the alarm is set to %d %%): the "
             "server %s%s%s%s seems to ignore response_format; %s",
             (long long)malformed, (long long)replies, a->percent, server->url, *server->build ? " (" : "",
             server->build, *server->build ? ")" : "", advice_of(server->flavour));
}

void alarm_count(struct alarm *a, enum alarm_reply reply, const struct model_server *server)
{
    if (!a)
        return;
    int64_t malformed = atomic_fetch_add(&a->malformed, reply == ALARM_MALFORMED) + (reply == ALARM_MALFORMED);
    int64_t replies = atomic_fetch_add(&a->replies, 1) + 1;
    if (replies >= ALARM_LEAST && malformed * 100 > replies * a->percent && atomic_exchange(&a->off, 1) == 0)
        go_off(a, malformed, replies, server);
}

bool alarm_went_off(const struct alarm *a)
{
    return a && atomic_load(&a->off);
}

void alarm_report(const struct alarm *a, cJSON *summary)
{
    if (!a)
        return;
    cJSON_AddNumberToObject(summary, "replies", (double)atomic_load(&a->replies));
    cJSON_AddNumberToObject(summary, "replies_malformed", (double)atomic_load(&a->malformed));
    if (alarm_went_off(a))
        cJSON_AddStringToObject(summary, "alarm", "response_format_ignored");
    else
        cJSON_AddNullToObject(summary, "alarm");
}
