/* check_text.c: see check_text.h. */
#include "translate/check_text.h"

#include <string.h>

#include "base/str.h"
#include "translate/word_table.h"

static bool stands_alone(int c)
{
    return (c >= 0x0E00 && c <= 0x0E7F) || (c >= 0x3005 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

/* Combining marks belong to the letter in front of them; in the scripts of India they take room of their own. */
static bool is_part(int c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    if (text_is_letter(c) || text_digit_value(c) >= 0)
        return true;
    bool indic = c >= 0x900 && c < 0xE00 && c != 0x964 && c != 0x965;
    return indic || (c >= 0x300 && text_char_width(c) == 0 && c != 0x200B && c != 0xAD && c != 0xFEFF);
}

static void fold_word(struct check_word *w, struct arena *arena)
{
    bool ascii = true;
    for (size_t i = 0; i < w->len; i++)
        ascii = ascii && (unsigned char)w->start[i] < 0x80;
    if (ascii) {
        char *copy = arena_strndup(arena, w->start, w->len);
        for (char *p = copy; *p; p++)
            if (*p >= 'A' && *p <= 'Z')
                *p = (char)(*p | 0x20);
        w->folded = copy;
        w->folded_len = w->len;
        return;
    }
    struct str folded = STR_INIT(1 << 16);
    text_fold(w->start, w->len, &folded);
    w->folded = arena_strndup(arena, folded.data, folded.len);
    w->folded_len = folded.len;
    str_release(&folded);
}

/* FNV-1a. */
static unsigned hash_of(const char *p, size_t len)
{
    unsigned hash = 2166136261u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)p[i]) * 16777619u;
    return hash;
}

/* Reads the word at *at, which begins one. */
static struct check_word read_word(const char *text, size_t len, size_t *at)
{
    struct check_word w = {.start = text + *at, .small = true};
    for (size_t next = *at; next < len; *at = next) {
        size_t before = next;
        int c = text_next(text, len, &next);
        if (!is_part(c) || (before > (size_t)(w.start - text) && stands_alone(c)))
            break;
        if (text_is_letter(c)) {
            w.letters++;
            w.small = w.small && text_is_lower(c);
        } else if (text_digit_value(c) >= 0) {
            w.digits = true;
            w.small = false;
        }
        if (stands_alone(c)) {
            *at = next;
            break;
        }
    }
    w.len = (size_t)(text + *at - w.start);
    return w;
}

static void read_words(struct check_text *t, struct arena *arena)
{
    size_t cap = 0;
    for (size_t at = 0, next = 0; at < t->len && t->n_words < CHECK_MOST_WORDS; at = next) {
        if (!is_part(text_next(t->text, t->len, &next)))
            continue;
        next = at;
        struct check_word w = read_word(t->text, t->len, &next);
        fold_word(&w, arena);
        w.hash = hash_of(w.folded, w.folded_len);
        ARENA_GROW(arena, t->words, t->n_words, cap);
        t->words[t->n_words++] = w;
    }
}

static bool add_sentence(void *context, const char *start, size_t len)
{
    struct check_text *t = context;
    t->sentences[t->n_sentences++] = (struct check_sentence){.start = start, .len = len};
    return t->n_sentences < CHECK_MOST_SENTENCES;
}

/* What has no letters ("(1)") belongs to the sentence in front of it. */
static void join_scraps(struct check_text *t)
{
    size_t kept = 0, word = 0;
    for (size_t i = 0; i < t->n_sentences; i++) {
        struct check_sentence s = t->sentences[i];
        size_t letters = 0;
        s.first = word;
        for (; word < t->n_words && t->words[word].start < s.start + s.len; word++)
            letters += t->words[word].letters;
        s.n_words = word - s.first;
        if (kept && letters < 2) {
            struct check_sentence *before = &t->sentences[kept - 1];
            before->len = (size_t)(s.start + s.len - before->start);
            before->n_words += s.n_words;
        } else {
            t->sentences[kept++] = s;
        }
    }
    t->n_sentences = kept;
    for (size_t i = 0; i < kept; i++)
        t->sentences[i].chars = text_length(t->sentences[i].start, t->sentences[i].len);
}

void check_text_read(const char *text, const char *language, struct arena *arena, struct check_text *out)
{
    *out = (struct check_text){.text = text, .language = language, .len = strlen(text)};
    text_scripts(text, out->len, &out->scripts);
    out->chars = text_length(text, out->len);
    read_words(out, arena);
    out->sentences = arena_array(arena, CHECK_MOST_SENTENCES, sizeof *out->sentences);
    /* A text without a mark that ends sentences is one: most captions, and the iterator is dear. */
    text_sentences(text, out->len, language, add_sentence, out);
    join_scraps(out);
}

bool check_word_is(const struct check_word *w, const char *folded)
{
    return strcmp(w->folded, folded) == 0;
}

bool check_text_dense(const struct check_text *t)
{
    size_t east = t->scripts.han + t->scripts.kana + t->scripts.hangul;
    return 3 * east > t->scripts.letters;
}

static const struct word_row joining_words_rows[] = {
    {"a", NULL, 0},       {"al", NULL, 0},   {"and", NULL, 0},  {"ao", NULL, 0},  {"bis", NULL, 0}, {"do", NULL, 0},
    {"e", NULL, 0},       {"en", NULL, 0},   {"et", NULL, 0},   {"i", NULL, 0},   {"ja", NULL, 0},  {"na", NULL, 0},
    {"o", NULL, 0},       {"och", NULL, 0},  {"oder", NULL, 0}, {"og", NULL, 0},  {"or", NULL, 0},  {"ou", NULL, 0},
    {"through", NULL, 0}, {"til", NULL, 0},  {"to", NULL, 0},   {"tot", NULL, 0}, {"und", NULL, 0}, {"ve", NULL, 0},
    {"y", NULL, 0},       {"à", NULL, 0},    {"до", NULL, 0},   {"и", NULL, 0},   {"по", NULL, 0},  {"та", NULL, 0},
    {"および", NULL, 0},  {"と", NULL, 0},   {"与", NULL, 0},   {"及", NULL, 0},  {"和", NULL, 0},  {"至", NULL, 0},
    {"및", NULL, 0},      {"에서", NULL, 0},
};
const struct word_table joining_words = {joining_words_rows, sizeof joining_words_rows / sizeof *joining_words_rows};

bool check_word_joins(const char *word, size_t len)
{
    return word_table_find(&joining_words, word, len) != NULL;
}
