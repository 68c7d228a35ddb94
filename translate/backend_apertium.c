/* backend_apertium.c: Apertium as a backend (backend.h): rules and dictionaries of Debian's packages, without a model
 * and without a server. Its modes (apertium_mode.h) are looked for at run time; a worker keeps a pipeline
 * (apertium_pipe.h) for each mode that it needs, so that dictionaries are loaded once.
 *
 * A route is one mode, or two over a language in between (--apertium-over): only for whoever asks for it, since the
 * second mode translates the first one's errors. The identity names both.
 *
 * An identity is "apertium-spa-eng 1a2b3c4d5e6f": a hash of the names and sizes of the programs and data of the mode,
 * since pairs tell their version nowhere but to the package manager. */
#include "translate/backend.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "base/text.h"
#include "translate/apertium_mode.h"
#include "translate/apertium_pipe.h"

static const char debian[] = "/usr/share/apertium/modes";

enum {
    MOST_MODES = 1000,
    STEPS = 2,   /* modes of a route */
    PIPES = 4,   /* that a worker keeps; each takes up to some 100 MB */
    DIGITS = 12, /* digits of the hash in an identity */
    BREAKS = 5   /* texts of one request that may break the pipeline */
};

struct mode {
    struct apertium_pair pair;
    const char *name; /* "spa-eng" */
    const char *identity;
    struct apertium_mode stages;
};

struct route {
    struct apertium_pair pair;
    size_t steps[STEPS]; /* indices of modes */
    size_t n;
    const char *identity;
};

struct found {
    struct arena arena;
    struct mode *modes;
    struct route *routes; /* those of one mode first */
    size_t n_modes, cap_modes, n_routes, cap_routes;
    const char *missing; /* a program or data file that some mode lacks; NULL: none */
};

/* Finding. */

/* The program's file, by PATH; NULL: there is none. */
static char *find_program(const char *name, struct arena *arena)
{
    const char *path = getenv("PATH");
    if (strchr(name, '/'))
        return access(name, X_OK) == 0 ? arena_strdup(arena, name) : NULL;
    for (size_t len; path && *path; path += len + (path[len] == ':')) {
        len = strcspn(path, ":");
        char *file = arena_printf(arena, "%.*s/%s", (int)len, path, name);
        if (len && access(file, X_OK) == 0)
            return file;
    }
    return NULL;
}

static void add_file(struct sha256 *s, const char *path, const struct stat *about)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    struct str line = STR_INIT(8192);
    str_addf(&line, "%s %lld\n", name, (long long)about->st_size);
    sha256_add(s, line.data, line.len);
    str_release(&line);
}

/* Puts programs' files in place of their names and hashes all that shapes a translation; false: something is missing.
 */
static bool resolve_stage(struct found *f, struct apertium_stage *stage, struct sha256 *s)
{
    struct stat about;
    char *program = find_program(stage->argv[0], &f->arena);
    if (!program || stat(program, &about) != 0) {
        f->missing = stage->argv[0];
        return false;
    }
    stage->argv[0] = program;
    add_file(s, program, &about);
    for (size_t i = 2; i < stage->argc; i++) {
        const char *word = stage->argv[i];
        if (word[0] != '/') {
            sha256_add(s, word, strlen(word) + 1);
        } else if (stat(word, &about) == 0 && S_ISREG(about.st_mode)) {
            add_file(s, word, &about);
        } else {
            f->missing = word;
            return false;
        }
    }
    return true;
}

/* Adds the mode if it is one of translation and all of it is there. False only for a mode that cannot be read. */
static bool add_mode(struct found *f, const char *folder, const char *file, struct err *e)
{
    struct mode m = {.name = arena_strndup(&f->arena, file, strcspn(file, "."))};
    char hash[SHA256_SIZE];
    if (!apertium_pair_parse(file, &m.pair))
        return true;
    const char *path = arena_printf(&f->arena, "%s/%s", folder, file);
    char *text = file_read_text(path, APERTIUM_MODE_BYTES, e);
    bool ok = text && apertium_mode_parse(text, strlen(text), path, &f->arena, &m.stages, e);
    free(text);
    if (!ok)
        return false;
    struct sha256 *s = sha256_new();
    bool whole = true;
    for (size_t i = 0; whole && i < m.stages.n; i++)
        whole = resolve_stage(f, &m.stages.stages[i], s);
    sha256_free(s, hash);
    m.identity = arena_printf(&f->arena, "apertium-%s %.*s", m.name, DIGITS, hash);
    if (whole) {
        ARENA_GROW(&f->arena, f->modes, f->n_modes, f->cap_modes);
        f->modes[f->n_modes++] = m;
    }
    return true;
}

