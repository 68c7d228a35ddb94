/* route_open.c: routes over the open web: files that records name, what Unpaywall and OpenAlex know, landing pages, and
 * URLs that the user named. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ingest/route_plan.h"

enum { MAX_PAGES = 3 /* landing pages asked */ };

/* The user who names a URL answers for it; a licence that is stated counts all the same. */
static bool allowed(struct plan *p, const char *route, const struct plan_file *file, const char *license)
{
    if (file->vouched && license_is_silent(license))
        return true;
    return plan_allowed(p, route, license, file->source ? file->source : "a record");
}

/* ---- XML files ---- */

/* Where a picture lies that an XML names: as it stands there, or beside the XML. NULL: that cannot be told. */
static const char *picture_url(struct plan *p, const char *base, const char *href)
{
    const char *dot = strrchr(href, '.'), *slash = strrchr(base, '/');
    if (strncasecmp(href, "http://", 7) == 0 || strncasecmp(href, "https://", 8) == 0)
        return arena_strdup(p->arena, href);
    if (!dot || strchr(dot, '/') || strchr(href, ':') || *href == '/' || strstr(href, "..") || !slash ||
        slash[-1] == '/')
        return NULL;
    while (strncmp(href, "./", 2) == 0)
        href += 2;
    struct str url = STR_INIT(SOURCE_MAX_URL);
    str_add_bytes(&url, base, (size_t)(slash + 1 - base));
    for (const char *c = href; *c; c++)
        if ((unsigned char)*c <= ' ' || strchr("\"<>\\^`{|}%?#", *c))
            str_addf(&url, "%%%02X", (unsigned char)*c);
        else
            str_add_char(&url, *c);
    const char *out = url.overflow ? NULL : arena_strdup(p->arena, url.data);
    str_release(&url);
    return out;
}

/* As the XML names it, so that pictures of one name in two folders stay apart. */
static const char *picture_name(const char *href, struct arena *arena)
{
    while (strncmp(href, "./", 2) == 0)
        href += 2;
    return strpbrk(href, ":%?#") ? route_file_name(href, "", arena) : arena_strdup(arena, href);
}

static enum outcome pictures_beside(struct plan *p, const char *route, const struct fetch_row *xml, const cJSON *result,
                                    const char *license, const char *source)
{
    const cJSON *graphics = json_member(result, "graphics"), *graphic;
    int n = cJSON_GetArraySize(graphics);
    struct plan_picture *pictures = arena_array(p->arena, (size_t)n + 1, sizeof *pictures);
    size_t kept = 0;
    cJSON_ArrayForEach(graphic, graphics)
    {
        const char *href = cJSON_IsString(graphic) ? graphic->valuestring : "";
        const char *url = picture_url(p, xml->final_url ? xml->final_url : xml->url, href);
        const char *name = picture_name(href, p->arena);
        if (url && *name)
            pictures[kept++] = (struct plan_picture){url, name, NULL};
    }
    p->pictures = (size_t)n;
    return plan_pictures(p, route, pictures, kept, license, source, CRAWL_FILE);
}

/* An XML that came: its licence, its pictures. */
static enum outcome take_xml(struct plan *p, const char *route, const struct plan_file *file,
                             const struct fetch_row *row)
{
    cJSON *result = plan_result(row);
    const char *own = plan_text(p, result, "license");
    const char *license = license_is_silent(file->license) ? own : file->license;
    enum outcome got = OUT_NO;
    if (!json_bool(result, "body", true))
        plan_no(p, ERR_FORMAT, "%s: the XML has no body", route);
    else if (allowed(p, route, file, license))
        got = pictures_beside(p, route, row, result, license, file->source);
    if (got == OUT_YES)
        plan_document(p, row);
    cJSON_Delete(result);
    return got;
}

enum outcome plan_xmls(struct plan *p, const char *route, size_t first)
{
    enum outcome worst = OUT_NONE;
    for (size_t i = first; i < p->n_files; i++) {
        const struct plan_file file = p->files[i];
        const struct fetch_row *row;
        if (strcmp(file.kind, "xml") != 0)
            continue;
        if (!license_is_silent(file.license) && !allowed(p, route, &file, file.license))
            continue;
        struct route_want want = {.row = {.route = route,
                                          .role = "article",
                                          .url = file.url,
                                          .name = route_file_name(file.url, "article.xml", p->arena),
                                          .license = file.license,
                                          .license_source = file.source},
                                  .kind = CRAWL_FILE,
                                  .want = CONTENT_ARTICLE,
                                  .max_bytes = p->rules->max_article};
        enum outcome got = plan_ask(p, &want, &row);
        if (got == OUT_NO)
            plan_no_row(p, row);
        else if (got == OUT_YES)
            got = take_xml(p, route, &file, row);
        if (got == OUT_OPEN || got == OUT_YES)
            return got;
        worst = got == OUT_LATER || worst == OUT_LATER ? OUT_LATER : got;
    }
    return worst;
}

