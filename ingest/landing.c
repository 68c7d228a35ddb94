/* landing.c: see landing.h. */
#include "ingest/landing.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/text.h"
#include "db/article.h"
#include "ingest/html_scan.h"
#include "ingest/link.h"

enum field {
    TITLE,
    DOI,
    PMID,
    PMCID,
    ARXIV,
    LANGUAGE,
    DATE,
    JOURNAL,
    TYPE,
    ABSTRACT,
    RIGHTS,
    TEXTS,
    PDF = TEXTS,
    XML,
    HTML
};

/* What names say, the better source first: citation_* before EPrints, bepress, PRISM, Dublin Core. */
static const struct {
    const char *name;
    enum field field;
} rules[] = {
    {"citation_title", TITLE},
    {"eprints.title", TITLE},
    {"bepress_citation_title", TITLE},
    {"prism.title", TITLE},
    {"dc.title", TITLE},
    {"dcterms.title", TITLE},
    {"citation_doi", DOI},
    {"eprints.id_number", DOI},
    {"eprints.doi", DOI},
    {"bepress_citation_doi", DOI},
    {"prism.doi", DOI},
    {"dc.identifier.doi", DOI},
    {"dc.identifier", DOI},
    {"dcterms.identifier", DOI},
    {"doi", DOI},
    {"publication_doi", DOI},
    {"citation_pmid", PMID},
    {"citation_pmcid", PMCID},
    {"citation_arxiv_id", ARXIV},
    {"citation_language", LANGUAGE},
    {"dc.language", LANGUAGE},
    {"dcterms.language", LANGUAGE},
    {"citation_publication_date", DATE},
    {"citation_date", DATE},
    {"citation_online_date", DATE},
    {"eprints.date", DATE},
    {"bepress_citation_date", DATE},
    {"prism.publicationdate", DATE},
    {"dc.date.issued", DATE},
    {"dcterms.issued", DATE},
    {"dc.date", DATE},
    {"dcterms.date", DATE},
    {"citation_journal_title", JOURNAL},
    {"eprints.publication", JOURNAL},
    {"bepress_citation_journal_title", JOURNAL},
    {"prism.publicationname", JOURNAL},
    {"dc.source", JOURNAL},
    {"citation_article_type", TYPE},
    {"eprints.type", TYPE},
    {"dc.type", TYPE},
    {"citation_abstract", ABSTRACT},
    {"eprints.abstract", ABSTRACT},
    {"dcterms.abstract", ABSTRACT},
    {"citation_license", RIGHTS},
    {"eprints.rights", RIGHTS},
    {"dcterms.license", RIGHTS},
    {"dc.rights.license", RIGHTS},
    {"dc.rights", RIGHTS},
    {"dcterms.rights", RIGHTS},
    {"dc.rights.uri", RIGHTS},
    {"citation_pdf_url", PDF},
    {"eprints.document_url", PDF},
    {"bepress_citation_pdf_url", PDF},
    {"wkhealth_pdf_url", PDF},
    {"fulltext_pdf", PDF},
    {"citation_xml_url", XML},
    {"fulltext_xml", XML},
    {"citation_fulltext_html_url", HTML},
};
enum { RULES = sizeof rules / sizeof *rules, KEPT_TAGS = 64, LINK_ALTERNATE = RULES /* rank behind all rules */ };

struct file_found {
    const char *url, *kind;
    size_t rank;
};

struct reading {
    struct landing *out;
    struct arena *arena;
    const char *base;
    size_t rank[TEXTS]; /* of the rule whose text is taken; RULES: none */
    const char *text[TEXTS];
    struct file_found files[SOURCE_MAX_FILES];
    size_t n_files;
    const char *license_link, *license_anchor, *page_title;
    bool anchors_differ, in_title, password, html;
    enum source_fact open;
    const char *closed_by, *open_by;
    struct str said;
    size_t n_said;
};

static void add_file(struct reading *f, const char *link, const char *kind, size_t rank)
{
    const char *url = link_resolve(f->base, link, f->arena);
    if (!url || f->n_files >= SOURCE_MAX_FILES)
        return;
    for (size_t i = 0; i < f->n_files; i++) {
        if (strcmp(f->files[i].url, url) == 0)
            return;
    }
    f->files[f->n_files++] = (struct file_found){url, kind, rank};
}

