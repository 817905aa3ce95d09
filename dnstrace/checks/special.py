"""Addresses that no name server on the public Internet can have.

They are those of the IANA special-purpose address registries (RFC 6890) that are not globally reachable, and
multicast. The documentation prefixes (RFC 5737, RFC 3849) count as ordinary: examples and the lab live there.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network

_SPECIAL = {
    ip_network(prefix): what
    for prefix, what in {
        "0.0.0.0/8": '"this network" (RFC 791)',
        "10.0.0.0/8": "private (RFC 1918)",
        "100.64.0.0/10": "shared by a provider's customers (RFC 6598)",
        "127.0.0.0/8": "loopback (RFC 1122)",
        "169.254.0.0/16": "link-local (RFC 3927)",
        "172.16.0.0/12": "private (RFC 1918)",
        "192.168.0.0/16": "private (RFC 1918)",
        "198.18.0.0/15": "for benchmarks (RFC 2544)",
        "224.0.0.0/4": "multicast (RFC 5771)",
        "240.0.0.0/4": "reserved (RFC 1112)",
        "::/128": "unspecified (RFC 4291)",
        "::1/128": "loopback (RFC 4291)",
        "::ffff:0:0/96": "IPv4-mapped (RFC 4291)",
        "64:ff9b:1::/48": "for local translation (RFC 8215)",
        "100::/64": "discard-only (RFC 6666)",
        "fc00::/7": "unique local (RFC 4193)",
        "fe80::/10": "link-local (RFC 4291)",
        "ff00::/8": "multicast (RFC 4291)",
    }.items()
}


def special(address: str) -> str:
    """What the registries say of an address that is not globally reachable; empty for all others."""
    value = ip_address(address.partition("%")[0])
    return next((what for net, what in _SPECIAL.items() if value.version == net.version and value in net), "")