enum outcome route_xml(struct plan *p)
{
    return plan_xmls(p, "xml", 0);
}

/* ---- PDFs ---- */

static int version_rank(const char *version)
{
    static const char *const names[] = {"published", "", "accepted", "submitted"};
    static const char *const others[] = {"publishedVersion", "", "acceptedVersion", "submittedVersion"};
    for (int i = 0; version && i < 4; i++)
        if (strcasecmp(version, names[i]) == 0 || strcasecmp(version, others[i]) == 0)
            return i;
    return 1;
}

static const char *pdf_name(struct plan *p, const char *url)
{
    const char *name = route_file_name(url, "fulltext.pdf", p->arena);
    return strlen(name) > 4 && strcasecmp(name + strlen(name) - 4, ".pdf") == 0
               ? name
               : arena_printf(p->arena, "%s.pdf", name);
}

static enum outcome ask_pdf(struct plan *p, const char *route, const struct plan_file *file)
{
    const struct fetch_row *row;
    struct route_want want = {.row = {.route = route,
                                      .role = "pdf",
                                      .url = file->url,
                                      .name = pdf_name(p, file->url),
                                      .license = file->license,
                                      .license_source = file->source},
                              .kind = CRAWL_FILE,
                              .want = CONTENT_PDF,
                              .max_bytes = p->rules->max_pdf};
    enum outcome got = plan_ask(p, &want, &row);
    if (got == OUT_YES)
        plan_document(p, row);
    return got == OUT_NO ? plan_no_row(p, row) : got;
}

enum outcome plan_pdfs(struct plan *p, const char *route, size_t first)
{
    enum outcome worst = OUT_NONE;
    int tried = 0;
    for (int rank = 0; rank < 4; rank++)
        for (size_t i = first; i < p->n_files && tried < ROUTE_MAX_PDFS; i++) {
            const struct plan_file file = p->files[i];
            if (strcmp(file.kind, "pdf") != 0 || version_rank(file.version) != rank)
                continue;
            enum outcome got = allowed(p, route, &file, file.license) ? ask_pdf(p, route, &file) : OUT_NO;
            tried++;
            if (got == OUT_OPEN || got == OUT_YES)
                return got;
            worst = got == OUT_LATER || worst == OUT_LATER ? OUT_LATER : got;
        }
    return worst;
}

/* The sources say which licence the work has, and it is none of those allowed: no copy will do. */
static bool is_denied(const struct plan *p)
{
    return license_judge(&p->rules->licenses, p->license) == LICENSE_DENIED && license_name(p->license);
}

static bool has_said(const struct plan *p, const char *source)
{
    for (size_t i = 0; i < p->article->n_records; i++)
        if (str_same(p->article->records[i].source, source))
            return true;
    return false;
}

enum outcome route_pdf(struct plan *p)
{
    static const char *const services[] = {"unpaywall", "openalex"};
    enum outcome worst = plan_pdfs(p, "pdf", 0);
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        if (worst == OUT_OPEN || worst == OUT_YES)
            return worst;
        if (!p->doi || is_denied(p) || has_said(p, services[i]))
            continue;
        size_t known = p->n_files;
        enum outcome got = plan_lookup(p, services[i], p->doi);
        if (got == OUT_OPEN)
            return got;
        if (got == OUT_YES && p->retracted)
            return OUT_NO;
        if (got == OUT_YES)
            got = plan_pdfs(p, "pdf", known);
        if (got == OUT_OPEN || got == OUT_YES)
            return got;
        worst = got == OUT_LATER || worst == OUT_LATER ? OUT_LATER : got == OUT_NO ? got : worst;
    }
    return worst;
}

/* ---- pages ---- */

