"""What a run has learnt about addresses: which fail, how fast they answer, which families have a route.

Decides which address to ask first and how long to wait before asking another one as well; sends nothing.
"""

from __future__ import annotations

from dnstrace.model import Address, Exchange, Fault, Source
from dnstrace.model.addresses import is_unicast
from dnstrace.model.families import Unasked

FIRST_PATIENCE = 0.4  # seconds, before anything was measured
LEAST_PATIENCE = 0.05
FAILED = 2  # the most that `Health.doubt` can be
MOST = 30_000  # addresses remembered in one respect; after that a run over many names starts afresh
UNREACHABLE_HOSTS = 3  # after which a family that never answered is assumed to have no route
_ANSWERED = {0, 3}  # NOERROR, NXDOMAIN: no sign of trouble with EDNS
_FAMILIES = frozenset({4, 6})
_TRUSTED = {Source.HINT, Source.GIVEN}


class Health:
    """What one run knows about the addresses that it asked.

    `families` are those that have a route as far as is known, `unasked` says why the others are not asked,
    `without_edns` the addresses that answered only when EDNS was left out. `bound` is set if there is an
    address to ask from.
    """

    def __init__(self, families: frozenset[int], bound: bool = False) -> None:
        self.families = set(families)
        self.unasked = dict.fromkeys(_FAMILIES - families, Unasked.BOUND if bound else Unasked.SWITCHED_OFF)
        self.without_edns: set[str] = set()
        self._failed: set[str] = set()
        self._replied: set[str] = set()
        self._unreachable: dict[int, set[str]] = {4: set(), 6: set()}
        self._routed: set[int] = set()
        self._smoothed: float | None = None
        self._variation = 0.0

    def learn(self, exchange: Exchange) -> None:
        """Learn from an exchange."""
        address = exchange.query.address
        for known in (self.without_edns, self._failed, self._replied):
            if len(known) >= MOST:
                known.clear()
        self._learn_family(exchange.query.family, address, exchange.fault)
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

    def _learn_family(self, family: int, address: str, fault: Fault | None) -> None:
        """Drop a family that has no route, or whose first few addresses are all unreachable.

        Once an address has replied, its family has a route, though perhaps not to every network. One that is
        asked again and again says no more than once.
        """
        if fault is None:
            self._routed.add(family)
        if family in self._routed:
            return
        if fault is Fault.HOST_UNREACHABLE:
            self._unreachable[family].add(address)
        if fault is Fault.NETWORK_UNREACHABLE or len(self._unreachable[family]) >= UNREACHABLE_HOSTS:
            self._drop(family, Unasked.NO_ROUTE)

    def _drop(self, family: int, why: Unasked) -> None:
        self.families.discard(family)
        self.unasked.setdefault(family, why)

    def abandoned(self, address: str, waited: float) -> None:
        """Note that an address had not answered when waiting for it ended."""
        if waited >= self.patience():
            self._failed.add(address)

    def silent(self, family: int) -> None:
        """Note that no address of a family replied when all were asked, while those of the other did."""
        if family not in self._routed:
            self._drop(family, Unasked.SILENT)

    def patience(self) -> float:
        """Seconds to wait for an address before asking another one too (as in RFC 6298 section 2)."""
        if self._smoothed is None:
            return FIRST_PATIENCE
        return min(FIRST_PATIENCE, max(LEAST_PATIENCE, self._smoothed + 4 * self._variation))

    @property
    def round_trip(self) -> float:
        """Seconds that a reply takes, smoothed; 0 before anything was measured."""
        return self._smoothed or 0.0

    @property
    def doubtful(self) -> bool:
        """Whether any address is doubtful: none is before the first has failed."""
        return bool(self._failed)

    def doubt(self, address: str) -> int:
        """How doubtful an address is: FAILED if it failed when it was last asked.

        Once some have failed, those that never replied (1) come after those that did (0).
        """
        if address in self._failed:
            return FAILED
        return int(bool(self._failed) and address not in self._replied)

    def askable(self, address: Address) -> bool:
        """Whether the address may be asked: its family has a route, and it is not a special address."""
        return address.family in self.families and may_be_asked(address)

    def _measure(self, elapsed: float) -> None:
        if self._smoothed is None:
            self._smoothed, self._variation = elapsed, elapsed / 2
            return
        self._variation += (abs(self._smoothed - elapsed) - self._variation) / 4
        self._smoothed += (elapsed - self._smoothed) / 8


def may_be_asked(address: Address) -> bool:
    """Whether a query may go to an address: to a special one only where the user gave it."""
    return address.source in _TRUSTED or is_unicast(address.text)
