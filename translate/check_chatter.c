/* check_chatter.c: the model talking instead of translating, and markup; see check_rules.h. */
#include "translate/check_rules.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "translate/word_table.h"

/* Folded by text_fold_words: no marks, single blanks. A phrase counts at the begin of a word. */
static const struct word_row refusals_rows[] = {
    {"a continuación la traducción", NULL, 0},
    {"als ki", NULL, 0},
    {"aqui está a tradução", NULL, 0},
    {"aquí está la traducción", NULL, 0},
    {"aquí tiene la", NULL, 0},
    {"aquí tienes la", NULL, 0},
    {"as an ai", NULL, 0},
    {"as requested", NULL, 0},
    {"certainly here", NULL, 0},
    {"come modello linguistico", NULL, 0},
    {"como modelo de lenguaje", NULL, 0},
    {"como modelo de linguagem", NULL, 0},
    {"desculpe", NULL, 0},
    {"ecco la traduzione", NULL, 0},
    {"en tant que modèle", NULL, 0},
    {"es tut mir leid", NULL, 0},
    {"feel free to", NULL, 0},
    {"here is an english", NULL, 0},
    {"here is the tran", NULL, 0},
    {"here is your tran", NULL, 0},
    {"here s the tr", NULL, 0},
    {"het spijt me", NULL, 0},
    {"hier is de vertaling", NULL, 0},
    {"hier ist die übersetzung", NULL, 0},
    {"i am sorry", NULL, 0},
    {"i am unable", NULL, 0},
    {"i apologize", NULL, 0},
    {"i can t", NULL, 0},
    {"i cannot", NULL, 0},
    {"i hope this helps", NULL, 0},
    {"i m sorry", NULL, 0},
    {"i m unable", NULL, 0},
    {"ich kann diesen", NULL, 0},
    {"ich kann nicht", NULL, 0},
    {"in english the", NULL, 0},
    {"into english", NULL, 0},
    {"je ne peux pas", NULL, 0},
    {"je suis désolé", NULL, 0},
    {"la traducción es", NULL, 0},
    {"language model", NULL, 0},
    {"let me know if", NULL, 0},
    {"lo siento", NULL, 0},
    {"mi dispiace", NULL, 0},
    {"no puedo ayudar", NULL, 0},
    {"no puedo traducir", NULL, 0},
    {"non posso tradurre", NULL, 0},
    {"note that the translation", NULL, 0},
    {"note the translation", NULL, 0},
    {"não posso traduzir", NULL, 0},
    {"of course here", NULL, 0},
    {"omlouvám se", NULL, 0},
    {"oto tłumaczenie", NULL, 0},
    {"please provide", NULL, 0},
    {"przepraszam", NULL, 0},
    {"segue a tradução", NULL, 0},
    {"sinto muito", NULL, 0},
    {"sure here", NULL, 0},
    {"the provided text", NULL, 0},
    {"the source text", NULL, 0},
    {"the text translates", NULL, 0},
    {"the translated", NULL, 0},
    {"the translation of", NULL, 0},
    {"this text is in", NULL, 0},
    {"translate from", NULL, 0},
    {"translated text", NULL, 0},
    {"translation into", NULL, 0},
    {"translation note", NULL, 0},
    {"translator s note", NULL, 0},
    {"voici la traduction", NULL, 0},
    {"вибачте", NULL, 0},
    {"вот перевод", NULL, 0},
    {"извините", NULL, 0},
    {"к сожалению я не", NULL, 0},
    {"как языковая модель", NULL, 0},
    {"ось переклад", NULL, 0},
    {"я не могу", NULL, 0},
};
const struct word_table refusals = {refusals_rows, sizeof refusals_rows / sizeof *refusals_rows};
static const char *const dense_phrases[] = {
    "抱歉",           "对不起",   "作为一个ai", "作为ai",     "我无法",     "我不能",     "以下是翻译",
    "翻译如下",       "这是翻译", "翻譯如下",   "申し訳",     "翻訳は以下", "以下は翻訳", "以下が翻訳",
    "翻訳できません", "aiとして", "言語モデル", "죄송합니다", "죄송하지만", "번역할수없", "다음은번역",
    "번역은다음",     "언어모델", "آسف",        "لاأستطيع",
};

