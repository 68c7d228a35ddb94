/* fuzz_stream.c: a reply that comes as a stream of events is anything; what it is joined to can be read. */
#include <stdint.h>
#include <stdlib.h>

#include "base/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena arena = ARENA_INIT;
    struct str out = STR_INIT(MODEL_MAX_REPLY), raw = STR_INIT(MODEL_MAX_REPLY);
    struct model_reply reply;
    struct err e = {0};
    str_add_bytes(&raw, bytes, len); /* as a body is held: NUL-terminated */
    bool is = model_is_stream(raw.data, raw.len), ok = model_stream_join(raw.data, raw.len, &out, &e);
    if (!ok && e.kind != ERR_TEMPORARY)
        abort();
    if (ok && is && !model_reply_read(out.data, out.len, &arena, &reply, &e))
        abort();
    str_release(&out);
    str_release(&raw);
    arena_release(&arena);
    return 0;
}
