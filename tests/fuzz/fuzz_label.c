/* Any bytes as a line and as running text: what is found lies inside them, and the search ends. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "extract/label.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct label label;
    if (label_parse(text, size, &label) &&
        (label.label_len > label.len || label.len > size || !label.kind || strlen(label.number) >= sizeof label.number))
        abort();
    struct label_cite cite;
    size_t at = 0, start = 0;
    for (size_t before = 0; label_find(text, size, &at, &start, &cite); before = at)
        if (start < before || at <= start || at > size || !*cite.label.number || !*cite.last)
            abort();
    return 0;
}
