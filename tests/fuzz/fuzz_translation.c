/* fuzz_translation.c: the checks of a translation, on two texts: the first line is the source, the rest its
 * translation. */
#include <stdint.h>
#include <string.h>

#include "translate/checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const pairs[][2] = {{"es", "en"}, {"en", "de"}, {"zh", "en"}, {"xx", "ja"}};
    struct arena arena = ARENA_INIT;
    char *source = arena_strndup(&arena, (const char *)bytes, len < 8000 ? len : 8000);
    char *translation = source + strcspn(source, "\n");
    if (*translation)
        *translation++ = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct checks c;
        struct str out = STR_INIT(1 << 20);
        checks_run(
            &(struct checks_input){
                .source = source, .language = pairs[i][0], .translation = translation, .target = pairs[i][1]},
            &arena, &c);
        checks_json(&c, &out);
        str_release(&out);
    }
    arena_release(&arena);
    return 0;
}
