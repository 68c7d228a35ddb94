/* Any bytes as a URL's host: what the resolver takes for a private address is one, however it is written. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/str.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str host = STR_INIT(4096), ascii = STR_INIT(256);
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    str_add_bytes(&host, data, size < 4000 ? size : 4000);
    bool found = address_host_is_private(host.data);
    if (inet_pton(AF_INET, host.data, &in.sin_addr) == 1 && address_is_private((const struct sockaddr *)&in) != found)
        abort();
    if (inet_pton(AF_INET6, host.data, &in6.sin6_addr) == 1 &&
        address_is_private((const struct sockaddr *)&in6) != found)
        abort();
    if (text_host_to_ascii((const char *)data, size, &ascii) && (ascii.len == 0 || ascii.len > 255))
        abort();
    str_add_char(&host, '.');
    if (!strchr(host.data, ':') && !strchr(host.data, '%') && host.len < 250 &&
        address_host_is_private(host.data) != found)
        abort();
    str_release(&host);
    str_release(&ascii);
    return 0;
}
