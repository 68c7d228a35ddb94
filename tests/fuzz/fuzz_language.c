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
    static const char *const stated[] = {NULL, "en", "pt-BR", "ru", "zh", "xx"};
    char *text = mem_new(size + 1);
    if (size)
        memcpy(text, data, size);
    for (size_t i = 0; i < sizeof stated / sizeof *stated; i++) {
        struct language l;
        language_identify(text, stated[i], "es", &l);
        if (!*l.tag || strlen(l.tag) >= sizeof l.tag || !(l.confidence >= 0 && l.confidence <= 1) || !l.source)
            abort();
        if (stated[i])
            language_contradicts(text, stated[i]);
    }
    free(text);
    return 0;
}
