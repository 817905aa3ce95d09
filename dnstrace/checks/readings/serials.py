"""The serial numbers of a zone, and which of them is newer (RFC 1982)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.rdatatype
from dns.rdtypes.ANY.SOA import SOA

from dnstrace.checks.readings.controls import alternate
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply
from dnstrace.model import Name, Probe
from dnstrace.model.serial import newest_of

_CLOCKS = 60  # seconds, by which the clocks of servers may differ


def serials(cut: Cut, all_servers: bool = False) -> dict[str, int]:
    """The serial that each address gave when probed: those that serve the zone, or all."""
    return {reply.address: soa.serial for reply, soa in records(cut, all_servers)}


def primaries(cut: Cut) -> dict[Name, int]:
    """The primaries of a zone that is edited on several, each with its serial; empty where it is not.

    Each of them serves the zone, names itself in its SOA record, as the secondaries that follow it do, and
    lists the servers of all. Their serials then have nothing to do with one another.
    """
    servers: dict[Name, set[Name]] = {}
    found: dict[Name, set[int]] = {}
    for reply, soa in records(cut):
        servers.setdefault(soa.mname, set()).add(reply.server)
        found.setdefault(soa.mname, set()).add(soa.serial)
    alone = all(name in servers[name] and len(found[name]) == 1 for name in found)
    if len(found) < 2 or not alone or not _list_the_same(cut):
        return {}
    return {name: each.pop() for name, each in found.items()}


def follow_clock(cut: Cut) -> bool:
    """Whether the serial that each server gives is the time of its reply, as with SOA-EDIT=EPOCH of PowerDNS.

    They are unlike, although all have the same version of the zone. So are those of a zone whose serials are
    times, and that was changed in this minute.
    """
    began = cut.evidence.trace.started.timestamp()
    found = [(soa.serial, began + reply.attempt.exchange.start) for reply, soa in records(cut)]
    return len(found) > 1 and all(abs(serial - time) < _CLOCKS for serial, time in found)


def _list_the_same(cut: Cut) -> bool:
    """Whether all servers of a zone list the same name servers."""
    lists = [frozenset(reply.rrset(cut.zone, dns.rdatatype.NS) or ()) for reply in cut.probe(Probe.NS)]
    return len(set(lists)) == 1


def newer_in_turn(cut: Cut, steady: Iterable[int]) -> dict[int, list[HeardReply]]:
    """The newest version that addresses give in turn with older ones, if it is newer than all others."""
    every, known = {serial for each in cut.once(alternate).values() for serial in each}, {*steady}
    if not every or not known or (newest := newest_of(every | known)) in known:
        return {}
    asked = (step for step in cut.all_steps if step.question.name == cut.zone and not step.at_resolver)
    found: dict[str, HeardReply] = {}
    for reply in (HeardReply(step, attempt) for step in asked for attempt in step.attempts):
        rrset = reply.rrset(cut.zone, dns.rdatatype.SOA) if reply.address in cut.once(alternate) else None
        if rrset is not None and [int(soa.serial) for soa in rrset if isinstance(soa, SOA)] == [newest]:
            found.setdefault(reply.address, reply)
    return {newest: list(found.values())} if found else {}


def records(cut: Cut, all_servers: bool = False) -> Iterator[tuple[HeardReply, SOA]]:
    """The SOA records of the zone, each with the reply that has it: of servers that serve it, or of all."""
    for reply in cut.probe(Probe.SOA, all_servers):
        rrset = reply.rrset(cut.zone, dns.rdatatype.SOA)
        if rrset is not None and isinstance(rrset[0], SOA):
            yield reply, rrset[0]
