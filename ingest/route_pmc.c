/* route_pmc.c: the PMC bucket and Europe PMC: both go by the PMCID.
 *
 * The bucket (since 2026 without packages: a prefix for each version of an article) states a licence, a retraction and
 * the MD5 of every file in a JSON object, which changes when and only when anything of that version does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ingest/pmc.h"
#include "ingest/route_plan.h"

#define BUCKET     "https://pmc-oa-opendata.s3.amazonaws.com/"
#define EUROPE_PMC "https://www.ebi.ac.uk/europepmc/webservices/rest/"

enum { MAX_VERSIONS = 6 /* looked at, from the newest on */ };

static bool is_picture(const char *name)
{
    static const char *const extensions[] = {".jpg",  ".jpeg", ".png",  ".gif", ".tif",
                                             ".tiff", ".bmp",  ".webp", ".svg", ".jp2"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof extensions / sizeof *extensions; i++)
        if (strcasecmp(dot, extensions[i]) == 0)
            return true;
    return false;
}

static enum outcome ask_metadata(struct plan *p, int version, const struct fetch_row **row)
{
    struct route_want want = {
        .row = {.route = "pmc", .role = "metadata", .name = p->pmcid}, .kind = CRAWL_API, .want = CONTENT_JSON};
    want.row.url = arena_printf(p->arena, BUCKET "%s.%d/%s.%d.json", p->pmcid, version, p->pmcid, version);
    enum outcome got = plan_ask(p, &want, row);
    if (got != OUT_NO || (*row)->status != 404)
        return got;
    want.row.url = arena_printf(p->arena, BUCKET "metadata/%s.%d.json", p->pmcid, version); /* its second copy */
    return plan_ask(p, &want, row);
}

/* The version to take: the newest that was published, else the newest manuscript. OUT_YES: *row is its metadata. */
static enum outcome choose(struct plan *p, int highest, const struct fetch_row **row)
{
    const struct fetch_row *manuscript = NULL;
    struct fetch_choice *bucket = &p->out->bucket;
    *bucket = (struct fetch_choice){.pmcid = p->pmcid, .highest = highest};
    for (int version = highest; version > 0 && version > highest - MAX_VERSIONS; version--) {
        enum outcome got = ask_metadata(p, version, row);
        bucket->oldest = version;
        if (got == OUT_OPEN || got == OUT_LATER)
            return got;
        if (got == OUT_NO) {
            plan_no_row(p, *row);
            continue;
        }
        cJSON *result = plan_result(*row);
        bool is_manuscript = json_bool(result, "manuscript", false);
        cJSON_Delete(result);
        if (!is_manuscript || !manuscript)
            bucket->version = version;
        if (!is_manuscript)
            return OUT_YES;
        manuscript = manuscript ? manuscript : *row;
    }
    *row = manuscript;
    return manuscript ? OUT_YES : OUT_NO;
}

/* Thumbnails lie beside pictures under the same name. */
static bool is_thumbnail(const cJSON *media, const char *url)
{
    const cJSON *other;
    const char *dot = strrchr(url, '.');
    if (!dot || strcasecmp(dot, ".gif") != 0)
        return false;
    cJSON_ArrayForEach(other, media)
    {
        const char *text = json_text(other, "url");
        if (text && strncmp(text, url, (size_t)(dot - url)) == 0 && strcasecmp(text + (dot - url), ".jpg") == 0)
            return true;
    }
    return false;
}

static enum outcome media_of(struct plan *p, const cJSON *result, const char *license)
{
    const cJSON *media = json_member(result, "media"), *file;
    int n = cJSON_GetArraySize(media);
    struct plan_picture *pictures = arena_array(p->arena, (size_t)n + 1, sizeof *pictures);
    size_t kept = 0;
    cJSON_ArrayForEach(file, media)
    {
        const char *url = plan_text(p, file, "url");
        const char *name = url ? route_file_name(url, "", p->arena) : "";
        if (*name && is_picture(name) && !is_thumbnail(media, url))
            pictures[kept++] = (struct plan_picture){url, name, plan_text(p, file, "md5")};
    }
    p->pictures = kept;
    return plan_pictures(p, "pmc", pictures, kept, license, "pmc", CRAWL_OBJECT);
}

