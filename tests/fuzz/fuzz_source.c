/* Replies of services: any bytes to every adapter's read, as the first page, a later one, an error and a single work;
 * what comes out must be a page, and its cursor one that the adapter asks with. Besides the bucket's listings, metadata
 * and inventory, and the bytes as a term of a query. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ingest/pmc.h"
#include "ingest/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char *const terms[] = {"low dose", "膝"};
static const struct query_group group = {terms, 2};
static const struct query query = {
    .profile = "p", .name = "q", .groups = &group, .n_groups = 1, .since = "2000-01-01", .until = "2026-12-31"};

static void check_record(const struct record *r)
{
    if (!r->source_id || !*r->source_id || !r->said || strlen(r->said) > SOURCE_MAX_SAID ||
        r->n_files > SOURCE_MAX_FILES || (r->title && !text_is_utf8(r->title, strlen(r->title))))
        abort();
}

static void read_reply(const struct source *s, const struct query *q, const char *cursor, int status,
                       const uint8_t *bytes, size_t len)
{
    struct arena arena = ARENA_INIT;
    struct source_page page;
    struct source_request request;
    struct err e = {0};
    bool ok = s->read(q, cursor, status, (const char *)bytes, len, &arena, &page, &e);
    if (ok != (e.kind == ERR_NONE) || page.n > SOURCE_MAX_PAGE || page.n_faults > SOURCE_MAX_PAGE)
        abort();
    for (size_t i = 0; i < page.n; i++)
        check_record(&page.records[i]);
    if (q && page.next && (!s->ask || !s->ask(q, page.next, 0, "me@example.org", &arena, &request, &e)))
        abort();
    arena_release(&arena);
}

static bool note(void *context, const struct pmc_change *change)
{
    if (!*change->pmcid || change->version < 1)
        abort();
    return true;
}

static void read_bucket(const uint8_t *bytes, size_t len)
{
    static const struct pmc_manifest columns = {.key = 1, .modified = 2, .etag = 3, .columns = 4};
    struct arena arena = ARENA_INIT;
    struct pmc_versions versions = {0};
    struct pmc_inventories inventories = {0};
    struct pmc_article article;
    struct pmc_manifest manifest;
    struct err e = {0};
    const char *body = (const char *)bytes;
    pmc_versions_read("PMC9100001", 200, body, len, &arena, &versions, &e);
    pmc_inventories_read(200, body, len, &arena, &inventories, &e);
    pmc_metadata_read("PMC9100001", 0, len % 2 ? 200 : 404, body, len, &arena, &article, &e);
    pmc_manifest_read(200, body, len, &arena, &manifest, &e);
    struct pmc_inventory *inventory = pmc_inventory_new(&columns, note, NULL);
    if (pmc_inventory_add(inventory, bytes, len, &e))
        pmc_inventory_end(inventory, &e);
    pmc_inventory_free(inventory);
    arena_release(&arena);
}

static void write_query(const uint8_t *bytes, size_t len)
{
    static const struct query_syntax syntax = {
        .and_word = " AND ", .or_word = " OR ", .open = "(", .close = ")", .quote = '"'};
    struct arena arena = ARENA_INIT;
    struct str out = STR_INIT(65536);
    const char *term = arena_strndup(&arena, (const char *)bytes, len);
    struct query_group one = {&term, 1};
    struct query q = {.groups = &one, .n_groups = 1};
    query_write(&q, &syntax, &out);
    /* A term cannot get out of its quotes. */
    size_t quotes = 0;
    for (size_t i = 0; i < out.len; i++)
        quotes += out.data[i] == '"';
    if (quotes != 0 && quotes != 2)
        abort();
    query_matches(&q, (const char *)bytes, len);
    str_release(&out);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct {
        const char *cursor;
        int status;
    } ways[] = {{NULL, 200}, {"2.0000abcd.AoII", 200}, {"MCID_1|1|0|5", 200}, {NULL, 404}, {"1.1.2", 503}};
    for (size_t i = 0; sources[i]; i++) {
        for (size_t k = 0; k < sizeof ways / sizeof *ways; k++)
            read_reply(sources[i], &query, ways[k].cursor, ways[k].status, bytes, len);
        read_reply(sources[i], NULL, NULL, 200, bytes, len);
        read_reply(sources[i], NULL, NULL, 404, bytes, len);
    }
    read_bucket(bytes, len);
    write_query(bytes, len);
    return 0;
}
