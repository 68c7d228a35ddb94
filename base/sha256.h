/* sha256.h: SHA-256 (FIPS 180-4) by OpenSSL's libcrypto, as lower-case hex. */
#ifndef FIGMILL_BASE_SHA256_H
#define FIGMILL_BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>

enum { SHA256_HEX = 64, SHA256_SIZE = SHA256_HEX + 1 /* with the NUL */ };

void sha256_of(const void *bytes, size_t len, char hex[SHA256_SIZE]);

/* The hash of a list of strings, each with its length in front, so that ("ab","c") and ("a","bc") differ. A NULL
 * string differs from an empty one. The list ends with SHA256_END. */
#define SHA256_END ((const char *)-1)
void sha256_list(char hex[SHA256_SIZE], ...);

struct sha256; /* for bytes that come in pieces */
struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *s, const void *bytes, size_t len);
void sha256_free(struct sha256 *s, char hex[SHA256_SIZE]); /* hex may be NULL */

/* 64 lower-case hex digits and nothing behind them. */
bool sha256_is_hex(const char *s);

#endif
