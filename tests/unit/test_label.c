#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "extract/label.h"

enum { PLURAL = 1, CONTINUED = 2, LOWER = 4 };

/* A line, and what is expected of it. `label` and `rest` are the parts that label_len and len point to. */
struct expected {
    const char *text, *kind, *number, *label, *rest;
    int separator;
    const char *sub;
    int flags;
};

static const struct expected latin[] = {
    {"Figure 1. Dose plan", "figure", "1", "Figure 1", "Dose plan", '.'},
    {"Figure1.Dose plan", "figure", "1", "Figure1", "Dose plan", '.'},
    {"  Fig. 12: Dose plan", "figure", "12", "  Fig. 12", "Dose plan", ':'},
    {"FIG 3 Dose plan", "figure", "3", "FIG 3", "Dose plan", 0},
    {"Fig. 2.3 Dose plan", "figure", "2.3", "Fig. 2.3", "Dose plan", 0},
    {"Figure 01 Dose", "figure", "1", "Figure 01", "Dose", 0},
    {"FIGURE IV", "figure", "4", "FIGURE IV", "", 0},
    {"Figure-1: Dose", "figure", "1", "Figure-1", "Dose", ':'},
    {"Figure 1 | Dose", "figure", "1", "Figure 1", "Dose", '|'},
    {"Figure 1\xe2\x80\x83"
     "Dose",
     "figure", "1", "Figure 1", "Dose", 0x2003},
    {"Figure 1Distribution of dose", "figure", "1", "Figure 1", "Distribution of dose", 0},
    {"F I G U R E 1 Dose", "figure", "1", "F I G U R E 1", "Dose", 0},
    {"T A B L E 2 Dose", "table", "2", "T A B L E 2", "Dose", 0},
    {"F IGURE 7. Dose", "figure", "7", "F IGURE 7", "Dose", '.'},
    {"Fig. 1A-C. Dose", "figure", "1", "Fig. 1A-C", "Dose", '.', "A-C"},
    {"Fig. 1a Dose", "figure", "1", "Fig. 1a", "Dose", 0, "a"},
    {"Fig. 1ab Dose", "figure", "1", "Fig. 1ab", "Dose", 0, "ab"},
    {"Fig. 1A,B Dose", "figure", "1", "Fig. 1A,B", "Dose", 0, "A,B"},
    {"Figure S1. Dose", "figure", "S1", "Figure S1", "Dose", '.'},
    {"FigS2 Dose", "figure", "S2", "FigS2", "Dose", 0},
    {"Fig. A.1. Dose", "figure", "A1", "Fig. A.1", "Dose", '.'},
    {"Figure EV3. Dose", "figure", "EV3", "Figure EV3", "Dose", '.'},
    {"Figure A. Dose", "figure", "A", "Figure A", "Dose", '.'},
    {"Figure (3) Dose", "figure", "3", "Figure (3)", "Dose", 0},
    {"[Fig. 3] Dose", "figure", "3", "[Fig. 3]", "Dose", 0},
    {"(Fig. 3) Dose", "figure", "3", "(Fig. 3)", "Dose", 0},
    {"\xe2\x96\xb6 Fig. 3 Dose", "figure", "3", "\xe2\x96\xb6 Fig. 3", "Dose", 0},
    {"Extended Data Fig. 3 | Dose", "figure", "ED3", "Extended Data Fig. 3", "Dose", '|'},
    {"Supplementary Figure 2. Dose", "figure", "S2", "Supplementary Figure 2", "Dose", '.'},
    {"Suppl. Fig. S2: Dose", "figure", "S2", "Suppl. Fig. S2", "Dose", ':'},
    {"Supplemental Table 2", "table", "S2", "Supplemental Table 2", "", 0},
    {"Appendix Figure 1", "figure", "A1", "Appendix Figure 1", "", 0},
    {"eFigure 2. Dose", "figure", "E2", "eFigure 2", "Dose", '.'},
    {"Figure 1\xe2\x80\x94"
     "figure supplement 2. Dose",
     "figure", "1-S2",
     "Figure 1\xe2\x80\x94"
     "figure supplement 2",
     "Dose", '.'},
    {"Figure 1-source data 1", "supplement", "1-D1", "Figure 1-source data 1", "", 0},
    {"Figure 3-video 1. Dose", "video", "3-V1", "Figure 3-video 1", "Dose", '.'},
    {"Additional file 3: Dose", "supplement", "3", "Additional file 3", "Dose", ':'},
    {"Scheme 1. Dose", "scheme", "1", "Scheme 1", "Dose", '.'},
    {"Chart 2. Dose", "chart", "2", "Chart 2", "Dose", '.'},
    {"Plate 4. Dose", "plate", "4", "Plate 4", "Dose", '.'},
    {"Map 1. Dose", "map", "1", "Map 1", "Dose", '.'},
    {"Photo 1. Dose", "photo", "1", "Photo 1", "Dose", '.'},
    {"Box 1 Dose", "box", "1", "Box 1", "Dose", 0},
    {"Algorithm 1 Dose", "algorithm", "1", "Algorithm 1", "Dose", 0},
    {"Video 1. Dose", "video", "1", "Video 1", "Dose", '.'},
    {"Graphical Abstract", "abstract", "", "Graphical Abstract", "", 0},
    {"Key resources table", "table", "", "Key resources table", "", 0},
    {"Figures 1 and 2. Dose", "figure", "1", "Figures 1 and 2", "Dose", '.', "", PLURAL},
    {"Figs. 2-4. Dose", "figure", "2", "Figs. 2-4", "Dose", '.', "", PLURAL},
    {"Figure. Flow of patients", "figure", "", "Figure", "Flow of patients", '.'},
    {"Table", "table", "", "Table", "", 0},
    {"Table XXXIX. Dose", "table", "39", "Table XXXIX", "Dose", '.'},
    {"Table XIX. Dose", "table", "19", "Table XIX", "Dose", '.'},
    {"Fig. Flow of patients", "figure", "", "Fig.", "Flow of patients", 0},
    {"Figure： Flow of patients", "figure", "", "Figure", "Flow of patients", 0xff1a},
    {"Table 1 (continued). Dose", "table", "1", "Table 1", "Dose", '.', "", CONTINUED},
    {"Table 1. Continued", "table", "1", "Table 1", "", '.', "", CONTINUED},
    {"figure 2. dose", "figure", "2", "figure 2", "dose", '.', "", LOWER},
    {"\xef\xac\x81gure 2. dose", "figure", "2", "\xef\xac\x81gure 2", "dose", '.', "", LOWER},
    {"Figura 1 muestra la dosis", "figure", "1", "Figura 1", "muestra la dosis", 0},
    {"Figura 1 – Dosis", "figure", "1", "Figura 1", "Dosis", 0x2013},
    {"Figura N\xc2\xba 1.- Dosis", "figure", "1", "Figura N\xc2\xba 1", "Dosis", '.'},
    {"Cuadro 2. Dosis", "table", "2", "Cuadro 2", "Dosis", '.'},
    {"Gr\xc3\xa1"
     "fico 1 - Dose",
     "chart", "1",
     "Gr\xc3\xa1"
     "fico 1",
     "Dose", '-'},
    {"Figura suplementar 2: Dose", "figure", "S2", "Figura suplementar 2", "Dose", ':'},
    {"Tabela 1 (continuação)", "table", "1", "Tabela 1", "", 0, "", CONTINUED},
    {"Tableau II. – Dose", "table", "2", "Tableau II", "Dose", '.'},
    {"Figure 1\xc2\xa0: Dose", "figure", "1", "Figure 1", "Dose", ':'},
    {"Abb. 1 und 2 Dosis", "figure", "1", "Abb. 1 und 2", "Dosis", 0, "", PLURAL},
    {"Abbildung 3: Dosis", "figure", "3", "Abbildung 3", "Dosis", ':'},
    {"Tab. 3 (Fortsetzung)", "table", "3", "Tab. 3", "", 0, "", CONTINUED},
    {"Tabella IV. Dose", "table", "4", "Tabella IV", "Dose", '.'},
    {"Ryc. 1. Dawka", "figure", "1", "Ryc. 1", "Dawka", '.'},
    {"Tabela I. Dawka", "table", "1", "Tabela I", "Dawka", '.'},
    {"Obr. 1. D\xc3\xa1vka", "figure", "1", "Obr. 1", "D\xc3\xa1vka", '.'},
    {"Tabu\xc4\xbe"
     "ka 2: D\xc3\xa1vka",
     "table", "2",
     "Tabu\xc4\xbe"
     "ka 2",
     "D\xc3\xa1vka", ':'},
    {"Slika 1. / Figure 1. Doza", "figure", "1", "Slika 1. / Figure 1", "Doza", '.'},
    {"Figuur 1. Dosis", "figure", "1", "Figuur 1", "Dosis", '.'},
    {"Figur 2. Dos", "figure", "2", "Figur 2", "Dos", '.'},
    {"Taulukko 1. Annos", "table", "1", "Taulukko 1", "Annos", '.'},
    {"KUVA 1. Annos", "figure", "1", "KUVA 1", "Annos", '.'},
    {"Joonis 1. Doos", "figure", "1", "Joonis 1", "Doos", '.'},
    {"Tabelul 1. Doza", "table", "1", "Tabelul 1", "Doza", '.'},
    {"Şekil 1. Doz", "figure", "1", "Şekil 1", "Doz", '.'},
    {"ŞEKİL 1: Doz", "figure", "1", "ŞEKİL 1", "Doz", ':'},
    {"Hình 1. Liều", "figure", "1", "Hình 1", "Liều", '.'},
    {"Hi\xcc\x80nh 1. Li", "figure", "1", "Hi\xcc\x80nh 1", "Li", '.'}, /* decomposed */
    {"Biểu đồ 2. Liều", "chart", "2", "Biểu đồ 2", "Liều", '.'},
    {"Gambar 1. Dosis", "figure", "1", "Gambar 1", "Dosis", '.'},
    {"Rajah 1. Dos", "figure", "1", "Rajah 1", "Dos", '.'},
};

