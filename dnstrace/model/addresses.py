"""What kind of address an address is: special, private, or one that no query may go to.

All of it is read from one table: the IANA special-purpose address registries (RFC 6890) in `special.py`. Of
blocks within blocks the smaller one counts. An IPv6 address that a translator makes of an IPv4 address
(RFC 6052 section 2.1) is what that IPv4 address is. An IPv6 address that holds an IPv4 address in any other
way is not asked where that one is not: what is sent to it may come out there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

import dns.rdata
import dns.rdataclass
import dns.rdatatype

_ZONE = re.compile(r"[A-Za-z0-9_.\-]{1,32}")  # an interface by name or number; Linux allows 15 characters
_Address = IPv4Address | IPv6Address

_TYPES = (dns.rdatatype.A, dns.rdatatype.AAAA)
_LOCAL = {"unspecified", "this-network", "loopback", "link-local", "multicast", "reserved"}
_UNASKED = frozenset(_LOCAL | {"mapped", "local-translation", "discard"})
_PRIVATE = frozenset({"private", "shared", "link-local"})
_NOWHERE = frozenset({"unspecified", "loopback"})
_PREFIXES = {
    bytes(12),  # IPv4-compatible: RFC 4291 section 2.5.5.1
    IPv6Address("64:ff9b::").packed[:12],  # RFC 6052 section 2.1
    IPv6Address("::ffff:0:0:0").packed[:12],  # IPv4-translated: RFC 2765 section 2.1
}
_ISATAP = {bytes.fromhex("00005efe"), bytes.fromhex("02005efe")}  # RFC 5214 section 6.1
_OWN_BLOCKS = (IPv6Address("::"), IPv6Address("::1"))


class _Block(NamedTuple):
    """A row of the table; `says` is empty for a block that is globally reachable."""

    prefix: str
    bits: int
    length: int
    use: str
    says: str


_ORDINARY = _Block("", 0, 0, "", "")


def address_of(rdata: dns.rdata.Rdata) -> str:
    """The address in the data of an A or AAAA record of the Internet; empty for all else.

    X25 and ISDN data have an `address` too, and that of class CH is none of IP.
    """
    of_ip = rdata.rdtype in _TYPES and rdata.rdclass == dns.rdataclass.IN
    return str(getattr(rdata, "address", "")) if of_ip else ""


def canonical(text: str) -> str:
    """An IPv4 or IPv6 address in canonical text form (RFC 5952). Raises ValueError.

    A link-local one may have a zone, which says on which link it is: `fe80::1%eth0` (RFC 4007 section 11).
    """
    import dns.exception
    import dns.inet

    address, percent, zone = text.partition("%")
    try:
        found = str(dns.inet.canonicalize(address))
    except dns.exception.DNSException as error:
        raise ValueError(text) from error
    if not percent:
        return found
    if _block(ip_address(found)).use != "link-local" or not _ZONE.fullmatch(zone) or ":" not in found:
        raise ValueError(text)
    return f"{found}%{zone}"


@lru_cache(maxsize=10_000)
def special(address: str) -> str:
    """What the registries say of an address that is not globally reachable: `private-use, RFC 1918`.

    Empty for all others, and for the documentation prefixes (RFC 5737, RFC 3849, RFC 9637): examples and the
    lab live there. An address is as special as the IPv4 address within it that keeps it from being asked.
    """
    block = _block(_without_zone(address))
    return "" if block.use == "documentation" else block.says or why_unasked(address)


@lru_cache(maxsize=10_000)
def is_private(address: str) -> bool:
    """Whether an address, or one within it, belongs to one network only: private, shared or link-local."""
    found = _without_zone(address)
    within = _inside(found) if isinstance(found, IPv6Address) else ()
    return any(_block(each).use in _PRIVATE for each in (found, *within))


def is_nowhere(address: str) -> bool:
    """Whether an address leads to no other machine: unspecified or loopback, as blocking resolvers use it."""
    return _block(_without_zone(address)).use in _NOWHERE


def is_unicast(text: str) -> bool:
    """Whether a query may go to an address that the network gave; see `why_unasked`."""
    return not why_unasked(text)


@lru_cache(maxsize=10_000)
def why_unasked(text: str) -> str:
    """Why no query may go to an address that the network gave: `loopback, RFC 1122`. Empty if one may.

    Loopback, multicast, link-local, unspecified, reserved and broadcast addresses are not asked, whether
    written as IPv4 or within IPv6; nor are IPv4-mapped ones, which never appear on the wire (RFC 4291 section
    2.5.5.2), those of a network's own translator, behind which anything may be (RFC 8215), and those that
    discard every packet (RFC 6666). No name server can be there.
    """
    try:
        address = _without_zone(text)
    except ValueError:
        return "not an address"
    if (block := _block(address)).use in _UNASKED:
        return block.says
    for within in _inside(address) if isinstance(address, IPv6Address) else ():
        if (block := _block(within)).use in _UNASKED:
            return f"{within} within IPv6, {block.says}"
    return ""


def _without_zone(text: str) -> _Address:
    """The address, less the zone that says on which link it is (RFC 4007 section 11). Raises ValueError."""
    return ip_address(text.partition("%")[0])


def _block(address: _Address) -> _Block:
    """The smallest block of the table that an address is in."""
    value, width = int(address), address.max_prefixlen
    found = next((b for b in _blocks(address.version) if value >> (width - b.length) == b.bits), _ORDINARY)
    return _block(IPv4Address(value & 0xFFFFFFFF)) if found.use == "translation" else found


@lru_cache
def _blocks(version: int) -> tuple[_Block, ...]:
    from dnstrace.model.special import BLOCKS

    return tuple(map(_Block._make, BLOCKS[version]))


def _inside(address: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses to which an IPv6 address may lead.

    Those that translators make and 6to4, Teredo and ISATAP carry (RFC 6052, RFC 3056, RFC 4380, RFC 5214).
    """
    packed, teredo = address.packed, address.teredo
    if address not in _OWN_BLOCKS and (packed[:12] in _PREFIXES or packed[8:12] in _ISATAP):
        yield IPv4Address(packed[12:])
    if address.sixtofour is not None:
        yield address.sixtofour
    if teredo is not None:
        yield teredo[1]
