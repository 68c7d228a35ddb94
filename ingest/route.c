/* route.c: see route.h. The frame of the plan; the routes themselves are in route_pmc.c and route_open.c. */
#include "ingest/route.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ingest/route_plan.h"

const char *const route_names[] = {"lookup", "pmc", "europepmc", "xml", "pdf", "landing", "given", NULL};

/* ---- rows and wants ---- */

const struct fetch_row *plan_row(const struct plan *p, const char *url)
{
    for (size_t i = 0; i < p->n_rows; i++)
        if (strcmp(p->rows[i].url, url) == 0)
            return &p->rows[i];
    return NULL;
}

/* Hosts whose terms forbid programs, or that answer them with a proof of work only (PMC copyright notice). */
static bool is_closed_to_programs(const char *url)
{
    static const char *const hosts[] = {"pmc.ncbi.nlm.nih.gov", "www.ncbi.nlm.nih.gov/pmc/"};
    const char *host = strstr(url, "://");
    for (size_t i = 0; host && i < sizeof hosts / sizeof *hosts; i++)
        if (strncasecmp(host + 3, hosts[i], strlen(hosts[i])) == 0)
            return true;
    return false;
}

static void add_want(struct plan *p, const struct route_want *want, const struct fetch_row *old)
{
    struct route_step *out = p->out;
    for (size_t i = 0; i < out->n; i++)
        if (strcmp(out->wants[i].row.url, want->row.url) == 0)
            return;
    ARENA_GROW(p->arena, out->wants, out->n, p->wants_cap);
    struct route_want *w = &out->wants[out->n++];
    *w = *want;
    w->row.article_id = p->article->article_id;
    /* What an earlier answer left makes the request a conditional one, and stays when nothing has changed. */
    if (old && old->sha256 && str_same(old->md5, want->row.md5)) {
        w->row.etag = old->etag;
        w->row.last_modified = old->last_modified;
    } else if (old && old->result && !old->sha256) {
        w->row.etag = old->etag;
    }
}

enum outcome plan_ask(struct plan *p, const struct route_want *want, const struct fetch_row **row)
{
    const struct fetch_row *old = plan_row(p, want->row.url);
    *row = old;
    bool current = old && old->state != FETCH_WANTED && (!want->row.md5 || str_same(old->md5, want->row.md5));
    if (current && old->state == FETCH_DONE)
        return OUT_YES;
    if (current && old->err_kind && strcmp(old->err_kind, "temporary") == 0 && !p->rules->last) {
        if (!p->later.kind)
            err_set(&p->later, ERR_TEMPORARY, "%s: %s", old->url, old->err_text ? old->err_text : "");
        return OUT_LATER;
    }
    if (current)
        return OUT_NO;
    add_want(p, want, old);
    return OUT_OPEN;
}

/* ---- reasons ---- */

enum outcome plan_no(struct plan *p, enum err_kind kind, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    str_addf(&p->reasons, "%s%s", p->reasons.len ? "; " : "", text);
    /* One that may not be asked says more than one that has nothing. */
    if (!p->reason_kind || kind == ERR_REFUSED)
        p->reason_kind = kind;
    return OUT_NO;
}

enum outcome plan_no_row(struct plan *p, const struct fetch_row *row)
{
    enum err_kind kind = err_kind_of(row->err_kind ? row->err_kind : "format");
    return plan_no(p, kind ? kind : ERR_FORMAT, "%s: %s", row->route, row->err_text ? row->err_text : "failed");
}

bool plan_allowed(struct plan *p, const char *route, const char *license, const char *source)
{
    enum license_verdict verdict = license_judge(&p->rules->licenses, license);
    if (verdict == LICENSE_ALLOWED)
        return true;
    if (verdict == LICENSE_UNKNOWN)
        plan_no(p, ERR_REFUSED, "%s: nobody states a licence (--unknown-licence takes such works)", route);
    else
        plan_no(p, ERR_REFUSED, "%s: licence '%.60s' (%s) is not among those allowed", route, license, source);
    if (!p->refused_license || license_is_silent(p->refused_license)) {
        p->refused_license = license && *license ? license : "unknown";
        p->refused_by = source;
    }
    return false;
}

/* ---- files and results ---- */

void plan_add_file(struct plan *p, const struct plan_file *file)
{
    if (!file->url || !file->kind || is_closed_to_programs(file->url))
        return;
    for (size_t i = 0; i < p->n_files; i++)
        if (strcmp(p->files[i].url, file->url) == 0) {
            if (license_is_silent(p->files[i].license))
                p->files[i].license = file->license;
            return;
        }
    ARENA_GROW(p->arena, p->files, p->n_files, p->files_cap);
    p->files[p->n_files++] = *file;
}

const char *plan_text(const struct plan *p, const cJSON *object, const char *name)
{
    const char *text = json_text(object, name);
    return text && *text ? arena_strdup(p->arena, text) : NULL;
}