/* Whether the text will do for the field: a page may have an identifier that is none, a date without a year. */
static bool will_do(enum field field, const char *text)
{
    char clean[ARTICLE_ID_SIZE], date[11], tag[16];
    switch (field) {
    case DOI:
        return article_clean_doi(text, clean);
    case PMID:
        return article_clean_pmid(text, clean);
    case PMCID:
        return article_clean_pmcid(text, clean);
    case ARXIV:
        return source_id_kind(text) == SOURCE_ID_ARXIV;
    case DATE:
        return landing_date(text, date);
    case LANGUAGE:
        return strcasecmp(text, "und") != 0 && strlen(text) >= 2 &&
               (strlen(text) > 8 || text_language_tag(text, tag) || strlen(text) > 3);
    default:
        return true;
    }
}

static void take_text(struct reading *f, size_t rule, const char *text)
{
    enum field field = rules[rule].field;
    if (!will_do(field, text))
        return;
    /* Of several statements of rights one that names a licence counts more than "Copyright 2020". */
    bool named = field == RIGHTS && strcasestr(text, "creativecommons.org/");
    bool had = field == RIGHTS && f->text[field] && strcasestr(f->text[field], "creativecommons.org/");
    if (had != named ? named : rule < f->rank[field]) {
        f->rank[field] = rule;
        f->text[field] = text;
    }
}

static void keep_said(struct reading *f, const char *name, const char *content)
{
    size_t before = f->said.len;
    if (f->n_said >= KEPT_TAGS || f->said.overflow)
        return;
    str_add(&f->said, f->n_said ? ",[" : "[");
    json_quote(name, &f->said);
    str_add_char(&f->said, ',');
    json_quote(content, &f->said);
    str_add_char(&f->said, ']');
    if (f->said.overflow)
        str_cut(&f->said, before);
    else
        f->n_said++;
}

static bool has_word(const char *list, const char *word)
{
    for (const char *at = list; *at; at += strcspn(at, ", ;"), at += strspn(at, ", ;")) {
        size_t len = strcspn(at, ", ;");
        if (len == strlen(word) && strncasecmp(at, word, len) == 0)
            return true;
    }
    return false;
}

static void read_robots(struct reading *f, const char *content)
{
    static const char *const words[] = {"noai", "noimageai", "noindex", "noimageindex", "none"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!f->out->opt_out && has_word(content, words[i]))
            f->out->opt_out = arena_printf(f->arena, "meta robots: %s", words[i]);
    }
}

static void set_access(struct reading *f, bool open, const char *by)
{
    if (open && !f->open_by)
        f->open_by = by;
    if (!open && !f->closed_by)
        f->closed_by = by;
}

static void read_access(struct reading *f, const char *name, const char *content)
{
    if (!strcasestr(name, "access") && strncasecmp(name, "dc.rights", 9) != 0)
        return;
    const char *by = arena_printf(f->arena, "'%.60s' is '%.60s'", name, content);
    if (strcasecmp(name, "access") == 0 && (strcasecmp(content, "no") == 0 || strcasecmp(content, "yes") == 0))
        set_access(f, strcasecmp(content, "yes") == 0, by);
    if (strcasecmp(name, "citation_access") == 0 && strcasecmp(content, "all") == 0)
        set_access(f, true, by);
    if (strcasestr(name, "accessrights") || strncasecmp(name, "dc.rights", 9) == 0) {
        if (strcasestr(content, "openaccess") || strcasestr(content, "open-access"))
            set_access(f, true, by);
        else if (strcasestr(content, "closedaccess") || strcasestr(content, "restrictedaccess"))
            set_access(f, false, by);
    }
}

/* "5; url='/article/7'" */
static void read_refresh(struct reading *f, const char *content)
{
    const char *at = content ? strcasestr(content, "url") : NULL;
    if (!at)
        return;
    at += 3;
    at += strspn(at, " \t");
    if (*at != '=')
        return;
    at++;
    at += strspn(at, " \t'\"");
    f->out->refresh = link_resolve(f->base, arena_strndup(f->arena, at, strcspn(at, "'\"")), f->arena);
}

