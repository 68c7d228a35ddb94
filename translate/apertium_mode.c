/* apertium_mode.c: see apertium_mode.h. */
#include "translate/apertium_mode.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "translate/language.h"

/* What a shell would act upon. */
static const char special[] = "&;<>()`*?[]{}!#~\n\r";

struct reader {
    const char *at, *end, *path;
    struct arena *arena;
    struct str word;
    struct err *e;
};

/* "$1", "$2" at `at`, behind the "$": false for other variables. */
static bool substitute(struct reader *r)
{
    if (r->at == r->end || (*r->at != '1' && *r->at != '2'))
        return err_set(r->e, ERR_UNSUPPORTED, "%s: a variable other than $1 and $2", r->path);
    if (*r->at++ == '1')
        str_add(&r->word, "-n");
    return true;
}

/* The rest of a quoted part; its opening quote is read. */
static bool read_quoted(struct reader *r, char quote)
{
    for (; r->at < r->end && *r->at != quote; r->at++) {
        if (quote == '"' && strchr("$`\\", *r->at))
            return err_set(r->e, ERR_UNSUPPORTED, "%s: '%c' inside double quotes", r->path, *r->at);
        str_add_char(&r->word, *r->at);
    }
    if (r->at == r->end)
        return err_set(r->e, ERR_FORMAT, "%s: a quote that is not closed", r->path);
    r->at++;
    return true;
}

/* One word into r->word; *there turns true when it is one, be it empty (''), and not only an empty variable. */
static bool read_word(struct reader *r, bool *there)
{
    str_clear(&r->word);
    *there = false;
    while (r->at < r->end && *r->at != ' ' && *r->at != '\t' && *r->at != '|') {
        char c = *r->at++;
        if (c == '\'' || c == '"') {
            if (!read_quoted(r, c))
                return false;
            *there = true;
        } else if (c == '$') {
            if (!substitute(r))
                return false;
        } else if (c == '\\') {
            if (r->at == r->end)
                return err_set(r->e, ERR_FORMAT, "%s: a backslash at the end", r->path);
            str_add_char(&r->word, *r->at++);
        } else if (c == 0 || strchr(special, c)) {
            return err_set(r->e, ERR_UNSUPPORTED, "%s: a pipeline of plain programs was expected, not byte 0x%02x",
                           r->path, (unsigned char)c);
        } else {
            str_add_char(&r->word, c);
        }
    }
    *there = *there || r->word.len > 0;
    return true;
}

/* Blanks go; a second pipe is "||", which an empty stage tells of. */
static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
        r->at++;
}

static bool read_stage(struct reader *r, struct apertium_stage *out)
{
    char *words[APERTIUM_MODE_WORDS];
    size_t n = 0;
    for (skip_blanks(r); r->at < r->end && *r->at != '|'; skip_blanks(r)) {
        bool there;
        if (!read_word(r, &there))
            return false;
        if (!there)
            continue;
        if (n == APERTIUM_MODE_WORDS)
            return err_set(r->e, ERR_LIMIT, "%s: a stage of more than %d words", r->path, APERTIUM_MODE_WORDS);
        if (memchr(r->word.data, 0, r->word.len))
            return err_set(r->e, ERR_FORMAT, "%s: a NUL byte", r->path);
        words[n++] = arena_strdup(r->arena, r->word.data);
    }
    if (n == 0 || !words[0][0] || strchr(words[0], '='))
        return err_set(r->e, ERR_FORMAT, "%s: a stage without a program", r->path);
    out->argc = n + 1;
    out->argv = arena_array(r->arena, n + 2, sizeof *out->argv);
    out->argv[0] = words[0];
    out->argv[1] = arena_strdup(r->arena, "-z");
    memcpy(out->argv + 2, words + 1, (n - 1) * sizeof *words);
    return true;
}

bool apertium_mode_parse(const char *text, size_t len, const char *path, struct arena *arena, struct apertium_mode *out,
                         struct err *e)
{
    struct apertium_stage stages[APERTIUM_MODE_STAGES];
    size_t n = 0;
    bool ok = false;
    if (len > APERTIUM_MODE_BYTES)
        return err_set(e, ERR_LIMIT, "%s: more than %d bytes", path, APERTIUM_MODE_BYTES);
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    struct reader r = {.at = text, .end = text + len, .path = path, .arena = arena, .e = e};
    str_init(&r.word, APERTIUM_MODE_BYTES);
    for (bool more = true; more; n++) {
        if (n == APERTIUM_MODE_STAGES) {
            err_set(e, ERR_LIMIT, "%s: more than %d stages", path, APERTIUM_MODE_STAGES);
            goto out;
        }
        if (!read_stage(&r, &stages[n]))
            goto out;
        more = r.at < r.end;
        r.at += more;
    }
    out->stages = arena_memdup(arena, stages, n * sizeof *stages);
    out->n = n;
    ok = true;
out:
    str_release(&r.word);
    return ok;
}

/* One side, "spa" or "eng_US". */
static bool read_side(const char *side, size_t len, char out[16])
{
    /* ISO 639-3's macrolanguage has no tag of its own that people use; its varieties have. */
    static const char varieties[][2][8] = {
        {"hbs", "sh"}, {"sh", "sh"}, {"hbs_HR", "hr"}, {"hbs_BS", "bs"}, {"hbs_SR", "sr"}};
    size_t letters = 0;
    char name[8];
    while (letters < len && islower((unsigned char)side[letters]))
        letters++;
    bool region = len == letters + 3 && side[letters] == '_' && isupper((unsigned char)side[letters + 1]) &&
                  isupper((unsigned char)side[letters + 2]);
    if (letters < 2 || letters > 3 || (len != letters && !region))
        return false;
    memcpy(name, side, len);
    name[len] = 0;
    for (size_t i = 0; i < sizeof varieties / sizeof *varieties; i++)
        if (strcmp(name, varieties[i][0]) == 0) {
            memcpy(out, varieties[i][1], sizeof varieties[i][1]);
            return true;
        }
    /* ICU's form of "eng-US" has no region, so the two parts go one by one. */
    name[letters] = 0;
    if (!text_language_tag(name, out))
        return false;
    size_t end = strlen(out);
    if (region && end + 4 <= 16) {
        out[end] = '-';
        memcpy(out + end + 1, side + letters + 1, 2);
        out[end + 3] = 0;
    }
    return true;
}

bool apertium_pair_parse(const char *file, struct apertium_pair *out)
{
    const char *dash = strchr(file, '-'), *end = file + strlen(file) - strlen(".mode");
    return str_ends(file, ".mode") && dash && dash < end && read_side(file, (size_t)(dash - file), out->source) &&
           read_side(dash + 1, (size_t)(end - dash - 1), out->target);
}

static int fit_side(const char *have, const char *want)
{
    static const char *const varieties[] = {"hr", "sr", "bs", "sh"};
    if (strcmp(have, want) == 0)
        return 3;
    if (language_same(have, want))
        return strchr(have, '-') ? 1 : 2;
    for (size_t i = 0; strcmp(have, "sh") == 0 && i < sizeof varieties / sizeof *varieties; i++)
        if (language_same(varieties[i], want))
            return 2;
    return 0;
}

int apertium_pair_fit(const struct apertium_pair *p, const char *source, const char *target)
{
    int a = fit_side(p->source, source), b = fit_side(p->target, target);
    return a && b ? a * 4 + b : 0;
}
