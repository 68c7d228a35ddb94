/* libretranslate.h: the HTTP interface of a LibreTranslate server, as version 1.9.6 has it (libretranslate/app.py) and
 * as older ones and servers that imitate it do: what it can (GET /languages, /frontend/settings, /spec), how texts are
 * sent (POST /translate) and what its answers mean. No I/O but libretranslate_probe's; storing and asking again are
 * backend_libretranslate.c's.
 *
 * Not used: /detect, source "auto", "alternatives" and format "html" (see libretranslate_request_write). */
#ifndef FIGMILL_TRANSLATE_LIBRETRANSLATE_H
#define FIGMILL_TRANSLATE_LIBRETRANSLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/http.h"
#include "base/str.h"

enum { LIBRETRANSLATE_LANGUAGES = 256, LIBRETRANSLATE_MAX_BYTES = 4 << 20 /* of a request, of a reply */ };

struct libretranslate {
    char url[512];     /* without a slash behind it */
    char key[256];     /* "" where there is none */
    char identity[64]; /* "LibreTranslate 1.9.6"; "LibreTranslate" where it does not say its version */
    int char_limit;    /* characters of a text that it takes; 0: no limit known */
    int n;
    char codes[LIBRETRANSLATE_LANGUAGES][16];                    /* as the server writes them */
    bool to[LIBRETRANSLATE_LANGUAGES][LIBRETRANSLATE_LANGUAGES]; /* [source][target] */
};

/* Asks the server what it is and can. `url` may have a slash or "/translate" behind it. ERR_SYSTEM, with what to do
 * about it: no usable URL, no server, not LibreTranslate, it wants a key and there is none. */
bool libretranslate_probe(const char *url, const char *key, struct libretranslate *out, struct err *e);

/* Reads the reply to GET /languages into n, codes and to; false when it lists none. Languages past the maximum and
 * codes that can be none are left out; where a language has no list of targets, all are taken for its targets. */
bool libretranslate_languages_read(const char *json, size_t len, struct libretranslate *out);

/* The server's code for a language in BCP 47, NULL when it has none: the same tag, whatever its case; another name of
 * it (zh, zh-CN, zh-Hans; zt, zh-TW, zh-Hant; pb, pt-BR; no, nb; iw, he); the tag without its region; for a tag
 * without a region, one with. Never another script. */
const char *libretranslate_code(const struct libretranslate *s, const char *tag);
/* True when it translates between the two. */
bool libretranslate_can(const struct libretranslate *s, const char *source, const char *target);

/* Appends the request's JSON text but for its end: "{...", so that the caller closes it or puts more in (api_key). One
 * text goes as a string, several as an array: a server that knows no arrays still does them singly. The source is
 * always named, since "auto" is decided over all texts together and guesses badly on short ones. The format is "text":
 * with "html" the server (argostranslate's tags.py) gives back texts of more than 200 characters, or whose tags it does
 * not find again, untranslated. */
void libretranslate_request_write(const char *const *texts, size_t n, const char *source_code, const char *target_code,
                                  struct str *out);

enum libretranslate_verdict {
    LIBRETRANSLATE_ANSWERED, /* as many translations as texts */
    LIBRETRANSLATE_REFUSED,  /* it says what is wrong with the texts or their number */
    LIBRETRANSLATE_BROKEN,   /* it failed, for these texts' sake or its own */
    LIBRETRANSLATE_NEVER,    /* no other texts would fare better: the error's kind says what to do */
};

/* What an answer to a request of `n` texts means. `translations` (n of them) go to the arena as the server wrote them:
 * it has resolved HTML entities itself, so that what looks like one is the text's own. For every other verdict `why`
 * has the kind and the server's words:
 *   REFUSED  400, 413, 422 (language, length, number): ERR_FORMAT or ERR_LIMIT
 *   BROKEN   500; JSON without translatedText, of a wrong type, or with too few or too many texts: ERR_FORMAT
 *   NEVER    ERR_SYSTEM: a key is wanted or refused (400 that speaks of one, 401, 403), the client is banned (403),
 *            the URL is wrong (404, 405, 3xx); ERR_TEMPORARY: 429, 408, 502-504, and a page that is no JSON (a
 * proxy's). retry_after as the server says; a minute after a 429 that does not say, since its limits count by the
 *            minute and it bans who goes on asking.
 */
enum libretranslate_verdict libretranslate_reply_read(const char *url, const struct http_reply *reply, size_t n,
                                                      struct arena *arena, const char **translations, struct err *why);

#endif
