#include "extract/credit.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "base/text.h"

enum { MAX_FOLDED = 2 * ARTICLE_MAX_CAPTION };

enum sign {
    SIGN_PERMISSION,
    SIGN_ADAPTED,
    SIGN_OPEN,
    SIGN_CLOSED, /* takes SIGN_OPEN back: no commercial use, no changes */
    SIGN_SOURCE, /* taken from elsewhere: nothing by itself */
    SIGNS
};

/* As text_fold_words writes them: lower case, no punctuation. */
static const struct {
    enum sign sign;
    const char *phrase;
} phrases[] = {
    /* English */
    {SIGN_PERMISSION, "with permission"},
    {SIGN_PERMISSION, "with the permission"},
    {SIGN_PERMISSION, "with kind permission"},
    {SIGN_PERMISSION, "with the kind permission"},
    {SIGN_PERMISSION, "with full permission"},
    {SIGN_PERMISSION, "with copyright permission"},
    {SIGN_PERMISSION, "by permission"},
    {SIGN_PERMISSION, "by kind permission"},
    {SIGN_PERMISSION, "permission from"},
    {SIGN_PERMISSION, "permission of"},
    {SIGN_PERMISSION, "permission granted by"},
    {SIGN_PERMISSION, "used under license from"},
    {SIGN_PERMISSION, "used under licence from"},
    {SIGN_PERMISSION, "reproduced from"},
    {SIGN_PERMISSION, "reprinted from"},
    {SIGN_PERMISSION, "republished from"},
    {SIGN_PERMISSION, "figure taken from"},
    {SIGN_PERMISSION, "courtesy of"},
    {SIGN_ADAPTED, "adapted from"},
    {SIGN_ADAPTED, "adapted after"},
    {SIGN_ADAPTED, "modified from"},
    {SIGN_ADAPTED, "modified after"},
    {SIGN_ADAPTED, "redrawn from"},
    {SIGN_ADAPTED, "redrawn after"},
    {SIGN_ADAPTED, "reproduced and modified"},
    /* Spanish */
    {SIGN_PERMISSION, "con permiso"},
    {SIGN_PERMISSION, "con el permiso"},
    {SIGN_PERMISSION, "con autorización"},
    {SIGN_PERMISSION, "con la autorización"},
    {SIGN_PERMISSION, "reproducido de"},
    {SIGN_PERMISSION, "reproducida de"},
    {SIGN_PERMISSION, "reimpreso de"},
    {SIGN_PERMISSION, "cortesía de"},
    {SIGN_PERMISSION, "cortesía del"},
    {SIGN_ADAPTED, "adaptado de"},
    {SIGN_ADAPTED, "adaptada de"},
    {SIGN_ADAPTED, "modificado de"},
    {SIGN_ADAPTED, "modificada de"},
    {SIGN_ADAPTED, "tomado y modificado"},
    /* Portuguese */
    {SIGN_PERMISSION, "com permissão"},
    {SIGN_PERMISSION, "com a permissão"},
    {SIGN_PERMISSION, "com autorização"},
    {SIGN_PERMISSION, "com a autorização"},
    {SIGN_PERMISSION, "reproduzido de"},
    {SIGN_PERMISSION, "reproduzida de"},
    {SIGN_PERMISSION, "cortesia de"},
    {SIGN_PERMISSION, "cortesia do"},
    {SIGN_PERMISSION, "cortesia da"},
    {SIGN_ADAPTED, "adaptado do"},
    {SIGN_ADAPTED, "adaptada do"},
    {SIGN_ADAPTED, "adaptado por"},
    {SIGN_ADAPTED, "modificado por"},
    /* French */
    {SIGN_PERMISSION, "avec la permission"},
    {SIGN_PERMISSION, "avec permission"},
    {SIGN_PERMISSION, "avec l autorisation"},
    {SIGN_PERMISSION, "avec l aimable autorisation"},
    {SIGN_PERMISSION, "avec l aimable permission"},
    {SIGN_PERMISSION, "avec autorisation"},
    {SIGN_PERMISSION, "reproduit de"},
    {SIGN_PERMISSION, "reproduite de"},
    {SIGN_PERMISSION, "avec la courtoisie de"},
    {SIGN_ADAPTED, "adapté de"},
    {SIGN_ADAPTED, "adaptée de"},
    {SIGN_ADAPTED, "d après"},
    {SIGN_ADAPTED, "modifié de"},
    {SIGN_ADAPTED, "modifiée de"},
    /* German */
    {SIGN_PERMISSION, "mit genehmigung"},
    {SIGN_PERMISSION, "mit freundlicher genehmigung"},
    {SIGN_PERMISSION, "mit freundlicher erlaubnis"},
    {SIGN_PERMISSION, "mit erlaubnis"},
    {SIGN_PERMISSION, "nachdruck aus"},
    {SIGN_PERMISSION, "abgedruckt aus"},
    {SIGN_PERMISSION, "wiedergegeben aus"},
    {SIGN_ADAPTED, "adaptiert nach"},
    {SIGN_ADAPTED, "modifiziert nach"},
    {SIGN_ADAPTED, "verändert nach"},
    {SIGN_ADAPTED, "geändert nach"},
    {SIGN_ADAPTED, "in anlehnung an"},
    {SIGN_ADAPTED, "umgezeichnet nach"},
    /* Italian */
    {SIGN_PERMISSION, "con il permesso"},
    {SIGN_PERMISSION, "con permesso"},
    {SIGN_PERMISSION, "per gentile concessione"},
    {SIGN_PERMISSION, "su autorizzazione"},
    {SIGN_PERMISSION, "con l autorizzazione"},
    {SIGN_PERMISSION, "riprodotto da"},
    {SIGN_PERMISSION, "riprodotta da"},
    {SIGN_ADAPTED, "adattato da"},
    {SIGN_ADAPTED, "adattata da"},
    {SIGN_ADAPTED, "modificato da"},
    {SIGN_ADAPTED, "modificata da"},
    {SIGN_ADAPTED, "tratto e modificato"},
    /* Dutch, Polish, Turkish, Indonesian */
    {SIGN_PERMISSION, "met toestemming van"},
    {SIGN_ADAPTED, "aangepast van"},
    {SIGN_ADAPTED, "bewerkt naar"},
    {SIGN_PERMISSION, "za zgodą"},
    {SIGN_PERMISSION, "przedruk z"},
    {SIGN_ADAPTED, "zmodyfikowano na podstawie"},
    {SIGN_PERMISSION, "izniyle"},
    {SIGN_PERMISSION, "izni ile"},
    {SIGN_ADAPTED, "uyarlanmıştır"},
    {SIGN_PERMISSION, "dengan izin"},
    {SIGN_PERMISSION, "atas izin"},
    {SIGN_ADAPTED, "diadaptasi dari"},
    {SIGN_ADAPTED, "dimodifikasi dari"},
    /* Russian, Ukrainian */
    {SIGN_PERMISSION, "с разрешения"},
    {SIGN_PERMISSION, "с любезного разрешения"},
    {SIGN_PERMISSION, "воспроизведено из"},
    {SIGN_PERMISSION, "любезно предоставлен"},
    {SIGN_PERMISSION, "з дозволу"},
    {SIGN_ADAPTED, "адаптировано из"},
    {SIGN_ADAPTED, "адаптировано по"},
    {SIGN_ADAPTED, "с изменениями из"},
    {SIGN_ADAPTED, "адаптовано з"},
    /* Chinese, Japanese, Korean */
    {SIGN_PERMISSION, "许可转载"},
    {SIGN_PERMISSION, "授权转载"},
    {SIGN_PERMISSION, "经许可"},
    {SIGN_PERMISSION, "經許可"},
    {SIGN_PERMISSION, "许可使用"},
    {SIGN_PERMISSION, "转载自"},
    {SIGN_PERMISSION, "轉載自"},
    {SIGN_ADAPTED, "改编自"},
    {SIGN_ADAPTED, "改編自"},
    {SIGN_ADAPTED, "修改自"},
    {SIGN_ADAPTED, "改绘自"},
    {SIGN_PERMISSION, "許可を得て"},
    {SIGN_PERMISSION, "許諾を得て"},
    {SIGN_PERMISSION, "より転載"},
    {SIGN_PERMISSION, "から転載"},
    {SIGN_PERMISSION, "提供による"},
    {SIGN_ADAPTED, "より改変"},
    {SIGN_ADAPTED, "を改変"},
    {SIGN_ADAPTED, "より改編"},
    {SIGN_ADAPTED, "をもとに作成"},
    {SIGN_PERMISSION, "허가를 받아"},
    {SIGN_PERMISSION, "허락을 받아"},
    {SIGN_PERMISSION, "승인을 받아"},
    {SIGN_ADAPTED, "수정하여 인용"},
    {SIGN_ADAPTED, "재구성함"},
    /* Arabic, Persian */
    {SIGN_PERMISSION, "بإذن من"},
    {SIGN_ADAPTED, "مقتبس من"},
    {SIGN_PERMISSION, "با اجازه"},
    {SIGN_ADAPTED, "اقتباس از"},
    /* Sources and licences */
    {SIGN_SOURCE, "source"},
    {SIGN_SOURCE, "image from"},
    {SIGN_SOURCE, "wikimedia"},
    {SIGN_SOURCE, "openstreetmap"},
    {SIGN_OPEN, "creative commons"},
    {SIGN_OPEN, "cc by"},
    {SIGN_OPEN, "cc0"},
    {SIGN_OPEN, "cc 0"},
    {SIGN_OPEN, "public domain"},
    {SIGN_OPEN, "dominio público"},
    {SIGN_OPEN, "domínio público"},
    {SIGN_OPEN, "domaine public"},
    {SIGN_OPEN, "gemeinfrei"},
    {SIGN_CLOSED, "cc by nc"},
    {SIGN_CLOSED, "cc by nd"},
    {SIGN_CLOSED, "noncommercial"},
    {SIGN_CLOSED, "non commercial"},
    {SIGN_CLOSED, "noderiv"},
    {SIGN_CLOSED, "no deriv"},
};