static const struct expected suffixes[] = {
    {"1. ábra. Dózis", "figure", "1", "1. ábra", "Dózis", '.'},
    {"2. kép: Dózis", "figure", "2", "2. kép", "Dózis", ':'},
    {"I. táblázat. Dózis", "table", "1", "I. táblázat", "Dózis", '.'},
    {"1 pav. Dozė", "figure", "1", "1 pav.", "Dozė", 0},
    {"3 lentelė. Dozė", "table", "3", "3 lentelė", "Dozė", '.'},
    {"1. attēls. Deva", "figure", "1", "1. attēls", "Deva", '.'},
    {"2. tabula. Deva", "table", "2", "2. tabula", "Deva", '.'},
    {"1. irudia. Dosia", "figure", "1", "1. irudia", "Dosia", '.'},
    {"1-сурет. Доза", "figure", "1", "1-сурет", "Доза", '.'},
    {"2-jadval. Doza", "table", "2", "2-jadval", "Doza", '.'},
    {"1. mynd. Skammtur", "figure", "1", "1. mynd", "Skammtur", '.'},
    {"第1図 線量", "figure", "1", "第1図", "線量", 0},
    {"第二表　線量", "table", "2", "第二表", "線量", 0x3000},
};

static const struct expected others[] = {
    {"Рис. 1. Доза", "figure", "1", "Рис. 1", "Доза", '.'},
    {"Рисунок 1 – Доза", "figure", "1", "Рисунок 1", "Доза", 0x2013},
    {"Рис. Доза", "figure", "", "Рис.", "Доза", 0},
    {"Рис. 1 / Fig. 1. Доза", "figure", "1", "Рис. 1 / Fig. 1", "Доза", '.'},
    {"Продолжение таблицы 2", "table", "2", "Продолжение таблицы 2", "", 0, "", CONTINUED},
    {"Таблица 1а. Доза", "table", "1", "Таблица 1а", "Доза", '.', "а"},
    {"Мал. 1. Доза", "figure", "1", "Мал. 1", "Доза", '.'},
    {"Рыс. 1. Доза", "figure", "1", "Рыс. 1", "Доза", '.'},
    {"Фигура 1. Доза", "figure", "1", "Фигура 1", "Доза", '.'},
    {"Слика 1. Доза", "figure", "1", "Слика 1", "Доза", '.'},
    {"Εικόνα 1. Δόση", "figure", "1", "Εικόνα 1", "Δόση", '.'},
    {"ΕΙΚΟΝΑ 1. Δόση", "figure", "1", "ΕΙΚΟΝΑ 1", "Δόση", '.'},
    {"ΠΙΝΑΚΑΣ 2: Δόση", "table", "2", "ΠΙΝΑΚΑΣ 2", "Δόση", ':'},
    {"სურ. 1. დოზა", "figure", "1", "სურ. 1", "დოზა", '.'},
    {"Նկար 1. Դոզա", "figure", "1", "Նկար 1", "Դոզա", '.'},
    {"图1 剂量", "figure", "1", "图1", "剂量", 0},
    {"图１．剂量", "figure", "1", "图１", "剂量", 0xff0e},
    {"图1-2 剂量", "figure", "1-2", "图1-2", "剂量", 0},
    {"圖一 劑量", "figure", "1", "圖一", "劑量", 0},
    {"图①　剂量", "figure", "1", "图①", "剂量", 0x3000},
    {"续表1", "table", "1", "续表1", "", 0, "", CONTINUED},
    {"表1（续）剂量", "table", "1", "表1", "剂量", 0, "", CONTINUED},
    {"図 1：線量", "figure", "1", "図 1", "線量", 0xff1a},
    {"図１　線量", "figure", "1", "図１", "線量", 0x3000},
    {"<그림 1> 선량", "figure", "1", "<그림 1>", "선량", 0},
    {"[표 2] 선량", "table", "2", "[표 2]", "선량", 0},
    {"그림1. 선량", "figure", "1", "그림1", "선량", '.'},
    {"شكل (1) جرعة", "figure", "1", "شكل (1)", "جرعة", 0},
    {"الشكل رقم ١: جرعة", "figure", "1", "الشكل رقم ١", "جرعة", ':'},
    {"شکل ۱- دوز", "figure", "1", "شکل ۱", "دوز", '-'},
    {"جدول شماره ۲: دوز", "table", "2", "جدول شماره ۲", "دوز", ':'},
    {"איור 1: מנה", "figure", "1", "איור 1", "מנה", ':'},
    {"תמונה מס' 1", "photo", "1", "תמונה מס' 1", "", 0},
    {"चित्र १ खुराक", "figure", "1", "चित्र १", "खुराक", 0},
    {"তালিকা ১", NULL},
    {"চিত্র ১: মাত্রা", "figure", "1", "চিত্র ১", "মাত্রা", ':'},
    {"படம் 1: அளவு", "figure", "1", "படம் 1", "அளவு", ':'},
    {"รูปที่ ๑ ขนาด", "figure", "1", "รูปที่ ๑", "ขนาด", 0},
    {"ตารางที่ 2 ขนาด", "table", "2", "ตารางที่ 2", "ขนาด", 0},
    {"រូបភាព ១", "figure", "1", "រូបភាព ១", "", 0},
    {"ምስል 1. መጠን", "figure", "1", "ምስል 1", "መጠን", '.'},
};

