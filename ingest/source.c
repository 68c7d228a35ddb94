/* source.c: see source.h. */
#include "ingest/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A line for each adapter, here and below. */
extern const struct source source_europepmc;
extern const struct source source_eutils;
extern const struct source source_openalex;
extern const struct source source_crossref;
extern const struct source source_unpaywall;
extern const struct source source_doaj;
extern const struct source source_scielo;
extern const struct source source_core;
extern const struct source source_arxiv_org;
extern const struct source source_biorxiv;
extern const struct source source_medrxiv;
extern const struct source source_jstage;
extern const struct source source_hal;

/* clang-format off */
const struct source *const sources[] = {
    &source_europepmc,
    &source_eutils,
    &source_openalex,
    &source_crossref,
    &source_unpaywall,
    &source_doaj,
    &source_scielo,
    &source_core,
    &source_arxiv_org,
    &source_biorxiv,
    &source_medrxiv,
    &source_jstage,
    &source_hal,
    NULL,
};
/* clang-format on */

const struct source *source_lookup(const char *name)
{
    for (size_t i = 0; sources[i]; i++) {
        if (strcmp(sources[i]->name, name) == 0)
            return sources[i];
    }
    return NULL;
}

enum { SECRET_MAX = 4096 };

/* "api_key=%s" with the key in it. */
static const char *fill_in(const char *form, const char *key, struct arena *arena)
{
    const char *place = form ? strstr(form, "%s") : NULL;
    return place ? arena_printf(arena, "%.*s%s%s", (int)(place - form), form, key, place + 2) : NULL;
}

bool source_secret_read(const struct source *source, struct arena *arena, struct source_secret *out)
{
    const char *key = source->key ? getenv(source->key) : NULL;
    *out = (struct source_secret){0};
    if (!key || !*key)
        return false;
    struct str escaped = STR_INIT(SECRET_MAX);
    query_escape(key, &escaped);
    out->query = fill_in(source->key_query, escaped.data, arena);
    out->header = fill_in(source->key_header, key, arena);
    str_release(&escaped);
    return true;
}

struct record *source_add_record(struct source_page *page, struct arena *arena)
{
    if (page->n >= SOURCE_MAX_PAGE)
        return NULL;
    ARENA_GROW(arena, page->records, page->n, page->cap);
    page->records[page->n] = (struct record){0};
    return &page->records[page->n++];
}

void source_add_fault(struct source_page *page, struct arena *arena, const char *place, const char *format, ...)
{
    if (page->n_faults >= SOURCE_MAX_PAGE)
        return;
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ARENA_GROW(arena, page->faults, page->n_faults, page->faults_cap);
    page->faults[page->n_faults++] =
        (struct record_fault){.place = arena_strdup(arena, place), .text = arena_strdup(arena, text)};
}

/* http:// or https:// and a host, no white space or control character, at most SOURCE_MAX_URL bytes. */
static bool is_url(const char *url)
{
    size_t scheme = strncasecmp(url, "https://", 8) == 0 ? 8 : strncasecmp(url, "http://", 7) == 0 ? 7 : 0;
    if (!scheme || !url[scheme] || strchr("/?#:@", url[scheme]))
        return false;
    size_t len = 0;
    for (; url[len]; len++) {
        if ((unsigned char)url[len] <= ' ' || url[len] == 0x7F || len >= SOURCE_MAX_URL)
            return false;
    }
    return true;
}

static const char *or_copy(struct arena *arena, const char *text)
{
    return text && *text ? arena_strdup(arena, text) : NULL;
}

/* Europe PMC's PDFs, which its web service's manual offers to programs. */
static bool is_render(const char *url)
{
    return strstr(url, "europepmc.org/") && strstr(url, "pdf=render");
}

bool source_add_file(struct record *r, struct arena *arena, const struct record_file *file)
{
    if (!file->url || !is_url(file->url))
        return false;
    const char *pmcid = source_pmcid(arena, file->url);
    if (pmcid && !is_render(file->url)) {
        if (!r->pmcid)
            r->pmcid = pmcid;
        return true;
    }
    for (size_t i = 0; i < r->n_files; i++) {
        if (strcmp(strstr(r->files[i].url, "://"), strstr(file->url, "://")) == 0)
            return true;
    }
    if (r->n_files >= SOURCE_MAX_FILES)
        return false;
    if (!r->files)
        r->files = arena_array(arena, SOURCE_MAX_FILES, sizeof *r->files);
    r->files[r->n_files++] = (struct record_file){.url = arena_strdup(arena, file->url),
                                                  .kind = or_copy(arena, file->kind),
                                                  .license = or_copy(arena, file->license),
                                                  .version = or_copy(arena, file->version)};
    return true;
}