/* Those whose permission is consent, not a right of use. Folded. */
static const char *const consenting[] = {
    "patient",   "patients",  "parent",    "parents",   "participant", "participants", "family",   "guardian",
    "guardians", "subject",   "subjects",  "mother",    "paciente",    "pacientes",    "padres",   "pais",
    "familia",   "família",   "patienten", "patientin", "eltern",      "famille",      "paziente", "genitori",
    "пациента",  "пациентки", "пациентов", "родителей", "individual",  "ethics",       "ethical",  "committee"};

/* The authors themselves, behind a copyright sign. Folded. */
static const char *const authors[] = {"author",  "authors", "the author", "the authors", "autor",
                                      "autores", "autoren", "auteurs",    "auteur",      "autori",
                                      "авторы",  "автор",   "作者",       "著者",        "저자"};

/* True when one of the next words is of the list. */
static bool list_follows(const char *at, int words, const char *const *list, size_t n)
{
    while (*at == ' ')
        at++;
    for (; *at && words > 0; words--) {
        size_t len = strcspn(at, " ");
        for (size_t i = 0; i < n; i++)
            if (strlen(list[i]) == len && memcmp(list[i], at, len) == 0)
                return true;
        at += len;
        at += *at == ' ';
    }
    return false;
}

/* Chinese and Japanese put no spaces between words: there a phrase may begin at any character. */
static bool is_han_or_kana(const char *at)
{
    return (unsigned char)*at >= 0xe3 && (unsigned char)*at <= 0xe9;
}

