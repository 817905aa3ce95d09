"""What every step of one trace shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from dnstrace.message.supposed import NOTHING, Supposed
from dnstrace.model import Settings
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

    @property
    def by_rule(self) -> bool:
        """Whether choices follow from what there is to choose from, as a diagnosis needs, not from chance."""
        return self.settings.probe

    def in_turn(self, found: Iterable[T], place: Callable[[T], Any]) -> list[T]:
        """What was found, in the order to try it in: at random, or by `place` where choices go by rule."""
        turns = list(found)
        if self.by_rule:
            return sorted(turns, key=place)
        self.random.shuffle(turns)
        return turns