static void apply_rules(struct reading *f, const char *name, const char *content)
{
    for (size_t i = 0; i < RULES; i++) {
        if (strcasecmp(name, rules[i].name) != 0)
            continue;
        keep_said(f, rules[i].name, content);
        if (rules[i].field < TEXTS)
            take_text(f, i, content);
        else
            add_file(f, content, rules[i].field == PDF ? "pdf" : rules[i].field == XML ? "xml" : "html", i);
    }
}

static void read_meta(struct reading *f, const struct xml_piece *tag)
{
    const char *equiv = html_attribute(tag, "http-equiv", f->arena);
    const char *content = html_attribute(tag, "content", f->arena);
    const char *names[] = {html_attribute(tag, "name", f->arena), html_attribute(tag, "property", f->arena)};
    if (equiv && strcasecmp(equiv, "refresh") == 0)
        read_refresh(f, content);
    for (size_t i = 0; i < 2; i++) {
        const char *name = names[i];
        if (!name)
            continue;
        if (strcasecmp(name, "citation_fulltext_world_readable") == 0)
            set_access(f, true, "citation_fulltext_world_readable");
        if (!content)
            continue;
        if (strcasecmp(name, "robots") == 0)
            read_robots(f, content);
        if (strcasecmp(name, "tdm-reservation") == 0 && strcmp(content, "1") == 0 && !f->out->opt_out)
            f->out->opt_out = "meta tdm-reservation: 1";
        read_access(f, name, content);
        apply_rules(f, name, content);
    }
}

static bool is_cc(const char *url)
{
    return url && (strcasestr(url, "creativecommons.org/licenses/") ||
                   strcasestr(url, "creativecommons.org/publicdomain/zero"));
}

/* <link> and <a>. */
static void read_link(struct reading *f, const struct xml_piece *tag)
{
    bool anchor = html_is(tag, "a");
    const char *href = html_attribute(tag, "href", f->arena);
    if (!href || (anchor && !strcasestr(href, "creativecommons.org/")))
        return;
    const char *rel = html_attribute(tag, "rel", f->arena), *type = html_attribute(tag, "type", f->arena);
    if (rel && has_word(rel, "license") && !f->license_link)
        f->license_link = link_resolve(f->base, href, f->arena);
    if (!anchor && rel && type && has_word(rel, "alternate") && strcasecmp(type, "application/pdf") == 0)
        add_file(f, href, "pdf", LINK_ALTERNATE);
    if (!anchor || !is_cc(href))
        return;
    /* Links in a text may be about a figure or a data set: they count only when all name the same licence. */
    if (f->license_anchor && !str_same(link_cc_name(f->license_anchor, f->arena), link_cc_name(href, f->arena)))
        f->anchors_differ = true;
    if (!f->license_anchor)
        f->license_anchor = link_resolve(f->base, href, f->arena);
}

