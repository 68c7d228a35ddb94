/* fetch.c: `figmill fetch`: the files of the articles that search found, or that the user names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "db/blob.h"
#include "ingest/crawl.h"
#include "ingest/day.h"
#include "ingest/fetch_crowd.h"
#include "ingest/fetch_dry.h"
#include "ingest/fetch_given.h"
#include "ingest/fetch_refresh.h"
#include "ingest/profile.h"
#include "stage/names.h"

/* Part of every fingerprint: a change of what fetch makes of the same answers makes all articles ready again. */
static const char fetch_version[] = "fetch 1";

static const char description[] =
    "Gets the files of articles: XML with its pictures, or a PDF. Takes the articles that `figmill search` found, or\n"
    "those named on the command line or in a list (DOI, PMCID, PMID, arXiv number, URL). Writes documents, assets, and a\n"
    "row in table fetch for every URL that was asked: where it came from, under which licence, when, its hash.\n"
    "\n"
    "Options:\n"
    "  --list FILE        works to fetch, one a line; - reads standard input\n"
    "  --profile NAME|FILE  licences and sizes of a topic profile; the options below go before it\n"
    "  --licence LIST     licences under which files are taken, any version (default: CC0,PD,CC BY,CC BY-SA);\n"
    "                     `any` takes whatever is stated\n"
    "  --unknown-licence  also works of which nobody states a licence\n"
    "  --pdf              the PDF too where there is an XML\n"
    "  --routes LIST      only these ways: pmc, europepmc, xml, pdf, landing, given\n"
    "  --max-pdf MB, --max-image MB, --max-article MB\n"
    "                     largest PDF (default: 100), picture (50), XML and all pictures of an article (500)\n"
    "  --since DATE       only articles of which a record was added or changed since DATE (YYYY-MM-DD)\n"
    "  --refresh          ask again whether anything has changed of what was fetched: files, versions, licence,\n"
    "                     retraction. What has not is not transferred again\n"
    "  --inventory        with --refresh: learn what has changed in PMC's bucket from its daily inventory (a few\n"
    "                     hundred MB) in place of two requests an article. By itself from 10,000 articles on;\n"
    "  --no-inventory     never\n"
    "  --dry-run          print what would be asked next for each article, and ask nothing\n"
    "\n"
    "The ways, in order; the first that has the article wins, and each that fails leaves its reason:\n"
    "  pmc                PMC's bucket: metadata (licence, retraction, MD5s), then XML and pictures\n"
    "  europepmc          Europe PMC's full text XML, then its pictures\n"
    "  xml                an XML file that a source names (SciELO, bioRxiv)\n"
    "  pdf                the best open copy that sources name, or that Unpaywall and OpenAlex know\n"
    "  landing            the page behind the DOI, and the file that it names\n"
    "  given              a URL named by the user\n"
    "\n"
    "The licence is known and allowed before pictures or PDFs are asked for; an article whose licence is another one\n"
    "is dropped (v_article: drop_reason, drop_note), as a retracted one is. What `figmill purge` took down never comes\n"
    "again. A picture that is missing does not fail its article.\n"
    "\n"
    "Every answer is stored as it comes: a run that is killed goes on where it was. Run again, it asks nothing but\n"
    "what is new; --retry-failed asks again for what failed.\n"
    "\n";

static const char examples[] = "\n"
                               "Examples:\n"
                               "  figmill fetch --contact you@example.org --profile ldrt\n"
                               "  figmill fetch --contact you@example.org PMC7759461 10.1371/journal.pone.0033693\n"
                               "  figmill fetch --contact you@example.org --list dois.txt --licence 'CC BY,CC BY-NC'\n"
                               "  figmill fetch --contact you@example.org --refresh\n"
                               "  figmill query \"SELECT route, err_text, count(*) FROM v_fetch WHERE state = 'failed' "
                               "GROUP BY 1, 2\"\n";

static char *option_list, *option_profile, *option_licence, *option_routes, *option_since;
static int option_unknown, option_pdf, option_refresh, option_inventory, option_no_inventory, option_dry_run;
static int option_max_pdf, option_max_image, option_max_article;
static struct crawl_options crawl_options;

static const struct poptOption options[] = {
    {"list", 0, POPT_ARG_STRING, &option_list, 0, NULL, NULL},
    {"profile", 0, POPT_ARG_STRING, &option_profile, 0, NULL, NULL},
    {"licence", 0, POPT_ARG_STRING, &option_licence, 0, NULL, NULL},
    {"license", 0, POPT_ARG_STRING, &option_licence, 0, NULL, NULL},
    {"unknown-licence", 0, POPT_ARG_NONE, &option_unknown, 0, NULL, NULL},
    {"unknown-license", 0, POPT_ARG_NONE, &option_unknown, 0, NULL, NULL},
    {"pdf", 0, POPT_ARG_NONE, &option_pdf, 0, NULL, NULL},
    {"routes", 0, POPT_ARG_STRING, &option_routes, 0, NULL, NULL},
    {"max-pdf", 0, POPT_ARG_INT, &option_max_pdf, 0, NULL, NULL},
    {"max-image", 0, POPT_ARG_INT, &option_max_image, 0, NULL, NULL},
    {"max-article", 0, POPT_ARG_INT, &option_max_article, 0, NULL, NULL},
    {"since", 0, POPT_ARG_STRING, &option_since, 0, NULL, NULL},
    {"refresh", 0, POPT_ARG_NONE, &option_refresh, 0, NULL, NULL},
    {"inventory", 0, POPT_ARG_NONE, &option_inventory, 0, NULL, NULL},
    {"no-inventory", 0, POPT_ARG_NONE, &option_no_inventory, 0, NULL, NULL},
    {"dry-run", 0, POPT_ARG_NONE, &option_dry_run, 0, NULL, NULL},
    CRAWL_POPT(crawl_options),
    POPT_TABLEEND,
};

