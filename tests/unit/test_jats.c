/* test_jats.c: articles of JATS, NLM and BioMed Central (extract/jats.h); all written for this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "extract/jats.h"
#include "base/license.h"
#include "tests/unit/table_text.h"

static struct article a;

static int release(void **state)
{
    (void)state;
    article_release(&a);
    return 0;
}

static void read_ok(const char *xml)
{
    struct err e = {0};
    article_release(&a);
    if (!jats_extract(xml, strlen(xml), &a, &e))
        fail_msg("%s: %s", err_kind_name(e.kind), e.text);
}

static void read_bad(const char *xml, size_t len, enum err_kind kind)
{
    struct err e = {0};
    article_release(&a);
    assert_false(jats_extract(xml, len, &a, &e));
    assert_string_equal(err_kind_name(e.kind), err_kind_name(kind));
    assert_int_equal(a.n_figures, 0);
    assert_null(a.arena.head);
}

#define XLINK         " xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:mml=\"http://www.w3.org/1998/Math/MathML\""
#define ARTICLE(body) "<article" XLINK "><front><article-meta/></front><body>" body "</body></article>"
#define CAPTION(text) ARTICLE("<fig id='f1'><label>Figure 1</label><caption><p>" text "</p></caption></fig>")

static const char *caption_of(const char *xml)
{
    read_ok(xml);
    assert_int_equal(a.n_figures, 1);
    assert_int_equal(a.figures[0].n_captions, 1);
    return a.figures[0].captions[0].text;
}

static void front_matter(void **state)
{
    (void)state;
    read_ok("<?xml version='1.0'?><article article-type='research-article' xml:lang='pt_BR'" XLINK
            " xmlns:ali='http://www.niso.org/schemas/ali/1.0/'><front><journal-meta><journal-id>x</journal-id>"
            "<journal-title-group><journal-title>Radiologia &amp; Dose</journal-title></journal-title-group>"
            "<publisher><publisher-name>Editora</publisher-name></publisher></journal-meta><article-meta>"
            "<article-id pub-id-type='pmcid'>1234</article-id><article-id pub-id-type='pmid'> 99 </article-id>"
            "<article-id pub-id-type='doi'>https://doi.org/10.5555/ABC.1</article-id>"
            "<title-group><article-title>Baixa dose<xref ref-type='fn' rid='n'>*</xref> em CO<sub>2</sub>"
            "</article-title><subtitle>um estudo</subtitle></title-group>"
            "<pub-date pub-type='collection'><year>2023</year></pub-date>"
            "<pub-date pub-type='epub'><day>1</day><year>2022</year></pub-date>"
            "<permissions><license><ali:license_ref>https://creativecommons.org/licenses/by-nc/4.0/</ali:license_ref>"
            "<license-p>Text.</license-p></license></permissions>"
            "<abstract abstract-type='graphical'><p>No.</p></abstract>"
            "<abstract><title>Resumo</title><sec><title>Fundo</title><p>Isto.</p></sec></abstract>"
            "<kwd-group xml:lang='en'><kwd>dose</kwd></kwd-group>"
            "<kwd-group xml:lang='pt'><title>Palavras</title><kwd>dose baixa</kwd><kwd><italic>osso</italic></kwd>"
            "</kwd-group></article-meta></front><body/></article>");
    assert_string_equal(a.front.doi, "10.5555/abc.1");
    assert_string_equal(a.front.pmcid, "PMC1234");
    assert_string_equal(a.front.pmid, "99");
    assert_string_equal(a.front.title, "Baixa dose em CO₂: um estudo");
    assert_string_equal(a.front.language, "pt-BR");
    assert_int_equal(a.front.year, 2022);
    assert_string_equal(a.front.journal, "Radiologia & Dose");
    assert_string_equal(a.front.publisher, "Editora");
    assert_string_equal(a.front.article_type, "research-article");
    assert_string_equal(a.front.license, "CC-BY-NC-4.0");
    assert_string_equal(a.front.license_url, "https://creativecommons.org/licenses/by-nc/4.0/");
    assert_string_equal(a.front.abstract, "Fundo Isto.");
    assert_int_equal(a.n_figures, 0);
    assert_int_equal(a.n_warnings, 0);
}

static void translated_titles(void **state)
{
    (void)state;
    read_ok("<article xml:lang='pt'><front><article-meta><title-group><article-title>Dose baixa</article-title>"
            "<trans-title-group xml:lang='en'><trans-title>Low \"dose\"</trans-title></trans-title-group>"
            "<trans-title xml:lang='spa'>Dosis baja</trans-title></title-group></article-meta></front><body/>"
            "<sub-article article-type='translation' xml:lang='fr'><front-stub><title-group><article-title>Faible dose"
            "</article-title></title-group></front-stub><body/></sub-article>"
            "<sub-article article-type='reply' xml:lang='de'><front-stub><title-group><article-title>Antwort"
            "</article-title></title-group></front-stub><body/></sub-article></article>");
    assert_string_equal(a.front.title, "Dose baixa");
    assert_string_equal(a.front.titles,
                        "[[\"en\",\"Low \\\"dose\\\"\"],[\"es\",\"Dosis baja\"],[\"fr\",\"Faible dose\"]]");
    read_ok("<article><front><article-meta><title-group><article-title>T</article-title></title-group></article-meta>"
            "</front><body/></article>");
    assert_null(a.front.titles);
}

static void retractions(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"retraction-forward", "retraction-forward"}, /* in the retracted article */
        {"retracted-article", "retracted-article"},   /* in the notice */
        {"corrected-article", NULL},
        {"commentary", NULL},
    };
    char xml[512];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(xml, sizeof xml,
                 "<article><front><article-meta><title-group><article-title>T</article-title></title-group>"
                 "<related-article related-article-type='%s' id='r'/></article-meta></front><body/></article>",
                 cases[i][0]);
        read_ok(xml);
        if (cases[i][1])
            assert_string_equal(a.front.retraction, cases[i][1]);
        else
            assert_null(a.front.retraction);
    }
}

