/* bench_language: how often the language of texts is told right. Standard input has a text a line: its language, the
 * language of the article, what it is (caption, panel, mention, title, sentence), where it is from, why its language is
 * doubtful (or nothing), and the text, with tabs between (bench_language.py writes them). Prints tables, of captions
 * and of all texts but sentences; -e prints the texts told wrong instead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "translate/language.h"

enum { MOST_TAGS = 64, BANDS = 6, FIELDS = 6 };
enum { TRUTH, ARTICLE, KIND, WHERE, DOUBT, TEXT };
enum { SHORT, MIDDLE, LONG, N_CLASSES };
static const char *const class_names[] = {"under 15", "15-39", "40 or more"};
static const double bands[BANDS + 1] = {0, 0.5, 0.7, 0.9, 0.97, 0.99, 1.01};

struct table {
    const char *name;
    int counts[N_CLASSES][MOST_TAGS][MOST_TAGS]; /* by truth and answer */
    int sure[N_CLASSES], sure_right[N_CLASSES];  /* whose language is not doubtful */
    int band_right[BANDS], band_all[BANDS];
};

static char tags[MOST_TAGS][16];
static int n_tags;

static int tag_index(const char *tag)
{
    for (int i = 0; i < n_tags; i++)
        if (language_same(tags[i], tag))
            return i;
    if (n_tags == MOST_TAGS - 1)
        return n_tags;
    snprintf(tags[n_tags], sizeof tags[0], "%s", tag);
    return n_tags++;
}

static void count(struct table *t, char *const *field, const struct language *l)
{
    size_t n = text_length(field[TEXT], strlen(field[TEXT]));
    int right = language_same(field[TRUTH], l->tag), band = BANDS - 1, class = n < 15 ? SHORT : n < 40 ? MIDDLE : LONG;
    t->counts[class][tag_index(field[TRUTH])][tag_index(l->tag)]++;
    if (*field[DOUBT])
        return;
    t->sure[class]++;
    t->sure_right[class] += right;
    while (band > 0 && l->confidence < bands[band])
        band--;
    t->band_right[band] += right;
    t->band_all[band]++;
}

static void print(const struct table *t)
{
    printf("\n%s\n", t->name);
    for (int c = 0; c < N_CLASSES; c++) {
        int all = 0, right = 0;
        printf("\n  %s characters: language, texts, right, and taken for\n", class_names[c]);
        for (int i = 0; i < n_tags; i++) {
            int n = 0;
            for (int j = 0; j < n_tags; j++)
                n += t->counts[c][i][j];
            if (!n)
                continue;
            printf("  %-4s %6d %7.4f ", tags[i], n, (double)t->counts[c][i][i] / n);
            for (int j = 0; j < n_tags; j++)
                if (i != j && t->counts[c][i][j])
                    printf(" %s:%d", tags[j], t->counts[c][i][j]);
            printf("\n");
            all += n;
            right += t->counts[c][i][i];
        }
        printf("  all  %6d %7.4f; without those in doubt %d %.4f\n", all, all ? (double)right / all : 0, t->sure[c],
               t->sure[c] ? (double)t->sure_right[c] / t->sure[c] : 0);
    }
    printf("\n  confidence: texts not in doubt, right\n");
    for (int b = 0; b < BANDS; b++)
        if (t->band_all[b])
            printf("  %.2f- %6d %7.4f\n", bands[b], t->band_all[b], (double)t->band_right[b] / t->band_all[b]);
}

struct contradictions {
    int n[2], told[2]; /* English texts told not to be; others told not to be English */
};

static void contradict(const char *text, const char *truth, bool errors, struct contradictions *c)
{
    bool english = language_same(truth, "en"), told = language_contradicts(text, "en");
    if (text_length(text, strlen(text)) < 40)
        return;
    c->n[english ? 0 : 1]++;
    c->told[english ? 0 : 1] += told;
    if (errors && told == english)
        printf("contradicts\t%s\t\t\t%s\n", truth, text);
}

static void print_error(const char *asked, char *const *field, const struct language *l)
{
    printf("%s\t%s\t%s\t%.2f\t%s\t%s\t%s\n", asked, field[TRUTH], l->tag, l->confidence, field[WHERE], field[DOUBT],
           field[TEXT]);
}

int main(int argc, char **argv)
{
    struct table *tables = mem_array(4, sizeof *tables);
    struct contradictions c = {{0}, {0}};
    bool errors = argc > 1 && strcmp(argv[1], "-e") == 0;
    char *line = NULL;
    size_t cap = 0, n = 0, bytes = 0;
    clock_t spent = 0;
    tables[0].name = "Captions, the text alone";
    tables[1].name = "Captions, with the article's language, as the pipeline asks";
    tables[2].name = "Captions, sub-captions, mentions and titles, the text alone";
    tables[3].name = "Captions, sub-captions, mentions and titles, with the article's language";
    while (getline(&line, &cap, stdin) > 0) {
        char *field[FIELDS] = {line};
        int f = 1;
        line[strcspn(line, "\n")] = '\0';
        for (char *p = line; f < FIELDS && (p = strchr(p, '\t')); *p++ = '\0', field[f++] = p)
            continue;
        if (f < FIELDS)
            continue;
        struct language a, p;
        clock_t start = clock();
        language_identify(field[TEXT], NULL, NULL, &a);
        spent += clock() - start;
        n++;
        bytes += strlen(field[TEXT]);
        contradict(field[TEXT], field[TRUTH], errors, &c);
        if (strcmp(field[KIND], "sentence") == 0)
            continue;
        language_identify(field[TEXT], NULL, field[ARTICLE], &p);
        for (int i = strcmp(field[KIND], "caption") == 0 ? 0 : 2; i < 4; i += 2) {
            count(&tables[i], field, &a);
            count(&tables[i + 1], field, &p);
        }
        if (errors && !language_same(a.tag, field[TRUTH]))
            print_error("alone", field, &a);
        if (errors && !language_same(p.tag, field[TRUTH]))
            print_error("article", field, &p);
    }
    if (!errors) {
        for (int i = 0; i < 4; i++)
            print(&tables[i]);
        printf(
            "\nlanguage_contradicts(text, \"en\"), 40 characters or more:\n  English, false alarms: %d of %d (%.2f %%)\n"
            "  other languages, found: %d of %d (%.2f %%)\n",
            c.told[0], c.n[0], c.n[0] ? 100.0 * c.told[0] / c.n[0] : 0, c.told[1], c.n[1],
            c.n[1] ? 100.0 * c.told[1] / c.n[1] : 0);
        printf("%.1f us a text of %.0f bytes\n", n ? 1e6 * (double)spent / CLOCKS_PER_SEC / (double)n : 0,
               n ? (double)bytes / (double)n : 0);
    }
    free(line);
    free(tables);
    return 0;
}
