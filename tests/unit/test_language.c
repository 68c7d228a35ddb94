/* test_language.c: which language a caption is in, and who says so. */
#include "translate/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void expect(const char *text, const char *stated, const char *article, const char *tag, const char *source)
{
    struct language l;
    language_identify(text, stated, article, &l);
    if (strcmp(l.tag, tag) != 0 || strcmp(l.source, source) != 0)
        fail_msg("'%s': %s by %s, not %s by %s", text, l.tag, l.source, tag, source);
    assert_true(l.confidence >= 0 && l.confidence <= 1);
}

static const char english[] = "Changes of the pain score after low-dose radiotherapy of the knee joint in both groups.";
static const char spanish[] = "Evolución de la puntuación del dolor tras la radioterapia a dosis bajas de la rodilla.";
static const char portuguese[] =
    "Evolução da pontuação da dor após a radioterapia em baixas doses do joelho dos pacientes.";
static const char german[] =
    "Verlauf der Schmerzen nach niedrig dosierter Bestrahlung des Kniegelenks in beiden Gruppen.";
static const char french[] =
    "Évolution du score de douleur après la radiothérapie à faible dose du genou des patients.";

static void test_detector(void **state)
{
    expect(english, NULL, NULL, "en", "detector");
    expect(spanish, NULL, NULL, "es", "detector");
    expect(german, NULL, NULL, "de", "detector");
    expect(french, NULL, NULL, "fr", "detector");
    expect(portuguese, NULL, "pt", "pt", "detector");
    expect("Зміна болю після низькодозової променевої терапії колінного суглоба в обох групах хворих.", NULL, NULL,
           "uk", "detector");
    expect("Изменение боли после низкодозовой лучевой терапии коленного сустава в обеих группах больных.", NULL, NULL,
           "ru", "detector");
}

static void test_script(void **state)
{
    expect("低線量放射線照射後の膝関節の炎症反応", NULL, NULL, "ja", "script");
    expect("低剂量照射后膝关节的炎症反应", NULL, NULL, "zh", "script");
    expect("研究対象", NULL, "ja", "ja", "script");
    expect("저선량 방사선 치료 후 무릎 관절의 염증", NULL, NULL, "ko", "script");
    expect("Μεταβολές του πόνου μετά από ακτινοθεραπεία", NULL, NULL, "el", "script");
    /* Western blotting and gene names do not make a Chinese caption English, nor does its English half. */
    expect("Western blotting检测转染对CTHRC1蛋白表达的影响", NULL, NULL, "zh", "script");
    expect("术后膝关节疼痛评分变化 Fig.2 Changes of the pain score of the knee joint", "en", NULL, "zh", "script");
    /* Symbols are not Greek, and one quoted word is not Chinese. */
    expect("Levels of TNF-α and IFN-γ in the joints of irradiated mice at 24 h (χ² test)", NULL, NULL, "en",
           "detector");
    expect("The term 炎症 (inflammation) in the questionnaire that the patients were given", NULL, NULL, "en",
           "detector");
}

static void test_what_the_document_states(void **state)
{
    expect(spanish, "es", "en", "es", "document");
    expect("Tabla 1", "es", "en", "es", "document");
    expect("Dosis", "spa", NULL, "es", "document");
    expect("Sexo", "pt-BR", NULL, "pt-BR", "document");
    /* ... unless the text is plainly something else. */
    expect(spanish, "en", "en", "es", "detector");
    expect(english, "pt", "pt", "en", "detector");
    expect("Изменение боли", "en", "en", "ru", "detector");
    expect("低剂量照射后膝关节的炎症反应", "en", "en", "zh", "script");
    expect(english, "xx-nonsense-", NULL, "en", "detector");
    expect(english, "mul", NULL, "en", "detector");
}

static void test_short_texts(void **state)
{
    expect("Study flow chart", NULL, "en", "en", "detector");
    expect("Fluxograma do estudo", NULL, "pt", "pt", "detector");
    expect("0.5 Gy, n = 12", NULL, "pt", "zxx", "script");
    expect("(A)", "pt", "pt", "zxx", "script");
    expect("12 ± 3.4 (95 %)", "en", "en", "zxx", "script");
    expect("", NULL, NULL, "zxx", "script");
    expect("\xff\xfe", NULL, NULL, "zxx", "script");
    struct language l;
    language_identify("Xyz", NULL, NULL, &l);
    assert_true(l.confidence < 0.5);
}

