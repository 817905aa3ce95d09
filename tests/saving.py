"""A trace saved and replayed, for tests: what a file must give back to the byte."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from dnstrace import Trace, Tracing, trace
from dnstrace.api import report
from dnstrace.lab.serve import Mapped, loopback, serve
from dnstrace.lab.world import World
from dnstrace.model import Question
from dnstrace.network.live import LiveNetwork
from dnstrace.network.recording import RecordingNetwork
from dnstrace.port import Network
from dnstrace.record import packed
from dnstrace.record.decoding import Record, decoded

T = TypeVar("T")


def saved(question: Question, network: Network, **how: Any) -> tuple[Trace, bytes]:
    """A trace over `network`, and the file of it."""
    return made_by(Tracing(**how), question, network)


def made_by(tracing: Tracing, question: Question, network: Network) -> tuple[Trace, bytes]:
    """A trace made so over `network`, and the file of it."""
    recording = RecordingNetwork(network)
    found = trace(question.name, question.rdtype, tracing=tracing, network=recording)
    return found, packed("x", report(found), tracing, recording.course)


def again(record: Record, **otherwise: Any) -> tuple[Trace, bytes]:
    """The record replayed, and the file of that."""
    return made_by(replace(record.tracing, **otherwise), record.question, record.network)


def assert_the_same_again(octets: bytes) -> None:
    """Replaying gives the same file, and so does replaying that."""
    _, once = again(decoded(octets))
    assert once == octets


@contextmanager
def beside(server: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """A server that runs in a thread of its own, with a loop of its own; what it gives."""
    ready, given, ended = threading.Event(), list[T](), list[Any]()

    async def serving() -> None:
        ended.append((asyncio.get_running_loop(), done := asyncio.Event()))
        async with server as what:
            given.append(what)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serving()))
    thread.start()
    assert ready.wait(300)
    try:
        yield given[0]
    finally:
        loop, done = ended[0]
        loop.call_soon_threadsafe(done.set)
        thread.join()


@contextmanager
def served(world: World, rtt: float | None = None) -> Iterator[Network]:
    """The world on real sockets of this machine, answering in a thread of its own."""
    places = loopback(world)
    with beside(serve(world, places, rtt=rtt)):
        yield Mapped(LiveNetwork(), places)


def as_of_now(text: str) -> str:
    """What a replay shows, as it is shown of a trace that has just been made."""
    text = re.sub(r"(?m)^traced \d{4}-\d\d-\d\d \d\d:\d\d UTC\n", "", text)
    text = text.replace(" cached then lived until ", " cached now lives until ")
    text = text.replace("if cached then", "if cached now ")
    text = text.replace(": when this was traced, until", ", until").replace(": when traced, until", ", until")
    return text.replace("resolvers that asked then kept", "resolvers that ask now keep")
