/* Any bytes without a NUL as a caption: an answer is a tag with a confidence in 0..1, whatever is stated of the text.
 */
#include "translate/language.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct language_detector *const *detector; /* opened once: that takes longer than any text */
    static const char *const stated[] = {NULL, "en", "pt-BR", "ru", "zh", "xx"};
    struct err e = {0};
    if (!detector) {
        struct language_detector **kept = mem_new(sizeof(void *));
        *kept = language_open(&e);
        detector = kept;
    }
    char *text = mem_new(size + 1);
    if (size)
        memcpy(text, data, size);
    for (size_t i = 0; i < sizeof stated / sizeof *stated; i++) {
        struct language l;
        language_identify(*detector, text, stated[i], "es", &l);
        if (!*l.tag || strlen(l.tag) >= sizeof l.tag || !(l.confidence >= 0 && l.confidence <= 1) || !l.source)
            abort();
        if (stated[i])
            language_contradicts(*detector, text, stated[i]);
    }
    free(text);
    return 0;
}
