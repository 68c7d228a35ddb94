/* text_number.c: how a language writes numbers, by CLDR; see text.h. */
#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unicode/unum.h>
#include <unicode/utf8.h>

static void mark_of(const UNumberFormat *format, UNumberFormatSymbol which, const char *otherwise, char out[8])
{
    UChar wide[4];
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = unum_getSymbol(format, which, wide, 4, &status), len = 0;
    UBool failed = false;
    /* All marks of CLDR are one code unit of the basic plane. */
    if (U_SUCCESS(status) && n == 1)
        U8_APPEND(out, len, 7, wide[0], failed);
    if (len == 0 || failed)
        len = snprintf(out, 8, "%s", otherwise);
    out[len] = 0;
}

void text_number_marks(const char *language, struct text_number_marks *out)
{
    char locale[40];
    UErrorCode status = U_ZERO_ERROR;
    snprintf(locale, sizeof locale, "%.15s@numbers=latn", language);
    for (char *p = locale; *p && *p != '@'; p++)
        *p = *p == '-' ? '_' : *p;
    *out = (struct text_number_marks){.decimal = ".", .group = ",", .least_grouped = 1};
    UNumberFormat *format = unum_open(UNUM_DECIMAL, NULL, 0, locale, NULL, &status);
    if (U_FAILURE(status))
        return;
    /* A language without data of its own gets those of the machine's locale: results must not depend on that. */
    const char *valid = unum_getLocaleByType(format, ULOC_VALID_LOCALE, &status);
    size_t n = strcspn(locale, "_@");
    if (U_FAILURE(status) || !valid || n == 0 || strncmp(valid, locale, n) != 0) {
        unum_close(format);
        return;
    }
    mark_of(format, UNUM_DECIMAL_SEPARATOR_SYMBOL, ".", out->decimal);
    mark_of(format, UNUM_GROUPING_SEPARATOR_SYMBOL, ",", out->group);
    /* The attribute cannot be read back, but its effect can be seen. */
    UChar thousand[16];
    unum_setAttribute(format, UNUM_MINIMUM_GROUPING_DIGITS, UNUM_MINIMUM_GROUPING_DIGITS_AUTO);
    out->least_grouped = unum_format(format, 1234, thousand, 16, NULL, &status) == 4 ? 2 : 1;
    unum_close(format);
}
