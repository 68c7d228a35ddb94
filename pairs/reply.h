/* reply.h: reading a model's reply that was asked for under a JSON schema. Servers may ignore the schema and answer
 * with HTTP 200, so it is checked here in any case. */
#ifndef FIGMILL_PAIRS_REPLY_H
#define FIGMILL_PAIRS_REPLY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

struct reply {
    const char *question; /* cleaned; NULL where the schema has no such member */
    const char *answer;   /* all other members, in the schema's order, joined by spaces */
};

/* Takes the part of JSON Schema that the prompts use: one object whose members are all strings, all required, no
 * others. ERR_FORMAT, with what is wrong, for a reply that does not keep to it; a member named twice and an empty
 * string are wrong too. Strings go to the arena. */
bool reply_read(const char *content, const char *schema, struct arena *arena, struct reply *out, struct err *e);

#endif
