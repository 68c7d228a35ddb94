/* search.c: `figmill search`: the queries of a topic profile become records, and records become articles. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "db/search.h"
#include "ingest/crawl.h"
#include "ingest/day.h"
#include "ingest/profile.h"
#include "ingest/search_crowd.h"
#include "ingest/search_dry.h"
#include "ingest/search_given.h"
#include "ingest/search_plan.h"
#include "ingest/search_store.h"
#include "stage/runner.h"

static const char description[] =
    "Asks scholarly services for the articles of a topic, and writes the tables search, record, hit and article:\n"
    "what each service says of each work is kept, and records of one work become one article (by DOI, PMCID, PMID,\n"
    "then by title and year). `figmill fetch` then gets the articles' files.\n"
    "\n"
    "  --profile NAME|FILE  what to search for: a profile that figmill brings (ldrt), or a file of your own;\n"
    "                       profile `template` explains the format\n"
    "  --list FILE          also take up the works that FILE names, one a line: DOI, PMCID, PMID, arXiv number or URL;\n"
    "                       nobody is asked about them here, `figmill fetch` does that\n"
    "  --source LIST        only these sources, with commas between them (default: those of the profile).\n"
    "                       Searches that are in the queue already go on all the same\n"
    "  --since DATE         an increment: only what a source has got or changed since DATE (YYYY-MM-DD); where it\n"
    "                       cannot tell, what was published since then. What earlier increments have covered is not\n"
    "                       asked again\n"
    "  --until DATE         only what was published until DATE, instead of the profile's date\n"
    "  --limit-records N    of each search ask for no further page once N records are there, to try a profile out\n"
    "  --dry-run            ask for the first page of each search only, write nothing, and print the hits of each\n"
    "                       source and language, and what fetching them would take; needs no corpus\n"
    "\n"
    "Each query is asked of each of its sources, page by page; a page and where the next one begins are stored\n"
    "together, so a search that is stopped in any way goes on where it stood. One with more hits than a source lets\n"
    "anyone page through is cut in two by date, again and again. Run again, the same command asks nothing. A source\n"
    "that wants a key and has none is left out, with a line that says so.\n"
    "\n"
    "Keys are read from the environment (OPENALEX_KEY, NCBI_API_KEY, CORE_KEY) and never stored or logged.\n"
    "\n";

static const char examples[] =
    "\n"
    "See also: `figmill query \"SELECT source, name, language, hits, records, outcome FROM v_search\"`, v_record,\n"
    "v_search_fault.\n"
    "\n"
    "Examples:\n"
    "  figmill search --contact you@example.org --profile ldrt --dry-run\n"
    "  figmill search --contact you@example.org --profile ldrt --corpus ldrt\n"
    "  figmill search --contact you@example.org --profile ldrt --corpus ldrt --since 2026-11-01\n"
    "  figmill search --contact you@example.org --corpus ldrt --list dois.txt\n"
    "  figmill search --contact you@example.org --profile ./mine.yaml --source europepmc,doaj --limit-records 100\n";

static char *option_profile, *option_source, *option_since, *option_until, *option_list;
static int option_limit_records, option_dry_run;
static struct crawl_options crawl_options;

static const struct poptOption options[] = {
    {"profile", 0, POPT_ARG_STRING, &option_profile, 0, NULL, NULL},
    {"source", 0, POPT_ARG_STRING, &option_source, 0, NULL, NULL},
    {"since", 0, POPT_ARG_STRING, &option_since, 0, NULL, NULL},
    {"until", 0, POPT_ARG_STRING, &option_until, 0, NULL, NULL},
    {"list", 0, POPT_ARG_STRING, &option_list, 0, NULL, NULL},
    {"limit-records", 0, POPT_ARG_INT, &option_limit_records, 0, NULL, NULL},
    {"dry-run", 0, POPT_ARG_NONE, &option_dry_run, 0, NULL, NULL},
    CRAWL_POPT(crawl_options),
    POPT_TABLEEND,
};

struct state {
    struct arena arena; /* of profile and plan */
    struct profile profile;
    struct search_plan plan;
    struct given given; /* of --list */
};

/* The profile, and what is to be asked for it. */
static bool make_plan(struct state *s, struct err *e)
{
    const struct search_plan_options plan = {.sources = option_source,
                                             .since = option_since,
                                             .until = option_until,
                                             .contact = crawl_options.contact,
                                             .first_pages = option_dry_run != 0};
    if (option_limit_records < 0)
        return err_set(e, ERR_USAGE, "--limit-records: %d is negative", option_limit_records);
    return crawl_options_check(&crawl_options, e) && profile_load(option_profile, &s->arena, &s->profile, e) &&
           search_plan_make(&s->profile, &plan, &s->arena, &s->plan, e);
}