static const char *const not_labels[] = {
    "",
    " ",
    "Figuring out",
    "Table of contents",
    "Fig trees",
    "figured 1",
    "Tabular 1",
    "Figure legends",
    "Figures and tables",
    "Table 2019 was",
    "Figure 1st",
    "Table 5% of",
    "fig.",
    "table. The",
    "Key resources table shows",
    "1. Introduction",
    "1 tab. daily",
    "12 patients",
    "I. Introduction",
    "第1章",
    "图像1",
    "表示1",
    "代表1例",
    "รูปแบบ",
    "Ab 1",
    "Sl 1",
    "A 1",
    "1. A patient",
    "Abbott 1",
    "Scheme of things",
    "рис",
    "Рисунки",
    "Illustration: A. Painter",
    "(Fig. 3",
};

static void check(const struct expected *x)
{
    struct label l;
    bool found = label_parse(x->text, strlen(x->text), &l);
    if (!x->kind) {
        assert_false(found);
        return;
    }
    if (!found)
        fail_msg("no label in \"%s\"", x->text);
    const char *sub = x->sub ? x->sub : "";
    if (strcmp(l.kind, x->kind) || strcmp(l.number, x->number) || strcmp(l.sub, sub) || l.separator != x->separator ||
        l.label_len != strlen(x->label) || strncmp(x->text, x->label, l.label_len) ||
        strcmp(x->text + l.len, x->rest) || l.plural != !!(x->flags & PLURAL) ||
        l.continued != !!(x->flags & CONTINUED) || l.capital != !(x->flags & LOWER))
        fail_msg("\"%s\": %s \"%s\" sub \"%s\" separator U+%04X label \"%.*s\" rest \"%s\" plural %d continued %d "
                 "capital %d",
                 x->text, l.kind, l.number, l.sub, (unsigned)l.separator, (int)l.label_len, x->text, x->text + l.len,
                 l.plural, l.continued, l.capital);
}

