/* pmc.c: see pmc.h. */
#include "ingest/pmc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ingest/import_xml.h"
#include "ingest/source_json.h"

#define TITLE       "PMC's bucket"
#define BASE        "https://" PMC_HOST "/"
#define INVENTORIES "inventory-reports/" PMC_BUCKET "/metadata/"

enum { TOKEN_MAX = 2048, PREFIX_MAX = 1100 /* a key has at most 1,024 bytes */ };

static bool is_pmcid(const char *text)
{
    size_t digits = strncmp(text, "PMC", 3) == 0 ? strspn(text + 3, "0123456789") : 0;
    return digits > 0 && digits <= 10 && !text[3 + digits];
}

static const char *list_url(const char *prefix, const char *token, struct arena *arena)
{
    struct str url = STR_INIT(16384);
    str_add(&url, BASE "?list-type=2");
    query_parameter(&url, "prefix", prefix);
    query_parameter(&url, "delimiter", "/");
    query_parameter(&url, "continuation-token", token);
    const char *copy = arena_strdup(arena, url.data);
    str_release(&url);
    return copy;
}

const char *pmc_versions_url(const char *pmcid, const char *token, struct arena *arena, struct err *e)
{
    if (is_pmcid(pmcid)) /* Without the dot, PMC113703601 would be listed for PMC11370360, too. */
        return list_url(arena_printf(arena, "%s.", pmcid), token, arena);
    err_set(e, ERR_FORMAT, "'%.40s' is no PMCID", pmcid);
    return NULL;
}

/* One page of a listing (ListObjectsV2). */
struct listing {
    bool whole, truncated; /* its end is there; there are more pages */
    const char *token;
    const char *code, *message; /* of an <Error> */
    void (*prefix)(void *context, const char *prefix);
    void *context;
};

static void listing_text(struct listing *l, const char *element, bool common, const struct xml_piece *p,
                         struct arena *arena)
{
    char text[TOKEN_MAX] = "";
    xml_decode(p->text, p->len, text, sizeof text);
    if (strcmp(element, "Prefix") == 0 && common && p->len < PREFIX_MAX)
        l->prefix(l->context, text);
    else if (strcmp(element, "IsTruncated") == 0)
        l->truncated = strcasecmp(text, "true") == 0;
    else if (strcmp(element, "NextContinuationToken") == 0 && p->len < TOKEN_MAX)
        l->token = arena_strdup(arena, text);
    else if (strcmp(element, "Code") == 0)
        l->code = source_text(arena, text);
    else if (strcmp(element, "Message") == 0)
        l->message = source_text(arena, text);
}

static void listing_scan(struct listing *l, const char *body, size_t len, struct arena *arena)
{
    struct xml_scan scan = {body, body + len};
    struct xml_piece p;
    char element[32] = "";
    bool common = false, inside = false;
    while (xml_next(&scan, &p)) {
        if (p.token == XML_TEXT && *element && inside) {
            listing_text(l, element, common, &p, arena);
        } else if (p.token == XML_START) {
            inside |= xml_is(&p, "ListBucketResult") || xml_is(&p, "Error");
            common |= xml_is(&p, "CommonPrefixes");
            snprintf(element, sizeof element, "%.*s", (int)(p.name_len < 31 ? p.name_len : 31), p.name);
            if (p.empty)
                *element = 0;
        } else if (p.token == XML_CLOSE) {
            common &= !xml_is(&p, "CommonPrefixes");
            l->whole |= xml_is(&p, "ListBucketResult") && inside;
            *element = 0;
        }
    }
}

/* An error of the store: <Error><Code>SlowDown</Code>...; true when there is none. */
static bool check_code(int status, const char *code, const char *message, struct err *e)
{
    static const char *const later[] = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout",
                                        "OperationAborted"};
    for (size_t i = 0; code && i < sizeof later / sizeof *later; i++) {
        if (strcmp(code, later[i]) == 0)
            return err_set(e, ERR_TEMPORARY, TITLE " answers with %s", code);
    }
    if (!code)
        return source_status(TITLE, status, NULL, e);
    return err_set(e, status == 403 ? ERR_REFUSED : ERR_FORMAT, TITLE " answers with %.60s: %.200s", code,
                   message ? message : "without words");
}

static bool listing_read(struct listing *l, int status, const char *body, size_t len, const char *before,
                         struct arena *arena, struct err *e)
{
    listing_scan(l, body, len, arena);
    if (!check_code(status, l->code, l->message, e))
        return false;
    if (!l->whole)
        return err_set(e, ERR_FORMAT, TITLE ": %zu bytes that are no whole listing", len);
    if (!l->truncated)
        l->token = NULL;
    else if (!l->token)
        return err_set(e, ERR_FORMAT, TITLE ": a listing goes on, but names no NextContinuationToken");
    else if (before && strcmp(before, l->token) == 0)
        return err_set(e, ERR_TEMPORARY, TITLE ": a page of the listing came again");
    return true;
}

