/* search_ask.c: see search_ask.h. */
#include "ingest/search_ask.h"

bool search_ask(struct crawl *crawl, const struct source *source, const struct query *q, const char *cursor, int size,
                struct arena *arena, crawl_done_fn *done, void *context, struct err *e)
{
    struct source_request request = {0};
    struct source_secret secret;
    if (!source->ask(q, cursor, size, crawl_contact(crawl), arena, &request, e))
        return false;
    source_secret_read(source, arena, &secret);
    crawl_add(crawl, &(struct crawl_request){.kind = CRAWL_API,
                                             .url = request.url,
                                             .secret_query = secret.query,
                                             .secret_header = secret.header,
                                             .accept = request.accept,
                                             .post = request.post,
                                             .want = request.want,
                                             .done = done,
                                             .context = context});
    return true;
}