/* In the order of their names, so that a choice between equals is always the same. */
static bool read_folder(struct found *f, const char *folder, struct err *e)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, alphasort);
    bool ok = true;
    if (n < 0)
        return err_errno(e, ERR_SYSTEM, errno,
                         "no Apertium: its modes are not in %s; install the packages apertium and apertium-eng-spa (or "
                         "another pair), or name the folder with --apertium",
                         folder);
    for (int i = 0; i < n; i++) {
        ok = ok && f->n_modes < MOST_MODES ? add_mode(f, folder, names[i]->d_name, e) : ok;
        free(names[i]);
    }
    free(names);
    return ok;
}

static void add_route(struct found *f, struct route r)
{
    ARENA_GROW(&f->arena, f->routes, f->n_routes, f->cap_routes);
    f->routes[f->n_routes++] = r;
}

static void add_routes(struct found *f, const char *over)
{
    for (size_t i = 0; i < f->n_modes; i++)
        add_route(f, (struct route){.pair = f->modes[i].pair, .steps = {i}, .n = 1, .identity = f->modes[i].identity});
    for (size_t i = 0; over && i < f->n_modes; i++) {
        for (size_t k = 0; k < f->n_modes; k++) {
            const struct mode *a = &f->modes[i], *b = &f->modes[k];
            struct route r = {.steps = {i, k}, .n = 2};
            if (strcmp(a->pair.target, over) != 0 || strcmp(b->pair.source, over) != 0 ||
                strcmp(a->pair.source, b->pair.target) == 0)
                continue;
            memcpy(r.pair.source, a->pair.source, sizeof r.pair.source);
            memcpy(r.pair.target, b->pair.target, sizeof r.pair.target);
            r.identity = arena_printf(&f->arena, "%s + %s", a->identity, b->identity);
            add_route(f, r);
        }
    }
}

static void apertium_lose(void *found)
{
    struct found *f = found;
    if (f)
        arena_release(&f->arena);
    free(f);
}

static void *apertium_find(const struct backend_options *options, struct err *e)
{
    struct found *f = mem_new(sizeof *f);
    const char *folder = options->apertium ? options->apertium : debian;
    const char *inner = arena_printf(&f->arena, "%s/modes", folder);
    char over[16];
    if (options->apertium_over && !text_language_tag(options->apertium_over, over)) {
        err_set(e, ERR_USAGE, "--apertium-over: \"%s\" is no language", options->apertium_over);
        goto lose;
    }
    /* Apertium's own tools take the folder above the modes (-d), so that one is fine, too. */
    if (!read_folder(f, access(inner, R_OK) == 0 ? inner : folder, e)) {
        if (e)
            e->kind = ERR_SYSTEM;
        goto lose;
    }
    if (f->n_modes == 0) {
        err_set(e, ERR_SYSTEM,
                "Apertium has no pair of languages in %s%s%s; install one, for instance apertium-eng-spa", folder,
                f->missing ? " that is whole: there is no " : "", f->missing ? f->missing : "");
        goto lose;
    }
    add_routes(f, options->apertium_over ? over : NULL);
    return f;
lose:
    apertium_lose(f);
    return NULL;
}

/* NULL: there is none. One mode is better than two, whatever their regions. */
static const struct route *find_route(const struct found *f, const char *source, const char *target)
{
    const struct route *best = NULL;
    int best_fit = 0;
    for (size_t i = 0; i < f->n_routes; i++) {
        int fit = apertium_pair_fit(&f->routes[i].pair, source, target);
        if (fit > best_fit && (!best || f->routes[i].n == best->n)) {
            best = &f->routes[i];
            best_fit = fit;
        }
    }
    return best;
}

static const char *apertium_identity(const void *found, const char *source, const char *target)
{
    const struct route *r = find_route(found, source, target);
    return r ? r->identity : "";
}

static const char *apertium_settings(const void *found)
{
    (void)found;
    return "";
}

static bool apertium_can(const void *found, const char *source, const char *target)
{
    return find_route(found, source, target) != NULL;
}

