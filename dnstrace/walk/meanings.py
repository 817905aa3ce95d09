"""What replies mean, each found out once: the same octets in reply to the same question mean the same.

The servers of a zone mostly send the same octets, and the traces of a run get many of the same replies. What
is read from a meaning later, by rules for example, can then be kept with it: equal replies have one meaning.
A referral that is taken for several names below its cut mostly means the same for all of them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from dnstrace.analysis.ordering import in_one_order
from dnstrace.message.meaning import classify
from dnstrace.model import Exchange, Kind, Meaning, Name

MOST = 512
"""Meanings that are remembered."""


class _Meanings:
    """The latest meanings by all that they depend on."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Meaning] = OrderedDict()
        self._referrals: dict[Hashable, Meaning] = {}  # the latest by their octets, whatever the name
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
            meaning = self._one_for_all(in_one_order(classify(exchange, zone)), (key[0], *key[2:]))
        with self._lock:
            self._known[key] = meaning
            self._known.move_to_end(key)
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        return meaning

    def _one_for_all(self, meaning: Meaning, key: Hashable) -> Meaning:
        """The meaning of the same referral for another name, where it is equal."""
        if meaning.kind is not Kind.REFERRAL:
            return meaning
        other = self._referrals.get(key)
        if other is not None and other == meaning:
            return other
        with self._lock:
            if len(self._referrals) >= MOST:
                self._referrals.clear()
            self._referrals[key] = meaning
        return meaning


meanings = _Meanings()
