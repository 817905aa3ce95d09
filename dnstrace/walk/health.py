"""What a run has learnt of addresses: which fail, how fast they answer, which families have a route.

Decides whom to ask first and how long to wait before the next is asked as well; sends nothing.
"""

from __future__ import annotations

import sys

from dnstrace.model import Address, Exchange, Fault, Source
from dnstrace.model.addresses import is_unicast

FIRST_PATIENCE = 0.4  # seconds, before anything was measured
LEAST_PATIENCE = 0.05
FAILED = 2  # the most that `Health.doubt` can be
MOST = 100_000  # addresses of which one thing is known: a run over many names begins anew then
UNREACHABLE_HOSTS = 3  # after which a family that never answered is taken to have no route
_ANSWERED = {0, 3}  # NOERROR, NXDOMAIN: RCODEs that tell of no trouble with EDNS
_TRUSTED = {Source.HINT, Source.GIVEN}


class Health:
    """One run's knowledge of the addresses that it asked.

    `families` are those that have a route as far as is known; `without_edns` the addresses that answered
    when EDNS was left out, which is only done where it brought nothing.
    """

    def __init__(self, families: frozenset[int]) -> None:
        self.families = set(families)
        self.without_edns: set[str] = set()
        self._failed: set[str] = set()
        self._replied: set[str] = set()
        self._unreachable: dict[int, int] = {4: 0, 6: 0}
        self._smoothed: float | None = None
        self._variation = 0.0

    def learn(self, exchange: Exchange) -> None:
        """Take in how an exchange went."""
        address = exchange.query.address
        for known in (self.without_edns, self._failed, self._replied):
            if len(known) >= MOST:
                known.clear()
        self._learn_family(exchange.query.family, exchange.fault)
        if exchange.fault is not None:
            self._failed.add(address)
            return
        if exchange.query.edns is None:
            self.without_edns.add(address)
        elif exchange.message is not None and exchange.message.rcode() in _ANSWERED:
            self.without_edns.discard(address)
        self._failed.discard(address)
        self._replied.add(address)
        self._measure(exchange.elapsed)

    def _learn_family(self, family: int, fault: Fault | None) -> None:
        """A family is dropped without a route, or when its first few addresses all cannot be reached.

        One of which an address has replied has a route, though it may have none to every network.
        """
        if fault is None:
            self._unreachable[family] = -sys.maxsize
        elif fault is Fault.HOST_UNREACHABLE:
            self._unreachable[family] += 1
        elif fault is Fault.NETWORK_UNREACHABLE:
            self._unreachable[family] += UNREACHABLE_HOSTS
        if self._unreachable[family] >= UNREACHABLE_HOSTS:
            self.families.discard(family)

    def abandoned(self, address: str, waited: float) -> None:
        """Take in that an address had not answered when it was no longer waited for."""
        if waited >= self.patience():
            self._failed.add(address)

    def silent(self, family: int) -> None:
        """Take in that many addresses of a family were asked at once and none replied, while others did."""
        if self._unreachable[family] >= 0:
            self.families.discard(family)

    def patience(self) -> float:
        """Seconds to wait for an address before another is asked as well (as RFC 6298 section 2)."""
        if self._smoothed is None:
            return FIRST_PATIENCE
        return min(FIRST_PATIENCE, max(LEAST_PATIENCE, self._smoothed + 4 * self._variation))

    @property
    def round_trip(self) -> float:
        """Seconds that a reply takes, smoothed; 0 before anything was measured."""
        return self._smoothed or 0.0

    def doubt(self, address: str) -> int:
        """How little is to be expected of an address: FAILED if it failed when it was last asked.

        Where some have failed, those that never replied are behind those that did: 1 and 0.
        """
        if address in self._failed:
            return FAILED
        return int(bool(self._failed) and address not in self._replied)

    def askable(self, address: Address) -> bool:
        """Whether the address may be asked: its family has a route, and it is no special one."""
        return address.family in self.families and (address.source in _TRUSTED or is_unicast(address.text))

    def _measure(self, elapsed: float) -> None:
        if self._smoothed is None:
            self._smoothed, self._variation = elapsed, elapsed / 2
            return
        self._variation += (abs(self._smoothed - elapsed) - self._variation) / 4
        self._smoothed += (elapsed - self._smoothed) / 8
