/* test_html.c: articles as HTML (extract/html.h) and citations in plain text (extract/cite.h); all written for this
 * test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "extract/cite.h"
#include "extract/html.h"
#include "tests/unit/table_text.h"

static struct article a;

static int release(void **state)
{
    (void)state;
    article_release(&a);
    return 0;
}

static void read_ok(const char *html)
{
    struct err e = {0};
    article_release(&a);
    if (!html_extract(html, strlen(html), &a, &e))
        fail_msg("%s: %s", err_kind_name(e.kind), e.text);
}

static void metadata(void **state)
{
    (void)state;
    read_ok(
        "<!doctype html><html lang='fr-CA'><head><title>Site</title>"
        "<meta name='dc.title' content='worse'><meta name='citation_title' content='Dose &amp; <i>effet</i> &lt; 1'>"
        "<meta name='citation_doi' content='doi:10.5555/A.B'><meta name='citation_pmid' content='12'>"
        "<meta name='citation_journal_title' content='Revue'><meta name='citation_publication_date' "
        "content='12/05/2021'><meta name='citation_keywords' content='dose'><meta name='citation_keywords' "
        "content='os'><meta name='dc.description' content='R&eacute;sum&eacute;.'></head><body>"
        "<a rel='license' href='https://creativecommons.org/licenses/by/4.0/'>licence</a></body></html>");
    assert_string_equal(a.front.title, "Dose & effet < 1");
    assert_string_equal(a.front.doi, "10.5555/a.b");
    assert_string_equal(a.front.pmid, "12");
    assert_string_equal(a.front.journal, "Revue");
    assert_int_equal(a.front.year, 2021);
    assert_string_equal(a.front.language, "fr");
    assert_string_equal(a.front.keywords, "dose; os");
    assert_string_equal(a.front.abstract, "Résumé.");
    assert_string_equal(a.front.license, "CC-BY-4.0");
}

static void linked_data(void **state)
{
    (void)state;
    read_ok("<html lang='en'><head><title>Site</title><meta name='og:title' content='Better'>"
            "<script type='application/ld+json'>{not json</script>"
            "<script type='application/ld+json'>{\"@type\":\"BreadcrumbList\",\"name\":\"No\"}</script>"
            "<script type='application/ld+json'>{\"mainEntity\":{\"@type\":[\"Thing\",\"ScholarlyArticle\"],"
            "\"headline\":\"Dose & effect\",\"inLanguage\":\"pt\",\"datePublished\":\"2020-02-01\","
            "\"sameAs\":\"https://doi.org/10.5555/XY\",\"license\":\"http://creativecommons.org/licenses/by-nc/4.0/\","
            "\"isPartOf\":{\"@type\":\"PublicationIssue\",\"isPartOf\":{\"@type\":\"Periodical\",\"name\":\"Review\"}},"
            "\"publisher\":{\"name\":\"Press\"},\"description\":7}}</script></head><body><figure><img src='a'>"
            "<figcaption>Figure 1. A.</figcaption></figure></body></html>");
    assert_string_equal(a.front.title, "Better");
    assert_string_equal(a.front.language, "pt");
    assert_int_equal(a.front.year, 2020);
    assert_string_equal(a.front.doi, "10.5555/xy");
    assert_string_equal(a.front.license, "CC-BY-NC-4.0");
    assert_string_equal(a.front.journal, "Review");
    assert_string_equal(a.front.publisher, "Press");
    assert_null(a.front.abstract);
    read_ok("<html><head><script type='application/ld+json'>[{\"@graph\":[{\"@type\":\"Article\",\"name\":\"T\"}]}]"
            "</script></head><body><figure><img src='a'><figcaption>Figure 1. A.</figcaption></figure></body></html>");
    assert_string_equal(a.front.title, "T");
}

static void figure_elements(void **state)
{
    (void)state;
    read_ok(
        "<html><body><article><p>It fell, as <a href='#F1'>Figure 1</a> shows. It rose.</p>"
        "<figure id='F1'><a href='/full/a.png?x=1'><picture><img src='data:image/gif;base64,AA' "
        "data-src='/small/a.jpg'></picture></a><figcaption><b>Figure 1.</b> CO<sub>2</sub> by week.<a href='#'>Full "
        "size image</a></figcaption></figure><figure><img src='logo.png'></figure>"
        "<table id='T1'><caption>Table 1: Doses.</caption><tr><td>1</td></tr></table>"
        "<table><caption>Menu</caption></table></article></body></html>");
    assert_int_equal(a.n_figures, 2);
    struct art_figure *f = &a.figures[0];
    assert_string_equal(f->anchor, "F1");
    assert_string_equal(f->label, "Figure 1");
    assert_string_equal(f->number, "1");
    assert_string_equal(f->captions[0].text, "CO₂ by week.");
    assert_int_equal(f->n_hrefs, 2);
    assert_string_equal(f->hrefs[0], "/full/a.png?x=1");
    assert_string_equal(f->hrefs[1], "/small/a.jpg");
    assert_int_equal(f->n_mentions, 1);
    assert_string_equal(f->mentions[0].text, "It fell, as Figure 1 shows.");
    assert_string_equal(a.figures[1].kind, "table");
    assert_string_equal(a.figures[1].captions[0].text, "Doses.");
}

static void publishers_boxes(void **state)
{
    (void)state;
    read_ok(
        "<html><body><div class='figs'><div class='fig wide' id='f2'><div><img src='b.gif'></div>"
        "<div class='caption'><strong>Fig. 2</strong> A. Download figure Open in new tab</div></div></div>"
        "<div class='html-fig-wrap' id='f3'><img src='c.png'><div class='html-fig_caption'><b>Figure 3.</b> B.</div>"
        "</div><div class='figure'><figure id='f4'><img src='d.png'><figcaption>Figure 4. D.</figcaption></figure>"
        "</div><div class='figure-tools'>Figure 9. Not one.</div></body></html>");
    assert_int_equal(a.n_figures, 3);
    assert_string_equal(a.figures[0].label, "Fig. 2");
    assert_string_equal(a.figures[0].captions[0].text, "A.");
    assert_string_equal(a.figures[1].captions[0].text, "B.");
    assert_string_equal(a.figures[2].anchor, "f4");
}

static void table_cells(void **state)
{
    (void)state;
    read_ok("<html><body><div class='table-wrap' id='t1'><div class='caption'>Table 1. Doses.</div><table><thead><tr>"
            "<th>Joint<th>Dose</thead><tbody><tr><th scope=row>Knee<td>3&nbsp;Gy<tr><td colspan=2>none</tbody></table>"
            "<div class='table-wrap-foot'><p>Gy, gray.</p></div></div>"
            "<table><caption>Table 2. More.</caption><tr><td>A<td>B</table></body></html>");
    assert_int_equal(a.n_figures, 2);
    assert_table(&a.figures[0].table, "0#Joint|1#Dose\n0#Knee|1 3 Gy\n0 none+2");
    assert_string_equal(a.figures[0].notes, "Gy, gray.");
    assert_table(&a.figures[1].table, "0 A|1 B");
    assert_null(a.figures[1].notes);
}

/* One figure of one of the publishers' pages, as they mark it up; texts are ours. */
struct flavour {
    const char *name, *html, *label, *caption, *href;
};