static void licences(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"http://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"},
        {"HTTPS://www.creativecommons.org/licenses/by-nc-nd/3.0/igo/", "CC-BY-NC-ND-3.0"},
        {"http://creativecommons.org/licenses/CC-BY/4.0", "CC-BY-4.0"},
        {"http://creativecommons.org/licences/by/2.0", "CC-BY-2.0"},
        {"https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"},
        {"This is published under CC BY-SA 4.0.", "CC-BY-SA-4.0"},
        {"ccbyncnd", "CC-BY-NC-ND"},
        {"cc_by_nc", "CC-BY-NC"},
        {"creativeCommonsBy", "CC-BY"},
        {"the Creative Commons Attribution-NonCommercial 4.0 International License", "CC-BY-NC-4.0"},
        {"licencia Creative Commons Atribución-NoComercial-SinDerivadas 4.0", "CC-BY-NC-ND-4.0"},
        {"Creative Commons Namensnennung 3.0 Deutschland", "CC-BY-3.0"},
        {"CC0", "CC0-1.0"},
    };
    static const char *const none[] = {"All rights reserved.", "", "accident by car", "http://example.org/by/4.0"};
    char name[LICENSE_NAME_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(license_recognise(cases[i][0], name));
        assert_string_equal(name, cases[i][1]);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(license_recognise(none[i], name));
    assert_false(license_recognise(NULL, name));
}

static void a_plain_figure(void **state)
{
    (void)state;
    read_ok("<article xml:lang='en'" XLINK "><front/><body><sec><p>Dose fell. It rose later (see <xref ref-type='fig' "
            "rid='f1'>Fig. 1</xref>). End.</p><fig id='f1'><label>Figure 1.</label><caption><title>Dose by week</title>"
            "<p>Bars are\n means.</p></caption><attrib>Source: authors.</attrib>"
            "<graphic xlink:href='info:doi/10.5555/x.g001'/></fig></sec></body></article>");
    assert_int_equal(a.n_figures, 1);
    struct art_figure *f = &a.figures[0];
    assert_string_equal(f->anchor, "f1");
    assert_string_equal(f->label, "Figure 1");
    assert_string_equal(f->number, "1");
    assert_string_equal(f->kind, "figure");
    assert_string_equal(f->captions[0].text, "Dose by week. Bars are means.");
    assert_string_equal(f->captions[0].language, "en");
    assert_string_equal(f->hrefs[0], "info:doi/10.5555/x.g001");
    assert_string_equal(f->credit, "Source: authors.");
    assert_int_equal(f->n_mentions, 1);
    assert_string_equal(f->mentions[0].text, "It rose later (see Fig. 1).");
    assert_true(f->confidence == 1);
    assert_null(f->drop_reason);
}

static void captions_are_clean_text(void **state)
{
    (void)state;
    assert_string_equal(caption_of(CAPTION("CO<sub>2</sub> at 10<sup>&#x2212;3</sup> M, Ca<sup>2+</sup>, "
                                           "<sup>18</sup>F, T<sub>max</sub>, 1<sup>st</sup>, Nkx2<sup>cre</sup>")),
                        "CO₂ at 10⁻³ M, Ca²⁺, ¹⁸F, Tmax, 1st, Nkx2^cre");
    assert_string_equal(caption_of(CAPTION("A <bold>bold</bold> <italic>P</italic> &lt; 0.05&nbsp;&eacute;&hellip; "
                                           "&#x1D6FC; <![CDATA[a<b]]> x<!-- no -->y")),
                        "A bold P < 0.05 é… 𝛼 a<b xy");
    assert_string_equal(caption_of(CAPTION("Seen before<sup>3,7&#x2013;9</sup>.")), "Seen before³,⁷⁻⁹.");
    assert_string_equal(caption_of(CAPTION("One.</p><p>Two</p><p><list><list-item><p>three</p></list-item>"
                                           "<list-item><p>four</p></list-item></list>")),
                        "One. Two three four");
    /* What is no caption text. */
    assert_string_equal(caption_of(CAPTION("Dose.<object-id>10.5/x</object-id></p><p><bold>DOI:</bold> "
                                           "http://dx.doi.org/10.5555/x.1</p><supplementary-material><label>Source "
                                           "data 1</label></supplementary-material><p>More.")),
                        "Dose. More.");
}

