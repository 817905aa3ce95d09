"""Readings of values that are wanted again and again, by several rules or for many traces, made once.

Values are frozen, so what a pure function makes of one is the same each time. It is kept by the identity of
the value: to compare values would cost as much as to read them again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")
Reading = TypeVar("Reading")


def kept(most: int) -> Callable[[Callable[[Value], Reading]], Callable[[Value], Reading]]:
    """Make a pure function of one frozen value work out each result once.

    Results are kept for those values that were read lately, at most `most`, and the values with them.
    """
    half = most // 2

    def keeping(reading: Callable[[Value], Reading]) -> Callable[[Value], Reading]:
        known: dict[int, tuple[Value, Reading]] = {}  # a value that is kept keeps its identity
        earlier: dict[int, tuple[Value, Reading]] = {}

        @wraps(reading)
        def found(value: Value) -> Reading:
            nonlocal known, earlier
            before = known.get(id(value))
            if before is None:
                before = earlier.get(id(value)) or (value, reading(value))
                if len(known) >= half:
                    known, earlier = {}, known
                known[id(value)] = before
            return before[1]

        return found

    return keeping


class once(Generic[Reading]):
    """What `functools.cached_property` is, without the lock that it takes before Python 3.12."""

    def __init__(self, reading: Callable[[Any], Reading]) -> None:
        self._reading, self.__doc__ = reading, reading.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, value: Any, owner: type) -> Reading:
        if value is None:
            return self  # type: ignore[return-value]  # read on the class, by whoever documents it
        found = value.__dict__[self._name] = self._reading(value)
        return found