/* True when the phrase stands at `at`: up to a word's end where words have no case endings. */
static bool stands_at(const char *at, const char *phrase)
{
    size_t len = strlen(phrase);
    if (strncmp(at, phrase, len) != 0)
        return false;
    return at[len] == ' ' || at[len] == 0 || (unsigned char)phrase[0] >= 0xd0;
}

static void find_signs(const char *folded, bool found[SIGNS])
{
    for (const char *at = folded; *at; at++) {
        if (at > folded && at[-1] != ' ' && !is_han_or_kana(at))
            continue;
        for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
            if (*at != phrases[i].phrase[0] || found[phrases[i].sign] || !stands_at(at, phrases[i].phrase))
                continue;
            const char *behind = at + strlen(phrases[i].phrase);
            found[phrases[i].sign] = phrases[i].sign != SIGN_PERMISSION ||
                                     !list_follows(behind, 4, consenting, sizeof consenting / sizeof *consenting);
        }
    }
}

/* A copyright sign, or the word with a year behind it, that is not followed by the authors. */
static bool has_copyright(const char *text)
{
    static const char *const signs[] = {"©", "Copyright 19", "Copyright 20"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        const char *at = strstr(text, signs[i]);
        if (!at)
            continue;
        struct str folded = STR_INIT(512);
        at += strlen(signs[i]);
        text_fold_words(at, strnlen(at, 80), &folded);
        bool own = list_follows(folded.data, 3, authors, sizeof authors / sizeof *authors);
        str_release(&folded);
        if (!own)
            return true;
    }
    return false;
}