static void formulas_stay_readable(void **state)
{
    (void)state;
    assert_string_equal(
        caption_of(CAPTION("with <inline-formula><alternatives><tex-math>\\begin{document}$x^2$\\end{document}"
                           "</tex-math><mml:math>\n <mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup>"
                           "<mml:mo>&#x2264;</mml:mo> <mml:mfrac><mml:mrow><mml:mi>a</mml:mi><mml:mo>+</mml:mo>"
                           "<mml:mi>b</mml:mi></mml:mrow><mml:mn>2</mml:mn></mml:mfrac></mml:math>"
                           "<inline-graphic xlink:href='e1.gif'/></alternatives></inline-formula> here")),
        "with x² ≤ (a + b)/2 here");
    assert_string_equal(caption_of(CAPTION("<mml:math><mml:mover><mml:mi>x</mml:mi><mml:mo>&#xAF;</mml:mo></mml:mover>"
                                           "<mml:mo>=</mml:mo><mml:mo>-</mml:mo><mml:msqrt><mml:mn>2</mml:mn>"
                                           "</mml:msqrt><mml:msub><mml:mi>I</mml:mi><mml:mrow><mml:mi>n</mml:mi>"
                                           "<mml:mo>-</mml:mo><mml:mn>1</mml:mn></mml:mrow></mml:msub></mml:math>")),
                        "x̄ = -√2Iₙ₋₁");
    assert_string_equal(
        caption_of(CAPTION("<inline-formula><tex-math>\\usepackage{amsmath}\\begin{document}$$\\alpha _{1} \\le "
                           "\\frac{\\mathrm{dose}}{t^{2}} \\times 10\\%$$\\end{document}</tex-math></inline-formula>")),
        "α₁ ≤ dose/t² × 10%");
}

static void labels_in_captions(void **state)
{
    (void)state;
    read_ok(ARTICLE("<fig><caption><p><bold>Figure 2.</bold> Doses.</p></caption></fig>"
                    "<fig><label>Abb. 3:</label><caption><p>Abb. 3: Dosis.</p></caption></fig>"
                    "<fig><caption><p>Figure 4 shows the dose.</p></caption></fig>"
                    "<table-wrap><label>Tabela II &#8211;</label><caption><title>Doses</title></caption><table/>"
                    "</table-wrap>"));
    assert_int_equal(a.n_figures, 4);
    assert_string_equal(a.figures[0].label, "Figure 2");
    assert_string_equal(a.figures[0].captions[0].text, "Doses.");
    assert_string_equal(a.figures[0].anchor, "figure:2");
    assert_string_equal(a.figures[1].label, "Abb. 3");
    assert_string_equal(a.figures[1].captions[0].text, "Dosis.");
    assert_string_equal(a.figures[2].captions[0].text, "Figure 4 shows the dose.");
    assert_string_equal(a.figures[3].label, "Tabela II");
    assert_string_equal(a.figures[3].kind, "table");
    assert_string_equal(a.figures[3].number, "2");
}

static void best_image_first(void **state)
{
    (void)state;
    read_ok(ARTICLE("<fig id='f1'><label>Fig 1</label><caption><p>C.<inline-graphic xlink:href='symbol.gif'/></p>"
                    "</caption><alternatives><graphic xlink:href=''/>"
                    "<graphic xlink:href='a-267.jpg' specific-use='scielo-web' content-type='scielo-267x140'/>"
                    "<graphic xlink:href='a.png' specific-use='scielo-web'/>"
                    "<graphic xlink:href='a.tif'/></alternatives></fig>"
                    "<fig id='f2'><label>Fig 2</label><caption><p>C.</p></caption><p><graphic href='b&amp;c.jpg'/></p>"
                    "<graphic xlink:href='d.jpg'/></fig>"));
    assert_int_equal(a.figures[0].n_hrefs, 3);
    assert_string_equal(a.figures[0].hrefs[0], "a.tif");
    assert_string_equal(a.figures[0].hrefs[1], "a.png");
    assert_string_equal(a.figures[0].hrefs[2], "a-267.jpg");
    assert_string_equal(a.figures[1].hrefs[0], "b&c.jpg");
    assert_int_equal(a.figures[1].n_hrefs, 2);
    assert_int_equal(a.n_warnings, 1);
}