static void add_list(struct plan *p, const cJSON *list, const char *license, const char *source)
{
    const cJSON *file;
    cJSON_ArrayForEach(file, list)
    {
        const char *own = plan_text(p, file, "license"), *kind = plan_text(p, file, "kind");
        plan_add_file(p, &(struct plan_file){.url = plan_text(p, file, "url"),
                                             .kind = kind ? kind : "given",
                                             .license = license_is_silent(own) ? license : own,
                                             .version = plan_text(p, file, "version"),
                                             .source = source,
                                             .vouched = str_same(source, "given")});
    }
}

void plan_add_files(struct plan *p, const cJSON *result, const char *source)
{
    const char *license = plan_text(p, result, "license");
    add_list(p, json_member(result, "files"), license ? license : p->license, source);
}

cJSON *plan_result(const struct fetch_row *row)
{
    return row && row->result ? json_parse(row->result, strlen(row->result), NULL) : NULL;
}

void plan_document(struct plan *p, const struct fetch_row *row)
{
    struct route_step *out = p->out;
    ARENA_GROW(p->arena, out->documents, out->n_documents, p->documents_cap);
    out->documents[out->n_documents++] = row;
}

void plan_asset(struct plan *p, const struct fetch_row *row)
{
    struct route_step *out = p->out;
    ARENA_GROW(p->arena, out->assets, out->n_assets, p->assets_cap);
    out->assets[out->n_assets++] = row;
}

const char *route_file_name(const char *url, const char *fallback, struct arena *arena)
{
    const char *path = strstr(url, "://");
    path = path ? strchr(path + 3, '/') : url;
    if (!path)
        return fallback;
    size_t len = strcspn(path, "?#"), start = len, n = 0;
    while (start && path[start - 1] != '/')
        start--;
    char *out = arena_new(arena, len - start + 1);
    for (size_t i = start; i < len; i++) {
        unsigned code = 0;
        if (path[i] == '%' && i + 2 < len && sscanf(path + i + 1, "%2x", &code) == 1 && code >= ' ' && code < 127 &&
            code != '/') {
            out[n++] = (char)code;
            i += 2;
        } else if ((unsigned char)path[i] > ' ') {
            out[n++] = path[i];
        }
    }
    out[n] = 0;
    return n && strcmp(out, ".") != 0 && strcmp(out, "..") != 0 ? out : fallback;
}

/* ---- the plan ---- */

/* A licence that is one of Creative Commons' says more than a text, a text more than nothing; else the first counts. */
static void learn_license(struct plan *p, const char *license, const char *source)
{
    if (license_is_silent(license) || (p->license && (license_name(p->license) || !license_name(license))))
        return;
    p->license = license;
    p->license_source = source;
}

static void learn(struct plan *p)
{
    const struct fetch_article *a = p->article;
    p->doi = a->doi;
    p->pmcid = a->pmcid;
    p->pmid = a->pmid;
    for (size_t i = 0; i < a->n_records; i++) {
        const struct fetch_record *r = &a->records[i];
        learn_license(p, r->license, r->source);
        learn_license(p, r->license_url, r->source);
        p->retracted = p->retracted || r->retracted == 1;
    }
    for (size_t i = 0; i < a->n_records; i++) {
        const struct fetch_record *r = &a->records[i];
        const char *own = license_name(r->license) ? r->license : license_name(r->license_url) ? r->license_url : NULL;
        cJSON *list = r->files ? json_parse(r->files, strlen(r->files), NULL) : NULL;
        add_list(p, list, own ? own : p->license, r->source);
        cJSON_Delete(list);
    }
}

enum outcome plan_lookup(struct plan *p, const char *name, const char *id)
{
    const struct source *source = source_lookup(name);
    struct source_request request = {0};
    struct err why = {0};
    const struct fetch_row *row;
    if (!source || !source->ask_work)
        return OUT_NONE;
    if (!source->ask_work(id, p->rules->contact, p->arena, &request, &why))
        return why.kind == ERR_UNSUPPORTED ? OUT_NONE : plan_no(p, why.kind, "lookup: %s", why.text);
    struct route_want want = {.row = {.route = "lookup", .role = "record", .url = request.url, .name = name},
                              .kind = CRAWL_API,
                              .want = request.want,
                              .accept = request.accept,
                              .post = request.post,
                              .source = source};
    enum outcome got = plan_ask(p, &want, &row);
    if (got != OUT_YES)
        return got == OUT_NO ? plan_no_row(p, row) : got;
    cJSON *result = plan_result(row);
    const char *license = plan_text(p, result, "license");
    p->doi = p->doi ? p->doi : plan_text(p, result, "doi");
    p->pmcid = p->pmcid ? p->pmcid : plan_text(p, result, "pmcid");
    p->pmid = p->pmid ? p->pmid : plan_text(p, result, "pmid");
    p->retracted = p->retracted || json_bool(result, "retracted", false);
    learn_license(p, license, name);
    plan_add_files(p, result, name);
    cJSON_Delete(result);
    return OUT_YES;
}

