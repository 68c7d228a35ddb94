/* check.c: see check.h. The table of checks, and those of form; check_question.c,
 * check_phrases.c, check_source.c and check_terms.c hold the others. */
#include "pairs/check.h"

#include <string.h>

#include "base/json.h"
#include "base/minhash.h"
#include "base/text.h"
#include "pairs/fold.h"

const char *const pair_kind_names[PAIR_KINDS] = {"alignment", "detailed_description", "complex_reasoning"};

enum { MAX_FOLDED = 400000, MAX_WHY = 400, MAX_JSON = 20000 };

enum {
    ALIGNMENT = 1 << PAIR_ALIGNMENT,
    DETAILED = 1 << PAIR_DETAILED_DESCRIPTION,
    REASONING = 1 << PAIR_COMPLEX_REASONING
};
enum { BY_MODEL = DETAILED | REASONING, ALL = ALIGNMENT | BY_MODEL };

/* An alignment pair's answer is the caption, so only what would spoil training is asked of it. */
static const struct {
    const char *name;
    bool (*run)(const struct candidate *c, struct str *why);
    int kinds;
} checks[] = {
    {"finish", check_finish, BY_MODEL},
    {"schema", check_schema, BY_MODEL},
    {"tokens", check_tokens, ALL},
    {"language", check_language, ALL},
    {"refusal", check_refusal, BY_MODEL},
    {"leak", check_leak, BY_MODEL},
    {"advice", check_advice, BY_MODEL},
    {"hedging", check_hedging, BY_MODEL},
    {"question", check_question, REASONING},
    {"length", check_length, ALL},
    {"repeated", check_repeated, BY_MODEL},
    {"shot", check_shot, BY_MODEL},
    {"copied", check_copied, BY_MODEL},
    {"grounded", check_grounded, BY_MODEL},
    {"terms", check_terms, BY_MODEL},
    {"panels", check_panels, BY_MODEL},
    {"numbers", check_numbers, BY_MODEL},
    {"units", check_units, BY_MODEL},
    {"colours", check_colours, BY_MODEL},
    {"significance", check_significance, BY_MODEL},
    {"duplicate", check_duplicate, BY_MODEL},
};

const char *check_tongue(const struct candidate *c)
{
    return c->language ? c->language : "en";
}

char *check_fold(const char *text, struct arena *arena)
{
    struct str out = STR_INIT(MAX_FOLDED);
    fold_words(text, strlen(text), &out);
    char *folded = arena_strndup(arena, out.data, out.len);
    str_release(&out);
    return folded;
}

/* The byte behind the k-th next word of folded text; NULL when there are fewer. `at` is at a word's first letter. */
static const char *behind_words(const char *at, size_t k)
{
    while (at && k--) {
        at = *at ? strchr(at, ' ') : NULL;
        at = at ? at + 1 : NULL;
    }
    return at;
}

double check_shared_runs(const char *folded, const char *in, size_t k)
{
    size_t runs = 0, shared = 0;
    struct str run = STR_INIT(4000);
    for (const char *at = folded + 1, *end; (end = behind_words(at, k)) != NULL; at = strchr(at, ' ') + 1) {
        str_clear(&run);
        str_add_bytes(&run, at - 1, (size_t)(end - at) + 1);
        runs++;
        shared += strstr(in, run.data) != NULL;
    }
    str_release(&run);
    return runs ? (double)shared / (double)runs : 0;
}

void check_run(struct candidate *c, struct arena *arena, const char **json, const char **failed, const char **why)
{
    struct str out = STR_INIT(MAX_JSON), wrong = STR_INIT(MAX_WHY);
    bool formless = c->broken || c->cut;
    c->question = c->question ? c->question : "";
    c->answer = c->answer ? c->answer : "";
    c->folded_question = check_fold(c->question, arena);
    c->folded_answer = check_fold(c->answer, arena);
    numbers_read(c->answer, arena, &c->numbers);
    *failed = *why = NULL;
    str_add_char(&out, '{');
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        bool applies = checks[i].kinds & (1 << c->kind);
        /* Nothing more can be said of a reply that could not be read. */
        if (!applies || (formless && checks[i].run != check_finish && checks[i].run != check_schema))
            continue;
        str_clear(&wrong);
        bool passed = checks[i].run(c, &wrong);
        if (!passed && !*failed) {
            *failed = checks[i].name;
            *why = arena_strdup(arena, wrong.data);
        }
        str_add(&out, out.len > 1 ? "," : "");
        json_quote(checks[i].name, &out);
        str_add_char(&out, ':');
        json_quote(passed ? "pass" : wrong.data, &out);
    }
    str_add_char(&out, '}');
    *json = arena_strndup(arena, out.data, out.len);
    str_release(&wrong);
    str_release(&out);
}

bool check_schema(const struct candidate *c, struct str *why)
{
    if (c->broken)
        str_add(why, c->broken);
    return !c->broken;
}

bool check_finish(const struct candidate *c, struct str *why)
{
    if (c->cut)
        str_add(why, "the reply was too long and was cut off");
    return !c->cut;
}