static bool next_page(int *pages, struct err *e)
{
    return ++*pages <= PMC_MAX_PAGES || err_set(e, ERR_LIMIT, TITLE ": a listing of more than %d pages", PMC_MAX_PAGES);
}

/* "PMC123." and "PMC123.2/": 2. Zero for all else, as S3 takes prefixes by letters. */
static int version_of(const char *pmcid, const char *prefix, const char *end)
{
    size_t len = strlen(pmcid);
    if (strncmp(prefix, pmcid, len) != 0 || prefix[len] != '.')
        return 0;
    size_t digits = strspn(prefix + len + 1, "0123456789");
    if (!digits || digits > 4 || strcmp(prefix + len + 1 + digits, end) != 0)
        return 0;
    return (int)strtol(prefix + len + 1, NULL, 10);
}

struct versions_context {
    const char *pmcid;
    int highest, n;
};

static void add_version(void *context, const char *prefix)
{
    struct versions_context *c = context;
    int version = version_of(c->pmcid, prefix, "/");
    c->n += version > 0;
    c->highest = version > c->highest ? version : c->highest;
}

bool pmc_versions_read(const char *pmcid, int status, const char *body, size_t len, struct arena *arena,
                       struct pmc_versions *out, struct err *e)
{
    struct versions_context context = {.pmcid = pmcid};
    struct listing l = {.prefix = add_version, .context = &context};
    if (!next_page(&out->pages, e) || !listing_read(&l, status, body, len, out->token, arena, e))
        return false;
    out->token = l.token;
    out->n += context.n;
    out->highest = context.highest > out->highest ? context.highest : out->highest;
    return true;
}

const char *pmc_metadata_url(const char *pmcid, int version, struct arena *arena)
{
    return arena_printf(arena, BASE "%s.%d/%s.%d.json", pmcid, version, pmcid, version);
}

const char *pmc_inventories_url(const char *token, struct arena *arena)
{
    return list_url(INVENTORIES, token, arena);
}

/* Dates are compared as text: 2026-11-22T01-00Z. */
static void add_inventory(void *context, const char *prefix)
{
    static const char shape[] = "dddd-dd-ddTdd-ddZ/";
    char *latest = context; /* of 32 bytes */
    size_t head = strlen(INVENTORIES), n = sizeof shape - 1;
    if (strncmp(prefix, INVENTORIES, head) != 0 || strlen(prefix + head) != n)
        return;
    for (size_t i = 0; i < n; i++) {
        char c = prefix[head + i];
        if (shape[i] == 'd' ? c < '0' || c > '9' : c != shape[i])
            return;
    }
    if (strncmp(prefix + head, latest, n - 1) > 0)
        snprintf(latest, 32, "%.*s", (int)n - 1, prefix + head);
}

bool pmc_inventories_read(int status, const char *body, size_t len, struct arena *arena, struct pmc_inventories *out,
                          struct err *e)
{
    char latest[32] = "";
    struct listing l = {.prefix = add_inventory, .context = latest};
    if (!next_page(&out->pages, e) || !listing_read(&l, status, body, len, out->token, arena, e))
        return false;
    out->token = l.token;
    if (*latest && (!out->latest || strcmp(latest, out->latest) > 0))
        out->latest = arena_strdup(arena, latest);
    return true;
}

const char *pmc_manifest_url(const char *inventory, struct arena *arena)
{
    return arena_printf(arena, BASE INVENTORIES "%s/manifest.json", inventory);
}

/* Copies 32 hex digits in lower case. */
static bool read_md5(const char *text, char md5[MD5_SIZE])
{
    if (strlen(text) != MD5_HEX || strspn(text, "0123456789abcdefABCDEF") != MD5_HEX)
        return false;
    for (int i = 0; i < MD5_HEX; i++)
        md5[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] - 'A' + 'a' : text[i]);
    md5[MD5_HEX] = 0;
    return true;
}

static void set_key(struct pmc_file *file, const char *key, struct arena *arena)
{
    struct str url = STR_INIT(8192);
    str_add(&url, BASE);
    source_escape_path(key, &url);
    file->url = arena_strdup(arena, url.data);
    file->name = arena_strdup(arena, strrchr(key, '/') ? strrchr(key, '/') + 1 : key);
    str_release(&url);
}

