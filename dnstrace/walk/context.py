"""What every step of one trace shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from dnstrace.message.meaning import classify
from dnstrace.message.supposed import NOTHING, Supposed
from dnstrace.model import Exchange, Meaning, Name, Purpose, Query, Settings
from dnstrace.port import Network
from dnstrace.walk.budget import Budget
from dnstrace.walk.cuts import Cuts
from dnstrace.walk.health import Health
from dnstrace.walk.journal import Journal
from dnstrace.walk.remembered import Remembered

if TYPE_CHECKING:
    from dnstrace.walk.heard import Hearing

T = TypeVar("T")


class TraceContext(NamedTuple):
    """What every step of a trace shares."""

    network: Network
    settings: Settings
    budget: Budget
    journal: Journal
    cuts: Cuts
    health: Health
    random: Random
    remembered: Remembered
    supposed: Supposed = NOTHING
    hearing: Hearing | None = None
    until: float = inf
    """The loop's time up to which surveys wait for replies: a little before the trace has to end."""

    @property
    def by_rule(self) -> bool:
        """Whether choices follow from what there is to choose from, as a diagnosis needs, not from chance."""
        return self.settings.probe

    def known(self, query: Query, zone: Name, purpose: Purpose) -> Exchange | None:
        """What another trace of the run has heard from a server of `zone` in reply to a query."""
        return None if self.hearing is None else self.hearing.known(query, zone, purpose)

    def read(self, exchange: Exchange, zone: Name) -> Meaning:
        """What an exchange with a server of `zone` means."""
        if not self.by_rule:
            return classify(exchange, zone)
        from dnstrace.walk.meanings import meanings

        return meanings.of(exchange, zone)

    def in_turn(self, found: Iterable[T], place: Callable[[T], Any]) -> list[T]:
        """What was found, in the order to try it in: at random, or by `place` where choices go by rule."""
        turns = list(found)
        if self.by_rule:
            return sorted(turns, key=place)
        self.random.shuffle(turns)
        return turns
