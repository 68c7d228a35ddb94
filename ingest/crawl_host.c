/* crawl_host.c: what is known of a host; see crawl_parts.h. */
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/address.h"
#include "base/log.h"
#include "base/mem.h"
#include "ingest/crawl_parts.h"

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct crawl_host *)a)->name, ((const struct crawl_host *)b)->name);
}

/* Reads what former runs learned. Trouble with the database is told by the next crawl_turn. */
static void load(struct crawl *c, struct crawl_host *h)
{
    struct arena arena = ARENA_INIT;
    bool found = false;
    if (!c->db || !host_load(c->db, h->name, &arena, &h->row, &found, &c->trouble))
        h->row = (struct host_row){.robots_status = -1};
    if (c->unblock && strcmp(c->unblock, h->name) == 0 && h->row.blocked_until) {
        h->row.blocked_until = 0;
        h->row.blocked_why = NULL;
        crawl_host_changed(c, h);
    }
    h->block_note = mem_strdup(h->row.blocked_why);
    crawl_robots_load(h, h->row.robots);
    h->row.host = h->name;
    h->row.blocked_why = h->block_note;
    h->row.rate_source = NULL;
    h->row.robots = NULL;
    arena_release(&arena);
}

static struct crawl_host *make(struct crawl *c, const struct url *url, char *name)
{
    struct crawl_host *h = mem_new(sizeof *h);
    struct pace_limit table = pace_table_lookup(c->table, url->host), limit = table;
    h->name = name;
    h->replaced = endpoints_replace(c->endpoints, url->host);
    if (c->rate >= 0)
        limit = pace_limit_rate(table, c->rate, h->replaced);
    h->file_403 = limit.file_403;
    if (h->replaced) {
        struct url stand_in;
        endpoints_map(c->endpoints, url, &stand_in, NULL);
        h->private_stand_in = stand_in.host && address_host_is_private(stand_in.host);
        url_release(&stand_in);
    }
    pace_init(&h->pace, limit, limit.rate != table.rate);
    TAILQ_INIT(&h->queue);
    TAILQ_INIT(&h->gate);
    load(c, h);
    return h;
}

struct crawl_host *crawl_host_of(struct crawl *c, const struct url *url)
{
    struct crawl_host key = {.name = url->port_default ? url->host : mem_printf("%s:%d", url->host, url->port)};
    struct crawl_host **found = tfind(&key, &c->hosts, compare), *h = found ? *found : NULL;
    if (!h) {
        h = make(c, url, mem_strdup(key.name));
        tsearch(h, &c->hosts, compare);
    }
    if (!url->port_default)
        free(key.name);
    return h;
}

void crawl_host_free(struct crawl_host *h)
{
    pace_release(&h->pace);
    robots_free(h->robots);
    free(h->robots_text);
    free(h->block_note);
    free(h->name);
    free(h);
}

void crawl_host_changed(struct crawl *c, struct crawl_host *h)
{
    if (!h->is_changed)
        TAILQ_INSERT_TAIL(&c->changed, h, changed);
    h->is_changed = true;
}

bool crawl_host_is_blocked(const struct crawl_host *h)
{
    return h->row.blocked_until > time(NULL);
}

void crawl_host_block(struct crawl *c, struct crawl_host *h, const char *why)
{
    if (crawl_host_is_blocked(h))
        return;
    free(h->block_note);
    h->block_note = mem_strdup(why);
    h->row.blocked_why = h->block_note;
    h->row.blocked_until = time(NULL) + CRAWL_BLOCK_S;
    crawl_host_changed(c, h);
    log_warn("%s does not want us (%s): not asked again for a day", h->name, why);
}

bool crawl_host_store(struct crawl *c, struct crawl_host *h, struct err *e)
{
    struct host_row row = h->row;
    row.robots = h->robots_text;
    row.rate = pace_rate(&h->pace);
    row.concurrency = pace_concurrency(&h->pace);
    row.rate_source = pace_source_name(pace_rate_source(&h->pace));
    if (!host_store(c->db, &row, e))
        return false;
    TAILQ_REMOVE(&c->changed, h, changed);
    h->is_changed = false;
    free(h->robots_text);
    h->robots_text = NULL;
    return true;
}