/* Without a word of the document or the article. */
static void test_languages(void **state)
{
    static const char *const cases[][2] = {
        {"Ergebnisse der Bestrahlung bei Arthrose", "de"},
        {"Overleving van de patiënten na de behandeling met lage dosis", "nl"},
        {"Andamento del dolore dopo la radioterapia a basse dosi", "it"},
        {"Evolució del dolor dels malalts després del tractament amb dosis baixes", "ca"},
        {"Smärtan hos patienterna före och efter behandlingen", "sv"},
        {"Smerterne hos patienterne før og efter behandlingen af knæet", "da"},
        {"Potilaiden kipu ennen hoitoa ja hoidon jälkeen", "fi"},
        {"Zmiany bólu u chorych po napromienianiu małą dawką", "pl"},
        {"Změny bolesti u nemocných po ozáření nízkou dávkou", "cs"},
        {"Zmeny bolesti u pacientov po ožiarení nízkou dávkou", "sk"},
        {"A betegek fájdalma a kis dózisú besugárzás előtt és után", "hu"},
        {"Evoluția durerii la pacienți după iradierea cu doze mici", "ro"},
        {"Hastaların tedavi öncesi ve sonrası ağrı puanları", "tr"},
        {"Promjene boli u bolesnika nakon liječenja niskim dozama zračenja", "hr"},
        {"Spremembe bolečine pri bolnikih po obsevanju z majhnim odmerkom", "sl"},
        {"Perubahan nyeri pada pasien setelah terapi dengan dosis rendah", "id"},
        {"Thay đổi mức độ đau của bệnh nhân sau khi điều trị", "vi"},
        {"Pacientų skausmo pokyčiai po gydymo mažomis dozėmis", "lt"},
        {"Sāpju izmaiņas pacientiem pēc ārstēšanas ar mazām devām", "lv"},
        {"Patsientide valu enne ja pärast ravi väikeste annustega", "et"},
        {"Промени в болката при пациентите след лъчелечение", "bg"},
        {"Промене бола код болесника после лечења малим дозама зрачења", "sr"},
        {"Змены болю ў хворых пасля лячэння малымі дозамі", "be"},
        {"Төмен дозалы сәулелендіруден кейін науқастардың ауырсынуы", "kk"},
        {"تغير شدة الألم لدى المرضى بعد العلاج الإشعاعي", "ar"},
        {"تغییرات درد بیماران پس از پرتودرمانی با دوز پایین", "fa"},
        {"کم خوراک تابکاری کے بعد مریضوں کے درد میں تبدیلی", "ur"},
        {"रोगियों के दर्द में परिवर्तन", "hi"},
        {"रुग्णांच्या वेदनांमध्ये बदल झाला आहे", "mr"},
        {"שינויים בכאב לאחר טיפול בקרינה במינון נמוך", "he"},
        {"การเปลี่ยนแปลงของอาการปวดหลังการฉายรังสี", "th"},
        {"Dose-response curve", "en"},
        {"Flujo de los pacientes", "es"},
        {"Características da amostra", "pt"},
        {"Schéma de l’étude", "fr"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct language l;
        language_identify(cases[i][0], NULL, NULL, &l);
        if (strcmp(l.tag, cases[i][1]) != 0)
            fail_msg("'%s': %s (%.2f), not %s", cases[i][0], l.tag, l.confidence, cases[i][1]);
    }
}

/* Printed in English and in another language: it is the other, with little confidence. The parts may be uneven. */
static void test_two_languages(void **state)
{
    static const char *const cases[][2] = {
        {"Cambios de la puntuación del dolor en los pacientes de ambos grupos después del tratamiento. "
         "Changes of the pain score in the patients of both groups after the treatment was given.",
         "es"},
        {"Evolução da dor após a radioterapia em baixas doses. Changes of the pain score after low-dose radiotherapy of "
         "the knee joint in both groups of patients, by sex and age",
         "pt"},
        {"Evolução da dor de pacientes após a radioterapia em baixas doses Changes of the pain score of patients after "
         "low-dose radiotherapy of the knee joint",
         "pt"},
        {"Flow chart of the study and of the patients in both groups at all centres / Fluxograma do estudo e dos pacientes "
         "de todos os centros",
         "pt"},
        {"Fluxograma do estudo e dos pacientes de todos os centros “Flow chart of the study and of all the patients”",
         "pt"},
    };
    struct language l;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        language_identify(cases[i][0], NULL, NULL, &l);
        if (strcmp(l.tag, cases[i][1]) != 0)
            fail_msg("'%s': %s, not %s", cases[i][0], l.tag, cases[i][1]);
        assert_true(l.confidence < 0.9);
        assert_false(language_contradicts(cases[i][0], "en"));
    }
    /* Fewer words are enough where the article's language says which they are in. */
    static const char uneven[] = "Evolução da dor após a radioterapia Changes of the pain score after low-dose "
                                 "radiotherapy of the knee joint in both groups of patients";
    expect(uneven, NULL, NULL, "en", "detector");
    expect(uneven, NULL, "pt", "pt", "detector");
    /* Names at the end are no second language. */
    expect("Incidence of cancer among people of 0-19 years of age by health care area, Campinas, São Paulo, Brazil",
           NULL, "pt", "en", "detector");
    expect("The specimens are deposited at Universidade Federal Rural de Pernambuco, Recife, Pernambuco, Brazil", NULL,
           "pt", "en", "detector");
}

