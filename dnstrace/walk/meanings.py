"""What replies mean, each found out once: the same octets in reply to the same question mean the same.

The servers of a zone mostly send the same octets, and the traces of a run get many of the same replies. What
is read from a meaning later, by rules for example, can then be kept with it: equal replies have one meaning.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from dnstrace.analysis.ordering import in_one_order
from dnstrace.message.meaning import classify
from dnstrace.model import Exchange, Meaning, Name

MOST = 2048
"""Meanings that are remembered."""


class _Meanings:
    """The latest meanings by all that they depend on."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Meaning] = OrderedDict()
        self._lock = Lock()  # a cluster's worker traces in threads

    def of(self, exchange: Exchange, zone: Name) -> Meaning:
        """What `classify` says, with servers in one order; the same object for the same reply."""
        if exchange.message is None or exchange.wire is None:
            return classify(exchange, zone)
        query = exchange.query
        asked = query.question
        key = exchange.wire[2:], asked.name.labels, asked.rdtype, asked.rdclass, query.transport, zone.labels
        meaning = self._known.get(key)
        if meaning is None:
            meaning = in_one_order(classify(exchange, zone))
        with self._lock:
            self._known[key] = meaning
            self._known.move_to_end(key)
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        return meaning


meanings = _Meanings()