static int apertium_slots(const void *found)
{
    cpu_set_t set;
    (void)found;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* Working. */

struct slot {
    struct apertium_pipe *pipe; /* NULL: free */
    size_t mode;
    unsigned used; /* when, in requests */
};

struct opened {
    const struct found *found;
    const volatile sig_atomic_t *stop;
    struct slot slots[PIPES];
    unsigned requests;
};

static void *apertium_open(const void *found, struct db *db, const volatile sig_atomic_t *stop, struct err *e)
{
    struct opened *o = mem_new(sizeof *o);
    (void)db;
    (void)e;
    *o = (struct opened){.found = found, .stop = stop};
    return o;
}

static void apertium_close(void *opened)
{
    struct opened *o = opened;
    for (size_t i = 0; o && i < PIPES; i++)
        apertium_pipe_stop(o->slots[i].pipe);
    free(o);
}

/* The mode's slot, with its pipeline running; the longest unused one makes room. */
static struct slot *take_slot(struct opened *o, size_t mode, bool *fresh, struct err *e)
{
    struct slot *best = &o->slots[0];
    *fresh = false;
    for (size_t i = 0; i < PIPES; i++) {
        struct slot *s = &o->slots[i];
        if (s->pipe && s->mode == mode) {
            s->used = o->requests;
            return s;
        }
        if (best->pipe && (!s->pipe || s->used < best->used))
            best = s;
    }
    const struct mode *m = &o->found->modes[mode];
    apertium_pipe_stop(best->pipe);
    *best =
        (struct slot){.pipe = apertium_pipe_start(&m->stages, m->name, o->stop, e), .mode = mode, .used = o->requests};
    *fresh = true;
    return best->pipe ? best : NULL;
}

static const char *why(enum apertium_end end)
{
    return end == APERTIUM_LATE    ? "Apertium gave no answer in time"
           : end == APERTIUM_ENDED ? "a program of Apertium ended on it"
                                   : "Apertium's answer is not whole";
}

/* Texts through one mode; answers[i] stays NULL where there is none, and whys[i] says why. A text that breaks a
 * pipeline which did other texts before is tried again in a new one: it may not be its fault. */
static bool run_mode(struct opened *o, size_t mode, const char *const *texts, size_t n, const char **answers,
                     const char **whys, struct arena *arena, struct err *e)
{
    int broken = 0;
    for (size_t done = 0; done < n;) {
        enum apertium_end end;
        bool fresh;
        struct slot *s = take_slot(o, mode, &fresh, e);
        if (!s)
            return false;
        size_t got =
            apertium_pipe_run(s->pipe, texts + done, n - done, APERTIUM_ANSWER_MS, answers + done, arena, &end);
        done += got;
        if (end == APERTIUM_ALL)
            break;
        apertium_pipe_stop(s->pipe);
        s->pipe = NULL;
        if (end == APERTIUM_STOPPED)
            return err_set(e, ERR_ABORT, "asked to stop");
        if (!fresh || got)
            continue;
        if (++broken > BREAKS)
            return err_set(e, ERR_TEMPORARY, "Apertium's pipeline %s breaks again and again: %s",
                           o->found->modes[mode].name, why(end));
        whys[done++] = why(end);
    }
    return true;
}

/* Serbo-Croatian's dictionaries are in Latin script. */
static const char *unreadable(const struct route *r, const char *text)
{
    struct text_scripts scripts;
    if (strcmp(r->pair.source, "sh") != 0)
        return NULL;
    text_scripts(text, strlen(text), &scripts);
    return scripts.cyrillic > scripts.latin ? "Apertium reads this language in Latin script only" : NULL;
}

/* Texts that are left go through the route's next mode; `left` are their numbers. */
static bool run_step(struct opened *o, size_t mode, struct backend_request *q, const size_t *left, size_t n,
                     struct arena *arena, struct err *e)
{
    const char **texts = arena_array(arena, n, sizeof *texts), **answers = arena_array(arena, n, sizeof *answers),
               **whys = arena_array(arena, n, sizeof *whys);
    for (size_t i = 0; i < n; i++) {
        const struct backend_text *t = &q->texts[left[i]];
        texts[i] = t->translation ? t->translation : t->text;
    }
    if (!run_mode(o, mode, texts, n, answers, whys, arena, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        q->texts[left[i]].translation = answers[i];
        q->texts[left[i]].why = whys[i];
    }
    return true;
}

static bool apertium_translate(void *opened, struct backend_request *q, struct arena *arena, struct err *e)
{
    struct opened *o = opened;
    const struct route *r = find_route(o->found, q->source, q->target);
    size_t *left = arena_array(arena, q->n, sizeof *left);
    if (!r)
        return err_set(e, ERR_UNSUPPORTED, "Apertium has no mode from %s to %s", q->source, q->target);
    o->requests++;
    for (size_t i = 0; i < q->n; i++) {
        q->texts[i].translation = NULL;
        q->texts[i].model_call_id = 0;
        q->texts[i].why = unreadable(r, q->texts[i].text);
    }
    for (size_t step = 0; step < r->n; step++) {
        size_t n = 0;
        for (size_t i = 0; i < q->n; i++)
            if (!q->texts[i].why)
                left[n++] = i;
        if (n && !run_step(o, r->steps[step], q, left, n, arena, e))
            return false;
    }
    return true;
}

const struct backend backend_apertium = {
    .name = "apertium",
    .advice = false,
    .protect = PROTECT_ALL,
    .find = apertium_find,
    .lose = apertium_lose,
    .identity = apertium_identity,
    .settings = apertium_settings,
    .can = apertium_can,
    .slots = apertium_slots,
    .open = apertium_open,
    .close = apertium_close,
    .translate = apertium_translate,
};
