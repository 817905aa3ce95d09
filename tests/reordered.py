"""A network whose replies have their records in another order and come in another order."""

from __future__ import annotations

import struct
from dataclasses import replace
from random import Random
from typing import Any

import dns.flags
import dns.message
import dns.rrset

from dnstrace import clock
from dnstrace.message.reading import read_reply
from dnstrace.model import Exchange, Query
from dnstrace.port import Network

DELAY = 0.2
"""Seconds by which a reply is late at most: more than round trips differ by, less than a try takes."""


class Reordered:
    """Another network, changed by chance."""

    run = staticmethod(clock.run)

    def __init__(self, network: Network, seed: int) -> None:
        self._network, self._random = network, Random(seed)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """What the other network brings, later, with its records in another order."""
        late = self._random.uniform(0, min(DELAY, timeout / 4))
        found = await self._network.exchange(query, timeout - late)
        await clock.elapse(late)
        found = replace(found, elapsed=found.elapsed + late)
        if found.wire is None or found.message is None or found.message.flags & dns.flags.TC:
            return found
        wire = self._permuted(found.wire, found.message)
        message: Any = read_reply(wire)
        return replace(found, wire=wire, message=message)

    def _permuted(self, wire: bytes, message: dns.message.Message) -> bytes:
        """The octets of a message with the records of each section in another order, no name compressed."""
        sections = [_records(each) for each in (message.answer, message.authority, message.additional)]
        if message.opt is not None:
            sections[2] += _records([message.opt])
        for records in sections:
            self._random.shuffle(records)
        question = b"".join(
            (each.name.to_wire() or b"") + struct.pack("!HH", each.rdtype, each.rdclass)
            for each in message.question
        )
        counts = struct.pack("!HHHH", len(message.question), *map(len, sections))
        return b"".join((wire[:4], counts, question, *(record for each in sections for record in each)))


def _records(rrsets: list[dns.rrset.RRset]) -> list[bytes]:
    return [
        b"".join((rrset.name.to_wire() or b"", _head(rrset, octets), octets))
        for rrset in rrsets
        for octets in ((rdata.to_wire() or b"") for rdata in rrset)
    ]


def _head(rrset: dns.rrset.RRset, octets: bytes) -> bytes:
    rdclass = int(rrset[0].rdclass)  # that of OPT is a size
    return struct.pack("!HHIH", rrset.rdtype, rdclass, rrset.ttl, len(octets))
