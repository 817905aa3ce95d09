"""What a place would send, from a world of the lab: no process, no socket."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model.places import HERE, Place, PlaceTrace, Way
from dnstrace.model.tracing import Tracing
from dnstrace.network import live
from dnstrace.network.recording import RecordingNetwork
from dnstrace.places.asking import Request, recorded, written
from dnstrace.places.frames import framed, read_frame
from dnstrace.places.there import answer
from dnstrace.walk.roots import parse_hints

HINTS = parse_hints(". NS a.root.example.\na.root.example. A 127.0.0.1\n", "x")
TOKYO = Place("ssh://tokyo", Way.SSH, host="tokyo")
OFFICE = Place("ssh://office", Way.SSH, host="office")


def request(world: str = "textbook", **how: Any) -> Request:
    found = load(world)
    return Request(7, found.question, Tracing(seed=1, now=found.now, **how))


def record(world: str = "textbook", **how: Any) -> bytes:
    """The record that a place sends in which the network is that of a world."""
    from dnstrace.api import trace

    asked = request(world, **how)
    network = RecordingNetwork(LabNetwork(load(world)))
    found = trace(asked.question.name, asked.question.rdtype, tracing=asked.tracing, network=network)
    return recorded(found, asked.tracing, network)


def seen(world: str, place: Place = HERE, **how: Any) -> PlaceTrace:
    """What is found from a place in a world; the question is that of the world."""
    from dnstrace.api import report, trace

    found = load(world)
    made = trace(found.question.name, found.question.rdtype, lab=world, seed=1, **how)
    return PlaceTrace(place, report(made), "dnstrace")


@contextmanager
def instead_of_sockets(world: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A place has the network of a world."""
    with monkeypatch.context() as patched:
        patched.setattr(live, "LiveNetwork", lambda bind=None: LabNetwork(load(world)))
        yield


def answered(*requests: Request) -> list[tuple[str, bytes]]:
    """The frames with which a place answers, run in this process."""
    asked = io.BytesIO(b"".join(framed("request", written(each)) for each in requests))
    replies = io.BytesIO()
    answer(asked, replies, lambda status: None)
    replies.seek(0)
    found = []
    while (frame := read_frame(replies, 2**24)) is not None:
        found.append(frame)
    return found


def of_json(octets: bytes) -> Any:
    return json.loads(octets)
