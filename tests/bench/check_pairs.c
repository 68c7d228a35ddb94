/* check_pairs.c: runs the checks of pairs over lines: `check_pairs <TSV`
 * A line: kind, language, most words that a model was asked for, caption, mention, question, answer, and the question
 * and answer of an earlier pair of the figure, or nothing. For each it prints the outcomes as JSON (check_run). The
 * time a pair goes to standard error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pairs/check.h"

enum { FIELDS = 9 };

static bool split(char *line, char *fields[FIELDS])
{
    size_t n = 0;
    line[strcspn(line, "\n")] = 0;
    for (char *p = line; n < FIELDS; p++) {
        fields[n++] = p;
        p += strcspn(p, "\t");
        if (!*p)
            break;
        *p = 0;
    }
    return n == FIELDS;
}

static enum pair_kind kind_of(const char *name)
{
    int kind = PAIR_ALIGNMENT;
    for (int k = 0; k < PAIR_KINDS; k++)
        if (strcmp(pair_kind_names[k], name) == 0)
            kind = k;
    return (enum pair_kind)kind;
}

static void check(char *fields[FIELDS])
{
    struct arena arena = ARENA_INIT;
    struct check_source source;
    const char *texts[] = {fields[3], fields[4]}, *json, *failed, *why;
    check_source_make(texts, 2, 0, &arena, &source);
    struct candidate c = {.kind = kind_of(fields[0]),
                          .language = fields[1],
                          .words = (int)strtol(fields[2], NULL, 10),
                          .question = fields[5],
                          .answer = fields[6],
                          .source = &source};
    c.own_question = c.kind == PAIR_COMPLEX_REASONING;
    struct candidate earlier = c;
    earlier.question = fields[7];
    earlier.answer = fields[8];
    check_run(&earlier, &arena, &json, &failed, &why);
    c.earlier = &earlier;
    c.n_earlier = *fields[8] != 0;
    check_run(&c, &arena, &json, &failed, &why);
    printf("%s\n", json);
    arena_release(&arena);
}

int main(void)
{
    char *line = NULL, *fields[FIELDS];
    size_t cap = 0, n = 0;
    clock_t start = clock();
    while (getline(&line, &cap, stdin) > 0) {
        if (!split(line, fields)) {
            fprintf(stderr, "check_pairs: line %zu: not %d fields\n", n + 1, FIELDS);
            return 2;
        }
        check(fields);
        n++;
    }
    free(line);
    fprintf(stderr, "%zu pairs, %.3f ms each\n", n,
            n ? 1e3 * (double)(clock() - start) / CLOCKS_PER_SEC / (double)n : 0);
    return 0;
}