static const struct flavour flavours[] = {
    {"ScienceDirect",
     "<figure class='figure text-xs' id='fig1'><span><img src='//x/1-gr1.jpg' alt='x'><ol class='links-for-figure'>"
     "<li><a class='anchor download-link' href='//x/1-gr1_lrg.jpg'><span>Download : <span>Download high-res image "
     "(1MB)</span></span></a></li></ol></span><span class='captions text-s'><span id='cap1'><p><span "
     "class='label'>Fig. 1</span>. Dose by week.</p></span></span></figure>",
     "Fig. 1", "Dose by week.", "//x/1-gr1_lrg.jpg"},
    {"Springer Nature",
     "<div class='c-article-section__figure' data-container-section='figure' id='figure-1'><figure><figcaption><b "
     "id='Fig1' class='c-article-section__figure-caption'>Fig. 1</b></figcaption><div "
     "class='c-article-section__figure-content'><a href='/articles/s1/figures/1'><picture><source type='image/webp' "
     "srcset='//m/lw685/a.png?as=webp'><img src='//m/lw685/a.png' alt='figure 1'></picture></a><div "
     "class='c-article-section__figure-description' id='figure-1-desc'><p>Dose by week.</p></div></div><div><a "
     "data-test='article-link' href='/articles/s1/figures/1'><span>Full size image</span></a></div></figure></div>",
     "Fig. 1", "Dose by week.", "//m/lw685/a.png"},
    {"Wiley",
     "<section class='article-section__inline-figure'><figure class='figure' id='f1'><a href='/cms/asset/a.jpg'>"
     "<picture><source srcset='/cms/asset/a.jpg' media='(min-width: 1650px)'><img class='figure__image' "
     "src='/cms/asset/a-m.jpg' data-lg-src='/cms/asset/a.jpg'></picture></a><figcaption class='figure__caption'><div "
     "class='figure__caption__header'><strong class='figure__title'>FIGURE 1</strong><div class='figure-extra'><a "
     "href='#'>Open in figure viewer</a><a href='/d'><i></i><span>PowerPoint</span></a></div></div><div "
     "class='figure__caption figure__caption-text'><div>Dose by week.</div></div></figcaption></figure></section>",
     "FIGURE 1", "Dose by week.", "/cms/asset/a.jpg"},
    {"MDPI",
     "<div class='html-fig-wrap' id='fig_body_1'><div class='html-fig_img'><div class='html-figpopup'><img "
     "data-large='/a/html/images/a-g001.png' src='/a/html/images/a-g001-550.jpg'><a class='html-expand html-figpopup' "
     "href='#fig_1'></a></div></div><div class='html-fig_description'><b>Figure 1.</b> Dose by week.</div></div><div "
     "class='html-fig_show mfp-hide' id='fig_1'><div class='html-caption'><b>Figure 1.</b> Dose by week.</div><div "
     "class='html-img'><img src='/a/html/images/a-g001-1000.png'></div></div>",
     "Figure 1", "Dose by week.", "/a/html/images/a-g001.png"},
    {"PLOS",
     "<div class='figure' data-doi='10.5555/g001'><div class='img-box'><a title='Click for larger image' "
     "href='article/figure/image?size=large&amp;id=10.5555/g001'><img "
     "src='article/figure/image?size=inline&amp;id=10.5555/g001' alt='thumbnail' class='thumbnail'></a></div><div "
     "class='figure-inline-download'>Download: <ul><li><a href='a'>PPT</a></li></ul></div><div "
     "class='figcaption'><strong>Fig 1.</strong> <strong>Dose.</strong></div><p class='caption_target'>Week by "
     "week.</p><p class='caption_object'><a href='https://doi.org/10.5555/g001'>https://doi.org/10.5555/g001</a></p>"
     "</div>",
     "Fig 1", "Dose. Week by week.", "article/figure/image?size=large&id=10.5555/g001"},
    {"Frontiers, before 2023",
     "<div class='DottedLine'></div><div class='Imageheaders'>FIGURE 1</div><div class='FigureDesc'><a "
     "href='https://x/a-g001.jpg'><img src='https://x/a-g001-t.jpg' id='F1'></a><p><strong>Figure 1</strong>. Dose by "
     "week.</p></div>",
     "Figure 1", "Dose by week.", "https://x/a-g001.jpg"},
    {"SciELO",
     "<div class='row fig' id='f1'><a name='f1'></a><div class='col-md-4'><a href='' data-target='#ModalFigf1'><div "
     "class='thumbOff'><img src='https://x/a.jpg'> Thumbnail <div class='zoom'></div></div></a></div><div "
     "class='col-md-8'> <strong>Figura 1 </strong><br> Dosis por semana. </div></div><div class='modal fade ModalFigs' "
     "id='ModalFigf1'><div class='modal-header'><button>x</button><h4 class='modal-title'><strong>Figura 1 </strong>"
     "Dosis por semana.</h4></div><div class='modal-body'><img src='https://x/a.jpg'></div></div>",
     "Figura 1", "Dosis por semana.", "https://x/a.jpg"},
    {"PubMed Central",
     "<figure class='fig xbox font-sm' id='F1'><h4 class='obj_head'>Figure 1.</h4><p class='img-box'><a "
     "class='tileshop' href='https://x/tileshop.html?p=1'><img class='graphic zoom-in' src='https://x/a.jpg'></a></p>"
     "<div class='p text-right'><a href='figure/F1/' class='usa-link'>Open in a new tab</a></div><figcaption><p>Dose by "
     "week.</p></figcaption></figure>",
     "Figure 1", "Dose by week.", "https://x/a.jpg"},
    {"PubMed Central, before 2024",
     "<div class='fig iconblock' id='F1'><a class='figpopup' href='/f/F1/'></a><div class='figure'><a href='/f/F1/'>"
     "<img src='/bin/a.jpg'></a></div><div class='icnblk_cntnt'><div><a class='figpopup' href='/f/F1/'>Figure 1</a>"
     "</div><div class='caption'><p>Dose by week.</p></div></div></div>",
     "Figure 1", "Dose by week.", "/bin/a.jpg"},
    {"eLife",
     "<div id='fig1' class='asset-viewer-inline' data-asset-viewer-uri='https://x/a/full/,1500/0/default.jpg'><div "
     "class='asset-viewer-inline__header_panel'><div class='asset-viewer-inline__header_text'><span "
     "class='asset-viewer-inline__header_text__prominent'>Figure 1</span></div><div><a "
     "href='https://x/a/full/full/0/default.jpg' class='asset-viewer-inline__download_all_link'>Download asset</a><a "
     "href='#'>Open asset</a></div></div><figure class='captioned-asset'><a href='https://x/a/full/,1500/0/default.jpg' "
     "class='captioned-asset__link'><picture><source srcset='https://x/a/full/1234,/0/default.webp 2x' "
     "type='image/webp'><img src='https://x/a/full/617,/0/default.jpg'></picture></a><figcaption "
     "class='captioned-asset__caption'><h6 class='caption-text__heading'>Dose by week.</h6></figcaption></figure></div>",
     "Figure 1", "Dose by week.", "https://x/a/full/,1500/0/default.jpg"},
    {"Copernicus",
     "<figure id='Ch1.F1' class='fig'><div class='figure'><img data-src='https://x/a-f01.png'></div><figcaption><p>"
     "<strong class='caption-number'>Figure 1</strong><span>Dose by week.</span></p></figcaption><p "
     "class='downloadTextLink'><a href='https://x/a-f01-high-res.pdf'>Download</a></p></figure>",
     "Figure 1", "Dose by week.", "https://x/a-f01.png"},
    {"LaTeXML",
     "<figure id='S1.F1' class='ltx_figure'><div class='ltx_flex_figure'><figure id='S1.F1.sf1' class='ltx_figure "
     "ltx_figure_panel'><img src='x1.png' alt='Refer to caption'><figcaption class='ltx_caption'><span class='ltx_tag "
     "ltx_tag_figure'>(a) </span>Left.</figcaption></figure><figure id='S1.F1.sf2' class='ltx_figure "
     "ltx_figure_panel'><img src='x2.png'><figcaption class='ltx_caption'><span class='ltx_tag'>(b) </span>Right."
     "</figcaption></figure></div><figcaption class='ltx_caption ltx_centering'><span class='ltx_tag "
     "ltx_tag_figure'>Figure 1: </span>Dose by week.</figcaption></figure>",
     "Figure 1", "Dose by week.", "x1.png"},
    {"Silverchair",
     "<div data-id='f1' id='f1' class='fig fig-section js-fig-section'><div class='graphic-wrap'><img "
     "class='content-image' src='https://x/m_a.jpeg' data-src='https://x/a.jpeg'></div><div class='graphic-bottom'><div "
     "class='label fig-label'>Figure 1.</div><div class='caption fig-caption'><p>Dose by week.</p></div><div "
     "class='ajax-graphics-links'><a href='/view-large/1'>Open in new tab</a><a class='download-slide' "
     "href='/d'>Download slide</a></div></div></div>",
     "Figure 1", "Dose by week.", "https://x/a.jpeg"},
    {"HighWire",
     "<div class='fig pos-float type-figure odd' id='F1'><div class='highwire-figure'><div class='fig-inline-img'><a "
     "href='https://x/F1.large.jpg?width=800'><img src='data:image/gif;base64,AA' data-src='https://x/F1.medium.gif'>"
     "</a></div><ul class='highwire-figure-links inline'><li class='download-fig first'><a "
     "href='https://x/F1.large.jpg?download=true'>Download figure</a></li></ul></div><div class='fig-caption'><span "
     "class='fig-label'>Figure 1.</span> <p>Dose by week.</p><div class='sb-div caption-clear'></div></div></div>",
     "Figure 1", "Dose by week.", "https://x/F1.large.jpg?width=800"},
    {"Taylor & Francis",
     "<div class='figure figureViewerArticleInfo' id='F0001'><a href='/a/images/f0001_b.jpg'><img "
     "src='/a/images/f0001_c.jpg'></a><p class='captionText'><span class='captionLabel'>Figure 1. </span>Dose by week."
     "</p><a class='displaySizeTable' href='#'>Display full size</a></div>",
     "Figure 1", "Dose by week.", "/a/images/f0001_b.jpg"},
    {"J-STAGE",
     "<div id='article-overview'><a name='F1'></a><div class='fig-box'><img class='lazy' src='/l.gif' "
     "data-original='/a/1_F1.jpg'><div class='fig-legend'><p>Fig. 1. Dose by week.</p></div></div></div>",
     "Fig. 1", "Dose by week.", "/a/1_F1.jpg"},
    {"an old page, image first",
     "<center><a href='f1.gif'><img src='f1s.gif' width='300'></a></center><p align='center'><font size='2'><b>Fig. "
     "1</b> Dose by week.</font></p><p>As Fig. 1 shows, it fell.</p>",
     "Fig. 1", "Dose by week.", "f1.gif"},
    {"an old page, image behind",
     "<p>Text of the article that is quite long.</p><p>Figura 1. Dose por semana.</p><p><img src='a.gif'></p><p>Figura 2 "
     "mostra outra coisa.</p><p><img src='seta.gif'></p>",
     "Figura 1", "Dose por semana.", "a.gif"},
    {"responsive forms",
     "<figure><img src='a-300.jpg' srcset='a-300.jpg 300w, a-1200.jpg 1200w,a-600.jpg 600w'><figcaption>Figure 1. Dose "
     "by week.</figcaption></figure>",
     "Figure 1", "Dose by week.", "a-1200.jpg"},
};

