"""The parts of what is recorded about a zone cut, and their likeness to those of another trace.

A rule mostly reads some parts: the probes of one sort, the referrals. Each part is compared by itself
(`dnstrace.checks.unchanged`), so what is new in one does not concern the rules that read others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from dnstrace.model import Attempt, Kind, Name, Step
from dnstrace.model.kept import kept
from dnstrace.model.naming import is_below

if TYPE_CHECKING:
    from dnstrace.checks.about import About
    from dnstrace.checks.reads import What
    from dnstrace.model import NameServer

_Sort = tuple[Hashable, ...]
_Place = tuple[_Sort, int]
"""A step about a cut: its sort, and how many of that sort come before it."""


class Part:
    """Some of the steps about a cut: a summary, to be compared with the same part of another cut."""

    def __init__(self, steps_in: Callable[[About], Iterable[Step]]) -> None:
        self._steps_in = steps_in
        self.what: What = self, ()

    def __call__(self, cut: About) -> object:
        """What stands for the part in other traces of the run, too, where it is alike."""
        return cut.alike(tuple(self._steps_in(cut)))


class Likeness:
    """All that rules can see in the steps about a cut, but their numbers and times.

    Where the servers asked about the name of the walk all refer to a zone above it, what they say of it is
    what they say of every name in that zone. So the zone stands for it, with what else is asked about it, or
    about names above or below it in that zone.
    """

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._steps = steps
        self._known: dict[int, Hashable] = {}
        self._numbers = {step.id for step in steps}

    def of(self, steps: Iterable[Step]) -> tuple[Hashable, ...]:
        """What can be compared of some of the steps."""
        return tuple(map(self._of_step, steps))

    def _of_step(self, step: Step) -> Hashable:
        known = self._known.get(step.id)
        if known is None:
            known = self._known[step.id] = (
                step.purpose,
                step.probe,
                step.zone.labels,
                self._asked(step),
                step.all_servers,
                step.limited,
                step.superseded,
                step.outcome,
                step.chosen,
                of_servers(step.servers),
                tuple(map(_of_attempt, step.attempts)),
            )
        return known

    def _asked(self, step: Step) -> Hashable:
        question, led = step.question, step.referral
        asked = question.rdtype, question.rdclass
        if led is None or step.id not in self._numbers or not self._has_one_name or not _passes(step):
            return question.name.labels, *asked
        return led.zone.labels, *asked, self._related(question.name, led.zone)

    @cached_property
    def _has_one_name(self) -> bool:
        """Whether all steps of the walk are about one name."""
        return len({step.question.name for step in self._steps if step.main}) == 1

    @cached_property
    def _others(self) -> dict[Name, list[_Place]]:
        """The steps that are not of the walk, by the name asked about."""
        found: dict[Name, list[_Place]] = defaultdict(list)
        before: dict[_Sort, int] = defaultdict(int)
        for step in self._steps:
            if not step.main:
                sort = step.purpose, step.probe, step.zone.labels, step.question.rdtype
                found[step.question.name].append((sort, before[sort]))
                before[sort] += 1
        return found

    def _related(self, name: Name, zone: Name) -> tuple[Hashable, ...]:
        """The steps about a name of the walk, or names above or below it, in the zone referred to."""
        return tuple(
            (other.is_subdomain(name), name.is_subdomain(other), tuple(places))
            for other, places in self._others.items()
            if is_below(other, zone) and (other.is_subdomain(name) or name.is_subdomain(other))
        )


def meanings_of(steps: Iterable[Step]) -> Iterator[object]:
    """What is compared by identity, which stays its own as long as somebody has it."""
    for step in steps:
        for attempt in step.attempts:
            yield attempt.meaning


def _passes(step: Step) -> bool:
    """Whether the servers asked in a step of the walk all refer to one zone above the name."""
    led = step.referral
    if led is None or not step.main or not is_below(step.question.name, led.zone):
        return False
    replied = (each.meaning for each in step.attempts if each.exchange.message is not None)
    return all(
        each.kind is Kind.REFERRAL and each.delegation and each.delegation.zone == led.zone
        for each in replied
    )


@kept(most=512)
def of_servers(servers: tuple[NameServer, ...]) -> Hashable:
    """Name servers with their addresses, as a value that is quick to compare."""
    return tuple(
        (server.name.labels, *((each.text, each.source) for each in server.addresses)) for server in servers
    )


def _of_attempt(attempt: Attempt) -> Hashable:
    exchange = attempt.exchange
    octets = exchange.message is not None and exchange.wire is not None  # then equal replies have one meaning
    return (
        attempt.server.labels,
        exchange.query.way,
        id(attempt.meaning) if octets else (attempt.meaning, exchange.wire, exchange.fault, exchange.detail),
        exchange.mismatched,
        attempt.cause,
        attempt.surplus,
    )