static void test_latin(void **state)
{
    for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
        check(&latin[i]);
}

static void test_suffixes(void **state)
{
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        check(&suffixes[i]);
}

static void test_other_scripts(void **state)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        check(&others[i]);
}

static void test_no_labels(void **state)
{
    struct label l;
    for (size_t i = 0; i < sizeof not_labels / sizeof *not_labels; i++)
        if (label_parse(not_labels[i], strlen(not_labels[i]), &l) && (l.capital || *l.number))
            fail_msg("\"%s\" is read as %s \"%s\"", not_labels[i], l.kind, l.number);
    assert_false(label_parse("Figure 1", 4, &l));
}

/* What goes on as a sentence behind the number, and what does not. */
static void test_cues(void **state)
{
    static const char *const cues[] = {
        "Figure 1 shows the dose", "Abb. 2 zeigt",   "그림 1은 구조를",     "(그림 2)와 같은",
        "図 1 に提案する",         "図1は結果を",    "图1所示的装置",       "图 2 显示",
        "Рис. 3 показывает",       "Рис. 3 показан", "Figura 2 se observa", "Şekil 1'de",
    };
    static const char *const captions[] = {
        "Figure 1. Shows of dogs", "Figure 1 In vivo imaging", "그림 1. 은나노 입자", "그림 1 이온 분포",
        "図 1 にんじんの色",       "图 1 为人民服务",          "图1实验装置",         "Abb. 2: zeigt",
        "Рис. 3. Показан",         "Figura 2. Muestra",
    };
    struct label l;
    for (size_t i = 0; i < sizeof cues / sizeof *cues; i++)
        if (!label_parse(cues[i], strlen(cues[i]), &l) || !l.cue)
            fail_msg("no cue in \"%s\"", cues[i]);
    for (size_t i = 0; i < sizeof captions / sizeof *captions; i++)
        if (!label_parse(captions[i], strlen(captions[i]), &l) || (l.cue && !l.separator))
            fail_msg("a cue in \"%s\"", captions[i]);
}

