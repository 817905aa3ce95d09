"""Questions are numbered and dealt out by zone; results are put back in order."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from typing import TypeVar
from zlib import crc32

from dnstrace.bulk.plan import Enough, Job, Jobs, R
from dnstrace.model import Name

T = TypeVar("T")

_COUNTRY = 2  # letters of a country's domain, below which names are often registered one label further down
_SECOND = 3  # letters of the labels below which they are: co, com, org, ac, gov
_REVERSE = {b"in-addr": 2, b"ip6": 8}  # labels below in-addr.arpa and ip6.arpa: about the size of one network


async def numbered(questions: Iterable[T] | AsyncIterable[T]) -> AsyncIterator[tuple[int, T]]:
    """The questions, or what stands for them, with their numbers, counted from 0."""
    number = 0
    if isinstance(questions, AsyncIterable):
        async for question in questions:
            yield number, question
            number += 1
    else:
        for question in questions:
            yield number, question
            number += 1


async def following(jobs: Jobs) -> Job | None:
    """The next job; None at the end, or after Enough."""
    try:
        return await anext(jobs, None)
    except Enough:
        return None


async def in_order(results: AsyncGenerator[tuple[int, R]]) -> AsyncGenerator[tuple[int, R]]:
    """The results in the order of their numbers; early ones are kept until their turn."""
    early: dict[int, R] = {}
    wanted = 0
    async for number, result in results:
        early[number] = result
        while wanted in early:
            yield wanted, early.pop(wanted)
            wanted += 1


def hand(name: Name, hands: int) -> int:
    """Which of N hands a name goes to: the same for all names of a zone, as far as a name shows its zone."""
    return crc32(b".".join(registered(name))) % hands


def registered(name: Name) -> tuple[bytes, ...]:
    """The labels of the domain that was probably registered."""
    labels = tuple(label.lower() for label in name.labels[:-1])
    if labels[-1:] == (b"arpa",) and labels[-2:-1]:
        return labels[-2 - _REVERSE.get(labels[-2], 0) :]
    if len(labels) > 2 and len(labels[-1]) == _COUNTRY and len(labels[-2]) <= _SECOND:
        return labels[-3:]
    return labels[-2:]