static void read_piece(struct reading *f, const struct xml_piece *piece)
{
    if (piece->token == XML_TEXT && f->in_title && !f->page_title) {
        struct str decoded = STR_INIT(4096);
        html_decode(piece->text, piece->len < 1024 ? piece->len : 1024, &decoded);
        f->page_title = source_text(f->arena, decoded.data);
        str_release(&decoded);
    }
    if (piece->token != XML_TEXT)
        f->in_title = piece->token == XML_START && html_is(piece, "title") && !piece->empty;
    if (piece->token == XML_DOCTYPE)
        f->html |= html_is(piece, "html");
    if (piece->token != XML_START)
        return;
    static const char *const known[] = {"html", "head", "meta", "title",  "body",
                                        "link", "div",  "p",    "script", "frameset"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        f->html |= html_is(piece, known[i]);
    if (html_is(piece, "meta")) {
        read_meta(f, piece);
    } else if (html_is(piece, "link") || html_is(piece, "a")) {
        read_link(f, piece);
    } else if (html_is(piece, "input")) {
        const char *type = html_attribute(piece, "type", f->arena);
        f->password |= type && strcasecmp(type, "password") == 0;
    }
}

/* The first <base> holds for all links of a page, for those in front of it too. */
static void find_base(struct reading *f, struct xml_scan scan)
{
    struct xml_piece piece;
    while (html_next(&scan, &piece)) {
        if (piece.token == XML_START && html_is(&piece, "body"))
            return;
        if (piece.token != XML_START || !html_is(&piece, "base"))
            continue;
        const char *base = link_resolve(f->base, html_attribute(&piece, "href", f->arena), f->arena);
        f->base = base ? base : f->base;
        return;
    }
}

/* schema.org's word about access, in a page's JSON-LD. */
static void read_json_ld(struct reading *f, const char *text, size_t len)
{
    static const char name[] = "\"isAccessibleForFree\"";
    const char *at = memmem(text, len, name, sizeof name - 1), *end = text + len;
    if (!at)
        return;
    at += sizeof name - 1;
    while (at < end && strchr(" \t\r\n:\"", *at) && *at)
        at++;
    if (end - at >= 5 && strncasecmp(at, "false", 5) == 0)
        set_access(f, false, "'isAccessibleForFree' is false");
    else if (end - at >= 4 && strncasecmp(at, "true", 4) == 0)
        set_access(f, true, "'isAccessibleForFree' is true");
}

/* Marks of pages that stand between a reader and the article. */
static const char *challenge_of(const struct reading *f, const char *text, size_t len)
{
    static const char *const marks[] = {"_cf_chl_opt", "cf-browser-verification", "POW_CHALLENGE", "Incapsula incident",
                                        "px-captcha",  "captcha-delivery.com",    "awswaf.com/",   "g-recaptcha",
                                        "h-captcha"};
    static const char *const titles[] = {"Just a moment",         "Attention Required", "Checking your browser",
                                         "Preparing to download", "Are you a robot",    "Robot Check",
                                         "Security check",        "Access Denied",      "Validate User",
                                         "Human Verification",    "Request Rejected"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (memmem(text, len, marks[i], strlen(marks[i])))
            return arena_printf(f->arena, "a challenge page (%s)", marks[i]);
    }
    for (size_t i = 0; f->page_title && i < sizeof titles / sizeof *titles; i++) {
        if (strcasestr(f->page_title, titles[i]))
            return arena_printf(f->arena, "a challenge page ('%.80s')", f->page_title);
    }
    return NULL;
}

static void judge(struct reading *f, const char *text, size_t len)
{
    struct landing *out = f->out;
    bool article =
        f->text[DOI] || f->n_files || (f->text[TITLE] && (f->text[JOURNAL] || f->text[DATE] || f->rank[TITLE] == 0));
    const char *challenge = article ? NULL : challenge_of(f, text, len);
    if (article && f->closed_by && !f->open_by) {
        out->state = LANDING_PREVIEW;
        out->why = f->closed_by;
    } else if (challenge) {
        out->state = LANDING_CHALLENGE;
        out->why = challenge;
    } else if (!article && f->password) {
        out->state = LANDING_LOGIN;
        out->why = "a page that asks for a password";
    } else if (!article) {
        out->state = LANDING_OTHER;
        out->why = "the page names no article";
    }
    /* What stands in the way speaks for itself, not for the article. */
    if (out->state == LANDING_CHALLENGE || out->state == LANDING_LOGIN)
        out->opt_out = NULL;
    if (article)
        out->refresh = NULL;
    out->record.open = f->open_by ? FACT_YES : f->closed_by ? FACT_NO : FACT_UNKNOWN;
}

static const char *language_of(struct arena *arena, const char *text)
{
    static const char *const names[][2] = {
        {"english", "en"},    {"french", "fr"},  {"français", "fr"},   {"german", "de"},    {"deutsch", "de"},
        {"spanish", "es"},    {"español", "es"}, {"portuguese", "pt"}, {"português", "pt"}, {"italian", "it"},
        {"italiano", "it"},   {"russian", "ru"}, {"русский", "ru"},    {"chinese", "zh"},   {"中文", "zh"},
        {"japanese", "ja"},   {"日本語", "ja"},  {"korean", "ko"},     {"polish", "pl"},    {"polski", "pl"},
        {"turkish", "tr"},    {"türkçe", "tr"},  {"ukrainian", "uk"},  {"dutch", "nl"},     {"czech", "cs"},
        {"indonesian", "id"}, {"persian", "fa"}, {"arabic", "ar"},     {"hungarian", "hu"}, {"croatian", "hr"}};
    for (size_t i = 0; text && i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(text, names[i][0]) == 0)
            return names[i][1];
    }
    return source_language(arena, text);
}

