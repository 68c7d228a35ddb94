/* figmill.c: `figmill STAGE ...` runs the program figmill-STAGE, found beside this one, in the build tree, in libexec,
 * or on the PATH. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "stage/runner.h"

static const struct {
    const char *name, *what;
} programs[] = {
    {"search", "asks scholarly services for articles that match a query profile"},
    {"fetch", "fetches the articles that search found"},
    {"import", "takes articles from files, folders and archives"},
    {"extract", "finds figures, captions and mentions in documents"},
    {"translate", "brings captions and mentions into English"},
    {"generate", "makes question-answer pairs"},
    {"judge", "scores pairs"},
    {"shard", "writes training shards and their manifest"},
    {"status", "shows where the corpus stands"},
    {"query", "runs SQL on the corpus, read-only"},
    {"explain", "tells where a pair, a figure or a sample comes from"},
    {"verify", "proves that the corpus is whole, and mends it"},
    {"purge", "takes an article down, for good"},
    {"merge", "folds other corpora into one"},
    {"report", "writes a report on a corpus"},
    {"serve", "shows the corpus in a browser"},
};
enum { PROGRAMS = sizeof programs / sizeof *programs };

/* Where programs lie, relative to this one: installed beside it or in libexec; in the build tree by layer. */
static const char *const places[] = {".",          "../libexec/figmill", "../stage", "../ingest",
                                     "../extract", "../translate",       "../pairs"};

/* True, and the path, when the program lies in one of the places. */
static bool find_near(const char *name, char out[PATH_MAX])
{
    char folder[PATH_MAX];
    if (!file_own_folder(folder, sizeof folder))
        return false;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (snprintf(out, PATH_MAX, "%s/%s/figmill-%s", folder, places[i], name) < PATH_MAX && access(out, X_OK) == 0)
            return true;
    return false;
}

static bool is_on_path(const char *name)
{
    char path[PATH_MAX];
    for (const char *p = getenv("PATH"); p && *p; p += strcspn(p, ":"), p += *p == ':') {
        int len = (int)strcspn(p, ":");
        if (snprintf(path, sizeof path, "%.*s/figmill-%s", len, p, name) < PATH_MAX && access(path, X_OK) == 0)
            return true;
    }
    return false;
}

static bool is_name(const char *name)
{
    return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz-") == strlen(name);
}

static void print_help(void)
{
    char path[PATH_MAX];
    printf("usage: figmill PROGRAM [options] [arguments]\n\n"
           "Mills scientific articles into figure VQA training shards, in one straight line:\n"
           "search -> fetch, or import, -> extract -> translate -> generate -> shard.\n"
           "Each stage takes what lies ready to its left; run again, it does only what is new.\n\n");
    for (int i = 0; i < PROGRAMS; i++)
        if (find_near(programs[i].name, path) || is_on_path(programs[i].name))
            printf("  %-10s %s\n", programs[i].name, programs[i].what);
    printf("\n`figmill help PROGRAM` or `figmill PROGRAM --help` explains a program. The corpus is --corpus DIR, or\n"
           "$FIGMILL_CORPUS, or ./corpus. Exit status: 0 all done; 1 some items failed; 2 usage; 3 environment.\n");
}

static int unknown(const char *name)
{
    char path[PATH_MAX];
    struct str known = STR_INIT(1024);
    for (int i = 0; i < PROGRAMS; i++)
        if (find_near(programs[i].name, path) || is_on_path(programs[i].name))
            str_addf(&known, " %s", programs[i].name);
    log_error("there is no program '%.60s'; there are:%s", name, known.data);
    str_release(&known);
    return EXIT_USAGE;
}

/* Comes back only when there is no such program. */
static int run(const char *name, char **argv)
{
    char path[PATH_MAX];
    char own_name[64];
    if (!is_name(name) || snprintf(own_name, sizeof own_name, "figmill-%s", name) >= (int)sizeof own_name)
        return unknown(name);
    argv[0] = own_name;
    if (find_near(name, path)) {
        execv(path, argv);
        log_error("cannot run %s: %s", path, strerror(errno));
        return EXIT_ENVIRONMENT;
    }
    execvp(own_name, argv);
    if (errno == ENOENT)
        return unknown(name);
    log_error("cannot run %s: %s", own_name, strerror(errno));
    return EXIT_ENVIRONMENT;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "help";
    if (strcmp(name, "--version") == 0) {
        printf("figmill %s\n", figmill_version);
        return EXIT_DONE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        if (argc > 2)
            return run(argv[2], (char *[]){argv[2], (char[]){"--help"}, NULL});
        print_help();
        return argc > 1 ? EXIT_DONE : EXIT_USAGE;
    }
    if (name[0] == '-') {
        log_error("options stand behind the program's name: figmill PROGRAM %s ...", name);
        return EXIT_USAGE;
    }
    return run(name, argv + 1);
}
