/* text_host.c: international host names; see text.h. */
#include "base/text.h"

#include <string.h>
#include <unicode/uidna.h>

bool text_host_ascii(const char *host, char out[TEXT_HOST_SIZE])
{
    UErrorCode code = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UIDNA *idna = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII, &code);
    int32_t len = 0;
    if (U_SUCCESS(code))
        len = uidna_nameToASCII_UTF8(idna, host, (int32_t)strlen(host), out, TEXT_HOST_SIZE - 1, &info, &code);
    uidna_close(idna);
    bool ok = U_SUCCESS(code) && !info.errors && len > 0 && len < TEXT_HOST_SIZE;
    out[ok ? len : 0] = 0;
    return ok;
}
