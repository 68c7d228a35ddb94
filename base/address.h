/* address.h: which network addresses a crawler must not be led to: those that are not of the public internet.
 * (IANA's special-purpose registries, RFC 6890 and its updates; IPv4 in IPv6 in all its forms.) */
#ifndef FIGMILL_BASE_ADDRESS_H
#define FIGMILL_BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* True for loopback, private, link-local, shared (CGNAT), multicast, unspecified, documentation, benchmarking and
 * reserved addresses, for IPv6 forms that hold such an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo), for
 * address families other than these two. */
bool address_is_private(const struct sockaddr *address);

/* The same for the host part of a URL, without DNS: true when it is written as such an address, in any form that
 * libcurl and inet_aton read ("127.1", "0x7f.1", "2130706433", "[::1]", a trailing dot), or is "localhost" or a name
 * below it. False for all other names: what they resolve to is known only when the socket is made. */
bool address_host_is_private(const char *host);

#endif