/* A name in a foreign language does not make the text foreign. */
static void test_names_in_a_text(void **state)
{
    expect("Cartaz da Exposition Universelle", NULL, "pt", "pt", "detector");
    expect("Pessoas com o Ballon Captif", NULL, "pt", "pt", "detector");
    expect("Visitors of the Musée Lumière in Montréal", NULL, "en", "en", "detector");
    /* ... nor do the words of one script in an article of another. */
    expect("Linking의 예 Secure", NULL, "ko", "ko", "script");
    expect("Linking의 예 Secure", NULL, "en", "en", "detector");
}

/* What Spanish, Portuguese and others share is in the article's language; what only one has is in that one. */
static void test_article(void **state)
{
    struct language l;
    static const char *const romance[] = {"es", "pt"};
    for (size_t i = 0; i < sizeof romance / sizeof *romance; i++) {
        language_identify("Resultados", NULL, romance[i], &l);
        assert_string_equal(l.tag, romance[i]);
    }
    language_identify("Distribution des patients selon l’âge", NULL, "pt", &l);
    assert_string_equal(l.tag, "fr");
    language_identify("Nombre", NULL, "fr", &l);
    assert_string_equal(l.tag, "fr");
}

static double confidence(const char *text)
{
    struct language l;
    language_identify(text, NULL, NULL, &l);
    return l.confidence;
}

static void test_confidence(void **state)
{
    assert_true(confidence(english) > 0.99);
    assert_true(confidence(german) > 0.99);
    assert_true(confidence("Flow chart of the study") <= 0.99);
    assert_true(confidence("Flow chart") <= 0.9);
    assert_true(confidence("Age") <= 0.4);
    /* Two languages fit nearly as well. */
    assert_true(confidence("Resultados") < 0.6);
}

static void test_bytes(void **state)
{
    struct language l;
    language_identify("Wirkung der \xff\xfe Bestrahlung auf die \xc3( Gelenke", NULL, NULL, &l);
    assert_string_equal(l.tag, "de");
    expect("\xce\xb1 \xc2\xb1 \xce\xb2, 5 %", NULL, NULL, "zxx", "script");
}

/* MEDLINE and ISO 639-2, bibliographic and terminological. */
static void test_codes(void **state)
{
    static const char *const cases[][2] = {
        {"fre", "fr"}, {"fra", "fr"}, {"ger", "de"}, {"deu", "de"}, {"chi", "zh"}, {"zho", "zh"}, {"cze", "cs"},
        {"ces", "cs"}, {"dut", "nl"}, {"nld", "nl"}, {"por", "pt"}, {"rum", "ro"}, {"ron", "ro"}, {"slo", "sk"},
        {"slk", "sk"}, {"alb", "sq"}, {"sqi", "sq"}, {"gre", "el"}, {"ell", "el"}, {"per", "fa"}, {"fas", "fa"},
        {"mac", "mk"}, {"mkd", "mk"}, {"may", "ms"}, {"msa", "ms"}, {"ice", "is"}, {"isl", "is"}, {"geo", "ka"},
        {"kat", "ka"}, {"arm", "hy"}, {"hye", "hy"}, {"baq", "eu"}, {"eus", "eu"}, {"wel", "cy"}, {"cym", "cy"},
        {"bur", "my"}, {"mya", "my"}, {"tib", "bo"}, {"bod", "bo"}, {"scr", "hr"}, {"hrv", "hr"}, {"scc", "sr"},
        {"srp", "sr"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char tag[16];
        if (!text_language_tag(cases[i][0], tag) || strcmp(tag, cases[i][1]) != 0)
            fail_msg("%s: %s, not %s", cases[i][0], tag, cases[i][1]);
    }
}

static void test_contradicts(void **state)
{
    assert_true(language_contradicts(spanish, "en"));
    assert_false(language_contradicts(english, "en"));
    assert_false(language_contradicts("Dosis baja", "en"));
    assert_false(language_contradicts(english, "en-GB"));
    assert_true(language_contradicts(german, "nl"));
    assert_true(language_contradicts("Изменение боли", "en"));
}

static void test_names(void **state)
{
    assert_string_equal(language_name("pt-BR"), "Portuguese");
    assert_string_equal(language_name("xx"), "xx");
    assert_true(language_same("en", "en-GB"));
    assert_false(language_same("en", "eng"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_detector),
        cmocka_unit_test(test_script),
        cmocka_unit_test(test_what_the_document_states),
        cmocka_unit_test(test_short_texts),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_two_languages),
        cmocka_unit_test(test_names_in_a_text),
        cmocka_unit_test(test_article),
        cmocka_unit_test(test_confidence),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_contradicts),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
