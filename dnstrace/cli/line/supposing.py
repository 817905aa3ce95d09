"""Delegations taken as if they stood in the parent zone: `--undelegated` and `--ds`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.line.addresses import address
from dnstrace.cli.line.names import name
from dnstrace.cli.usage import Usage, shown
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dnstrace.model import Delegation, Name, NameServer

_TTL = 86400  # seconds; of no consequence


def undelegated(text: str) -> Delegation:
    """`ZONE=NS[/ADDR]...,...`: a zone and its name servers, with the addresses that the parent gives."""
    from dnstrace.model import Delegation

    zone, servers = _split(
        text, "ZONE=NS[/ADDR],..., such as example.com=ns1.example.net,ns2.example.com/192.0.2.1"
    )
    found = tuple(_server(each.strip(), zone) for each in servers.split(",") if each.strip())
    if not found:
        raise Usage(f"{shown(text)} does not name a name server")
    return Delegation(zone, found)


def ds(text: str) -> Delegation:
    """`ZONE=TAG ALGORITHM TYPE DIGEST`, several separated by commas: the DS records of a zone."""
    import dns.exception
    import dns.rdataclass
    import dns.rdatatype
    import dns.rrset

    from dnstrace.model import Delegation

    zone, records = _split(text, "ZONE=TAG ALGORITHM TYPE DIGEST, such as 'example.com=12345 13 2 7E0A...'")
    data = [each.strip() for each in records.split(",") if each.strip()]
    try:
        rrset = dns.rrset.from_text_list(zone, _TTL, dns.rdataclass.IN, dns.rdatatype.DS, data)
    except (dns.exception.DNSException, ValueError) as error:
        raise Usage(f"{shown(records)} is not the data of a DS record (RFC 4034 section 5.3)") from error
    if not data:
        raise Usage(f"{shown(text)} has no DS record")
    return Delegation(zone, (), ds=rrset)


def supposed(servers: Iterable[Delegation], keys: Iterable[Delegation]) -> tuple[Delegation, ...]:
    """What is supposed, one Delegation for each zone."""
    import dns.rrset

    found: dict[Name, Delegation] = {}
    for cut in servers:
        before = found.get(cut.zone)
        found[cut.zone] = cut if before is None else replace(cut, servers=(*before.servers, *cut.servers))
    for cut in keys:
        assert cut.ds is not None  # `ds` makes no other
        before = found.get(cut.zone, cut)
        records = dict.fromkeys((*cut.ds, *(before.ds or ())))
        found[cut.zone] = replace(before, ds=dns.rrset.from_rdata_list(cut.zone, _TTL, records))
    return tuple(found.values())


def _split(text: str, form: str) -> tuple[Name, str]:
    zone, sign, rest = text.partition("=")
    if not sign or not zone or not rest.strip():
        raise Usage(f"must be {form}, not {shown(text)}")
    found = name(zone.strip())
    if len(found) < 2:
        raise Usage("the root has no parent that could delegate it: name a zone below it")
    return found, rest


def _server(text: str, zone: Name) -> NameServer:
    from dnstrace.model import Address, NameServer, Source

    host, *addresses = text.split("/")
    server = name(host)
    if not addresses and server.is_subdomain(zone):
        inside = zone.to_text(omit_final_dot=True)
        raise Usage(
            f"{shown(host)} lies in {inside} itself: add its address, as {shown(host + '/192.0.2.1')}"
        )
    return NameServer(server, tuple(Address(address(each), Source.GIVEN) for each in addresses))
