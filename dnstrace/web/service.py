"""How HTTPS records change the page to fetch (RFC 9460)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import dns.exception
import dns.name
import dns.rdata
import dns.rrset
from dns.rdtypes.svcbbase import (
    IPv4HintParam,
    IPv6HintParam,
    MandatoryParam,
    ParamKey,
    PortParam,
    SVCBBase,
    key_to_text,
)

from dnstrace.model import Name
from dnstrace.model.naming import plain
from dnstrace.model.pages import BAD_PORTS, PORTS, Request
from dnstrace.model.structs import replace

_KNOWN = {ParamKey.ALPN, ParamKey.NO_DEFAULT_ALPN, ParamKey.PORT, ParamKey.IPV4HINT, ParamKey.IPV6HINT}
"""The keys that dnstrace supports, as far as they matter for a single page."""


class _Service(NamedTuple):
    """One HTTPS record: an alias if its `priority` is 0. `unknown` are mandatory keys not supported."""

    priority: int
    target: Name
    port: int | None = None
    hints: tuple[str, ...] = ()
    unknown: tuple[int, ...] = ()


def by_service(
    request: Request, name: Name, services: Iterable[dns.rrset.RRset]
) -> tuple[Request, Name, tuple[str, ...]]:
    """The request and the name whose addresses count, according to HTTPS records (RFC 9460 section 3)."""
    records, notes = _usable(services)
    if not records:
        return request, name, tuple(notes)
    first = min(records, key=lambda each: each.priority)
    target = name if first.target == dns.name.root else first.target
    if target != name:
        kind = "is an alias of" if first.priority == 0 else "is served by"
        notes.append(f"according to its HTTPS record, it {kind} {plain(target)}")
    if first.priority and request.scheme == "http":
        request = replace(
            request, scheme="https", port=PORTS["https"] if request.port == PORTS["http"] else request.port
        )
        notes.append("https instead of http, because there is an HTTPS record (RFC 9460 section 9.5)")
    if first.port is not None and first.port != request.port:
        notes.append(f"port {first.port}, according to the HTTPS record")
        request = replace(request, port=first.port)
    return request, target, tuple(notes)


def unmatched_hints(services: Iterable[dns.rrset.RRset], addresses: Iterable[str]) -> Iterator[str]:
    """The addresses in the hints of HTTPS records that the name itself does not have."""
    known = set(addresses)
    for each in (hint for record in _usable(services)[0] for hint in record.hints):
        if each not in known:
            yield f"the HTTPS record has the hint {each}, which is not an address of the name"


def _usable(services: Iterable[dns.rrset.RRset]) -> tuple[list[_Service], list[str]]:
    """The records that may be used, and why others are not.

    A malformed record invalidates the whole RRset (RFC 9460 section 2.2). A record that requires a key not
    supported here (section 8), or has a port that browsers refuse, is ignored.
    """
    read = [_read(rdata) for rrset in services for rdata in rrset]
    found = [each for each in read if each is not None]
    if len(found) < len(read):
        return [], ["an HTTPS record is malformed, so all of them are ignored (RFC 9460 section 2.2)"]
    usable, notes = [], []
    for each in found:
        if each.unknown:
            keys = ", ".join(map(key_to_text, each.unknown))
            notes.append(
                f"an HTTPS record that requires {keys} is ignored: not supported (RFC 9460 section 8)"
            )
        elif each.port in BAD_PORTS:
            notes.append(f"an HTTPS record with port {each.port} is ignored: browsers refuse that port")
        else:
            usable.append(each)
    return usable, notes


def _read(rdata: dns.rdata.Rdata) -> _Service | None:
    """What a record says; None if it is malformed. Parameters of an alias are ignored (section 2.4.2)."""
    if not isinstance(rdata, SVCBBase):
        return _read_alias(rdata.to_wire() or b"")
    if rdata.priority == 0:
        return _Service(0, rdata.target)
    params = rdata.params
    port, mandatory = params.get(ParamKey.PORT), params.get(ParamKey.MANDATORY)
    hints = [params.get(key) for key in (ParamKey.IPV4HINT, ParamKey.IPV6HINT)]
    return _Service(
        priority=rdata.priority,
        target=rdata.target,
        port=port.port if isinstance(port, PortParam) else None,
        hints=tuple(
            text
            for hint in hints
            if isinstance(hint, IPv4HintParam | IPv6HintParam)
            for text in hint.addresses
        ),
        unknown=tuple(key for key in mandatory.keys if key not in _KNOWN)
        if isinstance(mandatory, MandatoryParam)
        else (),
    )


def _read_alias(octets: bytes) -> _Service | None:
    """The alias in RDATA that dnspython refuses, because parameters follow its name."""
    try:
        target, _ = dns.name.from_wire(octets, 2)
    except dns.exception.DNSException:
        return None
    return _Service(0, target) if octets[:2] == bytes(2) else None
