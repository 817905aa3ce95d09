"""A network of the lab on which chance is at work: what is found must not depend on it.

Each reply takes a while longer, no two the same, and within a reply the records of each RRset come in another
order, as from servers that rotate them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import dns.exception
import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset

from dnstrace import clock
from dnstrace.message.reading import read_reply
from dnstrace.model import Exchange, Fault, Query
from dnstrace.port import Network

LATEST = 0.5  # seconds that a reply takes longer at most: much more than the patience with one server
_COUNTS = (6, 8, 10)  # where the header counts the records of each section


class Shuffled:
    """A wrapper in which chance, by `seed`, decides when replies come and how they are sorted."""

    run = staticmethod(clock.run)

    def __init__(self, network: Network, seed: int) -> None:
        self._network, self._random = network, Random(seed)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        later = self._random.random() * LATEST
        found = await self._network.exchange(query, timeout)
        if found.fault is not None or found.elapsed + later >= timeout:
            return found
        await asyncio.sleep(later)
        return self._sorted(replace(found, elapsed=found.elapsed + later))

    def _sorted(self, found: Exchange) -> Exchange:
        """The same reply with the records of each RRset in another order, if it can be written anew."""
        assert found.wire is not None
        try:
            message = dns.message.from_wire(found.wire)
        except dns.exception.DNSException:
            return found
        records = sum(map(len, _rrsets(message))) + (message.edns >= 0)
        counted = sum(int.from_bytes(found.wire[place : place + 2]) for place in _COUNTS)
        if message.flags & dns.flags.TC or records != counted:
            return found
        for rrset in _rrsets(message):
            if not dns.rdatatype.is_singleton(rrset.rdtype):
                self._sort(rrset)
        wire = message.to_wire(max_size=65535)
        again = read_reply(wire)
        return found if isinstance(again, Fault) else replace(found, wire=wire, message=again)

    def _sort(self, rrset: dns.rrset.RRset) -> None:
        records = list(rrset)
        self._random.shuffle(records)
        rrset.clear()
        for record in records:
            rrset.add(record)


def _rrsets(message: dns.message.Message) -> Iterator[dns.rrset.RRset]:
    yield from (*message.answer, *message.authority, *message.additional)
