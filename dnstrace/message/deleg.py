"""DELEG records, by which a parent may delegate a zone one day (draft-ietf-deleg): read, and not followed.

They are shown where a server sends them. Nobody has to: this program does not set the flag by which a
resolver says that it goes by them, and a server then has to refer by NS records. The numbers are those that
the draft asks IANA for and, until then, has implementations use.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import dns.exception
import dns.rdatatype
import dns.wire

from dnstrace.model.naming import presented

if TYPE_CHECKING:
    import dns.rdata
    import dns.rrset

    from dnstrace.model import Name

DELEG = dns.rdatatype.RdataType.make(61440)
"""The type's number."""

_KEYS = {0: "mandatory", 1: "server-ipv4", 2: "server-ipv6", 3: "server-name", 4: "include-delegparam"}
_ADDRESS_OCTETS = {1: 4, 2: 16}
_MANDATORY, _NAMES = 0, {3, 4}


def deleg_records(rrsets: Iterable[dns.rrset.RRset]) -> list[dns.rrset.RRset]:
    """The DELEG RRsets of a section."""
    return [rrset for rrset in rrsets if rrset.rdtype == DELEG]


def deleg_text(rdata: dns.rdata.Rdata) -> str:
    """The keys and values of a DELEG record; its octets in hexadecimal where they are not of that form."""
    octets = rdata.to_digestable()
    try:
        return " ".join(_pairs(octets)) or "nothing"
    except (dns.exception.DNSException, ValueError):
        return octets.hex()


def only_deleg(rrsets: Iterable[dns.rrset.RRset], name: Name, zone: Name) -> bool:
    """Whether an authority section delegates at or above `name`, below `zone`, by DELEG records."""
    owners = (rrset.name for rrset in deleg_records(rrsets))
    return any(name.is_subdomain(owner) and owner.is_subdomain(zone) and owner != zone for owner in owners)


def _pairs(octets: bytes) -> Iterator[str]:
    """Each key with its value, in the order of the record (the form of RFC 9460 section 2.2)."""
    parser = dns.wire.Parser(octets)
    while parser.remaining():
        key, value = parser.get_uint16(), parser.get_counted_bytes(2)
        name = _KEYS.get(key, f"key{key}")
        yield f"{name}={_value(key, value)}" if value else name


def _value(key: int, value: bytes) -> str:
    """A value in words; raises ValueError or an error of dnspython if it is not of its key's form."""
    if size := _ADDRESS_OCTETS.get(key):
        return ",".join(str(ipaddress.ip_address(value[at : at + size])) for at in range(0, len(value), size))
    if key == _MANDATORY:
        numbers = (int.from_bytes(value[at : at + 2]) for at in range(0, len(value), 2))
        return ",".join(_KEYS.get(number, f"key{number}") for number in numbers)
    if key not in _NAMES:
        return value.hex()
    parser, names = dns.wire.Parser(value), []
    while parser.remaining():
        names.append(presented(parser.get_name()))
    return ",".join(names)
