/* md5.c: see md5.h. */
#include "base/md5.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct md5 *md5_new(void)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    /* libcrypto without MD5 or without memory leaves nothing to go on with. */
    if (!ctx || !EVP_DigestInit_ex(ctx, EVP_md5(), NULL))
        abort();
    return (struct md5 *)ctx;
}

void md5_add(struct md5 *m, const void *bytes, size_t len)
{
    EVP_DigestUpdate((EVP_MD_CTX *)m, bytes, len);
}

void md5_free(struct md5 *m, char hex[MD5_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (hex && EVP_DigestFinal_ex((EVP_MD_CTX *)m, digest, NULL)) {
        for (size_t i = 0; i < MD5_HEX / 2; i++) {
            hex[2 * i] = digits[digest[i] >> 4];
            hex[2 * i + 1] = digits[digest[i] & 15];
        }
        hex[MD5_HEX] = 0;
    }
    EVP_MD_CTX_free((EVP_MD_CTX *)m);
}
