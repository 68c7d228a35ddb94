/* test_glossary.c: reading glossaries, finding their terms in texts of many languages, and what a translation must
 * have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "translate/glossary.h"

#define HEAD "language\tterm\tenglish\tnote\n"

static struct glossary *parse(const char *text)
{
    struct err e = {0};
    struct glossary *g = glossary_parse(text, strlen(text), "x.tsv", &e);
    if (!g)
        fail_msg("%s", e.text);
    return g;
}

/* The terms found, with "; " between them. */
static void found(const struct glossary *g, const char *text, const char *language, const char *target, struct str *out)
{
    struct arena arena = ARENA_INIT;
    const struct glossary_term *terms;
    size_t n = glossary_find(g, text, language, target, &arena, &terms);
    for (size_t i = 0; i < n; i++)
        str_addf(out, "%s%s", i ? "; " : "", terms[i].term);
    arena_release(&arena);
}

static void expect(const struct glossary *g, const char *language, const char *text, const char *terms)
{
    struct str out = STR_INIT(4096);
    found(g, text, language, "en", &out);
    if (strcmp(out.data, terms) != 0)
        fail_msg("%s '%s': '%s', not '%s'", language, text, out.data, terms);
    str_release(&out);
}

/* Reading. */

static void reads_lines(void **state)
{
    struct glossary *g = parse("\xEF\xBB\xBF# a comment\n\n" HEAD "de\tDosis\tdose|dosage\tnote\r\n# more\n"
                               "ger\tArthrose\tosteoarthritis\n\npt_BR\tdose\tdose\t");
    (void)state;
    assert_int_equal(glossary_count(g, "de"), 2);
    assert_int_equal(glossary_count(g, "pt-BR"), 1);
    assert_int_equal(glossary_count(g, "fr"), 0);
    assert_int_equal(glossary_count(NULL, "de"), 0);
    glossary_free(g);
    glossary_free(NULL);
}

static void regions_have_the_languages_terms(void **state)
{
    struct glossary *g = parse(HEAD "pt\tdose\tdose\npt-BR\tradônio\tradon\npt\tradão\tradon\n");
    (void)state;
    assert_int_equal(glossary_count(g, "pt"), 2);
    assert_int_equal(glossary_count(g, "pt-BR"), 3);
    expect(g, "pt-BR", "dose de radônio e radão", "dose; radônio; radão");
    expect(g, "pt", "dose de radônio e radão", "dose; radão");
    expect(g, "pt-AO", "dose de radônio e radão", "dose; radão");
    glossary_free(g);
}

