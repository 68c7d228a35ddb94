/* shard_main.c: the program figmill-shard. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "pairs/shard.h"
#include "pairs/shard_folder.h"
#include "stage/names.h"
#include "stage/runner.h"

static const char description[] =
    "Turns the pairs that were kept into a release: a folder of training shards with a manifest. Reads pairs, "
    "figures,\n"
    "captions, licences and pictures; writes the folder and the tables release, shard, sample and article_split.\n"
    "\n"
    "The same corpus and options give the same bytes on any machine. The folder is made aside (DIR.partial) and put "
    "in\n"
    "place in one step, its manifest written last; an old release stays until the new one is whole. When nothing that\n"
    "shapes the release has changed and its files are there, nothing is done.\n"
    "\n"
    "Options of this stage:\n"
    "  --name NAME        the release (default: default)\n"
    "  --out DIR          its folder (default: CORPUS/shards/NAME); an existing one must be empty or a release\n"
    "  --format LIST      webdataset, llava, or both with a comma between (default: webdataset,llava)\n"
    "  --target N         at most N pairs in all, chosen by hash (default: all)\n"
    "  --eval-size N      pairs for evaluation, reached within one article (default: a twentieth of all; 0: none).\n"
    "                     An article's pairs are all in one split, and it keeps that split in all releases to come\n"
    "  --seed N           of the order of samples, and of the choice with --target (default: 0)\n"
    "  --shard-size BYTES a tar's largest size, with K, M or G (default: 1G)\n"
    "  --shard-samples N  a tar's most samples (default: 10000)\n"
    "  --license LIST     licences that may go out, each with its versions (default: CC0,CC-BY,CC-BY-SA);\n"
    "                     any: all, unknown ones and figures shown by permission of others too, at your own risk\n"
    "\n"
    "What the folder holds:\n"
    "  manifest.json      counts, options, models and prompts, funnel, pairs left out by reason, SHA-256 of every "
    "file\n"
    "  webdataset/SPLIT-TYPE-NNNNNN.tar   members KEY.jpg (or KEY.png; types have tars of their own) and KEY.json;\n"
    "                     with the webdataset package: .to_tuple(\"jpg;png\", \"json\")\n"
    "  llava/SPLIT.json, llava/images/    LLaVA's JSON array; --image_folder is llava/images\n"
    "Pictures are the corpus's own files, byte for byte. `figmill explain KEY` tells where a sample comes from,\n"
    "`figmill verify` checks the folder.\n"
    "\n"
    "Examples:\n"
    "  figmill shard\n"
    "  figmill shard --name v1 --target 100000 --eval-size 1500 --format webdataset --shard-size 500M\n"
    "  figmill shard --name open --license CC0,CC-BY --out /data/open\n";

static const char *const writes[] = {"article_split", "release", "shard", "sample", NULL};

/* popt writes here before anything else runs. */
static struct {
    char *name, *out, *format, *target, *eval_size, *seed, *shard_size, *shard_samples, *license;
} given;

static const struct poptOption options[] = {
    {"name", 0, POPT_ARG_STRING, &given.name, 0, NULL, NULL},
    {"out", 0, POPT_ARG_STRING, &given.out, 0, NULL, NULL},
    {"format", 0, POPT_ARG_STRING, &given.format, 0, NULL, NULL},
    {"target", 0, POPT_ARG_STRING, &given.target, 0, NULL, NULL},
    {"eval-size", 0, POPT_ARG_STRING, &given.eval_size, 0, NULL, NULL},
    {"seed", 0, POPT_ARG_STRING, &given.seed, 0, NULL, NULL},
    {"shard-size", 0, POPT_ARG_STRING, &given.shard_size, 0, NULL, NULL},
    {"shard-samples", 0, POPT_ARG_STRING, &given.shard_samples, 0, NULL, NULL},
    {"license", 0, POPT_ARG_STRING, &given.license, 0, NULL, NULL},
    POPT_TABLEEND,
};

struct state {
    struct shard_options o;
    char fingerprint[SHA256_SIZE];
    bool damaged; /* the release was made, but its folder is not as it was */
};

/* A whole number of at least `least`; with `units` K, M, G may stand behind it. */
static bool read_number(const char *option, const char *text, int64_t least, bool units, int64_t *out, struct err *e)
{
    char *end;
    if (!text)
        return true;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    int64_t unit = !units || !*end ? 1 : *end == 'K' ? 1000 : *end == 'M' ? 1000000 : *end == 'G' ? 1000000000 : 0;
    end += units && *end && unit;
    if (errno || end == text || *end || n < least || n > INT64_MAX / 4 / (unit ? unit : 1))
        return err_set(e, ERR_USAGE, "--%s wants a whole number of at least %lld%s, not '%.40s'", option,
                       (long long)least, units ? ", K, M or G behind it" : "", text);
    *out = n * unit;
    return true;
}

static bool read_numbers(struct shard_options *o, struct err *e)
{
    o->eval_size = -1;
    o->shard_bytes = 1000000000;
    o->shard_samples = 10000;
    if (!read_number("target", given.target, 1, false, &o->target, e) ||
        !read_number("eval-size", given.eval_size, 0, false, &o->eval_size, e) ||
        !read_number("seed", given.seed, 0, false, &o->seed, e) ||
        !read_number("shard-size", given.shard_size, 10240, true, &o->shard_bytes, e) ||
        !read_number("shard-samples", given.shard_samples, 1, false, &o->shard_samples, e))
        return false;
    return !o->target || o->eval_size < o->target ||
           err_set(e, ERR_USAGE, "--eval-size must be less than --target, which counts both splits");
}