/* The XML or the PDF that the metadata names; OUT_NONE: it names none. */
static enum outcome ask_file(struct plan *p, const cJSON *result, const char *what, const char *license,
                             const struct fetch_row **row)
{
    const cJSON *file = json_member(result, what);
    const char *url = plan_text(p, file, "url");
    bool pdf = strcmp(what, "pdf") == 0;
    struct route_want want = {.row = {.route = "pmc",
                                      .role = pdf ? "pdf" : "article",
                                      .url = url,
                                      .name = arena_printf(p->arena, "%s.%s", p->pmcid, what),
                                      .md5 = plan_text(p, file, "md5"),
                                      .license = license,
                                      .license_source = "pmc"},
                              .kind = CRAWL_OBJECT,
                              .want = pdf ? CONTENT_PDF : CONTENT_ARTICLE,
                              .max_bytes = pdf ? p->rules->max_pdf : p->rules->max_article};
    return url ? plan_ask(p, &want, row) : OUT_NONE;
}

static bool has_body(const struct fetch_row *row)
{
    cJSON *result = plan_result(row);
    bool body = json_bool(result, "body", true);
    cJSON_Delete(result);
    return body;
}

/* All files of the chosen version, once its licence allows it. */
static enum outcome files_of(struct plan *p, const cJSON *result, const char *license)
{
    const struct fetch_row *xml = NULL, *pdf = NULL;
    enum outcome got_xml = ask_file(p, result, "xml", license, &xml);
    enum outcome got_media = got_xml == OUT_NONE || got_xml == OUT_NO ? OUT_YES : media_of(p, result, license);
    if (got_media == OUT_NO)
        return OUT_NO;
    bool whole = got_xml == OUT_YES && has_body(xml);
    bool want_pdf = p->rules->pdf || got_xml == OUT_NO || got_xml == OUT_NONE || (got_xml == OUT_YES && !whole);
    enum outcome got_pdf = want_pdf ? ask_file(p, result, "pdf", license, &pdf) : OUT_NONE;
    if (got_xml == OUT_OPEN || got_media == OUT_OPEN || got_pdf == OUT_OPEN)
        return OUT_OPEN;
    if (got_xml == OUT_LATER || got_media == OUT_LATER || got_pdf == OUT_LATER)
        return OUT_LATER;
    if (whole || (got_pdf == OUT_YES && got_xml == OUT_YES))
        plan_document(p, xml);
    if (got_pdf == OUT_YES)
        plan_document(p, pdf);
    if (p->out->n_documents)
        return OUT_YES;
    if (got_xml == OUT_NO)
        plan_no_row(p, xml);
    if (got_pdf == OUT_NO)
        plan_no_row(p, pdf);
    return got_xml == OUT_NO || got_pdf == OUT_NO
               ? OUT_NO
               : plan_no(p, ERR_FORMAT, "pmc: %s", got_xml == OUT_YES ? "the XML has no body" : "neither XML nor PDF");
}

static enum outcome take(struct plan *p, const struct fetch_row *metadata)
{
    cJSON *result = plan_result(metadata);
    const char *license = plan_text(p, result, "license");
    enum outcome got;
    p->out->bucket.license = license;
    p->doi = p->doi ? p->doi : plan_text(p, result, "doi");
    p->pmid = p->pmid ? p->pmid : plan_text(p, result, "pmid");
    p->retracted = p->retracted || json_bool(result, "retracted", false);
    if (p->retracted) {
        got = OUT_DROPPED;
    } else if (plan_allowed(p, "pmc", license, "pmc")) {
        got = files_of(p, result, license);
    } else if (license_name(license) && !json_bool(result, "manuscript", false)) {
        /* The published version's own licence holds for every copy of it. */
        p->out->drop_reason = "licence";
        err_set(&p->out->why, ERR_REFUSED, "licence '%.100s' (PMC)", license);
        got = OUT_DROPPED;
    } else {
        got = OUT_NO;
    }
    cJSON_Delete(result);
    return got;
}

