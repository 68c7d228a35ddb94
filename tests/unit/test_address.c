/* test_address.c: base/address, and base/text's names of hosts: what a crawler must not be led to. */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/text.h"

static bool is_private(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        return address_is_private((const struct sockaddr *)&in);
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return address_is_private((const struct sockaddr *)&in6);
}

/* Each range by its first and last address, and the addresses in front of it and behind it. NULL: those belong to
 * another range. */
static const struct {
    const char *before, *first, *last, *behind;
} ranges[] = {
    {NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0"},
    {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
    {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
    {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
    {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
    {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
    {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
    {"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
    {"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
    {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
    {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
    {"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
    {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
    {"223.255.255.255", "224.0.0.0", "239.255.255.255", NULL},
    {NULL, "240.0.0.0", "255.255.255.255", NULL},
    {NULL, "::", "::1", NULL},
    {NULL, "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", NULL},
    {NULL, "100::", "100::ffff:ffff:ffff:ffff", NULL},
    {NULL, "1fff:ffff::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::"},
    {"2000:ffff::1", "2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"},
    {"2001:db7:ffff:ffff::", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
    {"3ffe:ffff::", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"},
    {"3fff:ffff::", "4000::", "5fff::", NULL},
    {NULL, "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
    {NULL, "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
    {NULL, "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
    {NULL, "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
};

static void ranges_begin_and_end_where_they_should(void **state)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (!is_private(ranges[i].first) || !is_private(ranges[i].last) ||
            (ranges[i].before && is_private(ranges[i].before)) || (ranges[i].behind && is_private(ranges[i].behind)))
            fail_msg("the range %s to %s", ranges[i].first, ranges[i].last);
}

static void an_ipv4_address_inside_decides(void **state)
{
    static const char *const closed[] = {
        "::ffff:127.0.0.1",   "::ffff:10.1.2.3",
        "::127.0.0.1",        "::10.0.0.1",
        "64:ff9b::127.0.0.1", "64:ff9b::192.168.1.1",
        "2002:7f00:1::",      "2002:c0a8:101::1",
        "2001:0:7f00:1::1",   /* Teredo: the server */ "2001:0:808:808::80ff:fffe" /* the client, turned */,
        "::ffff:0:127.0.0.1", /* SIIT */
    };
    static const char *const open[] = {"::ffff:8.8.8.8",  "64:ff9b::8.8.8.8",
                                       "2002:808:808::1", "2001:0:808:808::f7f7:f7f7",
                                       "2606:4700::1111", "2a00:1450:4001:80b::200e"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (!is_private(closed[i]))
            fail_msg("%s passes for public", closed[i]);
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (is_private(open[i]))
            fail_msg("%s passes for private", open[i]);
}

static void other_families_are_private(void **state)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/run/x"};
    assert_true(address_is_private((const struct sockaddr *)&un));
}

static void hosts_are_seen_through(void **state)
{
    static const char *const closed[] = {"127.0.0.1",
                                         "127.0.0.1.",
                                         "127.1",
                                         "127.0.1",
                                         "0x7f.1",
                                         "0X7F.0.0.1",
                                         "0x7f000001",
                                         "0177.0.0.1",
                                         "017700000001",
                                         "2130706433",
                                         "0",
                                         "0.0.0.0",
                                         "10.0.0.1",
                                         "10.1",
                                         "192.168.257",
                                         "172.16.1",
                                         "169.254.169.254",
                                         "0xa9fea9fe",
                                         "[::1]",
                                         "::1",
                                         "[::]",
                                         "[0:0:0:0:0:0:0:1]",
                                         "[::ffff:127.0.0.1]",
                                         "[::ffff:7f00:1]",
                                         "[fe80::1%25eth0]",
                                         "[fe80::1%eth0]",
                                         "[FC00::1]",
                                         "localhost",
                                         "LOCALHOST",
                                         "localhost.",
                                         "a.localhost",
                                         "a.b.LocalHost.",
                                         "%31%32%37.0.0.1",
                                         "127%2e0%2E0.1",
                                         "%6cocalhost",
                                         "255.255.255.255"};
    static const char *const open[] = {"",
                                       ".",
                                       "example.org",
                                       "8.8.8.8",
                                       "8.8.2056",
                                       "134744072",
                                       "0x08080808",
                                       "[2606:4700::1111]",
                                       "2606:4700::1111",
                                       "localhost.example.org",
                                       "notlocalhost",
                                       "local",
                                       "127.0.0.1.example.org",
                                       "127.0.0.1.nip.io",
                                       "256.1.1.1",
                                       "1.2.3.4.5",
                                       "127.0.0.1x",
                                       "0x",
                                       "127.0.0.1 x",
                                       "[x]",
                                       ":",
                                       "4294967296",
                                       "10.example",
                                       "%",
                                       "%3",
                                       "%zz",
                                       "::g"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (!address_host_is_private(closed[i]))
            fail_msg("%s passes for public", closed[i]);
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (address_host_is_private(open[i]))
            fail_msg("%s passes for private", open[i]);
}

static void names_in_other_scripts_become_ascii(void **state)
{
    static const char *const names[][2] = {
        {"B\xc3\xbc"
         "cher.Example",
         "xn--bcher-kva.example"},
        {"\xd0\xb6\xd1\x83\xd1\x80\xd0\xbd\xd0\xb0\xd0\xbb.\xd1\x80\xd1\x84", "xn--80alqgor.xn--p1ai"},
        {"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97\xe3\x80\x82"
         "0\xef\xbd\xa1"
         "0.1",
         "127.0.0.1"},
        {"example.org", "example.org"},
        {"", NULL},
        {"a\xcc\x80\xff.org", NULL},
        {"xn--a.org", NULL},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str out = STR_INIT(256);
        bool ok = text_host_to_ascii(names[i][0], strlen(names[i][0]), &out);
        assert_int_equal(ok, names[i][1] != NULL);
        assert_string_equal(out.data, ok ? names[i][1] : "");
        str_release(&out);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_begin_and_end_where_they_should),
        cmocka_unit_test(an_ipv4_address_inside_decides),
        cmocka_unit_test(other_families_are_private),
        cmocka_unit_test(hosts_are_seen_through),
        cmocka_unit_test(names_in_other_scripts_become_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