static void publishers_flavours(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof flavours / sizeof *flavours; i++) {
        const struct flavour *v = &flavours[i];
        struct str s = STR_INIT(1 << 16);
        str_addf(&s,
                 "<html><head><meta name='citation_title' content='T'></head><body><p>It is seen in Figure 1. It "
                 "rose.</p>%s</body></html>",
                 v->html);
        read_ok(s.data);
        str_release(&s);
        if (a.n_figures != 1)
            fail_msg("%s: %zu figures", v->name, a.n_figures);
        const struct art_figure *f = &a.figures[0];
        if (!f->label || strcmp(f->label, v->label) != 0)
            fail_msg("%s: label '%s'", v->name, f->label ? f->label : "none");
        if (!f->n_captions || strcmp(f->captions[0].text, v->caption) != 0)
            fail_msg("%s: caption '%s'", v->name, f->n_captions ? f->captions[0].text : "none");
        if (!f->n_hrefs || strcmp(f->hrefs[0], v->href) != 0)
            fail_msg("%s: image '%s'", v->name, f->n_hrefs ? f->hrefs[0] : "none");
        assert_string_equal(f->number, "1");
        if (!f->n_mentions || strcmp(f->mentions[0].text, "It is seen in Figure 1.") != 0)
            fail_msg("%s: mention '%s'", v->name, f->n_mentions ? f->mentions[0].text : "none");
    }
}