/* Reads the listing to its end. OUT_YES: *highest is the newest version; 0: there is none. */
static enum outcome ask_versions(struct plan *p, int *highest)
{
    const char *token = NULL;
    *highest = 0;
    for (int page = 0; page < PMC_MAX_PAGES; page++) {
        const struct fetch_row *row;
        struct err why = {0};
        struct route_want want = {
            .row = {.route = "pmc", .role = "versions", .name = p->pmcid}, .kind = CRAWL_API, .want = CONTENT_XML};
        want.row.url = pmc_versions_url(p->pmcid, token, p->arena, &why);
        if (!want.row.url)
            return plan_no(p, why.kind, "pmc: %s", why.text);
        enum outcome got = plan_ask(p, &want, &row);
        if (got != OUT_YES)
            return got == OUT_NO ? plan_no_row(p, row) : got;
        cJSON *result = plan_result(row);
        int version = (int)json_number(result, "highest", 0);
        *highest = version > *highest ? version : *highest;
        token = plan_text(p, result, "token");
        cJSON_Delete(result);
        if (!token)
            break;
    }
    return OUT_YES;
}

enum outcome route_pmc(struct plan *p)
{
    const struct fetch_row *row;
    int highest;
    if (!p->pmcid)
        return OUT_NONE;
    enum outcome got = ask_versions(p, &highest);
    if (got != OUT_YES)
        return got;
    if (!highest)
        return plan_no(p, ERR_FORMAT, "pmc: %s is not in the bucket", p->pmcid);
    got = choose(p, highest, &row);
    return got == OUT_YES ? take(p, row) : got;
}

/* ---- Europe PMC ---- */

/* Where Europe PMC has the picture: graphics lie there as JPEG, whatever the XML calls them. */
static const char *europepmc_name(const char *href, struct arena *arena)
{
    const char *name = route_file_name(href, "", arena), *dot = strrchr(name, '.');
    if (!*name || (dot && (strcasecmp(dot, ".jpg") == 0 || strcasecmp(dot, ".gif") == 0 ||
                           strcasecmp(dot, ".png") == 0 || strcasecmp(dot, ".jpeg") == 0)))
        return name;
    bool other = dot && is_picture(name);
    return arena_printf(arena, "%.*s.jpg", (int)(other ? dot - name : (long)strlen(name)), name);
}

static enum outcome europepmc_pictures(struct plan *p, const cJSON *result, const char *license, const char *source)
{
    const cJSON *graphics = json_member(result, "graphics"), *graphic;
    int n = cJSON_GetArraySize(graphics);
    struct plan_picture *pictures = arena_array(p->arena, (size_t)n + 1, sizeof *pictures);
    size_t kept = 0;
    cJSON_ArrayForEach(graphic, graphics)
    {
        if (!cJSON_IsString(graphic))
            continue;
        const char *name = europepmc_name(graphic->valuestring, p->arena);
        struct str url = STR_INIT(4096);
        str_addf(&url, "https://europepmc.org/articles/%s/bin/", p->pmcid);
        query_escape(name, &url);
        if (*name && !url.overflow)
            pictures[kept++] = (struct plan_picture){arena_strdup(p->arena, url.data), name, NULL};
        str_release(&url);
    }
    p->pictures = kept;
    return plan_pictures(p, "europepmc", pictures, kept, license, source, CRAWL_OBJECT);
}

enum outcome route_europepmc(struct plan *p)
{
    const struct fetch_row *row;
    if (!p->pmcid)
        return OUT_NONE;
    struct route_want want = {.row = {.route = "europepmc",
                                      .role = "article",
                                      .url = arena_printf(p->arena, EUROPE_PMC "%s/fullTextXML", p->pmcid),
                                      .name = arena_printf(p->arena, "%s.xml", p->pmcid),
                                      .license = p->license,
                                      .license_source = p->license_source},
                              .kind = CRAWL_OBJECT,
                              .want = CONTENT_ARTICLE,
                              .max_bytes = p->rules->max_article};
    if (p->license && !plan_allowed(p, "europepmc", p->license, p->license_source))
        return OUT_NO;
    enum outcome got = plan_ask(p, &want, &row);
    if (got != OUT_YES)
        return got == OUT_NO ? plan_no_row(p, row) : got;
    cJSON *result = plan_result(row);
    const char *own = plan_text(p, result, "license");
    const char *license = p->license ? p->license : own, *source = p->license ? p->license_source : "the XML";
    if (!json_bool(result, "body", true))
        got = plan_no(p, ERR_FORMAT, "europepmc: the XML has no body");
    else if (!plan_allowed(p, "europepmc", license, source))
        got = OUT_NO;
    else
        got = europepmc_pictures(p, result, license, source);
    if (got == OUT_YES)
        plan_document(p, row);
    cJSON_Delete(result);
    return got;
}
