/* pace_headers.c: what services' headers say of their limits; see pace.h. */
#include "ingest/pace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { LONGEST_WINDOW_S = 60, MOST_ITEM = 200 };

struct reading {
    pace_header_fn *header;
    void *context;
    int64_t wall_s;
};

/* Leading digits (and a fraction) of the text; -1: none. */
static double number(const char *text)
{
    char *end;
    if (!text || *(text += strspn(text, " \"")) < '0' || *text > '9')
        return -1;
    double value = strtod(text, &end);
    return isfinite(value) ? value : -1;
}

static double number_of(const struct reading *r, const char *name)
{
    return number(r->header(r->context, name));
}

/* "1s", "1", "5m", "1h" in seconds; -1: none. */
static double interval(const char *text)
{
    double value = number(text);
    const char *unit = text ? text + strspn(text, " \"0123456789.") : "";
    return value <= 0 ? -1 : *unit == 'm' ? value * 60 : *unit == 'h' ? value * 3600 : value;
}

/* Seconds from now that the text stands for: seconds, seconds or milliseconds since 1970, an HTTP or ISO date. 0: none.
 */
static double seconds_until(const struct reading *r, const char *text)
{
    static const char *const formats[] = {"%a, %d %b %Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"};
    struct tm tm;
    for (size_t i = 0; text && i < sizeof formats / sizeof *formats; i++) {
        tm = (struct tm){0};
        if (strptime(text, formats[i], &tm))
            return fmax((double)(timegm(&tm) - r->wall_s), 0);
    }
    double value = number(text);
    if (value > 1e12)
        value /= 1000;
    return fmax(value > 1e9 ? value - (double)r->wall_s : value, 0);
}

/* The value of parameter `name` in "a;q=10;w=1" or "limit=5, reset=7"; -1: none. */
static double parameter(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = text; (at = strcasestr(at, name)); at += len) {
        bool begins = at == text || strchr(";, \t", at[-1]);
        if (begins && at[len] == '=')
            return number(at + len + 1);
    }
    return -1;
}

/* Calls `each` with the members of a list by commas, cut at MOST_ITEM bytes. */
static void each_item(const char *list, void (*each)(void *context, const char *item), void *context)
{
    while (list && *list) {
        char item[MOST_ITEM];
        size_t len = strcspn(list, ","), kept = len < sizeof item - 1 ? len : sizeof item - 1;
        memcpy(item, list, kept);
        item[kept] = 0;
        each(context, item + strspn(item, " \t"));
        list += len + (list[len] == ',');
    }
}

static void lower(double *rate, double limit, double seconds)
{
    if (limit > 0 && seconds > 0 && seconds <= LONGEST_WINDOW_S && (*rate == 0 || limit / seconds < *rate))
        *rate = limit / seconds;
}

/* "5;w=1", '"name";q=10;w=1' */
static void read_policy(void *context, const char *item)
{
    double quota = parameter(item, "q");
    lower(context, quota >= 0 ? quota : number(item), parameter(item, "w"));
}

/* '"name";r=0;t=7' */
static void read_state(void *context, const char *item)
{
    double *wait = context, left = parameter(item, "r"), seconds = parameter(item, "t");
    if (left == 0 && seconds > *wait)
        *wait = seconds;
}

static double wanted_rate(const struct reading *r)
{
    double rate = 0;
    lower(&rate, number_of(r, "x-rate-limit-limit"), interval(r->header(r->context, "x-rate-limit-interval")));
    lower(&rate, number_of(r, "x-ratelimit-limit"), interval(r->header(r->context, "x-ratelimit-interval")));
    each_item(r->header(r->context, "ratelimit-policy"), read_policy, &rate);
    return rate;
}

static double wanted_wait(const struct reading *r)
{
    double wait = seconds_until(r, r->header(r->context, "x-ratelimit-retry-after"));
    if (number_of(r, "x-ratelimit-remaining") == 0)
        wait = fmax(wait, seconds_until(r, r->header(r->context, "x-ratelimit-reset")));
    if (number_of(r, "ratelimit-remaining") == 0)
        wait = fmax(wait, seconds_until(r, r->header(r->context, "ratelimit-reset")));
    const char *state = r->header(r->context, "ratelimit");
    if (state && parameter(state, "remaining") == 0)
        wait = fmax(wait, parameter(state, "reset"));
    each_item(state, read_state, &wait);
    return wait;
}

void pace_read(struct pace *p, pace_header_fn *header, void *context, int64_t now, int64_t wall_s)
{
    const struct reading r = {header, context, wall_s};
    double rate = wanted_rate(&r), wait = wanted_wait(&r), at_once = number_of(&r, "x-concurrency-limit");
    if (rate > 0)
        pace_header_rate(p, rate);
    if (at_once >= 1 && at_once < 1000)
        p->header_concurrency = (int)at_once;
    if (wait > 0)
        pace_hold(p, now, (int64_t)(fmin(wait, PACE_MAX_HOLD_S) * 1000));
}