/* "s3://pmc-oa-opendata/KEY?md5=HEX". A key may hold anything, also a question mark. */
static bool read_url(const char *text, const char *member, struct arena *arena, struct pmc_file *out, struct err *e)
{
    static const char *const starts[] = {"s3://" PMC_BUCKET "/", BASE};
    const char *key = NULL;
    for (size_t i = 0; i < sizeof starts / sizeof *starts && !key; i++)
        key = strncmp(text, starts[i], strlen(starts[i])) == 0 ? text + strlen(starts[i]) : NULL;
    if (!key || strlen(key) >= PREFIX_MAX)
        return err_set(e, ERR_FORMAT, TITLE ": %s '%.120s' is no URL of it", member, text);
    const char *query = strstr(key, "?md5=");
    for (const char *next; query && (next = strstr(query + 1, "?md5="));)
        query = next;
    if (query && !read_md5(query + 5, out->md5))
        return err_set(e, ERR_FORMAT, TITLE ": %s states an MD5 that is none: '%.60s'", member, query + 5);
    char *bare = arena_strndup(arena, key, query ? (size_t)(query - key) : strlen(key));
    set_key(out, bare, arena);
    return *out->name || err_set(e, ERR_FORMAT, TITLE ": %s '%.120s' names no file", member, text);
}

/* A member that is missing or null leaves `out` as it is. */
static bool read_file(const cJSON *json, const char *name, struct arena *arena, struct pmc_file *out, struct err *e)
{
    const cJSON *member = json_member(json, name);
    if (!member || cJSON_IsNull(member))
        return true;
    if (!cJSON_IsString(member))
        return err_set(e, ERR_FORMAT, TITLE ": %s is no text", name);
    return read_url(member->valuestring, name, arena, out, e);
}

static bool read_media(const cJSON *json, struct arena *arena, struct pmc_article *out, struct err *e)
{
    const cJSON *list = json_member(json, "media_urls"), *url;
    if (!list || cJSON_IsNull(list))
        return true;
    if (!cJSON_IsArray(list))
        return err_set(e, ERR_FORMAT, TITLE ": media_urls is no list");
    size_t n = (size_t)cJSON_GetArraySize(list);
    if (n > PMC_MAX_MEDIA)
        return err_set(e, ERR_LIMIT, TITLE ": %s has %zu files, more than %d", out->pmcid, n, PMC_MAX_MEDIA);
    out->media = arena_array(arena, n ? n : 1, sizeof *out->media);
    cJSON_ArrayForEach(url, list)
    {
        char name[32];
        snprintf(name, sizeof name, "media_urls[%zu]", out->n_media);
        if (!cJSON_IsString(url))
            return err_set(e, ERR_FORMAT, TITLE ": %s is no text", name);
        if (!read_url(url->valuestring, name, arena, &out->media[out->n_media++], e))
            return false;
    }
    return true;
}

static bool read_flag(const cJSON *json, const char *name, bool *out, struct err *e)
{
    const cJSON *member = json_member(json, name);
    *out = cJSON_IsTrue(member);
    return !member || cJSON_IsBool(member) || cJSON_IsNull(member) ||
           err_set(e, ERR_FORMAT, TITLE ": %s is neither true nor false", name);
}

/* Text, or a whole number where the metadata has one (pmid). */
static bool read_text(const cJSON *json, const char *name, struct arena *arena, const char **out, struct err *e)
{
    const cJSON *member = json_member(json, name);
    *out = NULL;
    if (!member || cJSON_IsNull(member))
        return true;
    if (cJSON_IsString(member))
        *out = source_text(arena, member->valuestring);
    else if (source_json_number(json, name, -1) > 0)
        *out = arena_printf(arena, "%lld", (long long)source_json_number(json, name, 0));
    else
        return err_set(e, ERR_FORMAT, TITLE ": %s is no text", name);
    return true;
}

static bool read_article(const char *pmcid, int version, const cJSON *json, struct arena *arena,
                         struct pmc_article *out, struct err *e)
{
    if (!read_text(json, "pmcid", arena, &out->pmcid, e) || !read_text(json, "pmid", arena, &out->pmid, e) ||
        !read_text(json, "doi", arena, &out->doi, e) || !read_text(json, "mid", arena, &out->mid, e) ||
        !read_text(json, "title", arena, &out->title, e) || !read_text(json, "citation", arena, &out->citation, e) ||
        !read_text(json, "license_code", arena, &out->license_code, e))
        return false;
    int64_t stated = source_json_number(json, "version", -1);
    if (stated < 1 || stated > PMC_MAX_VERSION)
        return err_set(e, ERR_FORMAT, TITLE ": version is missing or no number");
    out->version = (int)stated;
    if (!out->pmcid || strcmp(out->pmcid, pmcid) != 0 || (version && out->version != version))
        return err_set(e, ERR_FORMAT, TITLE ": the metadata of %.20s.%d are those of %.20s.%d", pmcid, version,
                       out->pmcid ? out->pmcid : "?", out->version);
    return read_flag(json, "is_pmc_openaccess", &out->open_access, e) &&
           read_flag(json, "is_manuscript", &out->manuscript, e) &&
           read_flag(json, "is_retracted", &out->retracted, e) &&
           read_flag(json, "is_historical_ocr", &out->historical_ocr, e) &&
           read_file(json, "xml_url", arena, &out->xml, e) && read_file(json, "pdf_url", arena, &out->pdf, e) &&
           read_file(json, "text_url", arena, &out->text, e) && read_media(json, arena, out, e);
}

