"""A network of the lab on which chance is at work: what is found must not depend on it.

Each reply takes a while longer, no two the same, and within a reply the records of each RRset come in another
order, as from servers that rotate them. The octets stay as they are: a replay of them is not shuffled.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from copy import copy
from dataclasses import replace
from random import Random

import dns.flags
import dns.rdatatype
import dns.rrset

from dnstrace import clock
from dnstrace.model import Exchange, Query
from dnstrace.port import Network

LATEST = 0.5  # seconds that a reply takes longer at most: much more than the patience with one server
ORDERS = 3  # of the records of equal replies
_AFTER_ID = 2  # octets, in a message


class Shuffled:
    """A wrapper in which chance, by `seed`, decides when replies come and how they are sorted."""

    run = staticmethod(clock.run)

    def __init__(self, network: Network, seed: int) -> None:
        self._network, self._random = network, Random(seed)
        self._orders: dict[bytes, list[list[list[dns.rrset.RRset]]]] = defaultdict(list)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        later = self._random.random() * LATEST
        found = await self._network.exchange(query, timeout)
        if found.fault is not None or found.elapsed + later >= timeout:
            return found
        await asyncio.sleep(later)
        return self._sorted(replace(found, elapsed=found.elapsed + later))

    def _sorted(self, found: Exchange) -> Exchange:
        """The same reply with the records of each RRset in another order."""
        assert found.wire is not None and found.message is not None
        if found.message.flags & dns.flags.TC:
            return found
        orders = self._orders[found.wire[_AFTER_ID:]]
        if len(orders) < ORDERS:
            orders.append([[self._shuffled(rrset) for rrset in each] for each in found.message.sections[1:]])
        message = copy(found.message)
        message.sections = [message.question, *map(list, self._random.choice(orders))]
        return replace(found, message=message)

    def _shuffled(self, rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        records = list(rrset)
        if len(records) < 2 or dns.rdatatype.is_singleton(rrset.rdtype):  # to which nothing can be added
            return rrset
        self._random.shuffle(records)
        again = copy(rrset)
        again.clear()
        for record in records:
            again.add(record)
        return again