static void free_state(struct stage_context *c)
{
    struct state *s = c->state;
    arena_release(&s->arena);
    free(s);
    c->state = NULL;
}

static bool read_options(struct state *s, struct err *e)
{
    if (!option_profile && !option_list)
        return err_set(e, ERR_USAGE, "nothing to search for: give --profile or --list (`figmill search --help`)");
    if (option_list && !search_given_read(option_list, &s->arena, &s->given, e))
        return false;
    return option_profile ? make_plan(s, e) : crawl_options_check(&crawl_options, e);
}

static bool prepare(struct stage_context *c, struct err *e)
{
    c->state = mem_new(sizeof(struct state));
    bool ok = read_options(c->state, e);
    if (!ok)
        free_state(c);
    return ok;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool enqueue_one(struct stage_context *c, const struct search_planned *p, const char *today, struct arena *arena,
                        struct err *e)
{
    const struct query *q = &p->query.ask;
    char since[DAY_SIZE];
    bool increment = q->added_since != NULL;
    struct search_key key = {.profile = q->profile,
                             .source = p->source->name,
                             .name = q->name,
                             .language = or_empty(q->language),
                             .since = or_empty(q->since),
                             .until = or_empty(q->until),
                             .added_since = or_empty(q->added_since),
                             .added_until = increment ? today : "",
                             .query = search_query_write(&p->query, arena)};
    if (option_limit_records && option_limit_records < p->source->page_size)
        key.size = option_limit_records;
    if (increment) {
        if (!search_since(&c->db, &key, since, e))
            return false;
        if (!*since)
            return true;
        key.added_since = since;
    }
    return search_enqueue(&c->db, &key, option_limit_records, e);
}

static bool enqueue(struct stage_context *c, struct err *e)
{
    struct state *s = c->state;
    char today[DAY_SIZE];
    day_write(day_today(), today);
    for (size_t i = 0; i < s->plan.n; i++)
        if (!enqueue_one(c, &s->plan.items[i], today, &s->arena, e))
            return false;
    return search_given_store(&c->db, &s->given, e);
}

static int jobs(struct stage_context *c)
{
    return 1;
}

static bool crowd(struct stage_context *c, struct crowd *crowd, struct err *e)
{
    return search_crowd(c, crowd, &crawl_options, option_limit_records, e);
}

static bool failed(struct stage_context *c, const struct task *task, const struct err *why, struct err *e)
{
    return search_end(&c->db, strtoll(task->item, NULL, 10), "failed", e);
}

static bool finish(struct stage_context *c, cJSON *summary, struct err *e)
{
    free_state(c);
    return search_summary(&c->db, summary, e);
}

static const struct stage search = {
    .name = "search",
    .options = options,
    .writes = search_writes,
    .mode = DB_CREATE,
    .prepare = prepare,
    .enqueue = enqueue,
    .jobs = jobs,
    .crowd = crowd,
    .failed = failed,
    .finish = finish,
};

/* A dry run is no stage: it has no corpus. */
static int dry_run(const char *help, int argc, const char **argv)
{
    const struct tool tool = {search.name, NULL, help, options};
    struct common_options common;
    const char *const *args;
    struct state s = {{0}};
    struct err e = {0};
    int status, n_failed = 0;
    if (!tool_options(&tool, argc, argv, &common, &args, &status))
        return status;
    if (!option_profile)
        err_set(&e, ERR_USAGE, "--dry-run: it asks the sources of a profile: give --profile");
    if (option_profile && make_plan(&s, &e) &&
        search_dry_run(&s.plan, &crawl_options, common.json ? SEARCH_DRY_JSON : SEARCH_DRY_TABLE, &n_failed, &e))
        status = n_failed ? EXIT_SOME_FAILED : EXIT_DONE;
    else
        status = exit_of(&e);
    arena_release(&s.arena);
    return status;
}

int main(int argc, const char **argv)
{
    bool dry = false;
    struct stage stage = search;
    char *help = mem_printf("%s%s%s", description, crawl_help, examples);
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        dry |= strcmp(argv[i], "--dry-run") == 0;
    stage.description = help;
    int status = dry ? dry_run(help, argc, argv) : stage_main(&stage, argc, argv);
    free(help);
    return status;
}