static void groups_and_floats(void **state)
{
    (void)state;
    read_ok("<article" XLINK "><front/><body><p>See <xref rid='g1'>Fig. 1</xref>.</p><fig-group id='g1'>"
            "<label>Fig. 1</label><caption><title>Doses</title></caption>"
            "<fig id='a'><label>A</label><caption><p>bone</p></caption><graphic xlink:href='a'/></fig>"
            "<fig id='b'><graphic xlink:href='b'/></fig></fig-group></body>"
            "<floats-group><fig id='f2'><label>Fig. 2</label><caption><p>Late.</p></caption></fig></floats-group>"
            "</article>");
    assert_int_equal(a.n_figures, 3);
    assert_string_equal(a.figures[0].captions[0].text, "Doses. A bone");
    assert_string_equal(a.figures[0].label, "Fig. 1A");
    assert_string_equal(a.figures[0].parent, "g1");
    assert_string_equal(a.figures[1].captions[0].text, "Doses");
    assert_int_equal(a.figures[0].n_mentions, 1);
    assert_int_equal(a.figures[1].n_mentions, 1);
    assert_string_equal(a.figures[2].captions[0].text, "Late.");
    /* eLife: a figure and its supplements, each with its own label. */
    read_ok(ARTICLE("<fig-group><fig id='fig1'><label>Figure 1.</label><caption><title>A.</title></caption></fig>"
                    "<fig id='fig1s1' specific-use='child-fig'><label>Figure 1&#8212;figure supplement 1.</label>"
                    "<caption><title>B.</title></caption></fig></fig-group>"));
    assert_int_equal(a.n_figures, 2);
    assert_string_equal(a.figures[1].number, "1-S1");
    assert_string_equal(a.figures[1].captions[0].text, "B.");
}

static void translations(void **state)
{
    (void)state;
    read_ok("<article xml:lang='es'" XLINK "><front/><body><p>Ver <xref ref-type='fig' rid='f1'>Figura 1</xref>.</p>"
            "<fig id='f1'><label>Figura 1</label><caption><title>Dosis.</title></caption><graphic "
            "xlink:href='a.jpg'/></fig><fig id='f2'><label>Figura</label><caption><title>Mapa.</title></caption></fig>"
            "<table-wrap id='t1'><label>Tabla 1</label><caption><title>Datos.</title></caption></table-wrap></body>"
            "<sub-article article-type='translation' xml:lang='en'><front-stub/><body><p>As <xref ref-type='fig' "
            "rid='f1en'>Figure 1</xref> shows.</p><fig id='f2en'><label>Figure</label><caption><title>Map.</title>"
            "</caption></fig><fig id='f1en'><label>Figure 1</label><caption><title>Dose.</title></caption></fig>"
            "<table-wrap id='t1en'><label>Table 1</label><caption><title>Data.</title></caption></table-wrap></body>"
            "</sub-article><sub-article article-type='reply'><body><fig id='r1'><label>Figure 1</label><caption>"
            "<p>Reply.</p></caption></fig></body></sub-article></article>");
    assert_int_equal(a.n_figures, 3);
    assert_int_equal(a.figures[0].n_captions, 2);
    assert_string_equal(a.figures[0].captions[0].language, "es");
    assert_string_equal(a.figures[0].captions[1].language, "en");
    assert_string_equal(a.figures[0].captions[1].text, "Dose.");
    assert_string_equal(a.figures[1].captions[1].text, "Map.");
    assert_string_equal(a.figures[2].captions[1].text, "Data.");
    assert_int_equal(a.figures[0].n_mentions, 2);
    assert_string_equal(a.figures[0].mentions[1].language, "en");
    assert_int_equal(a.n_warnings, 1);
    /* SciELO's bilingual figures, and two captions in one figure. */
    read_ok(ARTICLE("<fig-group id='g'><fig xml:lang='es'><label>Figura 1</label><caption><p>Dosis.</p></caption></fig>"
                    "<fig xml:lang='en'><label>Figure 1</label><caption><p>Dose.</p></caption><graphic "
                    "xlink:href='a'/></fig></fig-group><fig><label>2</label><caption xml:lang='de'><p>Eins.</p>"
                    "</caption><caption xml:lang='en'><p>One.</p></caption></fig>"));
    assert_int_equal(a.n_figures, 2);
    assert_int_equal(a.figures[0].n_captions, 2);
    assert_int_equal(a.figures[0].n_hrefs, 1);
    assert_int_equal(a.figures[1].n_captions, 2);
}

#define FIG(n) "<fig id='f" #n "'><label>Fig. " #n "</label><caption><p>C" #n ".</p></caption></fig>"

