/* check_chatter.c: the model talking instead of translating, and markup; see check_rules.h. */
#include "translate/check_rules.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

/* Folded by text_fold_words: no marks, single blanks. A phrase counts at the begin of a word. */
static const char *const phrases[] = {
    "i m sorry",
    "i am sorry",
    "i cannot",
    "i can t",
    "i m unable",
    "i am unable",
    "as an ai",
    "language model",
    "i apologize",
    "please provide",
    "here is the tran",
    "here s the tr",
    "here is your tran",
    "here is an english",
    "the translation of",
    "translated text",
    "translate from",
    "translation into",
    "into english",
    "in english the",
    "as requested",
    "this text is in",
    "note that the translation",
    "note the translation",
    "translator s note",
    "let me know if",
    "i hope this helps",
    "sure here",
    "certainly here",
    "of course here",
    "the translated",
    "the text translates",
    "feel free to",
    "translation note",
    "the provided text",
    "the source text",
    "lo siento",
    "no puedo traducir",
    "no puedo ayudar",
    "como modelo de lenguaje",
    "aquí está la traducción",
    "aquí tienes la",
    "aquí tiene la",
    "la traducción es",
    "a continuación la traducción",
    "sinto muito",
    "desculpe",
    "não posso traduzir",
    "como modelo de linguagem",
    "aqui está a tradução",
    "segue a tradução",
    "je suis désolé",
    "je ne peux pas",
    "en tant que modèle",
    "voici la traduction",
    "es tut mir leid",
    "ich kann nicht",
    "ich kann diesen",
    "als ki",
    "hier ist die übersetzung",
    "mi dispiace",
    "non posso tradurre",
    "ecco la traduzione",
    "come modello linguistico",
    "het spijt me",
    "hier is de vertaling",
    "przepraszam",
    "oto tłumaczenie",
    "omlouvám se",
    "извините",
    "к сожалению я не",
    "я не могу",
    "вот перевод",
    "как языковая модель",
    "вибачте",
    "ось переклад",
};
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

const char *check_refusal(const char *source, const char *text)
{
    struct str in = STR_INIT(1 << 20), out = STR_INIT(1 << 20), tight = STR_INIT(1 << 20);
    const char *wrong = "an answer about the text instead of its translation";
    bool found = has_heading(text) && !has_heading(source) && !strcasestr(source, "translation");
    text_fold_words(text, strlen(text), &out);
    for (size_t i = 0; !found && i < sizeof phrases / sizeof *phrases; i++)
        if (begins_word(out.data, phrases[i])) {
            if (!in.len)
                text_fold_words(source, strlen(source), &in);
            found = !begins_word(in.data, phrases[i]);
        }
    if (!found)
        for (const char *p = out.data; *p; p++)
            if (*p != ' ')
                str_add_char(&tight, *p);
    for (size_t i = 0; !found && i < sizeof dense_phrases / sizeof *dense_phrases; i++)
        found = strstr(tight.data, dense_phrases[i]) && !strstr(source, dense_phrases[i]);
    str_release(&in);
    str_release(&out);
    str_release(&tight);
    return found ? wrong : NULL;
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