static bool begins_word(const char *text, const char *phrase)
{
    for (const char *p = strstr(text, phrase); p; p = strstr(p + 1, phrase))
        if (p == text || p[-1] == ' ')
            return true;
    return false;
}

/* Whether a phrase stands in `text` at the begin of a word, and not in the source. */
static bool refuses(const char *text, const char *source)
{
    struct str in = STR_INIT(1 << 20);
    bool found = false;
    for (const char *p = text; p && !found; p = strchr(p, ' '), p += p ? 1 : 0)
        for (const struct word_row *row = word_table_begin(&refusals, *p); row && !found;
             row = word_table_next(&refusals, row)) {
            if (!word_row_begins(row, p))
                continue;
            if (!in.len)
                text_fold_words(source, strlen(source), &in);
            found = !begins_word(in.data, row->word);
        }
    str_release(&in);
    return found;
}

/* "Translation: ..." in front of all, or by itself behind it. */
static bool has_heading(const char *text)
{
    static const char *const headings[] = {"translation:", "english:",  "english translation",
                                           "traducción:",  "tradução:", "traduction",
                                           "übersetzung:", "перевод:",  "翻译：",
                                           "译文",         "翻訳：",    "번역:",
                                           "output:",      "note:"};
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        if (strncasecmp(text, headings[i], strlen(headings[i])) == 0)
            return true;
    return strcasestr(text, "(translation") || strcasestr(text, " translation:");
}

/* Letters of scripts without blanks, whose phrases may be broken by them. */
static bool is_dense(const char *text)
{
    while (*text && (unsigned char)*text < 0xD8)
        text++;
    return *text != 0;
}

static bool refuses_dense(const char *folded, const char *source)
{
    struct str tight = STR_INIT(1 << 20);
    bool found = false;
    for (const char *p = folded; *p; p++)
        if (*p != ' ')
            str_add_char(&tight, *p);
    for (size_t i = 0; !found && i < sizeof dense_phrases / sizeof *dense_phrases; i++)
        found = strstr(tight.data, dense_phrases[i]) && !strstr(source, dense_phrases[i]);
    str_release(&tight);
    return found;
}

const char *check_refusal(const char *source, const char *text)
{
    struct str out = STR_INIT(1 << 20);
    bool found = has_heading(text) && !has_heading(source) && !strcasestr(source, "translation");
    text_fold_words(text, strlen(text), &out);
    found = found || refuses(out.data, source) || (is_dense(out.data) && refuses_dense(out.data, source));
    str_release(&out);
    return found ? "an answer about the text instead of its translation" : NULL;
}

/* The length of a tag, an entity or a control token at `p`; 0: none. */
static size_t mark_at(const char *p)
{
    static const char *const marks[] = {"```", "**",  "<|",     "|>",     "{{",     "}}",   "\\n",  "\\t",
                                        "{\"", "\"}", "__",     "[INST",  "[/INST", "[PAD", "[UNK", "<<",
                                        "⟦",   "⟧",   "\\text", "\\frac", "\\math", "$$",   "###",  "�"};
    if (*p == '<' && (isalpha((unsigned char)p[1]) || p[1] == '/' || p[1] == '!')) {
        size_t n = 1 + strcspn(p + 1, "<>");
        return p[n] == '>' && n < 200 ? n + 1 : 0;
    }
    if (*p == '&') {
        size_t n = 1 + strspn(p + 1, "#0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        return n > 2 && n < 12 && p[n] == ';' ? n + 1 : 0;
    }
    if (!strchr("`*<|{}\\\"_[$#\xE2\xEF", *p))
        return 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_starts(p, marks[i]))
            return strlen(marks[i]);
    return 0;
}

const char *check_markup(const char *source, const char *text)
{
    for (const char *p = text; *p; p++) {
        size_t n = mark_at(p);
        if (n && !memmem(source, strlen(source), p, n))
            return "markup that the source does not have";
    }
    return NULL;
}
