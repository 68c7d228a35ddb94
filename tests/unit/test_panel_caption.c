#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "extract/panel_caption.h"

/* A caption and what is expected: "PREAMBLE | LABEL: TEXT | ... | COMMON", or NULL for no panels. */
struct expected {
    const char *caption, *split;
};

static const struct expected forms[] = {
    {"Growth. (a) Control. (b) Treated.", "Growth. | a: Control. | b: Treated. | "},
    {"(A) Control; (B) treated", " | A: Control | B: treated | "},
    {"Growth. a) Control. b) Treated.", "Growth. | a: Control. | b: Treated. | "},
    {"Growth. A. Control. B. Treated.", "Growth. | A: Control. | B: Treated. | "},
    {"Growth: A. p53 staining; B. p63 staining", "Growth | A: p53 staining | B: p63 staining | "},
    {"A: control B: treated; C: washed", NULL}, /* B stands at no clause's beginning, so C leaves a gap */
    {"A: control; B: treated", " | A: control | B: treated | "},
    {"Growth. A, control; B, treated.", "Growth. | A: control | B: treated. | "},
    {"Growth in water. A Control plants. B Treated plants.",
     "Growth in water. | A: Control plants. | B: Treated plants. | "},
    {"Growth: a control, b treated, c washed", "Growth | a: control | b: treated | c: washed | "},
    {"A \xe2\x80\x93 base flow; B \xe2\x80\x93 rising limb", " | A: base flow | B: rising limb | "},
    {"Growth (a\xe2\x80\x93"
     "c). Bars, 1 mm.",
     " | a: Growth | b: Growth | c: Growth | Bars, 1 mm."},
    {"Kidney (A, B) and liver (C and D).", " | A: Kidney | B: Kidney | C: and liver | D: and liver | "},
    {"(A) and (B) Sections. (C) Blot.", " | A: Sections. | B: Sections. | C: Blot. | "},
    {"((a), (b)) Sections. (c) Blot.", " | a: Sections. | b: Sections. | c: Blot. | "},
    {"A and C: water. B and D: salt.", " | A: water. | B: salt. | C: water. | D: salt. | "},
    {"(A) Core. (B1) Low; (B2) high. (C) Edge.", " | A: Core. | B1: Low | B2: high. | C: Edge. | "},
    {"Growth in tissuesA) Control B) Treated", "Growth in tissues | A: Control | B: Treated | "},
    {"Panel A: control. Panel B: treated.", " | A: control. | B: treated. | "},
    {"(i) Start, (ii) middle, (iii) end", " | i: Start | ii: middle | iii: end | "},
    {"A: 1 B: 2", NULL},
    /* I and K with no J, as some printers have it */
    {"(A) aa (B) bb (C) cc (D) dd (E) ee (F) ff (G) gg (H) hh (I) ii (K) kk",
     " | A: aa | B: bb | C: cc | D: dd | E: ee | F: ff | G: gg | H: hh | I: ii | K: kk | "},
};

static const struct expected behind[] = {
    {"Normal tissue (A), lesion (B).", " | A: Normal tissue | B: lesion | "},
    {"Sense (a) and antisense (b) probes.", " | a: Sense | b: and antisense probes. | "},
    {"Dorsal (A) and ventral (B) view. Bar, 1 mm.", " | A: Dorsal | B: and ventral view. | Bar, 1 mm."},
    {"Red cells (A, 200x) and blue cells (B, 400x).", " | A: Red cells 200x | B: and blue cells 400x | "},
    {"An angiogram (a) shows a cyst; a second one (b) shows none.",
     " | a: An angiogram shows a cyst | b: a second one shows none. | "},
};

static const struct expected references[] = {
    {"(A) Cells. (B) The same as (A) at night.", " | A: Cells. | B: The same as (A) at night. | "},
    {"(A) Cells. (B) Boxed area of A, enlarged.", " | A: Cells. | B: Boxed area of A, enlarged. | "},
    {"Cells as in panel A and panel B.", NULL},
    {"Growth at 37 (C) for a day.", NULL},
    {"Alleles (A) and (G) of the gene.", NULL},
    {"A representative image. Bars, 1 mm.", NULL},
    {"A. fumigatus and B. subtilis in water.", NULL},
    {"Stages (I-IV) by size.", NULL},
    {"X-rays after 0, 1, 2, and 5 minutes.", NULL},
    {"1, Pump. 2, Tap. 3, Pipe.", NULL}, /* parts of one drawing */
    {"Vitamin (B, C) in food.", NULL},
    {"", NULL},
};