/* Images beside sentences are no figures of theirs. */
static void sentences_are_no_captions(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "<p><a href='#t1'>Table 1</a> Shows that it fell.</p><p><img src='t1.gif'></p>",
        "<p><b>Figure 2</b> shows that it rose.</p><p><img src='f2.gif'></p>",
        "<p>Figure 3. Far from any image.</p><p>A paragraph with a good deal of text, so that the image behind it cannot "
        "be meant by the caption in front of it, since nobody sets a page like that; the reader would look for it in "
        "vain, and so would we.</p><p><img src='f3.gif'></p>",
        "<p>Figure 4. An ornament.</p><img src='x.gif' width='20'><img src='/icons/logo.png'>",
        "<p>Additional file 1. A file.</p><p><img src='file.gif'></p>",
        "<div class='fig'><img src='a.gif'></div><figure></figure>",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct str s = STR_INIT(1 << 16);
        str_addf(&s, "<html><head><meta name='citation_title' content='T'></head><body>%s</body></html>", bodies[i]);
        read_ok(s.data);
        str_release(&s);
        if (a.n_figures)
            fail_msg("a figure in %s", bodies[i]);
    }
}

static void a_figure_shown_again(void **state)
{
    (void)state;
    read_ok("<html><body><figure id='f1'><img src='small.jpg'><figcaption>Figure 1. Dose by week.</figcaption></figure>"
            "<section><h2>Figures</h2><div class='fig'><a href='large.jpg'><img src='small.jpg'></a><div "
            "class='caption'>Figure 1. Dose by week.</div></div><figure><figcaption>Figure 1. In the appendix."
            "</figcaption></figure></section></body></html>");
    assert_int_equal(a.n_figures, 2);
    assert_string_equal(a.figures[0].anchor, "f1");
    assert_int_equal(a.figures[0].n_hrefs, 2);
    assert_string_equal(a.figures[1].captions[0].text, "In the appendix.");
}

