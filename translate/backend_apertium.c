#include "translate/backend.h"
static void *find(const struct backend_options *o, struct err *e)
{
    (void)o;
    err_set(e, ERR_SYSTEM, "stub");
    return NULL;
}
static void nothing(void *p)
{
    (void)p;
}
const struct backend backend_apertium = {.name = "apertium", .find = find, .lose = nothing, .close = nothing};
