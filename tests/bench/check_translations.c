/* check_translations.c: runs the checks of a translation over lines: `check_translations [ROUNDS] <TSV`
 * A line: source language, target language, source, translation. For each it prints what failed as "name: why; ...", an
 * empty line when nothing did. With ROUNDS the lines are checked that often and the time a translation goes to standard
 * error, with the time that language detection takes of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "translate/checks.h"

enum { MOST_FIELDS = 4 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool split(char *line, char *fields[MOST_FIELDS])
{
    size_t n = 0;
    line[strcspn(line, "\n")] = 0;
    for (char *p = line; n < MOST_FIELDS; p++) {
        fields[n++] = p;
        p += strcspn(p, "\t");
        if (!*p)
            break;
        *p = 0;
    }
    return n == MOST_FIELDS;
}

static void check(char *fields[MOST_FIELDS], struct str *why)
{
    struct arena arena = ARENA_INIT;
    struct checks c;
    checks_run(
        &(struct checks_input){
            .language = fields[0], .target = fields[1], .source = fields[2], .translation = fields[3]},
        &arena, &c);
    str_clear(why);
    checks_explain(&c, why);
    arena_release(&arena);
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    char *line = NULL, *fields[MOST_FIELDS];
    size_t cap = 0, n = 0;
    struct str why = STR_INIT(1 << 20);
    double took = 0, detecting = 0;
    while (getline(&line, &cap, stdin) > 0) {
        if (!split(line, fields)) {
            fprintf(stderr, "check_translations: line %zu has not four fields\n", n + 1);
            return 2;
        }
        double begun = now();
        for (long i = 0; i < rounds; i++)
            check(fields, &why);
        double middle = now();
        for (long i = 0; i < rounds; i++)
            language_contradicts(fields[3], fields[1]);
        detecting += now() - middle;
        took += middle - begun;
        check(fields, &why);
        puts(why.data);
        n++;
    }
    if (rounds && n)
        fprintf(stderr, "%.1f us a translation, one call of the detector %.1f us\n",
                1e6 * took / (double)(n * (size_t)rounds), 1e6 * detecting / (double)(n * (size_t)rounds));
    free(line);
    str_release(&why);
    return 0;
}