enum { MAX_PDF_MB = 100, MAX_IMAGE_MB = 50, MAX_ARTICLE_MB = 500, DAY_S = 86400 };

struct state {
    struct arena arena;
    struct route_rules rules;
    struct given given;
    struct refresh refresh;
    char options[SHA256_SIZE]; /* of all options that shape what is fetched */
    int64_t since, most;       /* most: articles of the profile; 0: all */
    struct stage_context *c;   /* while tasks are put into the queue */
    int64_t enqueued;
};

/* ---- options ---- */

static bool read_profile(struct state *s, struct err *e)
{
    struct profile profile;
    if (!profile_load(option_profile, &s->arena, &profile, e))
        return false;
    struct str list = STR_INIT(1000);
    for (size_t i = 0; i < profile.n_licenses; i++)
        str_addf(&list, "%s%s", i ? "," : "", profile.licenses[i]);
    bool ok = !list.len || license_rule_read(&s->rules.licenses, list.data, e);
    str_release(&list);
    s->rules.licenses.unknown = profile.unknown == PROFILE_KEEP;
    s->rules.max_pdf = profile.pdf_bytes ? profile.pdf_bytes : s->rules.max_pdf;
    s->rules.max_image = profile.image_bytes ? profile.image_bytes : s->rules.max_image;
    s->rules.max_article = profile.article_bytes ? profile.article_bytes : s->rules.max_article;
    s->most = profile.articles;
    return ok;
}

static bool read_size(const char *option, int megabytes, uint64_t *bytes, struct err *e)
{
    if (megabytes < 0)
        return err_set(e, ERR_USAGE, "%s: %d is negative", option, megabytes);
    if (megabytes)
        *bytes = (uint64_t)megabytes << 20;
    return true;
}

static bool read_since(struct state *s, struct err *e)
{
    int day;
    if (!option_since)
        return true;
    if (!day_read(option_since, &day))
        return err_set(e, ERR_USAGE, "--since: '%.40s' is no date YYYY-MM-DD", option_since);
    s->since = (int64_t)day * DAY_S;
    return true;
}

static bool read_routes(struct route_rules *rules, struct err *e)
{
    size_t n = 0;
    while (route_names[n])
        n++;
    if (!names_read("--routes", option_routes, route_names, n, &rules->routes, e))
        return false;
    rules->routes = rules->routes ? rules->routes | 1u /* lookups */ : (1u << n) - 1;
    return true;
}

static bool read_refresh(struct refresh *refresh, struct err *e)
{
    if ((option_inventory || option_no_inventory) && !option_refresh)
        return err_set(e, ERR_USAGE, "%s: says how to --refresh, which is not given",
                       option_inventory ? "--inventory" : "--no-inventory");
    if (option_inventory && option_no_inventory)
        return err_set(e, ERR_USAGE, "--inventory and --no-inventory: give one of them");
    refresh->inventory_use = option_inventory      ? INVENTORY_ALWAYS
                             : option_no_inventory ? INVENTORY_NEVER
                                                   : INVENTORY_BY_NUMBER;
    return true;
}

static void hash_options(struct state *s)
{
    const struct route_rules *r = &s->rules;
    char text[100];
    snprintf(text, sizeof text, "%u %u %d %d %d", r->routes, r->licenses.allowed, r->licenses.unknown, r->licenses.any,
             r->pdf);
    sha256_list(s->options, fetch_version, text, SHA256_END);
}

static bool read_options(struct state *s, const char *const *args, struct err *e)
{
    struct route_rules *r = &s->rules;
    *r = (struct route_rules){.max_pdf = (uint64_t)MAX_PDF_MB << 20,
                              .max_image = (uint64_t)MAX_IMAGE_MB << 20,
                              .max_article = (uint64_t)MAX_ARTICLE_MB << 20,
                              .pdf = option_pdf};
    license_rule_default(&r->licenses);
    bool ok = crawl_options_check(&crawl_options, e) && (!option_profile || read_profile(s, e)) &&
              (!option_licence || license_rule_read(&r->licenses, option_licence, e)) &&
              read_size("--max-pdf", option_max_pdf, &r->max_pdf, e) &&
              read_size("--max-image", option_max_image, &r->max_image, e) &&
              read_size("--max-article", option_max_article, &r->max_article, e) && read_since(s, e) &&
              read_routes(r, e) && read_refresh(&s->refresh, e) &&
              fetch_given_read(args, option_list, &s->arena, &s->given, e);
    r->licenses.unknown = r->licenses.unknown || option_unknown;
    r->contact = crawl_options.contact;
    hash_options(s);
    return ok;
}

