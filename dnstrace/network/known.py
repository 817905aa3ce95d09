"""A network over what one trace has recorded: what is known takes no time, and the rest is asked.

A remedy is rehearsed over it: the walk is made again as if the remedy were applied, and almost everything
that it asks was asked before. A query is known by its address, transport, question, flags and EDNS. If this
address was not asked, but another server of the same zone was, that server's reply is taken: so a look-up
that goes another way this time sends nothing. What is asked after all is kept in `asked`, and known then;
what was received is in `received`.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable

from dnstrace.model import Exchange, Fault, Name, Purpose, Query, Step
from dnstrace.model.structs import replace
from dnstrace.port import Network


class KnownNetwork:
    """The port into what the steps of a trace recorded, over another network for what they lack.

    `may_ask` takes one query from the budget of the trace, and says whether there was one left. If there was
    none, the result is Fault.NOT_RECORDED, and `denied` is set.
    """

    def __init__(self, steps: Iterable[Step], network: Network, may_ask: Callable[[], bool]) -> None:
        self._network, self._may_ask = network, may_ask
        self._known: dict[Hashable, list[Exchange]] = defaultdict(list)
        self._zones: dict[str, dict[Name, None]] = defaultdict(dict)
        self._of_zone: dict[tuple[Name, Hashable], Exchange] = {}
        self._put: Counter[Hashable] = Counter()
        self.asked: list[Query] = []
        self.received: dict[Query, Exchange] = {}
        self.denied = False
        for step in steps:
            for attempt in step.attempts:
                self._known[_key(attempt.exchange.query)].append(attempt.exchange)
                if step.purpose is not Purpose.PROBE:
                    self._learn(step.zone, attempt.exchange)

    def again(self) -> KnownNetwork:
        """The same for another walk, which counts its queries anew; what was asked for this one is known."""
        self._put.clear()
        self.asked, self.received, self.denied = [], {}, False
        return self

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """The recorded result of `query`, else the result now; see `dnstrace.port.Network`."""
        if (known := self._recorded(query)) is not None:
            await asyncio.sleep(0)
            return replace(known, query=query, start=asyncio.get_running_loop().time())
        if not self._may_ask():
            self.denied = True
            return Exchange(query, asyncio.get_running_loop().time(), 0.0, fault=Fault.NOT_RECORDED)
        self.asked.append(query)
        exchange = self.received[query] = await self._network.exchange(query, timeout)
        self._known[_key(query)].append(exchange)
        return exchange

    def _learn(self, zone: Name, exchange: Exchange) -> None:
        """Learn what a server of a zone replied; one that was only probed may not be one that is listed."""
        query = exchange.query
        self._zones[query.address][zone] = None
        if exchange.message is not None:
            self._of_zone.setdefault((zone, _asked(query)), exchange)

    def _recorded(self, query: Query) -> Exchange | None:
        key = _key(query)
        if found := self._known.get(key):
            place = self._put[key]
            self._put[key] += 1
            return found[min(place, len(found) - 1)]
        each = (self._of_zone.get((zone, _asked(query))) for zone in self._zones.get(query.address, ()))
        return next((exchange for exchange in each if exchange is not None), None)


def _key(query: Query) -> Hashable:
    return query.address, query.port, query.endpoint, _asked(query)


def _asked(query: Query) -> Hashable:
    """What is asked, and how, whatever the address."""
    edns, question = query.edns, query.question
    shape = edns and (edns.version, edns.payload, edns.dnssec_ok, tuple(code for code, _ in edns.options))
    flags = query.recursion_desired, query.checking_disabled
    return query.transport, question.name.labels, question.rdtype, question.rdclass, flags, shape
