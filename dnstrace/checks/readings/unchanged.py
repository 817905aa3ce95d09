"""Cuts that are as they were for another name: rules that found nothing wrong there do not run again.

Names that are checked together mostly share the cuts above: the root, a registry's zone, the zone itself.
What their servers replied is known to the run (`dnstrace.walk.heard`), so a rule would find the same again.
A rule that found something runs each time: its findings name steps, which are each name's own.

A rule that judges a cut reads the steps about this cut, and their likeness to those of another name is looked
at as a whole. What else it reads is noted (`dnstrace.checks.readings.reads`): summaries, which are compared
too, or the rest of the trace, with which it runs for each name. So one that reads more is never left out by
mistake.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, TypeVar

from dnstrace.checks.readings.reads import EVERYTHING, What
from dnstrace.model import ROOT, Attempt, Kind, Name, Step
from dnstrace.model.kept import kept
from dnstrace.model.naming import is_below

if TYPE_CHECKING:
    from dnstrace.checks.readings.about import About
    from dnstrace.model import NameServer

Made = TypeVar("Made")
OneCut = TypeVar("OneCut", bound="About")

MOST = 32
"""Cuts that are remembered."""


class Unchanged:
    """What rules found nothing wrong with in the cuts of a run, by what they read."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Sound] = OrderedDict()

    def sound(self, cut: About) -> Sound:
        """The rules that found nothing wrong with a cut like this one."""
        likeness = _likeness(cut)
        known = self._known.get(likeness)
        if known is None:
            known = self._known[likeness] = Sound([a.meaning for s in cut.steps for a in s.attempts])
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(likeness)
        return known


class Sound(dict[str, tuple[tuple[What, object], ...]]):
    """The codes of rules, each with what it read apart from the steps about the cut, and the values."""

    def __init__(self, meanings: list[object]) -> None:
        super().__init__()
        self._meanings = {id(each): each for each in meanings}  # they keep their identity
        self._spoiled = False

    def spoil(self) -> None:
        """Have every rule run for each name: what one finds depends on which others ran before it."""
        self._spoiled = True

    def add(self, code: str, cut: About, read: frozenset[What]) -> None:
        """Take in that a rule found nothing wrong, and what it read."""
        if EVERYTHING not in read:
            self[code] = tuple((what, cut.summary(what[0], *what[1])) for what in read)

    def has(self, code: str, cut: About) -> bool:
        """Whether a rule would find nothing wrong with this cut, which is like the others."""
        read = None if self._spoiled else self.get(code)
        if not read:
            return read is not None
        return all(cut.summary(what[0], *what[1]) == value for what, value in read)


def found_in(
    cut: OneCut, sound: Sound | None, code: str, rule: Callable[[OneCut], Iterator[Made]]
) -> list[Made]:
    """What a rule finds in a cut; it does not run if it is among those that found nothing in one like it."""
    if sound is not None and sound.has(code, cut):
        return []
    found, read = cut.reads.during(lambda: list(rule(cut)))
    if sound is not None and not found:
        sound.add(code, cut, read)
    return found


# --- what is alike ----------------------------------------------------------------------------------


def _likeness(cut: About) -> Hashable:
    """All that rules can see in the steps about a cut, but their numbers and times."""
    questions, places = _questions(cut.steps), dict[object, int]()
    steps = (
        (
            step.purpose,
            step.probe,
            step.zone.labels,
            asked,
            places.setdefault(step.question, len(places)),
            step.all_servers,
            step.limited,
            step.superseded,
            step.outcome,
            step.chosen,
            _of_servers(step.servers),
            tuple(map(_of_attempt, step.attempts)),
        )
        for step, asked in zip(cut.steps, questions, strict=True)
    )
    return cut.zone.labels, cut.unheard, cut.outdated_hints, tuple(steps)


def _questions(steps: tuple[Step, ...]) -> list[Hashable]:
    """What the steps about a cut ask.

    Where the servers asked about the name of the walk all refer to a zone above it, what they say of it is
    what they say of every name in that zone. So the zone stands for it, unless it is asked about otherwise.
    """
    passing = [step for step in steps if _passes(step)]
    deepest = max(
        (step.referral.zone for step in passing if step.referral is not None), key=len, default=None
    )
    names = {step.question.name for step in passing}
    past = {step.id for step in passing}
    others = {step.question.name for step in steps if step.id not in past}
    name = next(iter(names), ROOT)
    if (
        len(names) != 1
        or deepest is None
        or any(_related(name, each) for each in others if is_below(each, deepest))
    ):
        past = set()
    return [
        (
            (step.referral.zone if step.id in past and step.referral else step.question.name).labels,
            step.question.rdtype,
            step.question.rdclass,
        )
        for step in steps
    ]


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


def _related(name: Name, other: Name) -> bool:
    return name.is_subdomain(other) or other.is_subdomain(name)


@kept(most=512)
def _of_servers(servers: tuple[NameServer, ...]) -> Hashable:
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
