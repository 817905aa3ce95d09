"""The worlds of the lab for tests: each loaded once, its own question traced, and which of them have what."""

from __future__ import annotations

from functools import cache
from typing import Any

import dns.rdatatype

from dnstrace import Trace, trace
from dnstrace.dnssec import parse_anchors
from dnstrace.lab import world as worlds
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, names
from dnstrace.model.asked import Resolver
from tests.once import once

load = cache(worlds.load)  # a world never changes
FAULTLESS = [
    name
    for name in names()
    if load(name).expect.outcome != "failed"
    and load(name).expect.security != "bogus"
    and name != "dnssec-keys-differ"  # one server's keys may have to be asked of the other
    and not load(name).resolvers  # which may be asked further once the walk has ended
    and not any(server.does for server in load(name).servers)
    and not any(len(finding.split()) > 2 for finding in load(name).expect.findings or ())  # of one server
]
VALIDATED = [name for name in names() if load(name).expect.security is not None]


def traced(world: World, seed: int, dnssec: bool = False) -> Trace:
    """A trace of the world's question, validated where the world is about that, or with `dnssec`."""
    question, signed = world.question, dnssec or world.expect.security is not None
    how: dict[str, Any] = {"anchors": parse_anchors(world.anchors_text, world.name)} if signed else {}
    how["resolvers"] = [Resolver(address) for address in world.resolvers]
    network = LabNetwork(world, signed=signed)
    return trace(question.name, question.rdtype, network=network, now=world.now, seed=seed, **how)


@once(64)  # a trace holds all that it saw
def own(name: str, seed: int) -> Trace:
    """A trace of the own question of the world of that name."""
    return traced(load(name), seed)


def rdata(found: Trace) -> tuple[str, ...]:
    """The data of the whole chain, signatures left out."""
    data = (rrset for rrset in found.answer if rrset.rdtype != dns.rdatatype.RRSIG)
    return tuple(item.to_text() for rrset in data for item in rrset)