static void errors_have_lines(void **state)
{
    static const struct {
        const char *text, *place, *says;
    } cases[] = {
        {"", "x.tsv: ", "empty"},
        {"# nothing\n", "x.tsv: ", "empty"},
        {"de\tDosis\tdose\t\n", "x.tsv:1: ", "heading"},
        {"language\tterm\tnote\tenglish\n", "x.tsv:1: ", "heading"},
        {"language,term,english,note\n", "x.tsv:1: ", "heading"},
        {HEAD "de Dosis dose\n", "x.tsv:2: ",
         "4 cells with tabs between them are wanted (language, term, english, "
         "note); here are 1"},
        {HEAD "de\tDosis\n", "x.tsv:2: ", "here are 2"},
        {HEAD "de\tDosis\tdose\t\t\n", "x.tsv:2: ", "here are 5"},
        {HEAD "\n# c\nde\t \tdose\t\n", "x.tsv:4: ", "the term is empty"},
        {HEAD "de\tDosis\t\t\n", "x.tsv:2: ", "a rendering in 'english' is empty"},
        {HEAD "de\tDosis\tdose||dosage\t\n", "x.tsv:2: ", "a rendering in 'english' is empty"},
        {HEAD "de\tDosis\tdose|\t\n", "x.tsv:2: ", "a rendering in 'english' is empty"},
        {HEAD "de\tDosis\tdose| dose\t\n", "x.tsv:2: ", "'dose' stands twice"},
        {HEAD "de\t--\tdose\t\n", "x.tsv:2: ", "the term has no letter"},
        {HEAD "de\tDosis\t...\t\n", "x.tsv:2: ", "has no letter"},
        {HEAD "\tDosis\tdose\t\n", "x.tsv:2: ", "no language tag"},
        {HEAD "German language\tDosis\tdose\t\n", "x.tsv:2: ", "'German language' is no language tag"},
        {HEAD "de\tDosis\tdose\t\nfr\tdose\tdose\t\nde\tdosis\tdosage\t\n", "x.tsv:4: ", "stands in line 2 already"},
        {HEAD "de\tDo\xFFsis\tdose\t\n", "x.tsv:2: ", "UTF-8"},
        {HEAD "de\tD\tabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnop"
              "qrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"
              "mnopqrstuvwxyz\t\n",
         "x.tsv:2: ", "longer than 200 bytes"},
        {HEAD "de\tD\ta|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u\t\n", "x.tsv:2: ", "more than 20 renderings"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};
        assert_null(glossary_parse(cases[i].text, strlen(cases[i].text), "x.tsv", &e));
        if (e.kind != ERR_USAGE || !str_starts(e.text, cases[i].place) || !strstr(e.text, cases[i].says))
            fail_msg("case %zu: %s", i, e.text);
    }
}