static void mentions(void **state)
{
    (void)state;
    read_ok(ARTICLE(FIG(1) FIG(2) FIG(3) FIG(4) FIG(
        5) "<p>Ranges: Figs. <xref ref-type='fig' rid='f1'>1</xref>&#8211;<xref ref-type='fig' rid='f4'>4"
           "</xref>. Lists: <xref ref-type='fig' rid='f2 f3'>2, 3</xref>, twice <xref rid='f2'>2</xref>. "
           "Nothing <xref ref-type='bibr' rid='f1'>1</xref>.<fig id='inner'><label>Fig. 6</label><caption>"
           "<p>Inner <xref rid='f1'>Fig. 1</xref>.</p></caption></fig></p>"
           "<p>Plain Fig. 5 without markup.</p><p>Ends <xref rid='none'>x</xref>.</p>"));
    assert_int_equal(a.n_figures, 6);
    assert_int_equal(a.figures[0].n_mentions, 1);
    assert_int_equal(a.figures[1].n_mentions, 2);
    assert_int_equal(a.figures[2].n_mentions, 2);
    assert_int_equal(a.figures[3].n_mentions, 1);
    assert_string_equal(a.figures[3].mentions[0].text, "Ranges: Figs. 1–4.");
    assert_string_equal(a.figures[1].mentions[1].text, "Lists: 2, 3, twice 2.");
    assert_int_equal(a.figures[4].n_mentions, 1);
    assert_string_equal(a.figures[4].mentions[0].text, "Plain Fig. 5 without markup.");
    assert_int_equal(a.figures[5].n_mentions, 0);
}

static void what_is_no_figure(void **state)
{
    (void)state;
    read_ok(ARTICLE("<fig id='f1'/><fig id='f2'><graphic xlink:href='logo'/></fig>"
                    "<fig id='f3'><label>Table 1</label><caption><p>As a picture.</p></caption></fig>"
                    "<fig id='f4'><label>Figure 9</label><caption/></fig>"));
    assert_int_equal(a.n_figures, 3);
    assert_string_equal(a.figures[0].kind, "unlabelled");
    assert_string_equal(a.figures[0].drop_reason, "no_caption");
    assert_string_equal(a.figures[1].kind, "figure");
    assert_null(a.figures[1].number);
    assert_string_equal(a.figures[2].drop_reason, "no_caption");
}

static void biomed_central(void **state)
{
    (void)state;
    read_ok(
        "<art><ui>x</ui><fm><dochead>Research</dochead><bibl><title><p>On doses</p></title><source>Trials</source>"
        "<pubdate>2015</pubdate><xrefbib><pubidlist><pubid idtype='doi'>10.5555/B</pubid><pubid idtype='pmpid'>7"
        "</pubid></pubidlist></xrefbib></bibl><cpyrt><note>Under (<url>http://creativecommons.org/licenses/by/4.0"
        "</url>).</note></cpyrt><kwdg><kwd>a</kwd><kwd>b</kwd></kwdg><abs><sec><st><p>Abstract</p></st><p>Text.</p>"
        "</sec></abs></fm><bdy><sec><p>Look (Fig.&#160;<figr fid='F1'>1</figr>). Then stop.</p><fig id='F1'><title><p>Figure 1</p>"
        "</title><caption><p>Flow chart</p></caption><text><p><b>Flow</b> of CO<sub>2</sub>.</p></text>"
        "<graphic file='x-1.jpg'/></fig></sec></bdy></art>");
    assert_string_equal(a.front.doi, "10.5555/b");
    assert_string_equal(a.front.pmid, "7");
    assert_string_equal(a.front.title, "On doses");
    assert_string_equal(a.front.license, "CC-BY-4.0");
    assert_string_equal(a.front.keywords, "a; b");
    assert_int_equal(a.front.year, 2015);
    assert_int_equal(a.n_figures, 1);
    assert_string_equal(a.figures[0].label, "Figure 1");
    assert_string_equal(a.figures[0].captions[0].text, "Flow chart. Flow of CO₂.");
    assert_string_equal(a.figures[0].hrefs[0], "x-1.jpg");
    assert_string_equal(a.figures[0].mentions[0].text, "Look (Fig. 1).");
    /* Most legends repeat the title. */
    read_ok(
        "<art><fm></fm><bdy><fig id='F1'><title><p>Figure 1</p></title><caption><p>Flow chart</p></caption><text><p>"
        "<b>Flow chart.</b> In blue: lost.</p></text></fig></bdy></art>");
    assert_string_equal(a.figures[0].captions[0].text, "Flow chart. In blue: lost.");
}

