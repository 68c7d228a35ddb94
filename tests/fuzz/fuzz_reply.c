/* fuzz_reply.c: a model server's reply is anything. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena arena = ARENA_INIT;
    struct model_reply reply;
    struct err e = {0};
    bool ok = model_reply_read((const char *)bytes, len, &arena, &reply, &e);
    if (!reply.content || !reply.finish_reason || !reply.model || reply.prompt_tokens < 0 || (!ok && !e.kind))
        abort();
    arena_release(&arena);
    return 0;
}