static bool read_formats(struct shard_options *o, struct err *e)
{
    static const char *const names[] = {"webdataset", "llava"};
    unsigned bits;
    if (!names_read("--format", given.format ? given.format : "webdataset,llava", names, 2, &bits, e))
        return false;
    o->webdataset = bits & 1u;
    o->llava = bits & 2u;
    return bits || err_set(e, ERR_USAGE, "--format: names none");
}

/* A name that is safe as a folder and stands for itself in status and manifest. */
static bool is_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= 64 && name[0] != '.' && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}

/* Absolute, without slashes at its end, so that it means the same to every later run. */
static const char *absolute(const char *path)
{
    char folder[PATH_MAX];
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    if (path[0] == '/' || !getcwd(folder, sizeof folder))
        return mem_printf("%.*s", (int)len, path);
    return mem_printf("%s/%.*s", folder, (int)len, path);
}

static bool prepare(struct stage_context *c, struct err *e)
{
    static struct state state;
    struct shard_options *o = &state.o;
    c->state = &state;
    o->name = given.name ? given.name : "default";
    o->license_text = given.license ? given.license : "CC0,CC-BY,CC-BY-SA";
    if (!is_name(o->name))
        return err_set(e, ERR_USAGE, "--name wants letters, digits, '.', '_', '-' (at most 64), not '%.80s'", o->name);
    if (c->common.parts > 1)
        return err_set(e, ERR_USAGE,
                       "--partition: a release is made of the whole corpus (`figmill merge` joins parts)");
    if (!read_numbers(o, e) || !read_formats(o, e) || !license_list_parse(o->license_text, &o->licenses, e))
        return false;
    char *standard = mem_printf("%s/shards/%s", c->common.corpus, o->name);
    o->out = absolute(given.out && *given.out ? given.out : standard);
    free(standard);
    if (strlen(o->out) > PATH_MAX - 256)
        return err_set(e, ERR_USAGE, "--out: the path is too long");
    if (o->licenses.any)
        log_warn("--license any: pairs of unknown and of restrictive licences go out too; that is for your own eyes, "
                 "not for publishing");
    return shard_folder_check(o->out, e);
}

static bool survey(struct stage_context *c, struct err *e)
{
    struct state *state = c->state;
    char input[SHA256_SIZE];
    struct str options_text = STR_INIT(4096);
    struct arena arena = ARENA_INIT;
    struct release_row release;
    const char *other = release_in(&c->db, state->o.out, &arena, e);
    bool ok = e->kind == ERR_NONE;
    if (ok && other && strcmp(other, state->o.name) != 0)
        ok = err_set(e, ERR_USAGE, "%s holds the release '%s': give --out another folder", state->o.out, other);
    ok = ok && shard_input_hash(&c->db, input, e);
    if (ok) {
        shard_options_write(&state->o, &options_text);
        sha256_list(state->fingerprint, "shard 1", figmill_version, state->o.out, options_text.data, input, SHA256_END);
        state->damaged = release_lookup(&c->db, state->o.name, &arena, &release, e) &&
                         (strcmp(release.path, state->o.out) != 0 || !shard_is_whole(&c->db, &release, e));
    }
    str_release(&options_text);
    arena_release(&arena);
    return ok;
}

static bool enqueue(struct stage_context *c, struct err *e)
{
    struct state *state = c->state;
    return release_tasks_settle(&c->db, state->o.name, state->damaged, e) &&
           task_enqueue(&c->db, "shard", state->o.name, 0, state->fingerprint, false, e);
}

static int one_job(struct stage_context *c)
{
    (void)c;
    return 1;
}

static void *work(struct stage_context *c, const struct task *task, struct arena *arena, struct err *e)
{
    struct state *state = c->state;
    (void)task;
    return shard_write(&c->db, &state->o, c->stop, arena, e);
}

static bool store(struct stage_context *c, const struct task *task, void *result, struct err *e)
{
    struct state *state = c->state;
    struct shard_result *r = result;
    (void)task;
    bool ok = shard_commit(&c->db, &state->o, r, e);
    if (ok)
        log_info("%zu pairs (%zu train, %zu eval) in %s", r->selection.n, r->selection.by_split[SPLIT_TRAIN],
                 r->selection.by_split[SPLIT_EVAL], state->o.out);
    else
        shard_folder_abandon(state->o.out);
    shard_result_release(r);
    return ok;
}

static bool finish(struct stage_context *c, cJSON *summary, struct err *e)
{
    struct state *state = c->state;
    struct arena arena = ARENA_INIT;
    struct release_row release;
    if (release_lookup(&c->db, state->o.name, &arena, &release, e)) {
        cJSON_AddStringToObject(summary, "release", release.name);
        cJSON_AddStringToObject(summary, "path", release.path);
        cJSON_AddNumberToObject(summary, "samples", (double)release.samples);
    }
    arena_release(&arena);
    return e->kind == ERR_NONE;
}

static const struct stage shard = {
    .name = "shard",
    .description = description,
    .options = options,
    .writes = writes,
    .mode = DB_WRITE,
    .item_timeout_s = 24 * 3600,
    .prepare = prepare,
    .survey = survey,
    .enqueue = enqueue,
    .jobs = one_job,
    .work = work,
    .store = store,
    .finish = finish,
};

int main(int argc, const char **argv)
{
    return stage_main(&shard, argc, argv);
}