enum outcome plan_pictures(struct plan *p, const char *route, const struct plan_picture *pictures, size_t n,
                           const char *license, const char *license_source, enum crawl_kind kind)
{
    /* Files that lie beside an XML are a guess: three that are not there are enough to stop guessing. */
    size_t window = kind == CRAWL_OBJECT ? PLAN_WINDOW : 3;
    size_t first = p->out->n_assets, missing = 0, open = 0;
    uint64_t bytes = 0;
    enum outcome worst = OUT_YES;
    for (size_t i = 0; i < n && i < ROUTE_MAX_MEDIA && open < window; i++) {
        const struct fetch_row *row;
        if (kind != CRAWL_OBJECT && missing >= window && p->out->n_assets == first && !plan_row(p, pictures[i].url))
            continue;
        struct route_want want = {.row = {.route = route,
                                          .role = "media",
                                          .url = pictures[i].url,
                                          .name = pictures[i].name,
                                          .md5 = pictures[i].md5,
                                          .license = license,
                                          .license_source = license_source},
                                  .kind = kind,
                                  .want = CONTENT_IMAGE,
                                  .max_bytes = p->rules->max_image};
        enum outcome got = plan_ask(p, &want, &row);
        open += got == OUT_OPEN;
        missing += got == OUT_NO;
        if (got == OUT_YES) {
            plan_asset(p, row);
            bytes += (uint64_t)row->bytes;
        } else if (got != OUT_NO && worst != OUT_OPEN) {
            worst = got;
        }
    }
    p->out->n_missing = missing;
    if (p->rules->max_article && bytes > p->rules->max_article)
        worst = plan_no(p, ERR_LIMIT, "%s: its pictures take more than %llu MB (--max-article)", route,
                        (unsigned long long)(p->rules->max_article >> 20));
    if (worst != OUT_YES)
        p->out->n_assets = first;
    if (worst == OUT_NO)
        p->out->n = 0; /* Nothing more is wanted of it. */
    return worst;
}

static void finish(struct plan *p, enum outcome got, const char *route)
{
    struct route_step *out = p->out;
    if (got == OUT_OPEN) {
        out->what = ROUTE_WANTS;
        return;
    }
    out->n = 0;
    if (got == OUT_YES) {
        out->what = ROUTE_WON;
        out->route = route;
    } else if (got == OUT_DROPPED) {
        out->what = ROUTE_DROPPED;
    } else if (p->later.kind) {
        out->what = ROUTE_LATER;
        out->why = p->later;
    } else if (p->refused_license) {
        out->what = ROUTE_DROPPED;
        out->drop_reason = "licence";
        err_set(&out->why, ERR_REFUSED, "licence '%.100s' (%s); %s", p->refused_license,
                p->refused_by ? p->refused_by : "nobody states one", p->reasons.data);
    } else {
        out->what = ROUTE_FAILED;
        err_set(&out->why, p->reason_kind ? p->reason_kind : ERR_UNSUPPORTED, "%s",
                p->reasons.len ? p->reasons.data : "there is no way to it: no PMCID, no DOI and no URL of a file");
    }
}

/* The PDF beside an XML that won, where it is wanted or the XML came without the pictures that it names; that it cannot
 * be had does not matter. */
static enum outcome beside(struct plan *p)
{
    bool wanted = p->rules->pdf || (p->pictures && p->out->n_assets == 0);
    for (size_t i = 0; i < p->out->n_documents; i++)
        wanted = wanted && strcmp(p->out->documents[i]->role, "pdf") != 0;
    if (!wanted)
        return OUT_YES;
    enum outcome got = route_pdf(p);
    return got == OUT_OPEN ? OUT_OPEN : OUT_YES;
}

static enum outcome run(struct plan *p, const char **route)
{
    static enum outcome (*const routes[])(struct plan *) = {route_lookup, route_pmc,     route_europepmc, route_xml,
                                                            route_pdf,    route_landing, route_given};
    if (!p->retracted) {
        for (size_t i = 0; route_names[i]; i++) {
            if (!(p->rules->routes & 1u << i))
                continue;
            enum outcome got = routes[i](p);
            *route = route_names[i];
            if (p->retracted)
                break;
            if (got == OUT_YES && i > 0)
                return beside(p);
            /* A worse copy is no answer to a server that is busy: of what has its place in the order (bucket, Europe
             * PMC) the article waits; copies of a PDF stand in for each other. */
            if (got == OUT_OPEN || got == OUT_DROPPED || (got == OUT_LATER && i < 4))
                return got;
        }
    }
    if (!p->retracted)
        return OUT_NO;
    p->out->drop_reason = "retracted";
    err_set(&p->out->why, ERR_REFUSED, "it is retracted");
    return OUT_DROPPED;
}

void route_next(const struct fetch_article *article, const struct fetch_row *rows, size_t n_rows,
                const struct route_rules *rules, struct arena *arena, struct route_step *out)
{
    const char *route = NULL;
    *out = (struct route_step){0};
    struct plan p = {.article = article,
                     .rows = rows,
                     .n_rows = n_rows,
                     .rules = rules,
                     .arena = arena,
                     .out = out,
                     .reasons = STR_INIT(PLAN_MAX_REASONS)};
    learn(&p);
    enum outcome got = run(&p, &route);
    finish(&p, got, route);
    out->doi = p.doi;
    out->pmcid = p.pmcid;
    out->pmid = p.pmid;
    str_release(&p.reasons);
}
