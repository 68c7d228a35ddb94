/* checks.c: see checks.h. */
#include "translate/checks.h"

#include "base/json.h"
#include "translate/check_rules.h"
#include "translate/numbers.h"

static const char *const names[CHECKS] = {
    "reply",      "placeholders", "empty",     "copy",       "untranslated", "language", "numbers",  "units", "labels",
    "references", "length",       "sentences", "repetition", "refusal",      "markup",   "glossary", "back"};

void checks_run(const struct checks_input *given, struct arena *arena, struct checks *out)
{
    struct check_text in, text;
    *out = (struct checks){.back = -1};
    check_text_read(given->source, given->language, arena, &in);
    check_text_read(given->translation, given->target, arena, &text);
    const char **failed = out->failed;
    if (!text.scripts.letters) {
        failed[CHECK_EMPTY] = "there is no text";
        return;
    }
    failed[CHECK_COPY] = check_copy(&in, &text);
    if (!failed[CHECK_COPY])
        failed[CHECK_UNTRANSLATED] = check_untranslated(&in, &text, arena);
    failed[CHECK_LANGUAGE] = check_language(&in, &text);
    struct numbers in_numbers = numbers_of(&in, NUMBERS_SOURCE, arena),
                   numbers = numbers_of(&text, NUMBERS_TRANSLATION, arena);
    failed[CHECK_NUMBERS] = numbers_compare(&in, &in_numbers, &text, &numbers, arena);
    failed[CHECK_UNITS] = units_compare(&in, &in_numbers, &text, &numbers, arena);
    failed[CHECK_LABELS] = check_labels(in.text, text.text, arena);
    failed[CHECK_REFERENCES] = check_references(&in, &text, arena);
    failed[CHECK_LENGTH] = check_length(&in, &text, arena);
    failed[CHECK_SENTENCES] = check_sentences(&in, &text, arena);
    failed[CHECK_REPETITION] = check_repetition(&in, &text);
    failed[CHECK_REFUSAL] = check_refusal(in.text, text.text);
    failed[CHECK_MARKUP] = check_markup(in.text, text.text);
    if (given->n_terms)
        failed[CHECK_GLOSSARY] = glossary_check(given->terms, given->n_terms, given->translation, given->target, arena);
}

const char *checks_first(const struct checks *c)
{
    for (int i = 0; i < CHECKS; i++)
        if (c->failed[i])
            return names[i];
    return NULL;
}

void checks_explain(const struct checks *c, struct str *out)
{
    size_t before = out->len;
    for (int i = 0; i < CHECKS; i++)
        if (c->failed[i])
            str_addf(out, "%s%s: %s", out->len > before ? "; " : "", names[i], c->failed[i]);
}

void checks_json(const struct checks *c, struct str *out)
{
    for (int i = 0; i < CHECKS; i++) {
        str_addf(out, "%s\"%s\":", i ? "," : "{", names[i]);
        json_quote(c->failed[i] ? c->failed[i] : "pass", out);
    }
    str_add_char(out, '}');
}
