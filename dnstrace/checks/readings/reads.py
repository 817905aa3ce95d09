"""What rules read of the evidence on a zone cut, noted so that they need not run where it is the same.

A rule that judges a cut reads the steps about it, which are compared as a whole
(`dnstrace.checks.readings.unchanged`). What else it reads is noted: a summary, which can be compared, or the
rest of the trace, which cannot. A value that is kept is noted again whenever it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar, cast, overload

Made = TypeVar("Made")
Summary = Callable[..., object]
"""What is worked out from a cut, and perhaps from further values, to be compared with that of another."""
What = tuple[Summary, tuple[Hashable, ...]]
"""A summary, and the further values."""


def everything(_: Reader) -> object:
    """The whole trace: like no other."""
    return object()


EVERYTHING: What = everything, ()


class Reads:
    """What has been read of a trace apart from the steps about a cut, by rules and by what they call."""

    def __init__(self) -> None:
        self._now: set[What] = set()

    def note(self, what: What) -> None:
        """Note that something is read."""
        self._now.add(what)

    def during(self, making: Callable[[], Made]) -> tuple[Made, frozenset[What]]:
        """What `making` makes, and what that read; whoever called for it has read as much."""
        made, read = self.apart(making)
        self._now |= read
        return made, read

    def again(self, read: frozenset[What]) -> None:
        """Note what had been read for a value that is used again."""
        self._now |= read

    def apart(self, making: Callable[[], Made]) -> tuple[Made, frozenset[What]]:
        """The same, where whoever called reads only the result."""
        before, self._now = self._now, set()
        try:
            made = making()
        finally:
            read, self._now = frozenset(self._now), before
        return made, read


class reading(Generic[Made]):
    """A `cached_property` of an object with `reads`, which notes at each use what it was made of."""

    def __init__(self, making: Callable[[Any], Made]) -> None:
        self._making, self._name = making, making.__name__
        self.__doc__ = making.__doc__

    @overload
    def __get__(self, instance: None, owner: Any) -> reading[Made]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> Made: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        values = instance.__dict__
        known = values.get((self, "read"))
        if known is not None:
            instance.reads.again(known[1])
            return known[0]
        made, read = instance.reads.during(lambda: self._making(instance))
        if read:
            values[self, "read"] = made, read
        else:  # found there before this is called
            values[self._name] = made
        return made


class Reader:
    """What values are made of that are kept: `reads` notes what each was made of."""

    def __init__(self, reads: Reads) -> None:
        self.reads = reads
        self._readings: dict[What, tuple[object, frozenset[What]]] = {}
        self._summaries: dict[What, object] = {}

    def once(self, making: Callable[..., Made], *about: Hashable) -> Made:
        """What `making` makes of this, and of what it is `about`: made when it is first wanted, and kept."""
        known = self._readings.get((making, about))
        if known is None:
            known = self._readings[making, about] = self.reads.during(lambda: making(self, *about))
        else:
            self.reads.again(known[1])
        return cast("Made", known[0])

    def summary(self, of: Callable[..., Made], *about: Hashable) -> Made:
        """The same, of something that can be compared: who reads it reads nothing else."""
        if (of, about) not in self._summaries:
            self._summaries[of, about], _ = self.reads.apart(lambda: of(self, *about))
        self.reads.note((of, about))
        return cast("Made", self._summaries[of, about])

    def note(self, *summaries: Summary) -> None:
        """Note that summaries are read, where what they were read for may be kept elsewhere."""
        for each in summaries:
            self.reads.note((each, ()))
