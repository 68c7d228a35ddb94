/* Any bytes as a caption and as a title: the kind is one of those that are known, and the search ends. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "extract/credit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const kinds[] = {"permission", "copyright", "adapted", "open"};
    char *text = mem_new(size + 1);
    if (size)
        memcpy(text, data, size);
    const char *kind = credit_of_text(text);
    bool known = !kind;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        known = known || strcmp(kind, kinds[i]) == 0;
    struct art_front front = {.title = text};
    const char *why = credit_retraction(&front);
    if (!known || (why && strcmp(why, "title") != 0))
        abort();
    free(text);
    return 0;
}
