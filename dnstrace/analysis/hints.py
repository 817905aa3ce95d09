"""Root hints compared with what the root servers themselves say, as far as they were asked.

A hint is outdated if the root zone no longer lists the server, or gives it other addresses of that family
(RFC 9609 section 2). Hints that lack a server or an address are not: one that works is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import dns.message
import dns.rdatatype
import dns.rrset

from dnstrace.model import ROOT, Name, Purpose, Source, Step, family_of
from dnstrace.model.addresses import address_of
from dnstrace.model.kept import kept

_TYPES = {dns.rdatatype.A: 4, dns.rdatatype.AAAA: 6}


class OutdatedHint(NamedTuple):
    """The hinted addresses of a root server that are not its own; `now` are its records of those families.

    Without `now` there is no such root server. `steps` are those that show it, and those that asked there.
    """

    server: Name
    addresses: tuple[str, ...]
    now: tuple[dns.rrset.RRset, ...]
    steps: tuple[int, ...]


@kept(most=8)  # of each trace they are wanted several times
def outdated_hints(taken: tuple[Step, ...]) -> tuple[OutdatedHint, ...]:
    """What is outdated in the hints with which a trace began; nothing if no root server was asked for it."""
    primed = next((each for each in taken if each.purpose is Purpose.PRIME and each.meaning), None)
    if primed is None or primed.meaning is None or primed.meaning.child is None:
        return ()
    names = {server.name for server in primed.meaning.child.servers}
    found = (_outdated(server, names, primed, taken) for server in _hinted(primed).items())
    return tuple(each for each in found if each is not None)


def _outdated(
    hinted: tuple[Name, tuple[str, ...]], names: set[Name], primed: Step, taken: tuple[Step, ...]
) -> OutdatedHint | None:
    server, addresses = hinted
    if server not in names:
        return OutdatedHint(server, addresses, (), (primed.id, *_asking(addresses, taken)))
    now, shown = _addresses_now(server, primed, taken)
    own = {text for rrset in now for text in map(address_of, rrset)}
    families = {family_of(text) for text in own if text}
    old = tuple(each for each in addresses if each not in own and family_of(each) in families)
    if not old:
        return None
    renewed = {family_of(each) for each in old}
    now = tuple(rrset for rrset in now if _TYPES[rrset.rdtype] in renewed)
    return OutdatedHint(server, old, now, (*shown, *_asking(old, taken)))


def _hinted(primed: Step) -> dict[Name, tuple[str, ...]]:
    """The addresses of each root server that are from the hints."""
    each = (
        (server.name, tuple(a.text for a in server.addresses if a.source is Source.HINT))
        for server in primed.servers
    )
    return {name: addresses for name, addresses in each if addresses}


def _addresses_now(
    server: Name, primed: Step, taken: tuple[Step, ...]
) -> tuple[tuple[dns.rrset.RRset, ...], tuple[int, ...]]:
    """The address records that the root servers give for a server, or that were looked up; and where."""
    assert primed.chosen is not None  # its reply lists the root servers
    message = primed.attempts[primed.chosen].exchange.message
    given = () if message is None else _additional(message).get(server, ())
    if given:
        return given, (primed.id,)
    looked_up = [s for s in taken if s.purpose is Purpose.NS_ADDRESS and s.question.name == server]
    found = tuple(
        rrset for s in looked_up if s.meaning is not None for rrset in _of_server(server, s.meaning.answer)
    )
    return found, (primed.id, *(step.id for step in looked_up))


@kept(most=16)
def _additional(message: dns.message.Message) -> dict[Name, tuple[dns.rrset.RRset, ...]]:
    """The address records of each name in the additional section: looked through once, not once a server."""
    found: dict[Name, tuple[dns.rrset.RRset, ...]] = {}
    for rrset in message.additional:
        if rrset.rdtype in _TYPES:
            found[rrset.name] = (*found.get(rrset.name, ()), rrset)
    return found


def _of_server(server: Name, rrsets: Iterable[dns.rrset.RRset]) -> Iterator[dns.rrset.RRset]:
    return (rrset for rrset in rrsets if rrset.name == server and rrset.rdtype in _TYPES)


def _asking(addresses: tuple[str, ...], taken: tuple[Step, ...]) -> list[int]:
    """The steps that asked these addresses as those of root servers."""
    return [
        step.id for step in taken if step.zone == ROOT and any(a.address in addresses for a in step.attempts)
    ]
