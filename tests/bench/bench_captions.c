/* bench_captions.c: splits captions of compound figures and scores that: `bench_captions [-v] FILE`
 * FILE is a JSON list of {"id", "caption", "panels": [{"label", "caption"}]}. A caption counts as right when exactly
 * its labels are found; texts are compared as bags of words (F1), the preamble being part of each panel's. Prints the
 * wrong ones; -v: every split. Captions without "panels" are split and printed only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "extract/panel_caption.h"

struct score {
    size_t n, exact, found, missed, extra, texts;
    double f1;
};

struct words {
    char **list;
    size_t n, cap;
};

static bool keep_word(void *context, const char *start, size_t len)
{
    struct words *w = context;
    struct str s = STR_INIT(4096);
    text_fold(start, len, &s);
    MEM_GROW(w->list, w->n, w->cap);
    w->list[w->n++] = str_detach(&s);
    return true;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_words(const char *text, struct words *w)
{
    text_each_word(text, strlen(text), keep_word, w);
    if (w->n)
        qsort(w->list, w->n, sizeof *w->list, by_text);
}

static void free_words(struct words *w)
{
    for (size_t i = 0; i < w->n; i++)
        free(w->list[i]);
    free(w->list);
}

static double word_f1(const char *a, const char *b)
{
    struct words x = {0}, y = {0};
    read_words(a, &x);
    read_words(b, &y);
    size_t i = 0, j = 0, same = 0, all = x.n + y.n;
    while (i < x.n && j < y.n) {
        int order = strcmp(x.list[i], y.list[j]);
        same += order == 0;
        i += order <= 0;
        j += order >= 0;
    }
    free_words(&x);
    free_words(&y);
    return all ? 2.0 * (double)same / (double)all : 1;
}

static void print_split(const struct panel_caption *c)
{
    printf("  preamble: %s\n", c->preamble);
    for (size_t i = 0; i < c->n_panels; i++)
        printf("  %s: %s\n", c->panels[i].label, c->panels[i].text);
    printf("  common: %s\n", c->common);
}

static bool score_one(struct arena *arena, const cJSON *item, const struct panel_caption *c, bool verbose,
                      struct score *score)
{
    const cJSON *panels = json_member(item, "panels"), *panel;
    size_t met = 0, wanted = (size_t)cJSON_GetArraySize(panels);
    cJSON_ArrayForEach(panel, panels)
    {
        const char *label = json_text(panel, "label"), *text = json_text(panel, "caption");
        for (size_t i = 0; i < c->n_panels; i++) {
            if (!label || strcmp(label, c->panels[i].label) != 0)
                continue;
            met++;
            double f1 = word_f1(panel_caption_whole(arena, c, i), text ? text : "");
            if (verbose && f1 < 0.8)
                printf("  %s: words F1 %.2f, wanted: %s\n", label, f1, text ? text : "");
            score->f1 += f1;
            score->texts++;
        }
    }
    score->n++;
    score->found += met;
    score->missed += wanted - met;
    score->extra += c->n_panels - met;
    bool exact = met == wanted && c->n_panels == wanted;
    score->exact += exact;
    return exact;
}

static void run_one(const cJSON *item, bool verbose, struct score *score)
{
    struct arena arena = ARENA_INIT;
    struct panel_caption c = {0};
    const char *caption = json_text(item, "caption"), *id = json_text(item, "id");
    bool split = caption && panel_caption_split(&arena, caption, strlen(caption), &c);
    bool has_truth = json_member(item, "panels") != NULL;
    bool right = !has_truth || score_one(&arena, item, &c, verbose, score);
    if (verbose ? split || has_truth : !right) {
        printf("%s %s (%zu panels, %.2f)\n  caption: %s\n", right ? "=" : "WRONG", id ? id : "?", c.n_panels,
               c.confidence, caption ? caption : "");
        if (split)
            print_split(&c);
    }
    arena_release(&arena);
}

int main(int argc, char **argv)
{
    bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    const char *path = argc > 1 + verbose ? argv[1 + verbose] : NULL;
    char *text = NULL;
    struct err e = {0};
    struct score score = {0};
    if (!path || !(text = file_read_text(path, 256 << 20, &e))) {
        fprintf(stderr, "%s\n", path ? e.text : "usage: bench_captions [-v] FILE");
        return 2;
    }
    cJSON *list = json_parse(text, strlen(text), &e), *item;
    clock_t begun = clock();
    cJSON_ArrayForEach(item, list) run_one(item, verbose, &score);
    double took = (double)(clock() - begun) / CLOCKS_PER_SEC;
    int n = cJSON_GetArraySize(list);
    fprintf(stderr, "%d captions, %.0f a second\n", n, took > 0 ? n / took : 0);
    if (score.n)
        fprintf(stderr, "exact %.4f (%zu of %zu), panels found %zu missed %zu extra %zu, words F1 %.4f\n",
                (double)score.exact / (double)score.n, score.exact, score.n, score.found, score.missed, score.extra,
                score.texts ? score.f1 / (double)score.texts : 0);
    cJSON_Delete(list);
    free(text);
    return 0;
}
