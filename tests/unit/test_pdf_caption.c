/* test_pdf_caption.c: labels, captions and mentions of small PDFs, in many scripts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tests/unit/pdf_paper.h"

/* ---- writing: fonts Body and Bold as pdf_paper.h has them, and Uni, whose codes are UTF-16 and say so */

enum { CATALOG = 1, PAGES, BODY, BOLD, UNI, UNI_CID, UNI_MAP, BITMAP, BITMAP_GLYPH, FIRST_PAGE };

static void begin_object(struct str *out, size_t at[], int number)
{
    at[number] = out->len;
    str_addf(out, "%d 0 obj\n", number);
}

static void write_fonts(struct str *out, size_t at[])
{
    static const char map[] = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def "
                              "/CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange "
                              "1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end\n";
    begin_object(out, at, BODY);
    str_add(out, "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>\nendobj\n");
    begin_object(out, at, BOLD);
    str_add(out, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>\nendobj\n");
    begin_object(out, at, UNI);
    str_addf(out,
             "<</Type/Font/Subtype/Type0/BaseFont/Uni/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>\n"
             "endobj\n",
             UNI_CID, UNI_MAP);
    begin_object(out, at, UNI_CID);
    str_add(out, "<</Type/Font/Subtype/CIDFontType2/BaseFont/Uni/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
                 "/Supplement 0>>/DW 500/W[32[300]]/FontDescriptor<</Type/FontDescriptor"
                 "/FontName/Uni/Flags 4/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80"
                 "/FontBBox[0 -200 1000 800]>>>>\nendobj\n");
    begin_object(out, at, UNI_MAP);
    str_addf(out, "<</Length %zu>>\nstream\n%sendstream\nendobj\n", sizeof map - 1, map);
}

/* Bitmap: letters as old TeX prints them, in pixels, so that a size of 0.24 makes letters of 10 points. */
static void write_bitmap_font(struct str *out, size_t at[])
{
    static const char glyph[] = "20 0 0 0 18 28 d1 0 0 18 28 re f\n";
    begin_object(out, at, BITMAP);
    str_add(out, "<</Type/Font/Subtype/Type3/Name/Bitmap/FontMatrix[1 0 0 1 0 0]/FontBBox[0 -8 30 30]/FirstChar 32"
                 "/LastChar 122/Widths[");
    for (int c = 32; c <= 122; c++)
        str_add(out, c == 32 ? "12 " : "20 ");
    str_add(out, "]/Encoding<</Differences[32/space 46/period 49/one 65");
    for (int c = 'A'; c <= 'z'; c++)
        str_addf(out, c == 'a' ? " 97/a" : c <= 'Z' || c > 'a' ? "/%c" : "", c);
    str_addf(out, "]>>/CharProcs<</period %d 0 R/one %d 0 R", BITMAP_GLYPH, BITMAP_GLYPH);
    for (int c = 'A'; c <= 'z'; c++)
        if (c <= 'Z' || c >= 'a')
            str_addf(out, "/%c %d 0 R", c, BITMAP_GLYPH);
    str_add(out, ">>/Resources<<>>>>\nendobj\n");
    begin_object(out, at, BITMAP_GLYPH);
    str_addf(out, "<</Length %zu>>\nstream\n%sendstream\nendobj\n", sizeof glyph - 1, glyph);
}

static void write_unicode_paper(const struct paper *p, struct str *out)
{
    size_t at[MAX_OBJECTS] = {0}, n = FIRST_PAGE + 2 * p->n_pages;
    str_init(out, 1 << 20);
    str_add(out, "%PDF-1.5\n");
    begin_object(out, at, CATALOG);
    str_addf(out, "<</Type/Catalog/Pages %d 0 R>>\nendobj\n", PAGES);
    begin_object(out, at, PAGES);
    str_add(out, "<</Type/Pages/Kids[");
    for (size_t i = 0; i < p->n_pages; i++)
        str_addf(out, "%zu 0 R ", FIRST_PAGE + 2 * i);
    str_addf(out, "]/Count %zu>>\nendobj\n", p->n_pages);
    write_fonts(out, at);
    write_bitmap_font(out, at);
    for (size_t i = 0; i < p->n_pages; i++) {
        int page = FIRST_PAGE + 2 * (int)i;
        begin_object(out, at, page);
        str_addf(out,
                 "<</Type/Page/Parent %d 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources<</Font<</Body %d 0 R"
                 "/Bold %d 0 R/Uni %d 0 R/Bitmap %d 0 R>>>>>>\nendobj\n",
                 PAGES, PAGE_W, PAGE_H, page + 1, BODY, BOLD, UNI, BITMAP);
        begin_object(out, at, page + 1);
        str_addf(out, "<</Length %zu>>\nstream\n", p->pages[i].len);
        str_add_bytes(out, p->pages[i].data, p->pages[i].len);
        str_add(out, "\nendstream\nendobj\n");
    }
    size_t xref = out->len;
    str_addf(out, "xref\n0 %zu\n0000000000 65535 f \n", n);
    for (size_t i = 1; i < n; i++)
        str_addf(out, "%010zu 00000 n \n", at[i]);
    str_addf(out, "trailer\n<</Size %zu/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", n, xref);
}

/* Text in Uni, whose letters are all half as wide as high. */
static void put_unicode(struct str *s, double x, double y, double size, const char *text)
{
    str_addf(s, "BT /Uni %g Tf %g %g Td <", size, x, PAGE_H - y);
    for (size_t at = 0, len = strlen(text); at < len;)
        str_addf(s, "%04x", (unsigned)text_next(text, len, &at));
    str_add(s, "> Tj ET\n");
}

/* The same with its letters in the order of the page, as a right-to-left line has them. */
static void put_reversed(struct str *s, double x, double y, double size, const char *text)
{
    int codes[200];
    size_t n = 0;
    for (size_t at = 0, len = strlen(text); at < len && n < 200;)
        codes[n++] = text_next(text, len, &at);
    str_addf(s, "BT /Uni %g Tf %g %g Td <", size, x, PAGE_H - y);
    while (n) {
        int c = codes[--n];
        str_addf(s, "%04x", (unsigned)(c == '(' ? ')' : c == ')' ? '(' : c)); /* brackets are seen mirrored */
    }
    str_add(s, "> Tj ET\n");
}

static void read_paper(struct paper *p, struct article *a)
{
    static const struct pdf_options options = {.images = false};
    struct err e = {0};
    struct str pdf;
    write_unicode_paper(p, &pdf);
    *a = (struct article)ARTICLE_INIT;
    if (!pdf_extract((const unsigned char *)pdf.data, pdf.len, &options, a, NULL, NULL, &e))
        fail_msg("%s", e.text);
    str_release(&pdf);
    paper_release(p);
}

static void assert_caption(const struct article *a, const char *anchor, const char *label, const char *text)
{
    const struct art_figure *f = by_anchor(a, anchor);
    assert_string_equal(f->label, label);
    if (!text) {
        assert_int_equal(f->n_captions, 0);
        return;
    }
    assert_true(f->n_captions > 0);
    assert_string_equal(f->captions[0].text, text);
}

/* ---- labels */

struct labelled {
    const char *line, *anchor, *label, *text;
};

/* Each line stands as a caption of its own between paragraphs. */
static void check_labels(const struct labelled *cases, size_t n,
                         void (*write)(struct str *, double, double, double, const char *))
{
    for (size_t i = 0; i < n; i++) {
        struct paper p = {0};
        struct article a;
        struct str *s = new_page(&p);
        paragraph(s, 60, 80, 470, 10);
        write(s, 60, 300, 9, cases[i].line);
        paragraph(s, 60, 400, 470, 20);
        read_paper(&p, &a);
        assert_caption(&a, cases[i].anchor, cases[i].label, cases[i].text);
        article_release(&a);
    }
}

static void labels_of_many_scripts(void **state)
{
    static const struct labelled cases[] = {
        {"Figura 2. Dosis y respuesta", "figure:2", "Figura 2", "Dosis y respuesta"},
        {"F I G U R E 1 Dose and answer", "figure:1", "F I G U R E 1", "Dose and answer"},
        {"FIGURE IV. Dose and answer", "figure:4", "FIGURE IV", "Dose and answer"},
        {"Figure S1. Dose and answer", "figure:S1", "Figure S1", "Dose and answer"},
        {"Extended Data Fig. 3 | Dose and answer", "figure:ED3", "Extended Data Fig. 3", "Dose and answer"},
        {"Supplementary Figure 2. Dose", "figure:S2", "Supplementary Figure 2", "Dose"},
        {"Рис. 1. Схема обработки", "figure:1", "Рис. 1", "Схема обработки"},
        {"图 １　实验装置的示意", "figure:1", "图 １", "实验装置的示意"},
        {"第1図　実験装置", "figure:1", "第1図", "実験装置"},
        {"図 2: 実験の結果", "figure:2", "図 2", "実験の結果"},
        {"<그림 1> 실험 장치", "figure:1", "<그림 1>", "실험 장치"},
        {"(그림 2) 실험 장치", "figure:2", "(그림 2)", "실험 장치"},
        {"1. ábra. A kezelés menete", "figure:1", "1. ábra", "A kezelés menete"},
        {"2 pav. Gydymo eiga", "figure:2", "2 pav.", "Gydymo eiga"},
        {"Scheme 1. Synthesis of the compounds", "scheme:1", "Scheme 1", "Synthesis of the compounds"},
        {"Gráfico 3. Evolução dos casos", "chart:3", "Gráfico 3", "Evolução dos casos"},
        {"Plate II. Spores of the fungus", "plate:2", "Plate II", "Spores of the fungus"},
        {"Map 1. Sites of the survey", "map:1", "Map 1", "Sites of the survey"},
        {"Tabelle 4: Dosis und Wirkung", "table:4", "Tabelle 4", "Dosis und Wirkung"},
    };
    check_labels(cases, sizeof cases / sizeof *cases, put_unicode);
}

static void right_to_left(void **state)
{
    static const struct labelled cases[] = {
        {"شكل 1: توزيع المرضى حسب العمر", "figure:1", "شكل 1", "توزيع المرضى حسب العمر"},
        {"شکل ۲. نتایج درمان بیماران", "figure:2", "شکل ۲", "نتایج درمان بیماران"},
        {"الشكل (٣): جرعة الدواء", "figure:3", "الشكل (٣)", "جرعة الدواء"},
    };
    check_labels(cases, sizeof cases / sizeof *cases, put_reversed);
}

static void sentences_are_no_captions(void **state)
{
    static const char *const lines[] = {
        "Figure 2 shows the dose in all of the groups",
        "그림 1은 보안정책과 대상 시스템과의 관계",
        "図 1 に提案する枠組みの全体を示す",
        "图 1 所示的实验装置由三个部分组成",
        "Рис. 1 показывает зависимость ошибки от числа",
        "Figure 2 is given for the reader only",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct paper p = {0};
        struct article a;
        struct str *s = new_page(&p);
        paragraph(s, 60, 80, 470, 10);
        put_unicode(s, 60, 300, 9, lines[i]);
        paragraph(s, 60, 400, 470, 20);
        read_paper(&p, &a);
        for (size_t k = 0; k < a.n_figures; k++)
            if (a.figures[k].label)
                fail_msg("\"%s\" gave %s", lines[i], a.figures[k].label);
        article_release(&a);
    }
}

/* Hangul word processors print the Hangul of a line first, and digits and Latin words into the holes afterwards. */
static void woven_lines(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    put_unicode(s, 60, 300, 9, "그림");
    put_unicode(s, 84, 300, 9, "자바        구조의 예");
    put_unicode(s, 71.5, 300, 9, "1.");
    put_unicode(s, 97, 300, 9, "JVM");
    paragraph(s, 60, 400, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "그림 1", "자바 JVM 구조의 예");
    article_release(&a);
}

static void doubled_letters(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    for (int i = 0; i < 2; i++)
        put(s, 60 + 0.3 * i, 300, 9, "Bold", "Figure 1.");
    put(s, 104, 300, 9, "Body", "All cells were seen twice.");
    paragraph(s, 60, 400, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", "All cells were seen twice.");
    article_release(&a);
}

/* What is printed in render mode 3 is not seen, and no caption where the page has other text. */
static void invisible_text(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    put(s, 60, 250, 9, "Bold", "Figure 1. What can be read.");
    str_add(s, "3 Tr\n");
    put(s, 60, 300, 9, "Bold", "Figure 2. What nobody sees.");
    str_add(s, "0 Tr\n");
    paragraph(s, 60, 400, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", "What can be read.");
    for (size_t i = 0; i < a.n_figures; i++)
        assert_false(str_same(a.figures[i].number, "2"));
    article_release(&a);
}

/* TeX prints accents as glyphs of their own: here from WinAnsi, an acute accent over the e behind it. */
static void separate_accents(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    put(s, 60, 300, 9, "Body", "Figure 1. Arbre simplifi\264");
    put(s, 147.5, 300, 9, "Body", "e de la phrase");
    paragraph(s, 60, 400, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", "Arbre simplifié de la phrase");
    article_release(&a);
}

/* Windows-1251 that the font says nothing of: "Рис. 1. Схема", and Russian text around it. */
static void russian_as_latin(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    for (int i = 0; i < 12; i++)
        put(s, 60, 80 + 12 * i, 10, "Body",
            "\304\340\355\355\340\377 \360\340\341\356\362\340 \357\356\361\342\377\371\345\355\340 "
            "\357\356\361\362\360\356\345\355\350\376 \361\345\362\350 \356\341\363\367\345\355\350\377");
    put(s, 60, 300, 9, "Body", "\320\350\361. 1. \321\365\345\354\340 \361\345\362\350");
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Рис. 1", "Схема сети");
    article_release(&a);
}

/* The size that the text claims is a fortieth of what it is. */
static void bitmap_letters(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    put(s, 60, 300, 0.24, "Bitmap", "Figure 1. Un transducteur");
    put(s, 188, 300, 0.24, "Bitmap", "de hachage et");
    put(s, 60, 312, 0.24, "Bitmap", "sa sortie");
    paragraph(s, 60, 400, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", "Un transducteur de hachage et sa sortie");
    article_release(&a);
}

/* ---- captions */

static void twins(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    put_unicode(s, 60, 300, 8, "Рис. 1. Схема обработки видеоряда");
    put_unicode(s, 60, 312, 8, "Fig. 1. How the video was processed");
    put_unicode(s, 60, 400, 8, "Quadro 2. Características da amostra");
    put_unicode(s, 60, 412, 8, "Chart 2. Properties of the sample");
    put_unicode(s, 60, 500, 8, "3. ábra. A kezelés menete");
    put_unicode(s, 60, 512, 8, "Figure 3. Course of the treatment");
    paragraph(s, 60, 560, 470, 20);
    read_paper(&p, &a);
    const struct art_figure *f = by_anchor(&a, "figure:1");
    assert_int_equal(f->n_captions, 2);
    assert_string_equal(f->captions[0].text, "Схема обработки видеоряда");
    assert_string_equal(f->captions[1].text, "How the video was processed");
    assert_string_equal(f->captions[1].language, "en");
    f = by_anchor(&a, "box:2");
    assert_int_equal(f->n_captions, 2);
    assert_string_equal(f->captions[1].text, "Properties of the sample");
    assert_string_equal(f->captions[1].language, "en");
    f = by_anchor(&a, "figure:3");
    assert_int_equal(f->n_captions, 2);
    assert_string_equal(f->captions[0].language, "hu");
    assert_string_equal(f->captions[1].text, "Course of the treatment");
    assert_int_equal(a.n_figures, 3);
    article_release(&a);
}

/* A figure and a table of the same number side by side are two, whatever languages have their words. */
static void no_twins(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    put(s, 60, 300, 8, "Bold", "Abb. 1: Dosis und Wirkung");
    put(s, 60, 340, 8, "Bold", "Tab. 1: Patienten und Dosis");
    paragraph(s, 60, 400, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Abb. 1", "Dosis und Wirkung");
    assert_caption(&a, "table:1", "Tab. 1", "Patienten und Dosis");
    article_release(&a);
}

static void continued(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    plot(s, 150, 250, 260, 180);
    put(s, 60, 450, 8, "Bold", "Figure 1. Doses in all groups.");
    paragraph(s, 60, 500, 470, 20);
    s = new_page(&p);
    plot(s, 150, 80, 260, 180);
    put(s, 60, 280, 8, "Bold", "Figure 1 \\(continued\\).");
    paragraph(s, 60, 320, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", "Doses in all groups.");
    assert_null(by_anchor(&a, "figure:1")->drop_reason);
    assert_string_equal(by_anchor(&a, "figure:1-2")->drop_reason, "continuation");
    article_release(&a);
}

/* The same caption at the head of each page is no running head: the table goes on. */
static void repeated_head(void **state)
{
    struct paper p = {0};
    struct article a;
    for (int i = 0; i < 4; i++) {
        struct str *s = new_page(&p);
        put(s, 60, 40, 8, "Body", "A Journal of Nothing 12, 2020");
        put(s, 60, 60, 8, "Bold", "Table 1. Doses and what came of them");
        paragraph(s, 60, 300, 470, 20);
    }
    read_paper(&p, &a);
    assert_caption(&a, "table:1", "Table 1", "Doses and what came of them");
    assert_null(by_anchor(&a, "table:1")->drop_reason);
    for (int i = 2; i <= 4; i++) {
        char anchor[16];
        snprintf(anchor, sizeof anchor, "table:1-%d", i);
        assert_string_equal(by_anchor(&a, anchor)->drop_reason, "continuation");
    }
    article_release(&a);
}

/* Plates at the end, each with its bare label at the foot of its page. */
static void plates(void **state)
{
    struct paper p = {0};
    struct article a;
    paragraph(new_page(&p), 60, 80, 470, 50);
    for (int i = 1; i <= 4; i++) {
        struct str *s = new_page(&p);
        char label[16];
        plot(s, 80, 100, 430, 500);
        snprintf(label, sizeof label, "Figure %d", i);
        put(s, 270, 790, 10, "Bold", label);
    }
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", NULL);
    assert_caption(&a, "figure:4", "Figure 4", NULL);
    assert_int_equal(by_anchor(&a, "figure:4")->page, 5);
    article_release(&a);
}

/* A manuscript: legends on a page of their own, then the figures with their labels. */
static void legends_and_plates(void **state)
{
    struct paper p = {0};
    struct article a;
    paragraph(new_page(&p), 60, 80, 470, 50);
    struct str *s = new_page(&p);
    put(s, 60, 80, 12, "Bold", "Figure legends");
    put(s, 60, 110, 10, "Body", "Figure 1. Doses in all of the groups that took part.");
    put(s, 60, 150, 10, "Body", "Figure 2. What came of the doses in these groups.");
    paragraph(s, 60, 300, 470, 30);
    for (int i = 1; i <= 2; i++) {
        s = new_page(&p);
        plot(s, 80, 100, 430, 500);
        put(s, 60, 60, 10, "Body", i == 1 ? "Figure 1" : "Figure 2");
    }
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", "Doses in all of the groups that took part.");
    assert_caption(&a, "figure:2", "Figure 2", "What came of the doses in these groups.");
    assert_int_equal(by_anchor(&a, "figure:1")->page, 3);
    assert_int_equal(by_anchor(&a, "figure:2")->page, 4);
    assert_true(by_anchor(&a, "figure:2")->box.x1 > 0);
    article_release(&a);
}

/* The caption on the left page, the figure alone on the right one. */
static void facing_page(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 50);
    put(s, 60, 760, 8, "Bold", "Figure 1. It stands on the page behind this one.");
    plot(new_page(&p), 80, 100, 430, 600);
    paragraph(new_page(&p), 60, 80, 470, 50);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", "It stands on the page behind this one.");
    assert_int_equal(by_anchor(&a, "figure:1")->page, 2);
    article_release(&a);
}

static void side_caption(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    plot(s, 60, 230, 300, 200);
    put(s, 380, 240, 8, "Bold", "Figure 1.");
    put(s, 380, 251, 8, "Body", "The caption stands at the");
    put(s, 380, 262, 8, "Body", "side of its figure, in lines");
    put(s, 380, 273, 8, "Body", "of its own.");
    paragraph(s, 60, 480, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", "The caption stands at the side of its figure, in lines of its own.");
    assert_box(by_anchor(&a, "figure:1")->box, 78, 230, 360, 428, 10);
    article_release(&a);
}

static void two_on_one_line(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    plot(s, 60, 220, 200, 150);
    plot(s, 300, 220, 200, 150);
    put(s, 80, 390, 8, "Body", "Figure 1. Strong doses");
    put(s, 163, 390, 8, "Body", "Figure 2. Weak doses");
    paragraph(s, 60, 420, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", "Strong doses");
    assert_caption(&a, "figure:2", "Figure 2", "Weak doses");
    article_release(&a);
}

static void caption_ends_at_rule(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    put(s, 60, 300, 8, "Bold", "Table 1. Doses and what came");
    put(s, 60, 310, 8, "Bold", "of them in all of the groups");
    str_addf(s, "0.5 w 60 %d m 400 %d l S\n", PAGE_H - 313, PAGE_H - 313);
    put(s, 60, 321, 8, "Bold", "Group and dose of the patients");
    paragraph(s, 60, 400, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "table:1", "Table 1", "Doses and what came of them in all of the groups");
    article_release(&a);
}

/* A caption in the body's own font ends with its paragraph. */
static void caption_as_body(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    plot(s, 150, 220, 260, 150);
    put(s, 60, 392, 10, "Body", "Figure 1: Doses in the groups");
    paragraph(s, 60, 404, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", "Doses in the groups");
    article_release(&a);
}

/* Words of a line that was stretched to its column stand further apart than two columns do. */
static void stretched_line(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    put(s, 60, 300, 9, "Body", "Abb. 4: Zusammengefasste");
    put(s, 180, 300, 9, "Body", "Ergebnisse");
    put(s, 242, 300, 9, "Body", "der");
    put(s, 273, 300, 9, "Body", "Befragung");
    put(s, 60, 311, 9, "Body", "aller Teilnehmer");
    paragraph(s, 60, 400, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:4", "Abb. 4", "Zusammengefasste Ergebnisse der Befragung aller Teilnehmer");
    article_release(&a);
}

static void title_under_label(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    put(s, 60, 300, 9, "Body", "FIGURE 1");
    put(s, 60, 328, 9, "Bold", "Rates of offenders by age");
    paragraph(s, 60, 400, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "FIGURE 1", "Rates of offenders by age");
    article_release(&a);
}

static void doi_behind_caption(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    paragraph(s, 60, 80, 470, 10);
    put(s, 60, 300, 8, "Bold", "Figure 1. Doses in the groups. doi:10.1371/journal.pone.0056489.g001");
    put(s, 60, 340, 8, "Bold", "Figure 2. Data at https://doi.org/10.5555/set, and more.");
    paragraph(s, 60, 400, 470, 20);
    read_paper(&p, &a);
    assert_caption(&a, "figure:1", "Figure 1", "Doses in the groups.");
    assert_caption(&a, "figure:2", "Figure 2", "Data at https://doi.org/10.5555/set, and more.");
    article_release(&a);
}

/* ---- mentions */

static void mentions(void **state)
{
    struct paper p = {0};
    struct article a;
    struct str *s = new_page(&p);
    double y = paragraph(s, 60, 80, 470, 6);
    put(s, 60, y + 12, 10, "Bold", "Results of the trial");
    put(s, 60, y + 24, 10, "Body", "Doses rose in all groups of the trial, as all of the patients were told \\(Fig. 1");
    put(s, 40, y + 24, 10, "Body", "17");
    put(s, 60, y + 36, 10, "Body",
        "and 2\\). Nothing else changed. It did in Figures 1\\(a\\)-1\\(b\\) and 3\\(a\\) however.");
    paragraph(s, 60, y + 48, 470, 6);
    for (int i = 1; i <= 3; i++) {
        char line[64];
        snprintf(line, sizeof line, "Figure %d. Doses in the groups.", i);
        put(s, 60, 250 + 30 * i, 8, "Bold", line);
    }
    paragraph(s, 60, 400, 470, 20);
    read_paper(&p, &a);
    const struct art_figure *one = by_anchor(&a, "figure:1"), *two = by_anchor(&a, "figure:2"),
                            *three = by_anchor(&a, "figure:3");
    assert_int_equal(one->n_mentions, 2);
    assert_int_equal(two->n_mentions, 1);
    assert_int_equal(three->n_mentions, 1);
    assert_string_equal(two->mentions[0].text,
                        "Doses rose in all groups of the trial, as all of the patients were told "
                        "(Fig. 1 and 2).");
    assert_string_equal(three->mentions[0].text, "It did in Figures 1(a)-1(b) and 3(a) however.");
    article_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_of_many_scripts),
        cmocka_unit_test(right_to_left),
        cmocka_unit_test(sentences_are_no_captions),
        cmocka_unit_test(woven_lines),
        cmocka_unit_test(doubled_letters),
        cmocka_unit_test(invisible_text),
        cmocka_unit_test(separate_accents),
        cmocka_unit_test(russian_as_latin),
        cmocka_unit_test(bitmap_letters),
        cmocka_unit_test(twins),
        cmocka_unit_test(no_twins),
        cmocka_unit_test(continued),
        cmocka_unit_test(repeated_head),
        cmocka_unit_test(plates),
        cmocka_unit_test(legends_and_plates),
        cmocka_unit_test(facing_page),
        cmocka_unit_test(side_caption),
        cmocka_unit_test(two_on_one_line),
        cmocka_unit_test(caption_ends_at_rule),
        cmocka_unit_test(caption_as_body),
        cmocka_unit_test(stretched_line),
        cmocka_unit_test(title_under_label),
        cmocka_unit_test(doi_behind_caption),
        cmocka_unit_test(mentions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
