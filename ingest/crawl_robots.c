/* crawl_robots.c: robots.txt of hosts: asked for once a day and host, while those who wait for it stand at the gate;
 * see crawl_parts.h and robots.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "ingest/crawl_parts.h"

/* Text for the database: no NUL, and bytes that are not UTF-8 percent-encoded, which means the same in a pattern. */
static char *storable(const char *text, size_t len)
{
    bool plain = text_is_utf8(text, len);
    struct str out = STR_INIT(4 * (size_t)ROBOTS_MAX);
    for (size_t i = 0; i < len; i++) {
        if (!plain && (unsigned char)text[i] >= 0x80)
            str_addf(&out, "%%%02X", (unsigned char)text[i]);
        else
            str_add_char(&out, text[i] ? text[i] : ' ');
    }
    return str_detach(&out);
}

static void take_rules(struct crawl_host *h, const char *text, size_t len)
{
    robots_free(h->robots);
    h->robots = robots_parse(text, len, ROBOTS_TOKEN);
    h->answer = ROBOTS_RULES;
    pace_delay(&h->pace, robots_delay(h->robots));
}

void crawl_robots_load(struct crawl_host *h, const char *text)
{
    if (h->row.robots_status < 0)
        return;
    h->answer = robots_answer(h->row.robots_status);
    if (text && *text)
        take_rules(h, text, strlen(text));
    else if (h->answer == ROBOTS_RULES)
        take_rules(h, "", 0);
    else if (h->answer == ROBOTS_UNREACHABLE && h->row.robots_lost)
        h->answer = robots_unreachable(h->row.robots_lost, time(NULL));
}

enum robots_gate crawl_robots_gate(struct crawl_host *h, const struct crawl_job *job,
                                   char decision[ROBOTS_DECISION_SIZE])
{
    if (job->robots_of || job->request.kind == CRAWL_API || job->request.kind == CRAWL_OBJECT ||
        job->request.kind == CRAWL_TEMPORARY) {
        snprintf(decision, ROBOTS_DECISION_SIZE, "not asked");
        return GATE_OPEN;
    }
    if (h->row.robots_until <= time(NULL))
        return GATE_ASK;
    if (h->answer == ROBOTS_RULES)
        return robots_allows(h->robots, job_url(job)->target, decision) ? GATE_OPEN : GATE_SHUT;
    if (h->answer == ROBOTS_NONE && h->row.robots_lost) {
        snprintf(decision, ROBOTS_DECISION_SIZE, "allowed, robots.txt has not been reached for 30 days");
        return GATE_OPEN;
    }
    if (h->answer == ROBOTS_NONE) {
        snprintf(decision, ROBOTS_DECISION_SIZE, "allowed, there is no robots.txt (%d)", h->row.robots_status);
        return GATE_OPEN;
    }
    if (h->row.robots_status)
        snprintf(decision, ROBOTS_DECISION_SIZE, "disallowed for now: robots.txt answers %d", h->row.robots_status);
    else
        snprintf(decision, ROBOTS_DECISION_SIZE, "disallowed for now: robots.txt cannot be reached");
    return GATE_LATER;
}

void crawl_robots_ask(struct crawl *c, struct crawl_host *h, const struct url *url)
{
    if (h->asking_robots)
        return;
    h->asking_robots = true;
    int origin = (int)(url->target - url->text);
    char *text = mem_printf("%.*s/robots.txt", origin, url->text);
    /* A private host of the user's own has a private robots.txt. */
    struct crawl_request request = {
        .kind = CRAWL_PAGE, .url = text, .want = CONTENT_TEXT, .timeout_s = 30, .given = true};
    struct crawl_job *job = crawl_job_new(c, &request, h);
    job->robots_of = h;
    crawl_enqueue_first(c, job);
    free(text);
}

/* Keeps the rules of an older copy where the server cannot be reached now. */
static void lose(struct crawl_host *h, int64_t now)
{
    if (!h->row.robots_lost)
        h->row.robots_lost = now;
    h->row.robots_until = now + ROBOTS_AGAIN;
    if (!h->robots || now - h->row.robots_lost > ROBOTS_GIVE_UP)
        h->answer = robots_unreachable(h->row.robots_lost, now);
}

void crawl_robots_done(struct crawl *c, struct crawl_host *h, const struct crawl_reply *reply)
{
    int64_t now = time(NULL);
    enum robots_answer answer = robots_answer(reply->status);
    if (reply->why.kind == ERR_REFUSED || (reply->why.kind && answer == ROBOTS_RULES && !reply->body))
        answer = ROBOTS_UNREACHABLE;
    h->asking_robots = false;
    h->row.robots_status = reply->status;
    if (answer == ROBOTS_UNREACHABLE) {
        lose(h, now);
    } else {
        size_t len = answer == ROBOTS_RULES && reply->body ? reply->len : 0;
        free(h->robots_text);
        h->robots_text = storable(reply->body ? reply->body : "", len < ROBOTS_MAX ? len : ROBOTS_MAX);
        take_rules(h, h->robots_text, strlen(h->robots_text));
        h->answer = answer;
        h->row.robots_lost = 0;
        h->row.robots_until = now + ROBOTS_FRESH;
    }
    crawl_host_changed(c, h);
    /* Those at the gate came first. */
    struct crawl_job *job;
    TAILQ_FOREACH(job, &h->gate, queue)
    job->place = JOB_QUEUED;
    TAILQ_CONCAT(&h->gate, &h->queue, queue);
    TAILQ_CONCAT(&h->queue, &h->gate, queue);
    crawl_wake(c, h);
}