static void test_languages(void **state)
{
    static const struct {
        const char *text, *language;
        bool english;
    } cases[] = {
        {"Figure 1", NULL, true}, {"Fig. 1", NULL, true},  {"Abbildung 1", "de", false}, {"Figura 1", NULL, false},
        {"그림 1", "ko", false},  {"図 1", "ja", false},   {"Chart 1", "en", true},      {"第1図", "ja", false},
        {"1. ábra", "hu", false}, {"Movie 1", "en", true},
    };
    struct label l;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(label_parse(cases[i].text, strlen(cases[i].text), &l));
        if (l.english != cases[i].english || !l.language != !cases[i].language ||
            (l.language && strcmp(l.language, cases[i].language)))
            fail_msg("\"%s\" is %s, English %d", cases[i].text, l.language ? l.language : "of several languages",
                     l.english);
    }
    assert_true(label_parse("<그림 1> 구조", strlen("<그림 1> 구조"), &l));
    assert_int_equal(l.bracket, '<');
    assert_true(label_parse("그림 1", strlen("그림 1"), &l));
    assert_int_equal(l.bracket, 0);
}

/* Every cut of a label stays within its bytes, and so does a label cut inside a character. */
static void test_cut(void **state)
{
    static const char *const texts[] = {"Рис. 1–3 / Fig. 1 (продолжение). Доза", "1/a. ábra", "[F I G U R E 1a,b] - ",
                                        "Supplementary Figs. S1, S2 and 3-figure supplement 1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t len = 0; len <= strlen(texts[i]); len++) {
            char *exact = mem_new(len + 1);
            struct label l;
            exact = mem_resize(exact, len ? len : 1, 1); /* a sanitizer sees a byte read behind the end */
            memcpy(exact, texts[i], len);
            if (label_parse(exact, len, &l))
                assert_true(l.label_len <= l.len && l.len <= len);
            free(exact);
        }
}