const char *credit_of_text(const char *text)
{
    bool found[SIGNS] = {false};
    struct str folded = STR_INIT(MAX_FOLDED);
    if (!text)
        return NULL;
    bool copyright = has_copyright(text);
    text_fold_words(text, strlen(text), &folded);
    find_signs(folded.data, found);
    str_release(&folded);
    bool others = found[SIGN_PERMISSION] || found[SIGN_ADAPTED] || found[SIGN_SOURCE] || copyright;
    if (others && found[SIGN_OPEN] && !found[SIGN_CLOSED])
        return "open";
    if (found[SIGN_PERMISSION])
        return "permission";
    return copyright ? "copyright" : found[SIGN_ADAPTED] ? "adapted" : NULL;
}

const char *credit_of_figure(const struct art_figure *f)
{
    static const char *const order[] = {"permission", "copyright", "adapted", "open"};
    const char *best = credit_of_text(f->credit);
    for (size_t i = 0; i < f->n_captions; i++) {
        const char *kind = credit_of_text(f->captions[i].text);
        for (size_t k = 0; kind && k < sizeof order / sizeof *order; k++) {
            if (best && strcmp(best, order[k]) == 0)
                break;
            if (strcmp(kind, order[k]) == 0)
                best = kind;
        }
    }
    return best;
}

/* How titles begin, folded. Those that are words of medicine too ("retraction pockets") need a mark behind them. */
static const struct {
    const char *words;
    bool marked;
} retractions[] = {
    {"retracted", true},
    {"retracted article", false},
    {"retracted publication", false},
    {"retraction", true},
    {"retraction note", false},
    {"retraction notice", false},
    {"retraction to", true},
    {"retraction of", true},
    {"notice of retraction", false},
    {"statement of retraction", false},
    {"withdrawn", true},
    {"withdrawal notice", false},
    {"artículo retractado", false},
    {"retractado", true},
    {"retractación", true},
    {"nota de retractación", false},
    {"artigo retratado", false},
    {"retratado", true},
    {"retratação", true},
    {"nota de retratação", false},
    {"article rétracté", false},
    {"rétracté", true},
    {"rétractation", true},
    {"avis de rétractation", false},
    {"zurückgezogen", true},
    {"zurückgezogener artikel", false},
    {"articolo ritrattato", false},
    {"ritrattato", true},
    {"ретракция", true},
    {"статья отозвана", false},
    {"отозвана", true},
    {"撤稿", false},
    {"论文撤稿", false},
    {"撤回", false},
    {"論文撤回", false},
    {"철회", true},
    {"논문 철회", false},
};

/* True when the title begins with the words: "RETRACTED: a trial", "[Retracted] A trial". */
static bool title_retracted(const char *title)
{
    enum { NEAR = 48 }; /* bytes within which the mark stands */
    struct str folded = STR_INIT(MAX_FOLDED);
    size_t head = strnlen(title, NEAR);
    bool marked = memchr(title, ':', head) || memchr(title, ']', head) || strstr(title, "：") || strstr(title, "】");
    bool found = false;
    text_fold_words(title, strlen(title), &folded);
    for (size_t i = 0; !found && i < sizeof retractions / sizeof *retractions; i++)
        found = stands_at(folded.data, retractions[i].words) && (marked || !retractions[i].marked);
    str_release(&folded);
    return found;
}

const char *credit_retraction(const struct art_front *f)
{
    static const char *const types[] = {"retract", "partial-retract", "withdraw"};
    for (size_t i = 0; f->article_type && i < sizeof types / sizeof *types; i++)
        if (strncasecmp(f->article_type, types[i], strlen(types[i])) == 0)
            return f->article_type;
    if (f->retraction)
        return f->retraction;
    return f->title && title_retracted(f->title) ? "title" : NULL;
}
