"""How many names are traced, as far as another process needs to know it to do the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from dnstrace.model import Question, Trace
from dnstrace.model.tracing import Tracing

R = TypeVar("R")
Job = tuple[int, Question]
"""A question and its number, which counts from 0."""
Jobs = AsyncIterator[Job]
Use = Callable[[Trace], R]
"""What is wanted of a trace, made where the trace is made: other processes send that instead of the trace."""

AT_ONCE = 200  # traces under way
_PACE = 4.0  # queries a second of one trace: within its deadline it needs some dozens
_SEEDS = 2**32
_STEP = 2654435761  # odd, so that no two of 2**32 names get the same


class Enough(Exception):
    """Raised by an iterator of questions: nothing more is to be begun, also of those that it has given."""


class CannotGoOn(Exception):
    """Nobody is there any more to trace what is left; the text is one line that says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How each of many names is traced.

    `tracing` says how, except for the seed and the time of each: `seed` is that of the whole, `now` the
    wall-clock time at which it begins. At most `at_once` are under way at a time; `share` says whether they
    share what they learn; `rate` is how many queries are sent a second at most, in all; `ordered` whether
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
        """How many are under way at a time: with a rate so few that each can send some queries a second."""
        return self.at_once if self.rate is None else min(self.at_once, worth(self.rate))

    def seed_of(self, number: int) -> int:
        """The seed of the trace of question `number`."""
        return (self.seed + number * _STEP) % _SEEDS


def worth(rate: float) -> int:
    """How many traces at a time a rate is worth: of more, many would not end within their deadline."""
    return max(1, int(rate / _PACE))
