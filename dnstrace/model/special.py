"""The special-purpose addresses of the IANA registries, as of 2026-11-29.

Written by .ci/special_addresses.py: change the script or its table, and not this file.
"""

from __future__ import annotations

BLOCKS: dict[int, tuple[tuple[str, int, int, str, str], ...]] = {
    4: (
        ("0.0.0.0/32", 0x0, 32, "unspecified", "this host on this network, RFC 1122"),
        ("192.0.0.8/32", 0xC0000008, 32, "other", "IPv4 dummy address, RFC 7600"),
        ("192.0.0.9/32", 0xC0000009, 32, "other", ""),
        ("192.0.0.10/32", 0xC000000A, 32, "other", ""),
        ("192.0.0.170/32", 0xC00000AA, 32, "other", "NAT64/DNS64 discovery, RFC 8880"),
        ("192.0.0.171/32", 0xC00000AB, 32, "other", "NAT64/DNS64 discovery, RFC 8880"),
        ("255.255.255.255/32", 0xFFFFFFFF, 32, "reserved", "limited broadcast, RFC 919"),
        ("192.0.0.0/24", 0xC00000, 24, "other", "IETF protocol assignments, RFC 6890"),
        ("192.0.2.0/24", 0xC00002, 24, "documentation", "documentation, RFC 5737"),
        ("192.31.196.0/24", 0xC01FC4, 24, "other", ""),
        ("192.52.193.0/24", 0xC034C1, 24, "other", ""),
        ("192.88.99.0/24", 0xC05863, 24, "other", ""),
        ("192.175.48.0/24", 0xC0AF30, 24, "other", ""),
        ("198.51.100.0/24", 0xC63364, 24, "documentation", "documentation, RFC 5737"),
        ("203.0.113.0/24", 0xCB0071, 24, "documentation", "documentation, RFC 5737"),
        ("169.254.0.0/16", 0xA9FE, 16, "link-local", "link local, RFC 3927"),
        ("192.168.0.0/16", 0xC0A8, 16, "private", "private-use, RFC 1918"),
        ("198.18.0.0/15", 0x6309, 15, "other", "benchmarking, RFC 2544"),
        ("172.16.0.0/12", 0xAC1, 12, "private", "private-use, RFC 1918"),
        ("100.64.0.0/10", 0x191, 10, "shared", "shared address space, RFC 6598"),
        ("0.0.0.0/8", 0x0, 8, "this-network", "this network, RFC 791"),
        ("10.0.0.0/8", 0xA, 8, "private", "private-use, RFC 1918"),
        ("127.0.0.0/8", 0x7F, 8, "loopback", "loopback, RFC 1122"),
        ("224.0.0.0/4", 0xE, 4, "multicast", "multicast, RFC 5771"),
        ("240.0.0.0/4", 0xF, 4, "reserved", "reserved, RFC 1112"),
    ),
    6: (
        ("::/128", 0x0, 128, "unspecified", "unspecified address, RFC 4291"),
        ("::1/128", 0x1, 128, "loopback", "loopback address, RFC 4291"),
        ("2001:1::1/128", 0x20010001000000000000000000000001, 128, "other", ""),
        ("2001:1::2/128", 0x20010001000000000000000000000002, 128, "other", ""),
        ("2001:1::3/128", 0x20010001000000000000000000000003, 128, "other", ""),
        ("::/96", 0x0, 96, "other", "IPv4-compatible address, RFC 4291"),
        ("::ffff:0:0/96", 0xFFFF, 96, "mapped", "IPv4-mapped address, RFC 4291"),
        ("64:ff9b::/96", 0x64FF9B0000000000000000, 96, "translation", ""),
        ("100::/64", 0x100000000000000, 64, "discard", "discard-only address block, RFC 6666"),
        ("100:0:0:1::/64", 0x100000000000001, 64, "discard", "dummy IPv6 prefix, RFC 9780"),
        ("64:ff9b:1::/48", 0x64FF9B0001, 48, "local-translation", "local IPv4-IPv6 translation, RFC 8215"),
        ("2001:2::/48", 0x200100020000, 48, "other", "benchmarking, RFC 5180"),
        ("2001:4:112::/48", 0x200100040112, 48, "other", ""),
        ("2620:4f:8000::/48", 0x2620004F8000, 48, "other", ""),
        ("2001::/32", 0x20010000, 32, "other", ""),
        ("2001:3::/32", 0x20010003, 32, "other", ""),
        ("2001:db8::/32", 0x20010DB8, 32, "documentation", "documentation, RFC 3849"),
        ("2001:20::/28", 0x2001002, 28, "other", ""),
        ("2001:30::/28", 0x2001003, 28, "other", ""),
        ("2001::/23", 0x100080, 23, "other", "IETF protocol assignments, RFC 2928"),
        ("3fff::/20", 0x3FFF0, 20, "documentation", "documentation, RFC 9637"),
        ("2002::/16", 0x2002, 16, "other", ""),
        ("5f00::/16", 0x5F00, 16, "other", "segment routing identifiers, RFC 9602"),
        ("fe80::/10", 0x3FA, 10, "link-local", "link-local unicast, RFC 4291"),
        ("ff00::/8", 0xFF, 8, "multicast", "multicast, RFC 4291"),
        ("fc00::/7", 0x7E, 7, "private", "unique-local, RFC 4193"),
        ("::/3", 0x0, 3, "other", "not in use, RFC 4291"),
        ("4000::/2", 0x1, 2, "other", "not in use, RFC 4291"),
        ("8000::/1", 0x1, 1, "other", "not in use, RFC 4291"),
    ),
}
"""By IP version, the longest prefix first: block, its leading bits, how many they are, its use, what it is.

The last is empty where the block is globally reachable, or the registry does not say.
"""
