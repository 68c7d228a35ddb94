/* text_host.c: names of hosts in any script, see text.h. */
#include "base/text.h"

#include <unicode/uidna.h>

enum { HOST_MAX = 255 /* of DNS, in bytes */ };

bool text_host_to_ascii(const char *host, size_t len, struct str *out)
{
    UErrorCode code = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    char ascii[HOST_MAX + 1];
    if (len > 4 * HOST_MAX)
        return false;
    UIDNA *rules = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI, &code);
    int32_t n = uidna_nameToASCII_UTF8(rules, host, (int32_t)len, ascii, sizeof ascii, &info, &code);
    uidna_close(rules);
    if (U_FAILURE(code) || info.errors || n <= 0 || n > HOST_MAX)
        return false;
    str_add_bytes(out, ascii, (size_t)n);
    return !out->overflow;
}