/* All citations of a text, as "kind first-last" with the further ranges behind "+". */
static void cites(const char *text, char *out, size_t size)
{
    struct label_cite c;
    size_t at = 0, start, n = 0;
    out[0] = 0;
    while (label_find(text, strlen(text), &at, &start, &c)) {
        n += (size_t)snprintf(out + n, size - n, "%s%s %s-%s", n ? "; " : "", c.label.kind, c.label.number, c.last);
        for (size_t i = 0; i < c.n_also; i++)
            n += (size_t)snprintf(out + n, size - n, "+%s-%s", c.also[i].first, c.also[i].last);
        assert_true(start < at && at <= strlen(text) && c.label.label_len == at - start);
    }
}

static void test_find(void **state)
{
    static const char *const cases[][2] = {
        {"as in Figs. 2-4 and Table II (see fig. 1A, B)", "figure 2-4; table 2-2; figure 1-1"},
        {"figs 1, 3 and 5-7.", "figure 1-1+3-3+5-7"},
        {"(Fig. 1–3) and Supplementary Figs. S1-S3", "figure 1-3; figure S1-S3"},
        {"Figures S1-3", "figure S1-S3"},
        {"Figure 1—figure supplement 2", "figure 1-S2-1-S2"},
        {"如图1所示，代表1例，心电图1份，见表2和图3。", "figure 1-1; table 2-2; figure 3-3"},
        {"第1図に示す", "figure 1-1"},
        {"az 1. ábrán, a II. táblázatban", "figure 1-1; table 2-2"},
        {"на рисунке 1 и в таблице 2 (рис. 3, 4)", "figure 1-1; table 2-2; figure 3-3+4-4"},
        {"(Abb. 1 und 2; Tab. 3)", "figure 1-1+2-2; table 3-3"},
        {"(Figures 1(a)-1(b) and 2(a, b)).", "figure 1-1+2-2"},
        {"by SL. IM will, detector SL.1.", ""},
        {"w tabeli 1 i na rycinie 2", "table 1-1; figure 2-2"},
        {"Şekil 1’de", "figure 1-1"},
        {"في الشكل (1) والجدول رقم ٢", "figure 1-1; table 2-2"},
        {"그림 1과 표 2에", "figure 1-1; table 2-2"},
        {"aflatoxin AFB1, map 2, image 3, a configure 3", ""},
        {"take 1 tab. daily; 1. A patient; figure out; Table 2019", ""},
        {"no citation at all", ""},
    };
    char got[512];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cites(cases[i][0], got, sizeof got);
        if (strcmp(got, cases[i][1]))
            fail_msg("\"%s\": \"%s\", not \"%s\"", cases[i][0], got, cases[i][1]);
    }
}

/* More numbers than there is room for are read over, not written. */
static void test_long_list(void **state)
{
    static const char text[] = "Figures 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and 25 show";
    struct label_cite c;
    size_t at = 0, start;
    assert_true(label_find(text, strlen(text), &at, &start, &c));
    assert_int_equal(c.n_also, LABEL_MAX_ALSO);
    assert_string_equal(text + at, " show");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_latin),     cmocka_unit_test(test_suffixes),  cmocka_unit_test(test_other_scripts),
        cmocka_unit_test(test_cut),       cmocka_unit_test(test_no_labels), cmocka_unit_test(test_find),
        cmocka_unit_test(test_long_list), cmocka_unit_test(test_cues),      cmocka_unit_test(test_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
