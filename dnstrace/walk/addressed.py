"""Parts of a delegation: the servers that can be asked, and those with certain addresses; what was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from dnstrace.model import Address, Delegation, Meaning, Name, Probe, Purpose, Source, Step
from dnstrace.model.addresses import address_of
from dnstrace.model.structs import replace


def askable(cut: Delegation, without: frozenset[str]) -> Delegation:
    """The servers of a cut that have an address, without the addresses in `without`."""
    return only(cut, frozenset(a.text for server in cut.servers for a in server.addresses) - without)


def only(cut: Delegation, addresses: frozenset[str]) -> Delegation:
    """The servers of a cut that have one of the addresses, with these."""
    servers = (
        replace(server, addresses=tuple(a for a in server.addresses if a.text in addresses))
        for server in cut.servers
    )
    return Delegation(cut.zone, tuple(server for server in servers if server.addresses))


def each_once(cut: Delegation) -> Delegation:
    """The servers of a cut, each address under the first that has it: there it is asked (survey.py)."""
    first: dict[str, Name] = {}
    for server in cut.servers:
        for address in server.addresses:
            first.setdefault(address.text, server.name)
    servers = (
        replace(server, addresses=tuple(a for a in server.addresses if first[a.text] == server.name))
        for server in cut.servers
    )
    return Delegation(cut.zone, tuple(servers))


def addresses_found(steps: Iterable[Step]) -> dict[Name, dict[Address, None]]:
    """The addresses of name servers that look-ups and probes found, by name."""
    found: dict[Name, dict[Address, None]] = defaultdict(dict)
    for step in steps:
        if step.purpose is Purpose.NS_ADDRESS or step.probe is Probe.ADDRESS:
            for attempt in step.attempts:
                found[step.question.name] |= dict.fromkeys(_addresses_in(attempt.meaning))
    return found


def _addresses_in(meaning: Meaning) -> list[Address]:
    texts = (address_of(rdata) for rrset in meaning.answer for rdata in rrset)
    return [Address(text, Source.RESOLVED) for text in texts if text]
