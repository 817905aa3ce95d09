"""How many names are traced, in a form that can be sent to other processes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import TypeVar

from dnstrace.model import Question, Trace
from dnstrace.model.allowed import LONGEST
from dnstrace.model.expectations import Expecting
from dnstrace.model.structs import Struct, replace
from dnstrace.model.tracing import Tracing

R = TypeVar("R")
Item = Question | Expecting
"""What is traced: a question, perhaps with what is expected of its trace."""
Job = tuple[int, Item]
"""A question and its number, which counts from 0."""
Jobs = AsyncIterator[Job]
Use = Callable[[Trace], R]
"""What is wanted of a trace, made where the trace is made: other processes send that instead of the trace."""

AT_ONCE = 200  # traces under way
_CHECKED_AT_FIRST = 16  # of these, as long as it is not known how many this process can keep up with
_PACE, _PACE_OF_ALL, _PACE_OF_CHECK = 4.0, 6.0, 12.0  # queries a second with which a trace ends in time
_SEEDS = 2**32
_STEP = 2654435761  # odd, so that no two of 2**32 names get the same


class Enough(Exception):
    """Raised by an iterator of questions: start no more traces, not even of questions already given."""


class CannotGoOn(Exception):
    """Nothing is left that can trace the rest; the text is one line that says why."""


class NoDescriptors(CannotGoOn):
    """No more files and sockets can be opened."""


class Plan(Struct):
    """How each of many names is traced.

    `tracing` applies to each, except for the seed and the time: `seed` and `now` are those of the whole run,
    from which each trace derives its own. At most `at_once` are under way at a time; `share` says whether
    they share what they learn; `rate` is the most queries sent a second in total; `ordered` says whether
    results come in the order of the questions.
    """

    tracing: Tracing
    seed: int
    now: datetime
    at_once: int
    share: bool
    ordered: bool
    rate: float | None

    @property
    def at_this_rate(self) -> int:
        """How many are under way at a time: few if the rate is low, so that each can send some queries."""
        return self.at_once if self.rate is None else min(self.at_once, worth(self.rate, self.tracing))

    @property
    def at_first(self) -> int:
        """How many are begun at first: few that are checked, each of which takes a third of a megabyte."""
        return _CHECKED_AT_FIRST if self.tracing.settings.probe else self.at_once

    @property
    def at_leisure(self) -> Tracing:
        """How each is traced: with a longer deadline if the rate is low even for one trace."""
        pace, bounds = _pace(self.tracing), self.tracing.bounds
        if self.rate is None or self.rate >= pace:
            return self.tracing
        deadline = min(LONGEST, bounds.deadline * pace / self.rate)
        return replace(self.tracing, limits=replace(bounds, deadline=deadline))

    def seed_of(self, number: int) -> int:
        """The seed of the trace of question `number`."""
        return (self.seed + number * _STEP) % _SEEDS


def worth(rate: float, tracing: Tracing) -> int:
    """How many traces at a time a rate allows: with more, many would miss their deadline."""
    return max(1, int(rate / _pace(tracing)))


def _pace(tracing: Tracing) -> float:
    """Queries a second with which a trace ends well before its deadline."""
    if tracing.settings.probe:
        return _PACE_OF_CHECK
    return _PACE_OF_ALL if tracing.settings.all_servers else _PACE