static void boxes_in_boxes(void **state)
{
    (void)state;
    /* Two figures side by side in one frame; a frame without a caption; panels whose frame says what they are. */
    read_ok("<html><body><figure><figure><img src='a'><figcaption>Figure 1. A.</figcaption></figure><figure><img "
            "src='b'><figcaption>Figure 2. B.</figcaption></figure></figure>"
            "<div class='figure'><div class='fig-box'><img src='c'></div><p class='caption'>Figure 3. C.</p></div>"
            "<figure><figcaption>Figure 4. D.</figcaption><figure><img src='d1'><figcaption>(a) "
            "Left</figcaption></figure><figure><img src='d2'></figure></figure></body></html>");
    assert_int_equal(a.n_figures, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(a.figures[i].number[0], '1' + (int)i);
    assert_string_equal(a.figures[2].hrefs[0], "c");
    assert_int_equal(a.figures[3].n_hrefs, 2);
    assert_string_equal(a.figures[3].captions[0].text, "D.");
}

static void character_sets(void **state)
{
    (void)state;
    read_ok("<html><head><meta charset=\"iso-8859-1\"><meta name=citation_title content='Caf\xE9'></head></html>");
    assert_string_equal(a.front.title, "Café");
    read_ok("<html><head><meta charset=\"no-such\"><meta name=citation_title content='Caf\xC3\xA9'></head></html>");
    assert_string_equal(a.front.title, "Café");
    read_ok("<html><head><meta name=citation_title content='Caf\xC3\xA9'></head></html>");
    assert_string_equal(a.front.title, "Café");
}

static void pages_that_are_no_article(void **state)
{
    (void)state;
    static const char *const pages[] = {
        "<html><head><title>Just a moment...</title></head><body><p>Checking your browser</p></body></html>",
        "<html><head><title>404 Not Found</title></head><body>nothing here</body></html>",
        "<html><body><form>User <input></form></body></html>",
        "<p>x",
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct err e = {0};
        assert_false(html_extract(pages[i], strlen(pages[i]), &a, &e));
        assert_int_equal(e.kind, ERR_UNSUPPORTED);
        assert_null(a.arena.head);
        if (i == 0)
            assert_non_null(strstr(e.text, "Just a moment"));
    }
    /* A long challenge page is none either; a long article without any metadata is one. */
    struct str s = STR_INIT(1 << 20);
    for (int round = 0; round < 2; round++) {
        struct err e = {0};
        str_clear(&s);
        str_addf(&s, "<html><head><title>%s</title></head><body>", round ? "On doses" : "Access Denied");
        for (int i = 0; i < 200; i++)
            str_add(&s, "<p>Words of some text.</p>");
        assert_int_equal(html_extract(s.data, s.len, &a, &e), round);
    }
    str_release(&s);
}

static void broken_pages(void **state)
{
    (void)state;
    struct err e = {0};
    assert_false(html_extract("", 0, &a, &e));
    assert_false(html_extract("<html>", (size_t)HTML_MAX_BYTES + 1, &a, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    struct str s = STR_INIT(4 << 20);
    str_add(&s, "<figure>");
    for (int i = 0; i < 100000; i++)
        str_add(&s, "<div class=fig>");
    e = (struct err){0};
    html_extract(s.data, s.len, &a, &e); /* either way, but without exhausting the stack */
    article_release(&a);
    str_release(&s);
    read_ok("<figure><figcaption>Figure 1. Open <b>end<figure><img src=a.png><figcaption>Figure 2. B.");
    assert_true(a.n_figures >= 1);
}

static void citations_in_plain_text(void **state)
{
    (void)state;
    static const char text[] =
        "Doses fell (Figs. 1-3). Supplementary data are in Fig. S1. Table 1 is a table. See Fig. 9.";
    for (int i = 0; i < 4; i++) {
        static const char *const numbers[] = {"1", "2", "3", "S1"};
        article_add_figure(&a)->number = numbers[i];
    }
    article_add_figure(&a)->number = "1";
    a.figures[4].kind = "table";
    struct cites cites;
    cites_init(&cites, &a);
    cites_add(&cites, "en", text, sizeof text - 1);
    cites_release(&cites);
    for (int i = 0; i < 5; i++)
        assert_int_equal(a.figures[i].n_mentions, 1);
    assert_string_equal(a.figures[1].mentions[0].text, "Doses fell (Figs. 1-3).");
    assert_string_equal(a.figures[3].mentions[0].text, "Supplementary data are in Fig. S1.");
    assert_string_equal(a.figures[4].mentions[0].text, "Table 1 is a table.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(metadata, release),
        cmocka_unit_test_teardown(linked_data, release),
        cmocka_unit_test_teardown(figure_elements, release),
        cmocka_unit_test_teardown(publishers_boxes, release),
        cmocka_unit_test_teardown(table_cells, release),
        cmocka_unit_test_teardown(publishers_flavours, release),
        cmocka_unit_test_teardown(sentences_are_no_captions, release),
        cmocka_unit_test_teardown(a_figure_shown_again, release),
        cmocka_unit_test_teardown(boxes_in_boxes, release),
        cmocka_unit_test_teardown(character_sets, release),
        cmocka_unit_test_teardown(pages_that_are_no_article, release),
        cmocka_unit_test_teardown(broken_pages, release),
        cmocka_unit_test_teardown(citations_in_plain_text, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