/* The reply as JSON; the store's errors come as XML. */
static cJSON *read_json(int status, const char *body, size_t len, struct arena *arena, struct err *e)
{
    struct listing l = {0};
    if (status < 200 || status >= 300) {
        l.prefix = add_inventory; /* never called: an error has no prefixes */
        char latest[32] = "";
        l.context = latest;
        listing_scan(&l, body, len < 65536 ? len : 65536, arena);
        check_code(status, l.code, l.message, e);
        return NULL;
    }
    return source_json(TITLE, body, len, e);
}

bool pmc_metadata_read(const char *pmcid, int version, int status, const char *body, size_t len, struct arena *arena,
                       struct pmc_article *out, struct err *e)
{
    *out = (struct pmc_article){0};
    cJSON *json = read_json(status, body, len, arena, e);
    bool ok = json && read_article(pmcid, version, json, arena, out, e);
    if (ok)
        out->said = source_said(arena, json);
    cJSON_Delete(json);
    return ok;
}

/* The columns by their names in the manifest's fileSchema: "Bucket, Key, LastModifiedDate, ETag". */
static bool read_columns(const char *schema, struct pmc_manifest *out, struct err *e)
{
    out->bucket = out->key = out->modified = out->etag = -1;
    while (*schema) {
        schema += strspn(schema, " ");
        size_t len = strcspn(schema, ", ");
        static const char *const names[] = {"Bucket", "Key", "LastModifiedDate", "ETag"};
        int *columns[] = {&out->bucket, &out->key, &out->modified, &out->etag};
        for (size_t i = 0; i < 4; i++) {
            if (strlen(names[i]) == len && strncasecmp(schema, names[i], len) == 0)
                *columns[i] = out->columns;
        }
        out->columns++;
        schema += strcspn(schema, ",");
        schema += *schema == ',';
    }
    return (out->key >= 0 && out->etag >= 0 && out->modified >= 0) ||
           err_set(e, ERR_FORMAT, TITLE ": the inventory has no Key, ETag and LastModifiedDate");
}

bool pmc_manifest_read(int status, const char *body, size_t len, struct arena *arena, struct pmc_manifest *out,
                       struct err *e)
{
    *out = (struct pmc_manifest){0};
    cJSON *json = read_json(status, body, len, arena, e);
    const cJSON *files = json_member(json, "files"), *file;
    const char *format = json_text(json, "fileFormat"), *schema = json_text(json, "fileSchema");
    bool ok = json != NULL;
    if (ok && format && strcmp(format, "CSV") != 0)
        ok = err_set(e, ERR_FORMAT, TITLE ": the inventory is %.20s, not CSV", format);
    if (ok && !cJSON_IsArray(files))
        ok = err_set(e, ERR_FORMAT, TITLE ": the inventory's manifest has no files");
    ok = ok && read_columns(schema ? schema : "Bucket, Key, LastModifiedDate, ETag", out, e);
    size_t n = ok ? (size_t)cJSON_GetArraySize(files) : 0;
    if (n > PMC_MAX_FILES)
        ok = err_set(e, ERR_LIMIT, TITLE ": the inventory has %zu files", n);
    out->files = arena_array(arena, n ? n : 1, sizeof *out->files);
    cJSON_ArrayForEach(file, files)
    {
        const char *key = ok ? json_text(file, "key") : NULL, *md5 = json_text(file, "MD5checksum");
        if (ok && (!key || !*key || strlen(key) >= PREFIX_MAX))
            ok = err_set(e, ERR_FORMAT, TITLE ": files[%zu] of the inventory's manifest has no key", out->n);
        if (!ok)
            break;
        set_key(&out->files[out->n], key, arena);
        if (md5 && !read_md5(md5, out->files[out->n].md5))
            ok = err_set(e, ERR_FORMAT, TITLE ": files[%zu] of the inventory's manifest has no MD5", out->n);
        out->n++;
    }
    cJSON_Delete(json);
    return ok;
}
