/* pace.c: see pace.h. */
#include "ingest/pace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const double margin = 1.05;

double pace_rate(const struct pace *p)
{
    double rate = p->limit.rate;
    const double others[] = {p->header_rate, p->delay_rate};
    for (int i = 0; i < 2; i++)
        if (others[i] > 0 && (rate == 0 || others[i] < rate))
            rate = others[i];
    return rate;
}

int pace_concurrency(const struct pace *p)
{
    int own = p->limit.concurrency, asked = p->header_concurrency;
    return asked && (!own || asked < own) ? asked : own;
}

enum pace_source pace_rate_source(const struct pace *p)
{
    double rate = pace_rate(p);
    if (rate == p->limit.rate)
        return p->from_option ? PACE_OPTION : PACE_TABLE;
    return rate == p->delay_rate ? PACE_CRAWL_DELAY : PACE_HEADERS;
}

const char *pace_source_name(enum pace_source source)
{
    static const char *const names[] = {"table", "option", "headers", "crawl-delay"};
    return names[source];
}

/* The ring looks back at as many requests as a window may hold: N of a second for N >= 1 a second, else the last one. A
 * new size begins with the arrivals that are known, the oldest dropped or taken as long ago. */
static void fit_window(struct pace *p)
{
    double rate = pace_rate(p);
    int window = rate == 0 || rate > PACE_WINDOW ? 0 : rate < 1 ? 1 : (int)rate;
    if (window == p->window)
        return;
    int64_t *arrivals = window ? mem_array((size_t)window, sizeof *arrivals) : NULL;
    for (int i = 0; i < window; i++)
        arrivals[i] = INT64_MIN / 2;
    for (uint64_t back = 1; back <= (uint64_t)(window < p->window ? window : p->window) && back <= p->started; back++) {
        uint64_t ticket = p->started - back;
        arrivals[ticket % (uint64_t)window] = p->arrivals[ticket % (uint64_t)p->window];
    }
    free(p->arrivals);
    p->arrivals = arrivals;
    p->window = window;
}

void pace_init(struct pace *p, struct pace_limit limit, bool from_option)
{
    *p = (struct pace){.limit = limit, .from_option = from_option};
    fit_window(p);
}

void pace_release(struct pace *p)
{
    free(p->arrivals);
    *p = (struct pace){0};
}

/* How long ago the request before the ring's must have arrived: a second holds N whole requests of N.x a second. */
static double window_ms(const struct pace *p)
{
    double rate = pace_rate(p);
    return rate < 1 ? 1000 / rate : 1000;
}

int64_t pace_wait(const struct pace *p, int64_t now)
{
    int most = pace_concurrency(p);
    if (most && p->under_way >= most)
        return -1;
    double start = p->next > (double)p->hold ? p->next : (double)p->hold;
    if (p->window) {
        double after = (double)p->arrivals[p->started % (uint64_t)p->window] + window_ms(p) + 5;
        start = fmax(start, after);
    }
    return start <= (double)now ? 0 : (int64_t)ceil(start - (double)now);
}

uint64_t pace_start(struct pace *p, int64_t now)
{
    double rate = pace_rate(p);
    if (rate > 0) {
        /* The clock's grain, and waking up a moment late, must not add up to a lower rate. */
        double from = (double)now - p->next < 2 ? p->next : (double)now;
        p->next = fmax(from, (double)now - 2) + 1000 / rate * margin;
    }
    if (p->window)
        p->arrivals[p->started % (uint64_t)p->window] = now + PACE_TRAVEL_MS;
    p->under_way++;
    return p->started++;
}

void pace_answered(struct pace *p, uint64_t ticket, int64_t now)
{
    if (!p->window || p->started - ticket > (uint64_t)p->window)
        return;
    int64_t *arrival = &p->arrivals[ticket % (uint64_t)p->window];
    if (now < *arrival)
        *arrival = now;
}

void pace_end(struct pace *p, uint64_t ticket, int64_t now)
{
    pace_answered(p, ticket, now);
    p->under_way--;
}

void pace_hold(struct pace *p, int64_t now, int64_t ms)
{
    if (ms > (int64_t)PACE_MAX_HOLD_S * 1000)
        ms = (int64_t)PACE_MAX_HOLD_S * 1000;
    if (now + ms > p->hold)
        p->hold = now + ms;
}

/* A rate that becomes lower holds from the last request on. */
static void slow_down(struct pace *p, double before)
{
    double rate = pace_rate(p);
    if (rate != before && rate > 0 && p->started)
        p->next += (1000 / rate - (before > 0 ? 1000 / before : 0)) * margin;
    fit_window(p);
}

void pace_delay(struct pace *p, double seconds)
{
    double before = pace_rate(p);
    p->delay_rate = seconds > 0 ? 1 / seconds : 0;
    slow_down(p, before);
}

void pace_header_rate(struct pace *p, double rate)
{
    double before = pace_rate(p);
    p->header_rate = rate;
    slow_down(p, before);
}

static uint64_t draw(struct pace_random *random)
{
    uint64_t z = random->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

int64_t pace_back_off(struct pace_random *random, int n, int retry_after_s)
{
    int64_t most = n >= 10 ? PACE_MAX_BACKOFF_MS : (int64_t)1000 << (n > 1 ? n - 1 : 0);
    if (most > PACE_MAX_BACKOFF_MS)
        most = PACE_MAX_BACKOFF_MS;
    int64_t wait = (int64_t)(draw(random) % (uint64_t)most);
    int64_t asked = (int64_t)(retry_after_s < PACE_MAX_HOLD_S ? retry_after_s : PACE_MAX_HOLD_S) * 1000;
    return wait > asked ? wait : asked;
}
