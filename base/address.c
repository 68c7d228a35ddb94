/* address.c: see address.h. */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

struct range4 {
    uint32_t first;
    int bits;
};

/* IANA IPv4 special-purpose address registry, and multicast. The few addresses in these ranges that are globally
 * reachable (192.0.0.9 and .10, anycast) serve no articles. 192.88.99.0/24 was 6to4's relay (RFC 7526). */
static const struct range4 ranges4[] = {
    {0x00000000, 8},  /* 0.0.0.0/8 this network */
    {0x0a000000, 8},  /* 10.0.0.0/8 private */
    {0x64400000, 10}, /* 100.64.0.0/10 shared (CGNAT) */
    {0x7f000000, 8},  /* 127.0.0.0/8 loopback */
    {0xa9fe0000, 16}, /* 169.254.0.0/16 link-local */
    {0xac100000, 12}, /* 172.16.0.0/12 private */
    {0xc0000000, 24}, /* 192.0.0.0/24 IETF protocol assignments */
    {0xc0000200, 24}, /* 192.0.2.0/24 documentation */
    {0xc0586300, 24}, /* 192.88.99.0/24 deprecated relay */
    {0xc0a80000, 16}, /* 192.168.0.0/16 private */
    {0xc6120000, 15}, /* 198.18.0.0/15 benchmarking */
    {0xc6336400, 24}, /* 198.51.100.0/24 documentation */
    {0xcb007100, 24}, /* 203.0.113.0/24 documentation */
    {0xe0000000, 4},  /* 224.0.0.0/4 multicast */
    {0xf0000000, 4},  /* 240.0.0.0/4 reserved, and broadcast */
};

static bool is_private4(uint32_t address)
{
    for (size_t i = 0; i < sizeof ranges4 / sizeof *ranges4; i++)
        if ((address ^ ranges4[i].first) >> (32 - ranges4[i].bits) == 0)
            return true;
    return false;
}

static uint32_t word(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Of the whole IPv6 space only 2000::/3 is given out as global unicast; outside of it stand the forms that hold an IPv4
 * address, which decides about them. */
static bool is_private6(const unsigned char a[16])
{
    static const unsigned char zeros[12] = {0};
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    uint32_t first = word(a);
    if (memcmp(a, zeros, 12) == 0 || memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
        return is_private4(word(a + 12));
    if (first >> 16 == 0x2002) /* 6to4 (RFC 3056) */
        return is_private4(word(a + 2));
    if (first == 0x20010000) /* Teredo (RFC 4380): its server, and the client with all bits turned */
        return is_private4(word(a + 4)) || is_private4(~word(a + 12));
    return first >> 29 != 1 || first >> 9 == 0x20010000 >> 9 /* 2001::/23 IETF protocol assignments */ ||
           first == 0x20010db8 || first >> 12 == 0x3fff0000 >> 12 /* documentation */;
}

bool address_is_private(const struct sockaddr *address)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    switch (address->sa_family) {
    case AF_INET:
        memcpy(&in, address, sizeof in);
        return is_private4(ntohl(in.sin_addr.s_addr));
    case AF_INET6:
        memcpy(&in6, address, sizeof in6);
        return is_private6(in6.sin6_addr.s6_addr);
    default:
        return true;
    }
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* Percent-encoding undone, as libcurl does before it resolves. False when it does not fit: no address is so long. */
static bool decode(const char *host, char *out, size_t size)
{
    size_t n = 0;
    for (const char *at = host; *at; at++) {
        char c = *at;
        if (c == '%' && hex_value(at[1]) >= 0 && hex_value(at[2]) >= 0) {
            c = (char)(hex_value(at[1]) << 4 | hex_value(at[2]));
            at += 2;
        }
        if (n + 1 >= size)
            return false;
        out[n++] = c;
    }
    out[n] = 0;
    return true;
}

static bool is_local_name(const char *name, size_t len)
{
    static const char local[] = "localhost";
    const size_t n = sizeof local - 1;
    return len >= n && strcasecmp(name + len - n, local) == 0 && (len == n || name[len - n - 1] == '.');
}

bool address_host_is_private(const char *host)
{
    char name[256 + 2];
    struct in_addr in;
    struct in6_addr in6;
    if (!decode(host, name, sizeof name))
        return false;
    size_t len = strlen(name);
    if (strchr(name, ':')) { /* IPv6, in brackets or not, perhaps with a zone behind '%' */
        char *inner = name + (*name == '[');
        inner[strcspn(inner, "]%")] = 0;
        return inet_pton(AF_INET6, inner, &in6) == 1 && is_private6(in6.s6_addr);
    }
    while (len && name[len - 1] == '.')
        name[--len] = 0;
    if (is_local_name(name, len))
        return true;
    /* inet_aton takes what stands behind white space for a comment, a URL's host has none. */
    return len && strspn(name, "0123456789abcdefABCDEFxX.") == len && inet_aton(name, &in) &&
           is_private4(ntohl(in.s_addr));
}
