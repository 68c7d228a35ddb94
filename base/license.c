/* license.c: see license.h. */
#include "base/license.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"

/* The version right behind a name ("4.0", "/3.0/igo"), or "". */
static void version_at(const char *s, char out[4])
{
    out[0] = 0;
    for (int i = 0; i < 24 && *s; i++, s++) {
        if (s[0] >= '1' && s[0] <= '4' && s[1] == '.' && s[2] >= '0' && s[2] <= '9') {
            memcpy(out, s, 3);
            out[3] = 0;
            return;
        }
    }
}

static bool name(char out[LICENSE_NAME_MAX], const char *conditions, const char *version)
{
    snprintf(out, LICENSE_NAME_MAX, "CC-%s%s%s", conditions, *version ? "-" : "", version);
    return true;
}

static bool zero_name(char out[LICENSE_NAME_MAX])
{
    snprintf(out, LICENSE_NAME_MAX, "CC0-1.0"); /* there is one version only */
    return true;
}

/* Reads "by", "by-nc", "bync", "by nc nd" at *s and moves on behind it. NULL when there is none. */
static const char *conditions_at(const char **s)
{
    static const char *const known[][2] = {
        {"byncnd", "BY-NC-ND"}, {"byncsa", "BY-NC-SA"}, {"bync", "BY-NC"}, {"bynd", "BY-ND"},
        {"bysa", "BY-SA"},      {"byndnc", "BY-NC-ND"}, {"by", "BY"},
    };
    char folded[8] = "";
    const char *ends[8];
    size_t n = 0;
    for (const char *p = *s; *p && n < 6; p++) {
        if (*p >= 'a' && *p <= 'z') {
            folded[n++] = *p;
            ends[n] = p + 1;
        } else if (!strchr("-_ /", *p) && (unsigned char)*p < 0x80) {
            break;
        }
    }
    folded[n] = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t len = strlen(known[i][0]);
        if (strncmp(folded, known[i][0], len) != 0)
            continue;
        *s = ends[len];
        return known[i][1];
    }
    return NULL;
}

static bool by_url(const char *s, char out[LICENSE_NAME_MAX])
{
    char version[4];
    const char *zero = strstr(s, "publicdomain/zero"), *found = strstr(s, "creativecommons.org/licen");
    if (found) {
        found = strchr(found + strlen("creativecommons.org/licen"), '/');
        if (found && strncmp(++found, "cc-", 3) == 0)
            found += 3;
        const char *conditions = found ? conditions_at(&found) : NULL;
        if (conditions) {
            version_at(found, version);
            return name(out, conditions, version);
        }
    }
    return zero && zero_name(out);
}

/* "cc" as a word, then conditions: "CC BY-NC 4.0", "cc_by", "ccbylicense", "creativeCommonsBy". */
static bool by_short_name(const char *s, char out[LICENSE_NAME_MAX])
{
    char version[4];
    for (const char *p = s; (p = strstr(p, "cc")); p++) {
        if (p > s && p[-1] >= 'a' && p[-1] <= 'z')
            continue;
        const char *rest = p + 2;
        rest += strspn(rest, "-_ ");
        if (rest[0] == '0' || strncmp(rest, "zero", 4) == 0)
            return zero_name(out);
        const char *conditions = conditions_at(&rest);
        if (conditions) {
            version_at(rest, version);
            return name(out, conditions, version);
        }
    }
    const char *p = strstr(s, "creativecommonsby");
    if (!p)
        return false;
    p += strlen("creativecommons");
    const char *conditions = conditions_at(&p);
    return conditions && name(out, conditions, "");
}

static bool has_any(const char *s, const char *const *words)
{
    for (; *words; words++)
        if (strstr(s, *words))
            return true;
    return false;
}

/* "Creative Commons Attribution-NonCommercial 4.0 International" and its like in other languages. */
static bool by_full_name(const char *s, char out[LICENSE_NAME_MAX])
{
    static const char *const by[] = {
        "attribution", "atribu", "atribuci",  "namensnennung",   "attribuzione",      "paternité", "署名",
        "表示",        "저작자", "атрибуция", "naamsvermelding", "uznanie autorstwa", NULL};
    static const char *const nc[] = {"noncommercial",
                                     "non-commercial",
                                     "non commercial",
                                     "no comercial",
                                     "nocomercial",
                                     "não comercial",
                                     "não-comercial",
                                     "nãocomercial",
                                     "nicht-kommerziell",
                                     "nicht kommerziell",
                                     "pas d'utilisation commerciale",
                                     "非商业",
                                     "非営利",
                                     "비영리",
                                     "некоммерч",
                                     "non commerciale",
                                     "niet-commercieel",
                                     NULL};
    static const char *const nd[] = {
        "noderiv",        "no-deriv",   "no deriv",  "sem deriva",        "sin deriva",
        "sem derivações", "sinderivad", "semderiva", "keine bearbeitung", "pas de modification",
        "禁止演绎",       "改変禁止",   "변경금지",  "без производных",   NULL};
    static const char *const sa[] = {"sharealike",
                                     "share-alike",
                                     "share alike",
                                     "compartirigual",
                                     "compartir igual",
                                     "compartilhaigual",
                                     "compartilha igual",
                                     "weitergabe unter gleichen bedingungen",
                                     "partage dans les mêmes conditions",
                                     "相同方式共享",
                                     "継承",
                                     "동일조건변경허락",
                                     NULL};
    char version[4];
    const char *start = strstr(s, "creative commons");
    if (!start || !has_any(start, by))
        return false;
    /* The name alone counts, not the terms that explain it further on. */
    struct str window = STR_INIT(160);
    const char *end = start;
    for (size_t n = 0; *end && n < 150; n++)
        end++;
    str_add_bytes(&window, start, (size_t)(end - start));
    bool named = has_any(window.data, by);
    if (named) {
        version_at(window.data, version);
        for (const char *p = window.data; *p && !*version; p++)
            version_at(p, version);
        char conditions[16];
        snprintf(conditions, sizeof conditions, "BY%s%s%s", has_any(window.data, nc) ? "-NC" : "",
                 has_any(window.data, nd) ? "-ND" : "", has_any(window.data, sa) ? "-SA" : "");
        name(out, conditions, version);
    }
    str_release(&window);
    return named;
}

bool license_recognise(const char *text, char out[LICENSE_NAME_MAX])
{
    out[0] = 0;
    if (!text)
        return false;
    struct str s = STR_INIT(16 * 1024);
    for (const char *p = text; *p && !s.overflow; p++)
        str_add_char(&s, (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p));
    bool found = by_url(s.data, out) || by_short_name(s.data, out) || by_full_name(s.data, out);
    str_release(&s);
    return found;
}
