/* Topic profiles, which people write. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "ingest/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena arena = ARENA_INIT;
    struct profile p;
    struct err e = {0};
    bool ok = profile_parse((const char *)bytes, len, "x.yaml", &arena, &p, &e);
    if (!ok && (e.kind == ERR_NONE || !*e.text))
        abort();
    for (size_t i = 0; ok && i < p.n_queries; i++)
        for (size_t k = 0; k < p.queries[i].n_sources; k++) {
            struct query q = profile_ask(&p, &p.queries[i], p.queries[i].sources[k]);
            if (!q.name || (!q.raw && !q.n_groups))
                abort();
        }
    arena_release(&arena);
    return 0;
}