static void tei(void **state)
{
    (void)state;
    read_ok("<TEI xmlns='http://www.tei-c.org/ns/1.0'><teiHeader xml:lang='de'><fileDesc><titleStmt><title><title>Dosen"
            "</title><title type='sub'>Eine Studie</title></title></titleStmt><publicationStmt><publisher>Verein"
            "</publisher><date when='2019-03-01'/></publicationStmt><sourceDesc><biblStruct><idno type='DOI'>10.5555/T"
            "</idno></biblStruct></sourceDesc></fileDesc><profileDesc><abstract><p>Kurz.</p></abstract><textClass>"
            "<keywords><term>Dosis</term><term>Knochen</term></keywords></textClass></profileDesc></teiHeader><text>"
            "<body><p>Sie sank (vgl. Abb. 1).</p><figure><graphic url='a.png'/><head><lb/>Abb. 1: Die Dosis.</head>"
            "</figure><figure xml:id='fig_0'><head>Fig. 2.</head><label>2</label><figDesc>Fig. 2. By week.</figDesc>"
            "</figure><figure type='table' xml:id='tab_0'><head>Table 1</head><figDesc>Data.</figDesc></figure>"
            "<p>So <ref type='figure' target='#fig_0'>2</ref>.</p></body></text></TEI>");
    assert_string_equal(a.front.title, "Dosen: Eine Studie");
    assert_string_equal(a.front.doi, "10.5555/t");
    assert_string_equal(a.front.publisher, "Verein");
    assert_string_equal(a.front.language, "de");
    assert_string_equal(a.front.keywords, "Dosis; Knochen");
    assert_int_equal(a.front.year, 2019);
    assert_int_equal(a.n_figures, 3);
    assert_string_equal(a.figures[0].label, "Abb. 1");
    assert_string_equal(a.figures[0].captions[0].text, "Die Dosis.");
    assert_string_equal(a.figures[0].hrefs[0], "a.png");
    assert_string_equal(a.figures[0].mentions[0].text, "Sie sank (vgl. Abb. 1).");
    assert_string_equal(a.figures[1].captions[0].text, "By week.");
    assert_string_equal(a.figures[1].mentions[0].text, "So 2.");
    assert_string_equal(a.figures[2].kind, "table");
    assert_string_equal(a.figures[2].captions[0].text, "Data.");
}

#define TABLE(content)                                                                                                 \
    ARTICLE("<table-wrap id='t1'><label>Table 1</label><caption><p>Doses.</p></caption>" content "</table-wrap>")

static void assert_cells(const char *xml, const char *expected)
{
    read_ok(xml);
    assert_int_equal(a.n_figures, 1);
    assert_table(&a.figures[0].table, expected);
}

static void table_cells(void **state)
{
    (void)state;
    assert_cells(TABLE("<table><thead><tr><th rowspan='2'>Joint</th><th colspan='2'>Pain</th></tr><tr><th>Before</th>"
                       "<th>After</th></tr></thead><tbody><tr><td>Knee<xref ref-type='table-fn' rid='n'><sup>2</sup>"
                       "</xref></td><td><bold>62</bold></td><td/></tr><tr><td colspan='3'><hr/></td></tr>"
                       "<tr><th>Heel</th><td>7<break/>8</td><td>9</td></tr></tbody></table><table-wrap-foot><fn id='n'>"
                       "<label>2</label><p>Both.</p></fn><attrib>Own data.</attrib></table-wrap-foot>"),
                 "0#Jointv2|1#Pain+2\n1#Before|2#After\n0 Knee²|1 62\n0#Heel|1 7 8|2 9");
    assert_int_equal(a.figures[0].table.rows, 4);
    assert_int_equal(a.figures[0].table.columns, 3);
    assert_string_equal(a.figures[0].notes, "2 Both. Own data.");
    /* Tables of one wrap stand one below the other; of alternatives the first counts, and pictures are none. */
    assert_cells(TABLE("<table><tr><td>A</td></tr></table><alternatives><graphic xlink:href='t.tif'/><table><tr><td>B"
                       "</td></tr></table><table><tr><td>C</td></tr></table></alternatives>"),
                 "0 A\n0 B");
    assert_string_equal(a.figures[0].hrefs[0], "t.tif");
    /* The foot may come before the body; a note in it is none of the rows. */
    assert_cells(TABLE("<table><tfoot><tr><td>Sum</td><td>3</td></tr><tr><td colspan='2'>A note.</td></tr></tfoot>"
                       "<tbody><tr><td>A</td><td>3</td></tr></tbody></table>"),
                 "0 A|1 3\n0 Sum|1 3");
    assert_string_equal(a.figures[0].notes, "A note.");
}

static void tables_of_other_vocabularies(void **state)
{
    (void)state;
    assert_cells(TABLE("<oasis:table xmlns:oasis='urn:o'><oasis:tgroup cols='4'><oasis:colspec colname='c1'/>"
                       "<oasis:colspec colname='c2'/><oasis:colspec colnum='4' colname='c4'/><oasis:spanspec "
                       "spanname='all' namest='c1' nameend='c4'/><oasis:thead><oasis:row><oasis:entry spanname='all'>H"
                       "</oasis:entry></oasis:row></oasis:thead><oasis:tbody><oasis:row><oasis:entry morerows='1'>A"
                       "</oasis:entry><oasis:entry namest='c2' nameend='c4'>B</oasis:entry></oasis:row><oasis:row>"
                       "<oasis:entry>C</oasis:entry><oasis:entry>X</oasis:entry><oasis:entry colname='c4'>D"
                       "</oasis:entry></oasis:row></oasis:tbody></oasis:tgroup></oasis:table>"),
                 "0#H+4\n0 Av2|1 B+3\n1 C|2 X|3 D");
    assert_cells("<art><fm/><bdy><tbl id='T1'><title><p>Table 1</p></title><caption><p>Doses</p></caption><tblbdy "
                 "cols='2'><r><c cspan='2'><p>H</p></c></r><r><c><p>A</p></c><c><p>1</p></c></r></tblbdy><tblfn><p>A "
                 "note.</p></tblfn></tbl></bdy></art>",
                 "0 H+2\n0 A|1 1");
    assert_string_equal(a.figures[0].notes, "A note.");
    assert_cells("<TEI xmlns='http://www.tei-c.org/ns/1.0'><teiHeader/><text><body><figure type='table'><head>Table 1"
                 "</head><figDesc>Doses.</figDesc><table><row role='label'><cell cols='2'>H</cell></row><row><cell>A"
                 "</cell><cell>1</cell></row></table></figure></body></text></TEI>",
                 "0#H+2\n0 A|1 1");
}