static void bad_files_are_told(void **state)
{
    struct err e = {0};
    size_t len = GLOSSARY_MAX_BYTES + 1;
    char *long_text = mem_array(len, 1);
    (void)state;
    assert_null(glossary_load("./no-such-file.tsv", &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_non_null(strstr(e.text, "no-such-file.tsv"));
    assert_null(glossary_parse(long_text, len, "x.tsv", &e));
    assert_non_null(strstr(e.text, "more than 8388608 bytes"));
    assert_null(glossary_parse("a\0b", 3, "x.tsv", &e));
    assert_non_null(strstr(e.text, "x.tsv:1"));
    free(long_text);
}

/* Finding. */

static const char small[] = HEAD "de\tStrahlentherapie\tradiotherapy|radiation therapy\n"
                                 "de\tniedrige Dosis\tlow dose\n"
                                 "de\tniedrig dosierte Strahlentherapie\tlow-dose radiotherapy\n"
                                 "de\tDosis\tdose\n"
                                 "de\tFraktion\tfraction\n"
                                 "de\tLymphozyten\tlymphocytes\n"
                                 "de\tBystander-Effekt\tbystander effect\n"
                                 "fr\tradio-induit\tradiation-induced\n"
                                 "fr\tmaladie d'Alzheimer\tAlzheimer's disease\n"
                                 "es\tfracción\tfraction\n"
                                 "es\tdosis baja\tlow dose\n"
                                 "pt\tfração\tfraction\n"
                                 "it\tbassa dose\tlow dose\n"
                                 "ru\tлучевая терапия\tradiotherapy\n"
                                 "ru\tпоглощённая доза\tabsorbed dose\n"
                                 "ru\tоблучение\tirradiation\n"
                                 "ru\tлимфоциты\tlymphocytes\n"
                                 "ru\tГр\tGy|gray\n"
                                 "ru\tмГр\tmGy\n"
                                 "uk\tопромінення\tirradiation\n"
                                 "pl\tdawka pochłonięta\tabsorbed dose\n"
                                 "pl\tnapromienianie\tirradiation\n"
                                 "cs\tnízká dávka\tlow dose\n"
                                 "tr\tışınlama\tirradiation\n"
                                 "tr\tdüşük doz\tlow dose\n"
                                 "fi\tsädehoito\tradiotherapy\n"
                                 "sv\tstrålbehandling\tradiotherapy\n"
                                 "hu\tsugárterápia\tradiotherapy\n"
                                 "ro\tradioterapie\tradiotherapy\n"
                                 "ar\tالعلاج الإشعاعي\tradiotherapy\n"
                                 "ar\tجرعة منخفضة\tlow dose\n"
                                 "fa\tلنفوسیت‌ها\tlymphocytes\n"
                                 "fa\tگری\tGy\n"
                                 "zh\t低剂量\tlow dose\n"
                                 "zh\t放疗\tradiotherapy\n"
                                 "zh\t低剂量放疗\tlow-dose radiotherapy\n"
                                 "zh\tDNA双链断裂\tDNA double-strand break\n"
                                 "ja\tグレイ\tGy\n"
                                 "ja\t放射線治療\tradiotherapy\n"
                                 "ja\t1回線量\tdose per fraction\n"
                                 "ko\t방사선 치료\tradiotherapy\n"
                                 "ko\t조사\tirradiation\n"
                                 "th\tรังสีรักษา\tradiotherapy\n";

static void terms_are_found(void **state)
{
    static const struct {
        const char *language, *text, *terms;
    } cases[] = {
        /* Case, order, once each, longest first and alone. */
        {"de", "STRAHLENTHERAPIE, Dosis und strahlentherapie", "Strahlentherapie; Dosis"},
        {"de", "Niedrig dosierte Strahlentherapie", "niedrig dosierte Strahlentherapie"},
        {"de", "Niedrig dosierte Strahlentherapie vor der Strahlentherapie",
         "niedrig dosierte Strahlentherapie; Strahlentherapie"},
        {"de", "", ""},
        {"de", "...", ""},
        {"de", "Nichts davon", ""},
        /* Endings, compounds, hyphens; not other words. */
        {"de", "bei niedrigen Dosen", "niedrige Dosis"},
        {"de", "Strahlentherapiepatienten", "Strahlentherapie"},
        {"de", "Radiostrahlentherapie", ""},
        {"de", "fraktionierte Gabe, Fraktionierung", ""},
        {"de", "in 30 Fraktionen; Fraktionsschema", "Fraktion"},
        {"de", "Ein Lymphozyt, viele Lymphozyten", "Lymphozyten"},
        {"de", "des Bystander-Effekts", "Bystander-Effekt"},
        {"de", "des Bystander Effekts", "Bystander-Effekt"},
        {"fr", "cancers radio-induits, leucémie radio-induite", "radio-induit"},
        {"fr", "La maladie d’Alzheimer", "maladie d'Alzheimer"},
        {"es", "en 5 fracciones a dosis bajas", "fracción; dosis baja"},
        {"es", "FRACCION", "fracción"},
        {"pt", "5 frações", "fração"},
        {"it", "basse dosi", "bassa dose"},
        {"ru", "после лучевой терапии", "лучевая терапия"},
        {"ru", "поглощенной дозы, поглощённых доз", "поглощённая доза"},
        {"ru", "при облучении; облученные мыши", "облучение"},
        {"ru", "облученные мыши, облучены", ""},
        {"ru", "лимфоцитов", "лимфоциты"},
        {"uk", "після опроміненням", "опромінення"},
        {"pl", "dawki pochłoniętej", "dawka pochłonięta"},
        {"pl", "dawek pochłoniętych po napromienianiu", "dawka pochłonięta; napromienianie"},
        {"cs", "nízkých dávek, nízké dávky", "nízká dávka"},
        {"tr", "IŞINLAMA; ışınlamanın", "ışınlama"},
        {"tr", "düşük dozların etkisi", "düşük doz"},
        {"tr", "düşük dozimetri", ""},
        {"fi", "sädehoidon jälkeen, sädehoidossa", "sädehoito"},
        {"fi", "sädehoitopotilaat", "sädehoito"},
        {"sv", "strålbehandlingen", "strålbehandling"},
        {"hu", "a sugárterápiában", ""}, /* á for a inside of the word: no rule is that far */
        {"hu", "a sugárterápiaval", "sugárterápia"},
        {"ro", "radioterapiei", "radioterapie"},
        /* Units are themselves and stand alone. */
        {"ru", "доза 2 Гр, 2Гр/сут", "Гр"},
        {"ru", "контрольная гр. мышей", ""},
        {"ru", "20 мГр", "мГр"},
        {"ru", "20 МГр", ""},
        /* Arabic: article, clitics, spelling. */
        {"ar", "بعد العلاج الإشعاعي", "العلاج الإشعاعي"},
        {"ar", "وبالعلاج الاشعاعي للمرضى", "العلاج الإشعاعي"},
        {"ar", "علاج إشعاعي", "العلاج الإشعاعي"},
        {"ar", "للعلاج الإشعاعي", "العلاج الإشعاعي"},
        {"ar", "بالجرعات المنخفضة", "جرعة منخفضة"},
        {"ar", "المعالج", ""},
        {"fa", "لنفوسيت‌هاي خون", "لنفوسیت‌ها"},
        {"fa", "۲ گری", "گری"},
        {"fa", "غربالگری و غربال‌گری", ""},
        /* Scripts without spaces. */
        {"zh", "接受低剂量放疗的患者", "低剂量放疗"},
        {"zh", "低剂量照射和放疗", "低剂量; 放疗"},
        {"zh-Hans", "DNA 双链断裂", "DNA双链断裂"},
        {"ja", "2グレイの放射線治療", "グレイ; 放射線治療"},
        {"ja", "グレイスケール画像、マイクログレイ", ""},
        {"ja", "１回線量は", "1回線量"},
        {"ko", "방사선치료를 받은", "방사선 치료"},
        {"ko", "방사선 치료는", "방사선 치료"},
        {"ko", "조사한 결과, 재조사", "조사"},
        {"ko", "재조사", ""},
        {"th", "ผู้ป่วยรังสีรักษา", "รังสีรักษา"},
        /* No terms there. */
        {"en", "Strahlentherapie", ""},
        {"el", "Strahlentherapie", ""},
        {"und", "Strahlentherapie", ""},
    };
    struct glossary *g = parse(small);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(g, cases[i].language, cases[i].text, cases[i].terms);
    assert_int_equal(glossary_find(NULL, "Dosis", "de", "en", NULL, &(const struct glossary_term *){NULL}), 0);
    glossary_free(g);
}

static void english_is_the_hub(void **state)
{
    struct glossary *g = parse(HEAD "de\tHeilmittel\tremedy|drug\nfr\tremède\tremedy\nfr\tmédicament\tdrug\n"
                                    "fr\tpotion\tpotion\nen\tcure\tremedy\n");
    struct arena arena = ARENA_INIT;
    const struct glossary_term *terms;
    (void)state;
    assert_int_equal(glossary_find(g, "Das Heilmittel", "de", "en", &arena, &terms), 1);
    assert_string_equal(terms[0].render, "remedy");
    assert_string_equal(terms[0].accepted[1], "drug");
    assert_null(terms[0].accepted[2]);
    assert_int_equal(glossary_find(g, "Das Heilmittel", "de", "fr", &arena, &terms), 1);
    assert_string_equal(terms[0].render, "remède");
    assert_string_equal(terms[0].accepted[1], "médicament");
    assert_null(terms[0].accepted[2]);
    assert_int_equal(glossary_find(g, "Das Heilmittel", "de", "de", &arena, &terms), 0);
    assert_int_equal(glossary_find(g, "la potion", "fr", "de", &arena, &terms), 0);
    assert_int_equal(glossary_find(g, "Remedies, a cure", "en", "de", &arena, &terms), 2);
    assert_string_equal(terms[0].term, "remedy");
    assert_string_equal(terms[0].render, "Heilmittel");
    assert_string_equal(terms[1].term, "cure");
    assert_string_equal(terms[1].render, "Heilmittel");
    assert_null(glossary_check(terms, 2, "Heilmittel", "de", &arena));
    assert_non_null(glossary_check(terms, 2, "Mittel", "de", &arena));
    /* What is only accepted is no term of its own, but stands for what is asked for. */
    assert_int_equal(glossary_find(g, "a drug", "en", "de", &arena, &terms), 0);
    assert_int_equal(glossary_find(g, "a drug", "en", "fr", &arena, &terms), 1);
    assert_string_equal(terms[0].render, "médicament");
    arena_release(&arena);
    glossary_free(g);
}

/* Checking. */

static void renderings_are_checked(void **state)
{
    static const struct {
        const char *renderings, *translation, *target;
        bool fine;
    } cases[] = {
        {"radiotherapy", "After Radiotherapy.", "en", true},
        {"radiotherapy", "After radiation.", "en", false},
        {"radiotherapy", "", "en", false},
        {"radiotherapy|radiation therapy", "after radiation therapy", "en", true},
        {"radiotherapy", "radio-therapy", "en", true},
        {"low-dose", "low dose, given", "en", true},
        {"low-dose", "lowdose", "en", true},
        {"low-dose", "lower dose", "en", false},
        {"fraction", "fractions", "en", true},
        {"fraction", "fractionation", "en", false},
        {"lymphocytes", "each lymphocyte", "en", true},
        {"therapy", "therapies", "en", true},
        {"diagnosis", "diagnoses", "en", true},
        {"heel spur", "heel spurs", "en", true},
        {"oedema", "edema", "en", true},
        {"edema", "oedema", "en", true},
        {"hemangioma", "haemangiomas", "en", true},
        {"ionizing radiation", "ionising radiation", "en", true},
        {"tumor center", "tumour centre", "en", true},
        {"labeled", "labelled", "en", true},
        {"Gy", "2 Gy", "en", true},
        {"Gy", "2Gy", "en", true},
        {"Gy", "2 gray", "en", false},
        {"Gy", "2 mGy", "en", false},
        {"Gy", "2 GY", "en", false},
        {"mGy", "2 MGy", "en", false},
        {"Gy|gray", "2 grays", "en", true},
        {"Gy|gray", "2 Gray", "en", true},
        {"Gy|gray", "2 grey", "en", false},
        {"Gy|gray", "gray-green", "en", true},
        {"CT", "two CTs", "en", true},
        {"CT", "CTLA", "en", false},
        {"Alzheimer's disease", "Alzheimer’s disease", "en", true},
        {"art", "heart", "en", false},
        {"Strahlentherapie", "der Strahlentherapiepatienten", "de", true},
        {"лучевая терапия", "лучевой терапии", "ru", true},
        {"лучевая терапия", "терапии", "ru", false},
        {"放疗", "低剂量放疗后", "zh", true},
        {"放疗", "化疗", "zh", false},
        {"방사선 치료", "방사선치료는", "ko", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = ARENA_INIT;
        const char *accepted[8] = {NULL};
        char *list = mem_strdup(cases[i].renderings), *rest = NULL;
        size_t n = 0;
        for (char *r = strtok_r(list, "|", &rest); r; r = strtok_r(NULL, "|", &rest))
            accepted[n++] = r;
        struct glossary_term term = {"Wort", accepted[0], accepted};
        const char *missing = glossary_check(&term, 1, cases[i].translation, cases[i].target, &arena);
        if ((missing == NULL) != cases[i].fine)
            fail_msg("'%s' in '%s': %s", cases[i].renderings, cases[i].translation, missing ? missing : "fine");
        free(list);
        arena_release(&arena);
    }
}

static void complaints_name_terms(void **state)
{
    static const char *const dose[] = {"dose", NULL}, *const gray[] = {"Gy", "gray", NULL};
    static const struct glossary_term terms[] = {
        {"Dosis", "dose", dose}, {"Gray", "Gy", gray}, {"Dosen", "dose", dose},
        {"a", "dose", dose},     {"b", "dose", dose},  {"c", "dose", dose},
    };
    struct arena arena = ARENA_INIT;
    (void)state;
    assert_string_equal(glossary_check(terms, 2, "amount", "en", &arena),
                        "'Dosis' must be 'dose'; 'Gray' must be 'Gy'");
    assert_string_equal(glossary_check(terms, 2, "doses", "en", &arena), "'Gray' must be 'Gy'");
    assert_null(glossary_check(terms, 3, "a dose of 2 Gy", "en", &arena)); /* once is enough for both */
    assert_null(glossary_check(NULL, 0, "x", "en", &arena));
    const char *many = glossary_check(terms, 6, "amount", "en", &arena);
    assert_non_null(strstr(many, "'b' must"));
    assert_null(strstr(many, "'c' must")); /* five are enough to tell */
    arena_release(&arena);
}

static void lines_for_a_prompt_are_bounded(void **state)
{
    static const char *const dose[] = {"dose", NULL};
    struct glossary_term terms[GLOSSARY_LINES + 5];
    struct str out = STR_INIT(10000);
    (void)state;
    for (size_t i = 0; i < GLOSSARY_LINES + 5; i++)
        terms[i] = (struct glossary_term){"Dosis", "dose", dose};
    assert_int_equal(glossary_lines(terms, 2, &out), 2);
    assert_string_equal(out.data, "Dosis = dose\nDosis = dose\n");
    str_clear(&out);
    assert_int_equal(glossary_lines(terms, GLOSSARY_LINES + 5, &out), GLOSSARY_LINES);
    assert_int_equal(out.len, GLOSSARY_LINES * strlen("Dosis = dose\n"));
    str_clear(&out);
    assert_int_equal(glossary_lines(terms, 0, &out), 0);
    assert_int_equal(out.len, 0);
    str_release(&out);
}

/* Hashes. */

static void hash_of(const char *lines, const char *language, const char *target, char hash[SHA256_SIZE])
{
    char *text = mem_printf(HEAD "%s", lines);
    struct glossary *g = parse(text);
    glossary_hash(g, language, target, hash);
    glossary_free(g);
    free(text);
}

static void hashes_tell_languages_apart(void **state)
{
    static const char lines[] = "de\tDosis\tdose\nde\tHeilmittel\tdrug\nfr\tdose\tdose\n";
    char a[SHA256_SIZE], b[SHA256_SIZE];
    (void)state;
    hash_of(lines, "de", "en", a);
    assert_true(sha256_is_hex(a));
    hash_of("de\tHeilmittel\tdrug\tnew note\nfr\tdose\tdose\nde\tDosis\tdose\n", "de", "en", b);
    assert_string_equal(a, b); /* order and notes do not matter */
    hash_of("de\tDosis\tdose\nde\tHeilmittel\tdrug\nfr\tdoses\tdose\nes\tx\ty\n", "de", "en", b);
    assert_string_equal(a, b); /* nor do other languages */
    hash_of("de\tDosis\tdose|dosage\nde\tHeilmittel\tdrug\n", "de", "en", b);
    assert_string_not_equal(a, b);
    hash_of("de\tDosen\tdose\nde\tHeilmittel\tdrug\n", "de", "en", b);
    assert_string_not_equal(a, b);
    hash_of(lines, "de", "fr", a);
    hash_of("de\tDosis\tdose\nde\tHeilmittel\tdrug\nfr\tdoses\tdose\n", "de", "fr", b);
    assert_string_not_equal(a, b); /* unless they are the target */
    hash_of(lines, "it", "en", a);
    assert_string_equal(a, "");
    hash_of(lines, "de", "it", a);
    assert_string_equal(a, "");
    glossary_hash(NULL, "de", "en", a);
    assert_string_equal(a, "");
}

/* The glossary that figmill brings. */

static char *shipped(void)
{
    const char *source = getenv("FIGMILL_SOURCE");
    return source ? mem_printf("%s/ingest/profiles/ldrt.glossary.tsv", source) : NULL;
}

/* How many languages have a term whose first rendering is this. */
static size_t languages_with(const char *text, const char *english)
{
    size_t n = 0, len = strlen(english);
    char last[16] = "";
    for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        size_t tag = strcspn(line, "\t");
        const char *term = line + tag + 1, *first = term + strcspn(term, "\t") + 1;
        if (tag >= sizeof last || strncmp(first, english, len) != 0 || !strchr("\t|", first[len]) ||
            (strncmp(last, line, tag) == 0 && last[tag] == '\0') || strncmp(line, "en\t", 3) == 0)
            continue;
        memcpy(last, line, tag);
        last[tag] = '\0';
        n++;
    }
    return n;
}

static void core_terms_are_shipped(void **state)
{
    static const char *const languages[] = {"ar", "cs", "de", "es", "fa", "fr", "it", "ja",
                                            "ko", "nl", "pl", "pt", "ru", "tr", "uk", "zh"};
    static const char *const core[] = {"Gy",
                                       "Sv",
                                       "fraction",
                                       "orthovoltage",
                                       "osteoarthritis",
                                       "radiation-induced",
                                       "low-dose radiation therapy",
                                       "radiotherapy",
                                       "low dose",
                                       "irradiation",
                                       "absorbed dose",
                                       "dose rate",
                                       "total dose",
                                       "single dose",
                                       "plantar fasciitis",
                                       "heel spur",
                                       "benign disease",
                                       "pain relief",
                                       "computed tomography",
                                       "ionizing radiation"};
    struct err e = {0};
    char *path = shipped();
    (void)state;
    if (!path)
        skip();
    struct glossary *g = glossary_load(path, &e); /* which finds doubles */
    if (!g)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (glossary_count(g, languages[i]) < 25)
            fail_msg("%s", languages[i]);
    char *text = file_read_text(path, GLOSSARY_MAX_BYTES, &e);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof core / sizeof *core; i++)
        if (languages_with(text, core[i]) < 10)
            fail_msg("%s: %zu languages", core[i], languages_with(text, core[i]));
    free(text);
    glossary_free(g);
    free(path);
}

/* Sentences as captions have them, and translations that are right and wrong. */
static void shipped_terms_work(void **state)
{
    static const struct {
        const char *language, *text, *terms, *right, *wrong;
    } cases[] = {
        {"de", "Patienten mit Gonarthrose nach niedrigdosierter Strahlentherapie mit 6 x 0,5 Gray",
         "Gonarthrose; niedrigdosierte Strahlentherapie; gray",
         "Patients with osteoarthritis of the knee after low-dose radiotherapy with 6 x 0.5 Gy",
         "Patients with knee pain after low-dose radiotherapy with 6 x 0.5 Gy"},
        {"es", "Radioterapia de baja dosis en la fascitis plantar", "radioterapia de baja dosis; fascitis plantar",
         "Low dose radiation therapy of plantar fasciitis", "Radiation of plantar fasciitis"},
        {"ru", "Больным остеоартрозом проводили лучевую терапию, 0,5 Гр за фракцию",
         "остеоартроз; лучевая терапия; Гр; фракция",
         "Patients with osteoarthritis received radiation therapy, 0.5 Gy per fraction",
         "Patients with arthrosis received radiation therapy, 0.5 Gy per fraction"},
        {"pl", "Rozkład dawki w ortowoltowej radioterapii ostrogi piętowej",
         "ortowoltowy; radioterapia; ostroga piętowa", "Dose distribution in orthovoltage radiotherapy of a heel spur",
         "Dose in kilovoltage radiotherapy of a heel spur"},
        {"zh", "低剂量放射治疗膝骨关节炎", "低剂量放射治疗; 膝骨关节炎", "Low-dose radiotherapy of knee osteoarthritis",
         "Low-dose radiotherapy of knee joints"},
        {"ja", "変形性膝関節症に対する低線量放射線療法、0.5グレイ", "変形性膝関節症; 低線量放射線療法; グレイ",
         "Low-dose radiation therapy for knee osteoarthritis, 0.5 Gy",
         "Low-dose radiation therapy for knee osteoarthritis, 0.5 grey"},
        {"ko", "족저근막염의 저선량 방사선치료", "족저근막염; 저선량 방사선 치료",
         "Low-dose radiotherapy of plantar fasciitis", "Low-dose radiotherapy of the foot"},
        {"ko", "그레이브스병 환자", "그레이브스병", "Patients with Graves' disease", "Patients with 1 Gy disease"},
        {"ar", "العلاج الإشعاعي بجرعات منخفضة للفصال العظمي", "العلاج الإشعاعي بجرعات منخفضة; الفصال العظمي",
         "Low-dose radiotherapy for osteoarthritis", "Low-dose radiotherapy for arthritis"},
        {"fa", "پرتودرمانی با دوز پایین در آرتروز", "پرتودرمانی با دوز پایین; آرتروز",
         "Low-dose radiotherapy in osteoarthritis", "Phototherapy in osteoarthritis"},
        {"tr", "Düşük doz radyoterapinin diz osteoartritine etkisi", "düşük doz radyoterapi; diz osteoartriti",
         "Effect of low-dose radiotherapy on knee osteoarthritis", "Effect of radiotherapy on knee osteoarthritis"},
        {"fr", "Dose totale et nombre de fractions", "dose totale; fraction", "Total dose and number of fractions",
         "Total dose and number of breaks"},
        {"it", "Basse dosi, danno radioindotto", "bassa dose; radioindotto", "Low doses, radiation-induced damage",
         "Low doses, damage"},
        {"cs", "Úleva od bolesti po ozáření patní ostruhy", "úleva od bolesti; ozáření; patní ostruha",
         "Pain relief after irradiation of a calcaneal spur", "Pain relief after irradiation of the calcaneus"},
        {"nl", "Ioniserende straling en artrose", "ioniserende straling; artrose",
         "Ionising radiation and osteoarthritis", "Ionising radiation and arthrosis"},
        {"pt", "Radiações ionizantes: aberrações cromossômicas", "radiação ionizante; aberrações cromossômicas",
         "Ionizing radiation: chromosomal aberrations", "Ionizing radiation: chromosomes"},
        {"uk", "Опромінення в низьких дозах", "опромінення; низька доза", "Irradiation at low doses",
         "Irradiation at high doses"},
    };
    struct err e = {0};
    char *path = shipped();
    (void)state;
    if (!path)
        skip();
    struct glossary *g = glossary_load(path, &e);
    assert_non_null(g);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = ARENA_INIT;
        const struct glossary_term *terms;
        expect(g, cases[i].language, cases[i].text, cases[i].terms);
        size_t n = glossary_find(g, cases[i].text, cases[i].language, "en", &arena, &terms);
        const char *missing = glossary_check(terms, n, cases[i].right, "en", &arena);
        if (missing)
            fail_msg("'%s': %s", cases[i].right, missing);
        if (!glossary_check(terms, n, cases[i].wrong, "en", &arena))
            fail_msg("'%s' was accepted", cases[i].wrong);
        arena_release(&arena);
    }
    glossary_free(g);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lines),
        cmocka_unit_test(regions_have_the_languages_terms),
        cmocka_unit_test(errors_have_lines),
        cmocka_unit_test(bad_files_are_told),
        cmocka_unit_test(terms_are_found),
        cmocka_unit_test(english_is_the_hub),
        cmocka_unit_test(renderings_are_checked),
        cmocka_unit_test(complaints_name_terms),
        cmocka_unit_test(lines_for_a_prompt_are_bounded),
        cmocka_unit_test(hashes_tell_languages_apart),
        cmocka_unit_test(core_terms_are_shipped),
        cmocka_unit_test(shipped_terms_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