/* A landing page, and the files that it names. */
static enum outcome ask_page(struct plan *p, const char *url)
{
    const struct fetch_row *row;
    struct route_want want = {.row = {.route = "landing", .role = "page", .url = url},
                              .kind = CRAWL_PAGE,
                              .want = CONTENT_HTML,
                              .accept = "text/html,application/xhtml+xml"};
    enum outcome got = plan_ask(p, &want, &row);
    if (got != OUT_YES)
        return got == OUT_NO ? plan_no_row(p, row) : got;
    cJSON *result = plan_result(row);
    size_t known = p->n_files;
    plan_add_files(p, result, "the landing page");
    cJSON_Delete(result);
    if (known == p->n_files)
        return plan_no(p, ERR_FORMAT, "landing: the page names no file that was not tried");
    got = plan_xmls(p, "landing", known);
    return got == OUT_OPEN || got == OUT_YES ? got : plan_pdfs(p, "landing", known);
}

enum outcome route_landing(struct plan *p)
{
    enum outcome worst = OUT_NONE;
    int asked = 0;
    if (is_denied(p))
        return plan_allowed(p, "landing", p->license, p->license_source) ? OUT_NONE : OUT_NO;
    size_t n = p->n_files;
    for (size_t i = 0; i <= n && asked < MAX_PAGES; i++) {
        const char *url = i < n ? p->files[i].url : NULL;
        if (i < n && strcmp(p->files[i].kind, "landing") != 0 && strcmp(p->files[i].kind, "html") != 0)
            continue;
        /* The DOI stands last: records often name the page that it leads to. */
        if (i == n && (asked || !p->doi))
            break;
        if (i == n)
            url = arena_printf(p->arena, "https://doi.org/%s", p->doi);
        enum outcome got = ask_page(p, url);
        asked++;
        if (got == OUT_OPEN || got == OUT_YES)
            return got;
        worst = got == OUT_LATER || worst == OUT_LATER ? OUT_LATER : got;
    }
    return worst;
}

/* ---- lookups and given URLs ---- */

enum outcome route_lookup(struct plan *p)
{
    for (size_t i = 0; i < p->article->n_records; i++)
        if (!str_same(p->article->records[i].source, "given"))
            return OUT_NONE;
    if (p->pmcid || (!p->doi && !p->pmid))
        return OUT_NONE;
    return plan_lookup(p, "europepmc", p->doi ? p->doi : arena_printf(p->arena, "PMID:%s", p->pmid));
}

/* A page that the user named: the files that it names, else the page itself. */
static enum outcome take_page(struct plan *p, const struct fetch_row *row, const cJSON *result)
{
    size_t known = p->n_files;
    plan_add_files(p, result, "the page given");
    for (size_t i = known; i < p->n_files; i++)
        p->files[i].vouched = true;
    enum outcome got = plan_xmls(p, "given", known);
    if (got != OUT_OPEN && got != OUT_YES)
        got = plan_pdfs(p, "given", known);
    if (got != OUT_NO && got != OUT_NONE)
        return got;
    plan_document(p, row);
    return OUT_YES;
}

static enum outcome take_given(struct plan *p, const struct plan_file *file, const struct fetch_row *row)
{
    cJSON *result = plan_result(row);
    const char *kind = json_text(result, "kind");
    enum outcome got = OUT_YES;
    if (str_same(kind, "html")) {
        got = take_page(p, row, result);
    } else if (str_same(kind, "jats") || str_same(kind, "xml")) {
        got = take_xml(p, "given", file, row);
    } else if (str_same(kind, "pdf")) {
        plan_document(p, row);
    } else {
        got =
            plan_no(p, ERR_UNSUPPORTED, "given: %s, no document", row->media_type ? row->media_type : "unknown bytes");
    }
    cJSON_Delete(result);
    return got;
}

enum outcome route_given(struct plan *p)
{
    enum outcome worst = OUT_NONE;
    size_t n = p->n_files;
    for (size_t i = 0; i < n; i++) {
        const struct fetch_row *row;
        const struct plan_file file = p->files[i];
        if (!str_same(file.source, "given"))
            continue;
        struct route_want want = {.row = {.route = "given",
                                          .role = "given",
                                          .url = file.url,
                                          .name = route_file_name(file.url, "article", p->arena),
                                          .license = file.license,
                                          .license_source = "the user"},
                                  .kind = CRAWL_FILE,
                                  .want = CONTENT_ANY,
                                  .max_bytes = p->rules->max_pdf};
        enum outcome got = plan_ask(p, &want, &row);
        if (got == OUT_NO)
            plan_no_row(p, row);
        else if (got == OUT_YES)
            got = take_given(p, &file, row);
        if (got == OUT_OPEN || got == OUT_YES)
            return got;
        worst = got == OUT_LATER || worst == OUT_LATER ? OUT_LATER : got;
    }
    return worst;
}