/* "**word**". Captions write "**p < 0.01", which is none. */
static bool has_bold(const char *text)
{
    for (const char *at = text, *end; (at = strstr(at, "**")) != NULL; at += 2) {
        end = strstr(at + 2, "**");
        if (end && end > at + 2 && at[2] != ' ' && end[-1] != ' ' && end[-1] != ',' &&
            !memchr(at + 2, '<', (size_t)(end - at) - 2) && !memchr(at + 2, '=', (size_t)(end - at) - 2))
            return true;
    }
    return false;
}

static bool has_markup(const char *text, struct str *why)
{
    static const char *const marks[] = {
        "<image", "<video", "<audio", "<|",     "|>",    "</s>",      "<s>",        "[INST]", "[/INST]", "<<SYS",
        "###",    "```",    "http:",  "https:", "www.",  "User:",     "Assistant:", "Human:", "\n",      "{\"",
        "\"}",    "<unk>",  "<pad>",  "<eos>",  "<bos>", "<start_of", "<end_of",    "<think", "</think"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strstr(text, marks[i])) {
            str_addf(why, "it holds '%s'", *marks[i] == '\n' ? "a line break" : marks[i]);
            return true;
        }
    if (has_bold(text)) {
        str_add(why, "it holds '**'");
        return true;
    }
    return false;
}

bool check_tokens(const struct candidate *c, struct str *why)
{
    return !has_markup(c->question, why) && !has_markup(c->answer, why);
}

bool check_length(const struct candidate *c, struct str *why)
{
    size_t words = text_words(c->answer, strlen(c->answer)), asked = (size_t)c->words;
    /* A description has more to tell than a thought. */
    size_t least = c->kind == PAIR_DETAILED_DESCRIPTION ? 3 * asked / 11 : 5 * asked / 22, most = 2 * asked;
    if (c->kind == PAIR_ALIGNMENT) {
        least = 5;
        most = 700;
    }
    if (words >= least && words <= most)
        return true;
    str_addf(why, "the answer has %zu words: write %zu to %zu", words, least, most);
    return false;
}

struct sentences {
    const char *list[400];
    size_t n;
    struct arena arena;
};

static bool add_sentence(void *context, const char *start, size_t len)
{
    struct sentences *s = context;
    s->list[s->n++] = check_fold(arena_strndup(&s->arena, start, len), &s->arena);
    return s->n < sizeof s->list / sizeof *s->list;
}

static bool repeats_sentence(const char *text, const char *language)
{
    struct sentences s = {.n = 0};
    bool twice = false;
    text_sentences(text, strlen(text), language, add_sentence, &s);
    for (size_t i = 0; i < s.n; i++)
        for (size_t j = i + 1; j < s.n; j++)
            twice = twice || strcmp(s.list[i], s.list[j]) == 0;
    arena_release(&s.arena);
    return twice;
}

/* Share of runs of four words that stood there before. */
static double loop_share(const char *folded, struct arena *arena)
{
    size_t runs = 0, again = 0;
    char *before = arena_strdup(arena, folded);
    for (const char *at = folded + 1, *end; (end = behind_words(at, 4)) != NULL; at = strchr(at, ' ') + 1) {
        size_t start = (size_t)(at - folded) - 1, len = (size_t)(end - folded) - start;
        char *run = arena_strndup(arena, folded + start, len);
        /* Overlap with itself is no repetition: what is looked through ends with the run's first word. */
        char kept = before[start + 1];
        before[start + 1] = 0;
        runs++;
        again += strstr(before, run) != NULL;
        before[start + 1] = kept;
    }
    return runs ? (double)again / (double)runs : 0;
}

bool check_loops(const char *text)
{
    struct arena arena = ARENA_INIT;
    bool loops = loop_share(check_fold(text, &arena), &arena) > 0.25;
    arena_release(&arena);
    return loops;
}

bool check_repeated(const struct candidate *c, struct str *why)
{
    bool twice = repeats_sentence(c->answer, check_tongue(c)), loops = check_loops(c->answer);
    if (twice || loops)
        str_add(why, "it says the same thing again: say each thing once");
    return !twice && !loops;
}

/* Both are texts of check_fold. */
static bool is_near(const char *a, const char *b, double least)
{
    struct minhash of_a, of_b;
    minhash_make(a, strlen(a), &of_a);
    minhash_make(b, strlen(b), &of_b);
    return strcmp(a, b) == 0 || minhash_similarity(&of_a, &of_b) >= least;
}

bool check_duplicate(const struct candidate *c, struct str *why)
{
    for (size_t i = 0; i < c->n_earlier; i++) {
        const struct candidate *other = &c->earlier[i];
        /* The caption itself is check_copied's matter. */
        if (other->kind == PAIR_ALIGNMENT || !other->folded_answer)
            continue;
        if (check_shared_runs(c->folded_answer, other->folded_answer, 4) > 0.6 ||
            is_near(c->folded_answer, other->folded_answer, 0.6))
            str_add(why, "the answer says the same as an earlier one: write about something else");
        else if (c->own_question && other->own_question && is_near(c->folded_question, other->folded_question, 0.5))
            str_add(why, "the question was asked before: ask another one");
        else
            continue;
        return false;
    }
    return true;
}
