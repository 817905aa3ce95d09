"""What the server given to start from is called, where only its address was given (`@ADDRESS`).

The trace calls it by the root's name, as its own is not known at first. The zone's own servers often tell it
later; otherwise its address is its name. Pure readings of a trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.name
import dns.rdatatype

from dnstrace.model import ROOT, Address, Attempt, Name, NameServer, Probe, Purpose, Step, Trace
from dnstrace.model.addresses import address_of
from dnstrace.model.structs import replace

Names = dict[str, Name]

_ADDRESSES = frozenset({dns.rdatatype.A, dns.rdatatype.AAAA})


def with_start_named(trace: Trace) -> Trace:
    """The trace in which servers given by address have the names that others know them by."""
    given = {address for step in trace.steps if step.given for address in _nameless(step)}
    if not given:
        return trace
    names = {address: dns.name.from_text(address) for address in given}
    for address, name in _known(trace.steps):
        if names.get(address) == dns.name.from_text(address):
            names[address] = name
    return replace(trace, steps=tuple(_named(step, names) for step in trace.steps))


def _nameless(step: Step) -> Iterator[str]:
    """The addresses of a step's servers without a name."""
    return (address.text for server in step.servers if server.name == ROOT for address in server.addresses)


def _known(steps: Iterable[Step]) -> Iterator[tuple[str, Name]]:
    """The addresses of name servers, with their names, as they were looked up."""
    for step in steps:
        if step.probe is Probe.ADDRESS or step.purpose is Purpose.NS_ADDRESS:
            for rrset in (rrset for attempt in step.attempts for rrset in attempt.meaning.answer):
                if rrset.name == step.question.name and rrset.rdtype in _ADDRESSES:
                    yield from ((address_of(rdata), rrset.name) for rdata in rrset)


def _named(step: Step, names: Names) -> Step:
    """A step in which the servers without a name have one; those of resolvers stay as they are."""
    if step.at_resolver or not any(map(names.__contains__, _nameless(step))):
        return step
    attempts = tuple(_attempt_named(attempt, names) for attempt in step.attempts)
    return replace(step, servers=tuple(_servers_named(step.servers, names)), attempts=attempts)


def _servers_named(servers: Iterable[NameServer], names: Names) -> Iterator[NameServer]:
    for server in servers:
        found: dict[Name, list[Address]] = {}
        for address in server.addresses:
            found.setdefault(_name(server.name, address.text, names), []).append(address)
        yield from (NameServer(name, tuple(each)) for name, each in found.items())
        if not found:
            yield server


def _attempt_named(attempt: Attempt, names: Names) -> Attempt:
    name = _name(attempt.server, attempt.address, names)
    return attempt if name == attempt.server else replace(attempt, server=name)


def _name(name: Name, address: str, names: Names) -> Name:
    return names.get(address, name) if name == ROOT else name