/* A Creative Commons URL within a text. */
static const char *cc_url_in(const char *text, struct arena *arena)
{
    const char *at = text ? strcasestr(text, "creativecommons.org/") : NULL;
    if (!at || !is_cc(at))
        return NULL;
    return link_resolve(NULL, arena_printf(arena, "https://%.*s", (int)strcspn(at, " \t\"'<>),;"), at), arena);
}

static void set_license(struct reading *f, struct record *r)
{
    const char *url = is_cc(f->license_link) ? f->license_link : cc_url_in(f->text[RIGHTS], f->arena);
    if (!url && !f->anchors_differ)
        url = f->license_anchor;
    if (!url)
        url = f->license_link;
    const char *name = url ? link_cc_name(url, f->arena) : NULL;
    r->license_url = url;
    r->license = name ? name : f->text[RIGHTS] ? f->text[RIGHTS] : url;
}

static int order_of(const struct file_found *file)
{
    return strcmp(file->kind, "xml") == 0 ? 0 : strcmp(file->kind, "pdf") == 0 ? 1 : 2;
}

/* Sorts by kind and rank; what has both alike stays in the page's order. */
static void set_files(struct reading *f, struct record *r)
{
    for (size_t i = 1; i < f->n_files; i++) {
        struct file_found one = f->files[i];
        size_t k = i;
        for (; k > 0; k--) {
            const struct file_found *before = &f->files[k - 1];
            if (order_of(before) < order_of(&one) || (order_of(before) == order_of(&one) && before->rank <= one.rank))
                break;
            f->files[k] = *before;
        }
        f->files[k] = one;
    }
    for (size_t i = 0; i < f->n_files; i++)
        source_add_file(r, f->arena,
                        &(struct record_file){.url = f->files[i].url, .kind = f->files[i].kind, .license = r->license});
}

static void set_record(struct reading *f)
{
    struct record *r = &f->out->record;
    char clean[ARTICLE_ID_SIZE], date[11];
    if (f->text[DOI] && article_clean_doi(f->text[DOI], clean))
        r->doi = arena_strdup(f->arena, clean);
    if (f->text[PMID] && article_clean_pmid(f->text[PMID], clean))
        r->pmid = arena_strdup(f->arena, clean);
    if (f->text[PMCID] && article_clean_pmcid(f->text[PMCID], clean))
        r->pmcid = arena_strdup(f->arena, clean);
    r->arxiv = f->text[ARXIV];
    r->title = source_markup(f->arena, f->text[TITLE]);
    r->journal = f->text[JOURNAL];
    r->type = f->text[TYPE];
    r->abstract = source_markup(f->arena, f->text[ABSTRACT]);
    r->language = language_of(f->arena, f->text[LANGUAGE]);
    if (f->text[DATE] && landing_date(f->text[DATE], date))
        source_set_date(r, f->arena, date);
    set_license(f, r);
    r->said = arena_printf(f->arena, "{\"tags\":[%s]}", f->said.data);
    if (f->out->state == LANDING_ARTICLE || f->out->state == LANDING_PREVIEW)
        set_files(f, r);
}

bool landing_read(const char *url, const char *content_type, const char *body, size_t len, struct arena *arena,
                  struct landing *out, struct err *e)
{
    *out = (struct landing){.record.source_id = arena_strdup(arena, url)};
    /* A page that is longer is cut behind a tag. */
    if (len > LANDING_MAX) {
        for (len = LANDING_MAX; len > 0 && body[len - 1] != '>';)
            len--;
    }
    struct str page = STR_INIT(4 * (size_t)LANDING_MAX);
    html_to_utf8(body, len, content_type, arena, &page, &out->charset);
    struct reading f = {
        .out = out, .arena = arena, .base = out->record.source_id, .said = STR_INIT(SOURCE_MAX_SAID / 2)};
    for (size_t i = 0; i < TEXTS; i++)
        f.rank[i] = RULES;
    struct xml_scan scan = {page.data, page.data + page.len};
    struct xml_piece piece;
    find_base(&f, scan);
    while (html_next(&scan, &piece))
        read_piece(&f, &piece);
    read_json_ld(&f, page.data, page.len);
    judge(&f, page.data, page.len);
    set_record(&f);
    str_release(&f.said);
    str_release(&page);
    return f.html || err_set(e, ERR_FORMAT, "%.200s: no HTML page", url);
}
