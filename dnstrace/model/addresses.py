"""Addresses that no name server on the public Internet can have.

They are those of the IANA special-purpose address registries (RFC 6890) that are not globally reachable, and
multicast. The documentation prefixes (RFC 5737, RFC 3849) count as ordinary: examples and the lab live there.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_THIS_NETWORK, _BROADCAST = 0, IPv4Address("255.255.255.255")  # RFC 1122 section 3.2.1.3
_PREFIXES = {bytes(12), IPv6Address("64:ff9b::").packed[:12]}  # IPv4-compatible, NAT64

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


@lru_cache(maxsize=10_000)
def is_unicast(text: str) -> bool:
    """Whether an address that the network gave may be sent to at all.

    Loopback, multicast, link-local, unspecified and broadcast addresses may not, whether written as
    IPv4 or as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2): a name server cannot be there.
    """
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        address = _inside(address) or address
    if isinstance(address, IPv4Address) and (address.packed[0] == _THIS_NETWORK or address == _BROADCAST):
        return False
    if isinstance(address, IPv4Address) and address.is_reserved:
        return False
    return not (
        address.is_loopback or address.is_multicast or address.is_link_local or address.is_unspecified
    )


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for: mapped, compatible, 6to4 or NAT64 (RFC 6052)."""
    if address.packed[:12] in _PREFIXES and address not in (IPv6Address("::"), IPv6Address("::1")):
        return IPv4Address(address.packed[12:])
    return address.ipv4_mapped or address.sixtofour