static void broken_tables(void **state)
{
    (void)state;
    /* Spans beyond the group of rows, beyond the table, below 1, and none that is a number. */
    assert_cells(TABLE("<table><thead><tr><td rowspan='9'>H</td><td colspan='-4'>I</td></tr></thead><tbody><tr><td "
                       "colspan='many'>A</td><td rowspan='0'>B</td></tr><tr><td>C</td></tr></tbody></table>"),
                 "0#H|1#I\n0 A|1 Bv2\n0 C");
    assert_cells(TABLE("<table><tr><td colspan='2000000000'>A</td><td>lost</td></tr><tr><td rowspan='99999999999999'>B"
                       "</td></tr></table>"),
                 "0 A\n0 B");
    assert_int_equal(a.n_warnings, 0);
    /* A cell that would run into one from above ends before it. */
    assert_cells(TABLE("<table><tr><td>A</td><td rowspan='2'>B</td></tr><tr><td colspan='3'>C</td><td>D</td></tr>"
                       "</table>"),
                 "0 A|1 Bv2\n0 C|2 D");
    /* A table in a cell is that cell's text. */
    assert_cells(TABLE("<table><tr><td>A <table><tr><td>x</td><td>y</td></tr></table></td><td>B</td></tr></table>"),
                 "0 A x y|1 B");
    assert_cells(TABLE("<table><tr/><tr><td> </td></tr></table>"), "");
    assert_cells(TABLE("<table>text<p/></table>"), "");
    assert_null(a.figures[0].notes);
}

static void huge_tables(void **state)
{
    (void)state;
    struct str s = STR_INIT(64 << 20);
    str_add(&s, "<article><front/><body>");
    for (int table = 0; table < 2; table++) {
        str_addf(&s, "<table-wrap><label>Table %d</label><caption><p>X</p></caption><table>", table + 1);
        for (int row = 0; row < (table ? 1 : 3000); row++) {
            str_add(&s, "<tr>");
            for (int column = 0; column < (table ? 300 : 10); column++)
                str_add(&s, "<td>x</td>");
            str_add(&s, "</tr>");
        }
        str_add(&s, "</table></table-wrap>");
    }
    str_add(&s, "</body></article>");
    read_ok(s.data);
    assert_int_equal(a.figures[0].table.rows, ARTICLE_MAX_ROWS);
    assert_int_equal(a.figures[0].table.n_cells, ARTICLE_MAX_CELLS);
    assert_int_equal(a.figures[1].table.columns, ARTICLE_MAX_TABLE_COLUMNS);
    str_release(&s);
}

static void envelopes_and_prefixes(void **state)
{
    (void)state;
    read_ok("<OAI-PMH><GetRecord><metadata><j:article xmlns:j='urn:j'><j:front/><j:body><j:fig id='f'><j:label>Fig 1"
            "</j:label><j:caption><j:p>In a namespace.</j:p></j:caption><graphic xlink:href='undeclared.jpg'/></j:fig>"
            "</j:body></j:article></metadata></GetRecord></OAI-PMH>");
    assert_int_equal(a.n_figures, 1);
    assert_string_equal(a.figures[0].captions[0].text, "In a namespace.");
    assert_string_equal(a.figures[0].hrefs[0], "undeclared.jpg");
}

static void faults_are_recovered_from(void **state)
{
    (void)state;
    read_ok(ARTICLE("<p>Broken <bold>tags</p></bold><fig id='f1'><label>Fig 1</label><caption><p>A &unknown; b &amp; c "
                    "&nbsp;d &lt; e.</p></caption></fig>"));
    assert_int_equal(a.n_figures, 1);
    assert_string_equal(a.figures[0].captions[0].text, "A b & c d < e.");
    assert_int_equal(a.n_warnings, 1);
    assert_non_null(strstr(a.warnings[0], "line 1"));
}

