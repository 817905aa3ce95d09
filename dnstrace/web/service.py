"""How HTTPS records change the page to fetch (RFC 9460)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import dns.name
import dns.rrset

from dnstrace.model import Name
from dnstrace.model.naming import plain
from dnstrace.model.pages import PORTS, Request


def by_service(
    request: Request, name: Name, services: list[dns.rrset.RRset]
) -> tuple[Request, Name, tuple[str, ...]]:
    """The request and the name whose addresses count, according to HTTPS records (RFC 9460 section 3)."""
    records = sorted((rdata for rrset in services for rdata in rrset), key=lambda rdata: rdata.priority)
    if not records:
        return request, name, ()
    first, notes = records[0], []
    target = name if first.target == dns.name.root else first.target
    if target != name:
        kind = "is an alias of" if first.priority == 0 else "is served by"
        notes.append(f"according to its HTTPS record, it {kind} {plain(target)}")
    if first.priority and request.scheme == "http":
        request = replace(
            request, scheme="https", port=PORTS["https"] if request.port == PORTS["http"] else request.port
        )
        notes.append("https instead of http, because there is an HTTPS record (RFC 9460 section 9.5)")
    port = (
        next((value.port for key, value in first.params.items() if key.name == "PORT"), None)
        if first.priority
        else None
    )
    if port is not None and port != request.port:
        notes.append(f"port {port}, according to the HTTPS record")
        request = replace(request, port=port)
    return request, target, tuple(notes)


def unmatched_hints(services: list[dns.rrset.RRset], addresses: list[str]) -> Iterator[str]:
    """The addresses in the hints of HTTPS records that the name itself does not have."""
    for rrset in services:
        for rdata in rrset:
            for key, value in rdata.params.items():
                if key.name in ("IPV4HINT", "IPV6HINT"):
                    yield from (
                        f"the HTTPS record has the hint {each}, which is not an address of the name"
                        for each in value.addresses
                        if each not in addresses
                    )
