"""What runs at a place: requests in, records out, until nobody asks any more.

It reads no variable, no file of settings and no argument that says how to trace: all of that is in the
request. Several requests are traced at a time, each on a loop of its own, so that each can be repeated.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import BinaryIO

from dnstrace import __version__
from dnstrace.model import Trace
from dnstrace.model.asked import Resolver
from dnstrace.model.naming import zone_text
from dnstrace.model.structs import replace
from dnstrace.places.asking import LARGEST, MOST_RESOLVERS, Request, read, recorded
from dnstrace.places.frames import GREETING, PROTOCOL, Stream, framed, read_frame
from dnstrace.record.encoding import FORMAT
from dnstrace.record.files import RecordError

AT_ONCE = 8
"""Requests that are traced at a time."""

_APART = 0.2  # seconds between two lines of progress


def answer(requests: Stream, replies: BinaryIO, end: Callable[[int], object] = os._exit) -> None:
    """Trace what is requested, and send the records. At the end of the requests, nobody waits for any."""
    here = _There(replies)
    here.send("hello", {"by": f"dnstrace {__version__}"})
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while (frame := read_frame(requests, LARGEST)) is not None:
            pool.submit(here.trace, frame[1])
        end(0)


def answer_to(token: str, requests: Stream, replies: BinaryIO) -> None:
    """Greet who sent this token, and answer: what an installed dnstrace does at a place."""
    replies.write(f"{GREETING} {token} hello\n".encode("ascii"))
    answer(requests, replies)


def versions() -> bytes:
    """What a place has to know of an installed dnstrace: its version, that of what passes, and of records."""
    return f"{__version__} {PROTOCOL} {FORMAT}\n".encode("ascii")


def system_resolvers() -> tuple[Resolver, ...]:
    """The resolvers that the system here asks, as far as it says which: none if it does not."""
    import dns.resolver

    try:
        found = dns.resolver.Resolver().nameservers
    except (dns.resolver.NoResolverConfiguration, OSError):
        return ()
    return tuple(Resolver(each) for each in found if isinstance(each, str))[:MOST_RESOLVERS]


class _There:
    """The side of the place."""

    def __init__(self, replies: BinaryIO) -> None:
        self._replies, self._lock = replies, Lock()

    def send(self, word: str, found: object) -> None:
        """Send a frame of JSON."""
        self._write(word, json.dumps(found).encode("ascii"))

    def trace(self, octets: bytes) -> None:
        """Trace what some octets ask for, and send the record, or what prevented it."""
        number = -1
        try:
            request = read(octets)
            number = request.number
            self._write("record", b"%d " % number + self._record(request))
        except RecordError as error:
            self.send("failure", {"number": number, "why": f"the request {error}"})
        except Exception as error:  # a fault of ours at this place is shown where the user is
            self.send("failure", {"number": number, "why": f"{type(error).__name__}: {error}"[:500]})

    def _record(self, request: Request) -> bytes:
        from dnstrace.api import trace
        from dnstrace.network.live import LiveNetwork
        from dnstrace.network.recording import RecordingNetwork

        asked, tracing = request.question, request.tracing
        if request.system:
            tracing = replace(tracing, resolvers=(*tracing.resolvers, *system_resolvers()))
        network = RecordingNetwork(LiveNetwork(bind=tracing.settings.bind))
        progress = self._progress(request.number)
        found = trace(asked.name, asked.rdtype, tracing=tracing, network=network, on_change=progress)
        return recorded(found, tracing, network)

    def _progress(self, number: int) -> Callable[[Trace], None]:
        sent = 0.0

        def progress(trace: Trace) -> None:
            nonlocal sent
            if (now := time.monotonic()) - sent < _APART or not trace.steps:
                return
            sent = now
            zone, queries = zone_text(trace.steps[-1].zone), trace.stats.queries
            self.send("progress", {"number": number, "zone": zone, "queries": queries})

        return progress

    def _write(self, word: str, payload: bytes) -> None:
        with self._lock:
            self._replies.write(framed(word, payload))
            self._replies.flush()
