"""What kind of address an address is: special, private, or one that no query may go to.

All of it is read from one table: the IANA special-purpose address registries (RFC 6890) in `special.py`. Of
blocks within blocks the smaller one counts. An IPv6 address that a translator makes of an IPv4 address
(RFC 6052 section 2.1) is what that IPv4 address is.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

_Address = IPv4Address | IPv6Address

_UNASKED = frozenset({"unspecified", "this-network", "loopback", "link-local", "multicast", "reserved"})
_PRIVATE = frozenset({"private", "shared", "link-local"})
_NOWHERE = frozenset({"unspecified", "loopback"})
_PREFIXES = {bytes(12), IPv6Address("64:ff9b::").packed[:12]}  # IPv4-compatible, NAT64


class _Block(NamedTuple):
    """A row of the table; `says` is empty for a block that is globally reachable."""

    prefix: str
    bits: int
    length: int
    use: str
    says: str


_ORDINARY = _Block("", 0, 0, "", "")


def special(address: str) -> str:
    """What the registries say of an address that is not globally reachable: `private-use, RFC 1918`.

    Empty for all others, and for the documentation prefixes (RFC 5737, RFC 3849, RFC 9637): examples and the
    lab live there.
    """
    block = _block(ip_address(address.partition("%")[0]))
    return "" if block.use == "documentation" else block.says


def is_private(address: str) -> bool:
    """Whether an address means something within one network only: private, shared or link-local."""
    return _block(ip_address(address)).use in _PRIVATE


def is_nowhere(address: str) -> bool:
    """Whether an address leads to no other machine: unspecified or loopback, as blocking resolvers use it."""
    return _block(ip_address(address)).use in _NOWHERE


@lru_cache(maxsize=10_000)
def is_unicast(text: str) -> bool:
    """Whether a query may go to an address that the network gave.

    Not to loopback, multicast, link-local, unspecified, reserved and broadcast addresses, whether written as
    IPv4 or within IPv6 (RFC 4291 section 2.5.5): a name server cannot be there.
    """
    try:
        address: _Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        address = _inside(address) or address
    return _block(address).use not in _UNASKED


def _block(address: _Address) -> _Block:
    """The smallest block of the table that an address is in."""
    value, width = int(address), address.max_prefixlen
    found = next((b for b in _blocks(address.version) if value >> (width - b.length) == b.bits), _ORDINARY)
    return _block(IPv4Address(value & 0xFFFFFFFF)) if found.use == "translation" else found


@lru_cache
def _blocks(version: int) -> tuple[_Block, ...]:
    from dnstrace.model.special import BLOCKS

    return tuple(map(_Block._make, BLOCKS[version]))


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for: mapped, compatible, 6to4 or NAT64 (RFC 6052)."""
    if address.packed[:12] in _PREFIXES and address not in (IPv6Address("::"), IPv6Address("::1")):
        return IPv4Address(address.packed[12:])
    return address.ipv4_mapped or address.sixtofour
