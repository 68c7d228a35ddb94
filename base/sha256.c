/* sha256.c: see sha256.h. */
#include "base/sha256.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void to_hex(const unsigned char *digest, char hex[SHA256_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_HEX / 2; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[SHA256_HEX] = 0;
}

struct sha256 *sha256_new(void)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    /* libcrypto without SHA-256 or without memory leaves nothing to go on with. */
    if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL))
        abort();
    return (struct sha256 *)ctx;
}

void sha256_add(struct sha256 *s, const void *bytes, size_t len)
{
    EVP_DigestUpdate((EVP_MD_CTX *)s, bytes, len);
}

void sha256_free(struct sha256 *s, char hex[SHA256_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (hex && EVP_DigestFinal_ex((EVP_MD_CTX *)s, digest, NULL))
        to_hex(digest, hex);
    EVP_MD_CTX_free((EVP_MD_CTX *)s);
}

void sha256_of(const void *bytes, size_t len, char hex[SHA256_SIZE])
{
    struct sha256 *s = sha256_new();
    sha256_add(s, bytes, len);
    sha256_free(s, hex);
}

void sha256_list(char hex[SHA256_SIZE], ...)
{
    struct sha256 *s = sha256_new();
    va_list args;
    va_start(args, hex);
    for (const char *item; (item = va_arg(args, const char *)) != SHA256_END;) {
        uint64_t len = item ? strlen(item) : UINT64_MAX;
        sha256_add(s, &len, sizeof len);
        if (item)
            sha256_add(s, item, len);
    }
    va_end(args);
    sha256_free(s, hex);
}

bool sha256_is_hex(const char *s)
{
    return strspn(s, "0123456789abcdef") == SHA256_HEX && s[SHA256_HEX] == 0;
}
