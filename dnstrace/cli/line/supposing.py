"""Delegations as they are to be, from the command line: `--undelegated` and `--ds`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dnstrace.cli.line import values
from dnstrace.cli.usage import Usage, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dnstrace.model import Delegation, Name, NameServer

_TTL = 86400  # seconds; of no consequence


def undelegated(text: str) -> Delegation:
    """`ZONE=NS[/ADDR]...,...`: a zone and its name servers, with the addresses that the parent is to give."""
    from dnstrace.model import Delegation

    zone, servers = _split(
        text, "ZONE=NS[/ADDR],..., as example.com=ns1.example.net,ns2.example.com/192.0.2.1"
    )
    found = tuple(_server(each.strip(), zone) for each in servers.split(",") if each.strip())
    if not found:
        raise Usage(f"{shown(text)} names no name server")
    return Delegation(zone, found)


def ds(text: str) -> Delegation:
    """`ZONE=TAG ALGORITHM TYPE DIGEST`, several separated by commas: the DS records of a zone."""
    import dns.exception
    import dns.rdataclass
    import dns.rdatatype
    import dns.rrset

    from dnstrace.model import Delegation

    zone, records = _split(text, "ZONE=TAG ALGORITHM TYPE DIGEST, as 'example.com=12345 13 2 7E0A...'")
    data = [each.strip() for each in records.split(",") if each.strip()]
    try:
        rrset = dns.rrset.from_text_list(zone, _TTL, dns.rdataclass.IN, dns.rdatatype.DS, data)
    except (dns.exception.DNSException, ValueError) as error:
        raise Usage(f"{shown(records)} is no data of a DS record (RFC 4034 section 5.3)") from error
    if not data:
        raise Usage(f"{shown(text)} gives no DS record")
    return Delegation(zone, (), ds=rrset)


def supposed(servers: Iterable[Delegation], keys: Iterable[Delegation]) -> tuple[Delegation, ...]:
    """What is supposed, one Delegation a zone."""
    found: dict[Name, Delegation] = {}
    for cut in servers:
        before = found.get(cut.zone)
        found[cut.zone] = cut if before is None else replace(cut, servers=(*before.servers, *cut.servers))
    for cut in keys:
        before = found.get(cut.zone, cut)
        for rdata in before.ds or () if before is not cut else ():
            assert cut.ds is not None  # `ds` reads no other
            cut.ds.add(rdata)
        found[cut.zone] = replace(before, ds=cut.ds)
    return tuple(found.values())


def _split(text: str, form: str) -> tuple[Name, str]:
    zone, sign, rest = text.partition("=")
    if not sign or not zone or not rest.strip():
        raise Usage(f"must be {form}, not {shown(text)}")
    found = values.name(zone.strip())
    if len(found) < 2:
        raise Usage("the root has no parent that could delegate it: name a zone below it")
    return found, rest


def _server(text: str, zone: Name) -> NameServer:
    from dnstrace.model import Address, NameServer, Source

    host, *addresses = text.split("/")
    name = values.name(host)
    if not addresses and name.is_subdomain(zone):
        raise Usage(f"{shown(host)} lies in {zone} itself: give its address, as {shown(host + '/192.0.2.1')}")
    return NameServer(name, tuple(Address(values.address(each), Source.GIVEN) for each in addresses))
