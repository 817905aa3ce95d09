"""A trace saved and replayed, for tests: what a file must give back to the byte."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dnstrace import Trace, trace
from dnstrace.lab.serve import Mapped, loopback, serve
from dnstrace.lab.world import World
from dnstrace.model import Question
from dnstrace.network.live import LiveNetwork
from dnstrace.network.recording import RecordingNetwork
from dnstrace.port import Network
from dnstrace.record import packed
from dnstrace.record.decoding import Record, decoded


def saved(question: Question, network: Network, **how: Any) -> tuple[Trace, bytes]:
    """A trace over `network`, and the file of it."""
    how["network"] = RecordingNetwork(network)
    found = trace(question.name, question.rdtype, **how)
    return found, packed("x", found, how)


def again(record: Record, **otherwise: Any) -> tuple[Trace, bytes]:
    """The record replayed, and the file of that."""
    how = record.how() | otherwise
    return saved(record.question, how.pop("network"), **how)


def assert_the_same_again(octets: bytes) -> None:
    """Replaying gives the same file, and so does replaying that."""
    _, once = again(decoded(octets))
    assert once == octets


@contextmanager
def served(world: World, rtt: float | None = None) -> Iterator[Network]:
    """The world on real sockets of this machine, answering in a thread of its own."""
    places, ready, ended = loopback(world), threading.Event(), []

    async def serving() -> None:
        ended.append((asyncio.get_running_loop(), done := asyncio.Event()))
        async with serve(world, places, rtt=rtt):
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serving()))
    thread.start()
    ready.wait(20)
    try:
        yield Mapped(LiveNetwork(), places)
    finally:
        loop, done = ended[0]
        loop.call_soon_threadsafe(done.set)
        thread.join()
