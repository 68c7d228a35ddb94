/* test_credit.c: others' rights in captions, and retracted articles (extract/credit.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "extract/credit.h"

static void check(const char *kind, const char *text)
{
    const char *found = credit_of_text(text);
    if (strcmp(kind ? kind : "none", found ? found : "none") != 0)
        fail_msg("%s: %s, not %s", text ? text : "NULL", found ? found : "none", kind ? kind : "none");
}

static void test_permission(void **state)
{
    check("permission", "Reproduced with permission from Elsevier.");
    check("permission", "Reprinted from Smith et al. [12], with kind permission of Springer Nature.");
    check("permission", "Adapted with permission from ref. 4."); /* more than adapted */
    check("permission", "REPRINTED  FROM\xC2\xA0Journal of X");
    check("permission", "Photo courtesy of the WHO.");
    check("permission", "Mapa reproducido de Pérez (2001), con permiso del editor.");
    check("permission", "Imagem gentilmente cedida; reproduzida de Silva, com permissão da editora.");
    check("permission", "Figure reproduite avec l’aimable autorisation de l’éditeur.");
    check("permission", "Mit freundlicher Genehmigung des Verlags.");
    check("permission", "Per gentile concessione dell’editore.");
    check("permission", "Воспроизведено из [3] с разрешения издательства.");
    check("permission", "图片经许可转载自文献[5]。");
    check("permission", "文献5より転載（許可を得て）");
    check("permission", "출판사의 허가를 받아 전재함.");
    check("permission", "Met toestemming van de uitgever.");
    check("permission", "بإذن من الناشر");
}

static void test_adapted(void **state)
{
    check("adapted", "Adapted from Smith (2010).");
    check("adapted", "Modified after Miller 1987");
    check("adapted", "Adaptado de García et al.");
    check("adapted", "Quelle: eigene Darstellung in Anlehnung an Wiedemann (2016).");
    check("adapted", "D’après Dupont, 1999");
    check("adapted", "Modificata da Rossi");
    check("adapted", "Адаптировано из [7]");
    check("adapted", "改编自 Li 等");
    check("adapted", "田中(2010)を改変");
}

static void test_copyright(void **state)
{
    check("copyright", "© 2015 Elsevier B.V.");
    check("copyright", "Structure of the cell. Copyright 2012 American Chemical Society.");
    check("copyright", "Satellite image © Google");
    check(NULL, "© The Authors 2020");
    check(NULL, "© 2020 los autores");
    check(NULL, "(c) 2015 and (d) 2016: maps of both years"); /* panels */
}

static void test_open(void **state)
{
    check("open", "Reproduced from Smith 2019 under CC BY 4.0.");
    check("open", "Image courtesy of NASA, public domain.");
    check("open", "Reproduced with permission under the Creative Commons Attribution License.");
    check("permission", "Reproduced from Smith 2019 under CC BY-NC 4.0.");
    check("permission", "Reproduced from X under a Creative Commons non-commercial licence.");
    check(NULL, "Downloads under CC BY licences by year."); /* a figure about licences */
}

static void test_none(void **state)
{
    check(NULL, NULL);
    check(NULL, "");
    check(NULL, "Photograph shown with permission of the patient.");
    check(NULL, "Published with permission from the patient’s parents.");
    check(NULL, "Con permiso de la paciente.");
    check(NULL, "Cells adapted to light. The data were permissioned.");
    check(NULL, "Reproduced signals of both sensors; samples taken from patients.");
    check(NULL, "Reproducibility from run to run");
    check("permission", "With permission of the patient. Reprinted from ref. 3."); /* the second counts */
}

static void test_figure(void **state)
{
    struct art_text captions[] = {{"en", "A map, adapted from X."}, {"es", "Un mapa."}};
    struct art_figure f = {.captions = captions, .n_captions = 2};
    assert_string_equal(credit_of_figure(&f), "adapted");
    f.credit = "Reproduced with permission from Y";
    assert_string_equal(credit_of_figure(&f), "permission");
    f.credit = "Photo: J. Smith";
    f.n_captions = 0;
    assert_null(credit_of_figure(&f));
    captions[1].text = "Reproducida de Z";
    f.n_captions = 2;
    assert_string_equal(credit_of_figure(&f), "permission");
}

static const char *retraction(const char *title, const char *type, const char *link)
{
    struct art_front f = {.title = title, .article_type = type, .retraction = link};
    return credit_retraction(&f);
}

static void test_retraction(void **state)
{
    static const char *const titles[] = {"RETRACTED: A trial of X",
                                         "[Retracted] A trial of X",
                                         "RETRACTED ARTICLE: a trial",
                                         "Retraction Note to: A trial",
                                         "Retraction: A trial",
                                         "WITHDRAWN: A trial",
                                         "Retractación: un ensayo",
                                         "ARTIGO RETRATADO: um ensaio",
                                         "Rétractation : un essai",
                                         "Ретракция: исследование",
                                         "撤稿：某研究",
                                         "【撤回】ある研究"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (!retraction(titles[i], NULL, NULL))
            fail_msg("%s", titles[i]);
    assert_string_equal(retraction("A trial", "retraction", NULL), "retraction");
    assert_string_equal(retraction("A trial", "research-article", "retraction-forward"), "retraction-forward");
    assert_null(retraction("Retraction pockets in otitis media", "research-article", NULL));
    assert_null(retraction("Withdrawn patients and dropouts", NULL, NULL));
    assert_null(retraction("A study of retracted articles: who cites them", NULL, NULL));
    assert_null(retraction(NULL, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_permission), cmocka_unit_test(test_adapted), cmocka_unit_test(test_copyright),
        cmocka_unit_test(test_open),       cmocka_unit_test(test_none),    cmocka_unit_test(test_figure),
        cmocka_unit_test(test_retraction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
