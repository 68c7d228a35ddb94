/* optout.c: see optout.h. */
#include "ingest/optout.h"

#include <string.h>
#include <strings.h>

#include "ingest/robots.h"

/* A directive may begin with the name of the one robot that it is for ("googlebot: noai"); the name then holds for the
 * rest of the header, as search engines read it. */
static const char *robots_tag(const char *value)
{
    static const char *const against[] = {"noai", "noimageai"};
    bool ours = true;
    while (*value) {
        value += strspn(value, " \t,");
        size_t len = strcspn(value, ","), name = strcspn(value, ":, \t");
        const char *word = value;
        if (value[name] == ':' && strncasecmp(value, "unavailable_after", name) != 0) {
            ours = name == strlen(ROBOTS_TOKEN) && strncasecmp(value, ROBOTS_TOKEN, name) == 0;
            word += name + 1 + strspn(value + name + 1, " \t");
        }
        size_t word_len = strcspn(word, ", \t");
        for (int i = 0; ours && i < 2; i++)
            if (word_len == strlen(against[i]) && strncasecmp(word, against[i], word_len) == 0)
                return against[i];
        value += len;
    }
    return NULL;
}

const char *optout_header(const char *name, const char *value)
{
    if (strcasecmp(name, "x-robots-tag") == 0)
        return robots_tag(value);
    bool reserved = strcasecmp(name, "tdm-reservation") == 0 && value[strspn(value, " \t")] == '1';
    return reserved ? "tdm-reservation" : NULL;
}