static const struct expected scripts[] = {
    {"Рост: (а) контроль; (б) опыт", "Рост | а: контроль | б: опыт | "},
    {"Рост. а) контроль; б) опыт; в) норма", "Рост. | а: контроль | б: опыт | в: норма | "},
    {"(أ) الضابطة (ب) التجربة", " | أ: الضابطة | ب: التجربة | "},
    {"生长。(甲)对照；(乙)处理", "生长。 | 甲: 对照 | 乙: 处理 | "},
    {"（A）对照；（B）处理", " | A: 对照 | B: 处理 | "},
    {"(가) 대조 (나) 처리", " | 가: 대조 | 나: 처리 | "},
    {"(ア) 対照 (イ) 処理", " | ア: 対照 | イ: 処理 | "},
    {"①对照 ②处理", " | ①: 对照 | ②: 处理 | "},
    {"Crecimiento. (a) Control y (b) tratado.", "Crecimiento. | a: Control y | b: tratado. | "},
};

static const struct expected places[] = {
    {"Left: control. Right: treated.", " | left: control. | right: treated. | "},
    {"Control (left) and treated (right panel) cells.", " | left: Control | right: and treated cells. | "},
    {"Control (left), low (middle), high (right).", " | left: Control | middle: low | right: high | "},
    {"Arriba: control. Abajo: tratado.", " | top: control. | bottom: tratado. | "},
    {"Fracture of the left femur.", NULL},
    {"適用前 (左図) と適用後 (右図)．", " | left: 適用前 | right: と適用後 | "},
    {"Control (left) only.", NULL},
    {"(A) Cells, red (left) and blue (right). (B) Blot.", " | A: Cells, red (left) and blue (right). | B: Blot. | "},
};

static void print(const struct panel_caption *c, struct str *out)
{
    str_addf(out, "%s", c->preamble);
    for (size_t i = 0; i < c->n_panels; i++)
        str_addf(out, " | %s: %s", c->panels[i].label, c->panels[i].text);
    str_addf(out, " | %s", c->common);
}

static void check(const struct expected *list, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        struct arena arena = ARENA_INIT;
        struct panel_caption c;
        struct str s = STR_INIT(1 << 16);
        if (panel_caption_split(&arena, list[i].caption, strlen(list[i].caption), &c))
            print(&c, &s);
        else
            assert_int_equal(c.n_panels, 0);
        if (strcmp(s.data, list[i].split ? list[i].split : "") != 0) {
            print_error("'%s'\n  gives  '%s'\n  wanted '%s'\n", list[i].caption, s.data,
                        list[i].split ? list[i].split : "");
            wrong++;
        }
        str_release(&s);
        arena_release(&arena);
    }
    assert_int_equal(wrong, 0);
}

#define CHECK(name)                                                                                                    \
    static void test_##name(void **state)                                                                              \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        check(name, sizeof name / sizeof *name);                                                                       \
    }
CHECK(forms)
CHECK(behind)
CHECK(references)
CHECK(scripts)
CHECK(places)

static void test_whole_text(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    struct panel_caption c;
    static const char text[] = "Growth. (a) Control. (b) Treated. Scale bars, 1 mm.";
    assert_true(panel_caption_split(&arena, text, strlen(text), &c));
    assert_string_equal(panel_caption_whole(&arena, &c, 0), "Growth. Control. Scale bars, 1 mm.");
    assert_string_equal(panel_caption_whole(&arena, &c, 1), "Growth. Treated. Scale bars, 1 mm.");
    assert_true(c.confidence > 0.9 && c.confidence <= 1);
    arena_release(&arena);
}

static void test_limits(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    struct panel_caption c;
    struct str s = STR_INIT(1 << 20);
    for (int i = 0; i < 20000; i++)
        str_add(&s, "(a) x (b) y ");
    assert_false(panel_caption_split(&arena, s.data, s.len, &c));
    assert_true(panel_caption_split(&arena, s.data, PANEL_MAX_CAPTION, &c));
    assert_int_equal(c.n_panels, 2);
    static const char broken[] = "(a) \xff\xfe (b) \xe4\xb8";
    assert_true(panel_caption_split(&arena, broken, strlen(broken), &c));
    str_release(&s);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),   cmocka_unit_test(test_behind), cmocka_unit_test(test_references),
        cmocka_unit_test(test_scripts), cmocka_unit_test(test_places), cmocka_unit_test(test_whole_text),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
