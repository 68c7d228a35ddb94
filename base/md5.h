/* md5.h: MD5 (RFC 1321) by OpenSSL's libcrypto, as lower-case hex: only to compare with what an object store says of
 * its files, never as a name. */
#ifndef FIGMILL_BASE_MD5_H
#define FIGMILL_BASE_MD5_H

#include <stddef.h>

enum { MD5_HEX = 32, MD5_SIZE = MD5_HEX + 1 /* with the NUL */ };

struct md5; /* for bytes that come in pieces */
struct md5 *md5_new(void);
void md5_add(struct md5 *m, const void *bytes, size_t len);
void md5_free(struct md5 *m, char hex[MD5_SIZE]); /* hex may be NULL */

#endif
