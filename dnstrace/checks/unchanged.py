"""Cuts that are as they were for another name: rules that found nothing wrong there do not run again.

Names that are checked together mostly share the cuts above: the root, a registry's zone, the zone itself.
What their servers replied is known to the run (`dnstrace.walk.heard`), so a rule would find the same again.
A rule that found something runs each time: its findings name steps, which are each name's own.

What a rule reads is noted (`dnstrace.checks.reads`): parts of what is recorded about the cut and other
summaries, which are compared, or the rest of the trace, with which it runs for each name. So one that reads
more is never left out by mistake.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, TypeVar

from dnstrace.checks.parts import meanings_of
from dnstrace.checks.reads import EVERYTHING, What

if TYPE_CHECKING:
    from dnstrace.checks.about import About
    from dnstrace.model import Step

Made = TypeVar("Made")
OneCut = TypeVar("OneCut", bound="About")
Read = frozenset[What]

MOST = 32
"""Zones that are remembered, and values of what rules read of one."""
_PARTS = 16 * MOST


class Unchanged:
    """What rules found nothing wrong with in the cuts of a run, by what they read."""

    def __init__(self) -> None:
        self._zones: OrderedDict[Hashable, _Sound] = OrderedDict()
        self._alike: OrderedDict[Hashable, Alike] = OrderedDict()

    def sound(self, cut: About) -> Sound:
        """The rules that found nothing wrong with a cut like this one."""
        known = _kept_in(self._zones, (cut.zone.labels, cut.unheard, cut.outdated_hints), _Sound, MOST)
        return Sound(known, cut)

    def alike(self, likeness: Hashable, steps: tuple[Step, ...]) -> Alike:
        """What stands for all steps that are alike, as long as they are remembered."""
        return _kept_in(self._alike, likeness, lambda: Alike(steps), _PARTS)


class Alike:
    """Steps with one likeness. It is equal to itself only."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._meanings = {id(each): each for each in meanings_of(steps)}  # they keep their identity


def _kept_in(
    known: OrderedDict[Hashable, Made], key: Hashable, making: Callable[[], Made], most: int
) -> Made:
    found = known.get(key)
    if found is None:
        found = known[key] = making()
        if len(known) > most:
            known.popitem(last=False)
    else:
        known.move_to_end(key)
    return found


class _Sound:
    """The codes of rules that found nothing wrong with a zone, by what they read, and its values."""

    def __init__(self) -> None:
        self.reads: dict[str, tuple[Read, ...]] = {}
        self.same: dict[Read, Read] = {}
        self.spoiled = False
        self._codes: dict[Read, OrderedDict[Hashable, set[str]]] = {}

    def codes(self, read: Read, values: Hashable) -> set[str]:
        return _kept_in(self._codes.setdefault(read, OrderedDict()), values, set[str], MOST)


class Sound:
    """The rules that found nothing wrong where all that they read was as it is in one cut."""

    def __init__(self, known: _Sound, cut: About) -> None:
        self._known, self._cut = known, cut
        self._codes: dict[Read, set[str]] = {}

    def spoil(self) -> None:
        """Have every rule run for each name: what one finds depends on which others ran before it."""
        self._known.spoiled = True

    def add(self, code: str, read: Read) -> None:
        """Take in that a rule found nothing wrong, and what it read."""
        if EVERYTHING not in read:
            read = self._known.same.setdefault(read, read)  # equal sets can differ in order
            reads = self._known.reads.get(code, ())
            if read not in reads:
                self._known.reads[code] = (*reads, read)
            self._like(read).add(code)

    def has(self, code: str) -> bool:
        """Whether a rule would find nothing wrong with this cut."""
        reads = () if self._known.spoiled else self._known.reads.get(code, ())
        return any(code in self._like(read) for read in reads)

    def _like(self, read: Read) -> set[str]:
        codes = self._codes.get(read)
        if codes is None:
            values = tuple(self._cut.summary(of, *about) for of, about in read)
            codes = self._codes[read] = self._known.codes(read, values)
        return codes


def found_in(
    cut: OneCut, sound: Sound | None, code: str, rule: Callable[[OneCut], Iterator[Made]]
) -> list[Made]:
    """What a rule finds in a cut; it does not run if it is among those that found nothing in one like it."""
    if sound is not None and sound.has(code):
        return []
    found, read = cut.reads.during(lambda: list(rule(cut)))
    if sound is not None and not found:
        sound.add(code, read)
    return found