static bool prepare(struct stage_context *c, struct err *e)
{
    struct state *s = mem_new(sizeof *s);
    c->state = s;
    if (read_options(s, c->args, e))
        return true;
    arena_release(&s->arena);
    free(s);
    c->state = NULL;
    return false;
}

/* ---- the queue ---- */

static bool enqueue_one(void *context, int64_t article_id, const char *inputs, int part, struct err *e)
{
    struct state *s = context;
    char item[CROWD_ITEM_SIZE], fingerprint[SHA256_SIZE];
    snprintf(item, sizeof item, "%lld", (long long)article_id);
    sha256_list(fingerprint, s->options, inputs, SHA256_END);
    s->enqueued++;
    return task_enqueue(&s->c->db, "fetch", item, part, fingerprint, false, e);
}

static bool enqueue_given(struct state *s, struct err *e)
{
    for (size_t i = 0; i < s->given.n; i++) {
        int64_t article_id;
        if (!fetch_given_article(&s->c->db, &s->given.works[i], &article_id, e) ||
            (article_id && !fetch_each(&s->c->db, 0, article_id, enqueue_one, s, e)))
            return false;
    }
    return true;
}

/* A profile may say how many articles there shall be. */
static bool keep_to_most(struct state *s, struct err *e)
{
    int64_t won;
    if (!s->most)
        return true;
    if (!fetch_count_won(&s->c->db, &won, e))
        return false;
    int64_t left = s->most - won;
    if (left <= 0)
        log_info("the profile's %lld articles are there", (long long)s->most);
    if (left < (s->c->common.limit ? s->c->common.limit : INT32_MAX))
        s->c->common.limit = left <= 0 ? -1 : (int)left;
    return true;
}

static bool enqueue(struct stage_context *c, struct err *e)
{
    struct state *s = c->state;
    s->c = c;
    bool named = s->given.n > 0;
    /* Rows first, while the states of tasks still tell how they ended. */
    bool ok = (!option_refresh || refresh_enqueue(&s->refresh, c, e)) && keep_to_most(s, e) &&
              (named ? enqueue_given(s, e) : fetch_each(&c->db, s->since, 0, enqueue_one, s, e));
    arena_release(&s->arena);
    return ok;
}

/* Failed tasks are made ready by the runner before `enqueue`; their rows are to be asked again too. */
static bool survey(struct stage_context *c, struct err *e)
{
    struct state *s = c->state;
    return (!c->common.retry_failed || fetch_retry_failed(&c->db, c->common.part, c->common.parts, e)) &&
           (!option_refresh || refresh_survey(&s->refresh, c, &crawl_options, e));
}

static int jobs(struct stage_context *c)
{
    return 1;
}

static bool crowd(struct stage_context *c, struct crowd *crowd, struct err *e)
{
    return fetch_crowd(c, crowd, &crawl_options, &((struct state *)c->state)->rules, e);
}

static bool finish(struct stage_context *c, cJSON *summary, struct err *e)
{
    bool worked = json_number(summary, "ready", 0) > 0;
    if (option_refresh)
        refresh_summary(&((struct state *)c->state)->refresh, summary);
    free(c->state);
    c->state = NULL;
    return (!worked || blob_sync(c->common.corpus, e)) &&
           fetch_summary(&c->db, cJSON_AddObjectToObject(summary, "fetch"), e);
}

static const struct stage fetch = {
    .name = "fetch",
    .arguments = "[WORK...]",
    .options = options,
    .writes = fetch_writes,
    .mode = DB_CREATE,
    .item_timeout_s = 900,
    .prepare = prepare,
    .survey = survey,
    .enqueue = enqueue,
    .jobs = jobs,
    .crowd = crowd,
    .finish = finish,
};

/* A dry run is no stage: it changes nothing. */
static int dry_run(const char *help, int argc, const char **argv)
{
    const struct tool tool = {fetch.name, fetch.arguments, help, options};
    struct common_options common;
    const char *const *args;
    struct state s = {{0}};
    struct err e = {0};
    int status;
    if (!tool_options(&tool, argc, argv, &common, &args, &status))
        return status;
    bool ok = read_options(&s, args, &e) && fetch_dry_run(&common, &s.rules, &s.given, s.since, &e);
    status = ok ? EXIT_DONE : exit_of(&e);
    arena_release(&s.arena);
    return status;
}

int main(int argc, const char **argv)
{
    bool dry = false;
    struct stage stage = fetch;
    char *help = mem_printf("%s%s%s", description, crawl_help, examples);
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        dry |= strcmp(argv[i], "--dry-run") == 0;
    stage.description = help;
    int status = dry ? dry_run(help, argc, argv) : stage_main(&stage, argc, argv);
    free(help);
    return status;
}
