/* embedded.h: text files compiled in at build time by scripts/embed.py. */
#ifndef FIGMILL_BASE_EMBEDDED_H
#define FIGMILL_BASE_EMBEDDED_H

#include <stddef.h>
#include <string.h>

struct embedded {
    const char *path; /* as in the source tree, below its prompts folder; NULL ends the table */
    const char *text;
};

/* The text of a path, or NULL. */
static inline const char *embedded_text(const struct embedded *table, const char *path)
{
    for (; table->path; table++)
        if (strcmp(table->path, path) == 0)
            return table->text;
    return NULL;
}

#endif
