/* Telling a file's kind and its article's identifiers by its first bytes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "ingest/import_ids.h"
#include "ingest/import_kind.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct file_kind kind;
    struct import_ids ids;
    kind_of(bytes, len, "file.xml", &kind);
    if ((kind.kind == KIND_NONE) == (kind.why.kind == ERR_NONE))
        abort();
    ids_of(KIND_JATS, bytes, len, &ids);
    ids_of(KIND_XML, bytes, len, &ids);
    return 0;
}