static void refused(void **state)
{
    (void)state;
    static const char *const format[] = {
        "", "   ", "PDF-1.4", "<article", "<article><front/><body><p>", "\xFF\xFE<", "<article><front></article>"};
    static const char *const unsupported[] = {"<html><body><article><p>x</p></article></body></html>", "<book/>",
                                              "<article><div/></article>"};
    for (size_t i = 0; i < sizeof format / sizeof *format; i++) {
        if (i == 4) /* both parts are there: recovered */
            read_ok(format[i]);
        else
            read_bad(format[i], strlen(format[i]), ERR_FORMAT);
    }
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++)
        read_bad(unsupported[i], strlen(unsupported[i]), ERR_UNSUPPORTED);
    read_bad("<article/>", (size_t)JATS_MAX_BYTES + 1, ERR_LIMIT);
}

static void entities_do_not_expand(void **state)
{
    (void)state;
    struct str s = STR_INIT(1 << 20);
    str_add(&s, "<!DOCTYPE article [<!ENTITY a0 'ha'><!ENTITY own 'ACME'>");
    for (int i = 1; i < 40; i++)
        str_addf(&s, "<!ENTITY a%d '&a%d;&a%d;&a%d;&a%d;'>", i, i - 1, i - 1, i - 1, i - 1);
    str_add(&s, "<!ENTITY file SYSTEM 'file:///etc/passwd'><!ENTITY net SYSTEM 'http://192.0.2.1/x'>]>");
    str_add(&s, CAPTION("By &own;: &a39;&file;&net;."));
    read_ok(s.data);
    assert_int_equal(a.n_figures, 1);
    assert_true(strlen(a.figures[0].captions[0].text) < 100);
    assert_non_null(strstr(a.figures[0].captions[0].text, "By ACME:"));
    assert_null(strstr(a.figures[0].captions[0].text, "root"));
    str_release(&s);
}

static void large_and_deep(void **state)
{
    (void)state;
    struct str s = STR_INIT(32 << 20);
    str_add(&s, "<article><front/><body>");
    for (int i = 0; i < 20000; i++)
        str_addf(&s,
                 "<p>See <xref rid='f%d'>Fig. %d</xref>.</p><fig id='f%d'><label>Fig. %d</label><caption><p>Dose %d."
                 "</p></caption></fig>",
                 i, i, i, i, i);
    str_add(&s, "</body></article>");
    read_ok(s.data);
    assert_int_equal(a.n_figures, ARTICLE_MAX_FIGURES);
    assert_int_equal(a.figures[4999].n_mentions, 1);
    assert_true(a.n_warnings >= 1);
    /* Each of these once took time that grew with the square of its size, past the test's time limit. */
    str_clear(&s);
    str_add(&s, "<article><front/><body><p>");
    for (int i = 0; i < 20000; i++)
        str_add(&s, "a <xref rid='g'>1</xref> <list><list-item><p><xref rid='g'>2</xref></p></list-item></list>");
    str_add(&s, "</p><fig-group id='g'>");
    for (int i = 0; i < 200000; i++)
        str_add(&s, "<x/>");
    for (int i = 0; i < 3000; i++)
        str_add(&s, "<fig><label>1</label><caption><p><tex-math>x</tex-math></p></caption></fig>");
    str_add(&s, "</fig-group></body></article>");
    read_ok(s.data);
    assert_int_equal(a.n_figures, 3000);
    str_clear(&s);
    str_add(&s, "<article><front/><body>");
    for (int i = 0; i < 100000; i++)
        str_add(&s, "<sec>");
    struct err e = {0};
    article_release(&a);
    jats_extract(s.data, s.len, &a, &e); /* either way, but without exhausting the stack */
    str_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(front_matter, release),
        cmocka_unit_test_teardown(translated_titles, release),
        cmocka_unit_test_teardown(retractions, release),
        cmocka_unit_test_teardown(licences, release),
        cmocka_unit_test_teardown(a_plain_figure, release),
        cmocka_unit_test_teardown(captions_are_clean_text, release),
        cmocka_unit_test_teardown(formulas_stay_readable, release),
        cmocka_unit_test_teardown(labels_in_captions, release),
        cmocka_unit_test_teardown(best_image_first, release),
        cmocka_unit_test_teardown(groups_and_floats, release),
        cmocka_unit_test_teardown(translations, release),
        cmocka_unit_test_teardown(mentions, release),
        cmocka_unit_test_teardown(what_is_no_figure, release),
        cmocka_unit_test_teardown(biomed_central, release),
        cmocka_unit_test_teardown(tei, release),
        cmocka_unit_test_teardown(table_cells, release),
        cmocka_unit_test_teardown(tables_of_other_vocabularies, release),
        cmocka_unit_test_teardown(broken_tables, release),
        cmocka_unit_test_teardown(huge_tables, release),
        cmocka_unit_test_teardown(envelopes_and_prefixes, release),
        cmocka_unit_test_teardown(faults_are_recovered_from, release),
        cmocka_unit_test_teardown(refused, release),
        cmocka_unit_test_teardown(entities_do_not_expand, release),
        cmocka_unit_test_teardown(large_and_deep, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
