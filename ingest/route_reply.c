/* route_reply.c: see route_reply.h. */
#include "ingest/route_reply.h"

#include <string.h>

#include "base/json.h"
#include "ingest/import_kind.h"
#include "ingest/landing.h"
#include "ingest/peek.h"
#include "ingest/pmc.h"
#include "ingest/source.h"

static void add_text(cJSON *object, const char *name, const char *text)
{
    if (text && *text)
        cJSON_AddStringToObject(object, name, text);
}

static void add_file(cJSON *object, const char *name, const struct pmc_file *file)
{
    if (!file->url)
        return;
    cJSON *json = name ? cJSON_AddObjectToObject(object, name) : cJSON_CreateObject();
    cJSON_AddStringToObject(json, "url", file->url);
    add_text(json, "md5", file->md5);
    if (!name)
        cJSON_AddItemToArray(object, json);
}

static bool read_versions(const struct reply_bytes *r, struct arena *arena, cJSON *out, struct err *e)
{
    struct pmc_versions v = {0};
    if (!pmc_versions_read(r->source, r->status, r->body, r->len, arena, &v, e))
        return false;
    cJSON_AddNumberToObject(out, "highest", v.highest);
    add_text(out, "token", v.token);
    return true;
}

static bool read_metadata(const struct reply_bytes *r, struct arena *arena, cJSON *out, struct err *e)
{
    struct pmc_article a;
    if (!pmc_metadata_read(r->source, 0, r->status, r->body, r->len, arena, &a, e))
        return false;
    add_text(out, "license", a.license_code);
    cJSON_AddBoolToObject(out, "retracted", a.retracted);
    cJSON_AddBoolToObject(out, "manuscript", a.manuscript);
    add_text(out, "doi", a.doi);
    add_text(out, "pmid", a.pmid);
    add_file(out, "xml", &a.xml);
    add_file(out, "pdf", &a.pdf);
    cJSON *media = cJSON_AddArrayToObject(out, "media");
    for (size_t i = 0; i < a.n_media; i++)
        add_file(media, NULL, &a.media[i]);
    return true;
}

/* Of a record or a page: what fetch goes by. */
static void add_record(cJSON *out, const struct record *r)
{
    add_text(out, "doi", r->doi);
    add_text(out, "pmcid", r->pmcid);
    add_text(out, "pmid", r->pmid);
    add_text(out, "license", r->license ? r->license : r->license_url);
    if (r->retracted == FACT_YES)
        cJSON_AddBoolToObject(out, "retracted", true);
    cJSON *files = cJSON_AddArrayToObject(out, "files");
    for (size_t i = 0; i < r->n_files; i++) {
        cJSON *file = cJSON_CreateObject();
        add_text(file, "url", r->files[i].url);
        add_text(file, "kind", r->files[i].kind);
        add_text(file, "license", r->files[i].license);
        add_text(file, "version", r->files[i].version);
        cJSON_AddItemToArray(files, file);
    }
}

static bool read_record(const struct reply_bytes *r, struct arena *arena, cJSON *out, struct err *e)
{
    const struct source *source = source_lookup(r->source);
    struct source_page page = {0};
    if (!source)
        return err_set(e, ERR_FORMAT, "there is no source %s", r->source);
    if (!source->read(NULL, NULL, r->status, r->body, r->len, arena, &page, e))
        return false;
    if (page.n)
        add_record(out, &page.records[0]);
    return true;
}

static bool read_page(const struct reply_bytes *r, struct arena *arena, cJSON *out, struct err *e)
{
    struct landing page;
    if (!landing_read(r->url, r->content_type, r->body, r->len, arena, &page, e))
        return false;
    if (page.opt_out)
        return err_set(e, ERR_REFUSED, "the page forbids it: %s", page.opt_out);
    if (page.state != LANDING_ARTICLE)
        return err_set(e, ERR_FORMAT, "no page of an article: %s", page.why ? page.why : "it names none");
    add_record(out, &page.record);
    return true;
}

static void read_article(const struct reply_bytes *r, struct arena *arena, cJSON *out)
{
    struct peek peek;
    peek_article((const unsigned char *)r->body, r->len, arena, &peek);
    cJSON_AddBoolToObject(out, "body", peek.body);
    add_text(out, "license", peek.license);
    cJSON *graphics = cJSON_AddArrayToObject(out, "graphics");
    for (size_t i = 0; i < peek.n; i++)
        cJSON_AddItemToArray(graphics, cJSON_CreateString(peek.graphics[i]));
}

/* What a URL that the user named turned out to be. */
static bool read_given(const struct reply_bytes *r, struct arena *arena, cJSON *out)
{
    struct file_kind kind;
    kind_of((const unsigned char *)r->body, r->len < KIND_HEAD ? r->len : KIND_HEAD, r->url, &kind);
    add_text(out, "kind", kind_document(kind.kind));
    if (kind.kind == KIND_JATS || kind.kind == KIND_XML)
        read_article(r, arena, out);
    if (kind.kind == KIND_HTML)
        read_page(r, arena, out, NULL);
    return true;
}

bool reply_is_read(const char *role)
{
    return strcmp(role, "media") != 0 && strcmp(role, "pdf") != 0;
}

bool reply_read(const struct reply_bytes *r, struct arena *arena, const char **result, struct err *e)
{
    cJSON *out = cJSON_CreateObject();
    bool ok = true;
    *result = NULL;
    if (strcmp(r->role, "versions") == 0)
        ok = read_versions(r, arena, out, e);
    else if (strcmp(r->role, "metadata") == 0)
        ok = read_metadata(r, arena, out, e);
    else if (strcmp(r->role, "record") == 0)
        ok = read_record(r, arena, out, e);
    else if (strcmp(r->role, "page") == 0)
        ok = read_page(r, arena, out, e);
    else if (strcmp(r->role, "given") == 0)
        ok = read_given(r, arena, out);
    else
        read_article(r, arena, out);
    if (ok) {
        char *text = cJSON_PrintUnformatted(out);
        *result = arena_strdup(arena, text);
        cJSON_free(text);
    }
    cJSON_Delete(out);
    return ok;
}
