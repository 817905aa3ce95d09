"""Traces with and without `--check` for tests of what is found in them, and what is said of each world."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dnstrace import Trace, trace
from dnstrace.checks import Finding
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load, names, read
from dnstrace.lab.worldfile import build
from dnstrace.model import Delegation, Settings
from dnstrace.model.anchors import Anchors
from dnstrace.model.asked import Resolver
from tests.conftest import drawn
from tests.once import once

SAID = tomllib.loads(Path(__file__).with_name("verdicts.toml").read_text("utf-8"))
WALKED, CHECKED = SAID["walked"], SAID["checked"]
"""What is said by world: where no check was asked for, and after one."""


SEED = drawn() % 3
"""That of most tests, so that they look at the same traces. With `--check` it must not matter."""


def checked(
    world: World,
    seed: int = SEED,
    anchors: Anchors | None = None,
    at: float | None = None,
    supposed: tuple[Delegation, ...] = (),
) -> Trace:
    """A trace of the world's question with `--check`, from the world's own anchors and as of its own time."""
    plain = anchors is None and at is None and not supposed
    if plain and world.name in names() and world is load(world.name):
        return _checked(world.name, seed)
    return _traced(world, seed, anchors, at, supposed)


@once(400)  # more than there are worlds: many tests look at the same trace
def _checked(name: str, seed: int) -> Trace:
    return _traced(load(name), seed)


def checked_by_name(name: str, seed: int = SEED) -> Trace:
    """A trace with `--check` of the world of that name, made once."""
    return _checked(name, seed)


def _traced(
    world: World,
    seed: int,
    anchors: Anchors | None = None,
    at: float | None = None,
    supposed: tuple[Delegation, ...] = (),
) -> Trace:
    question = world.question
    return trace(
        question.name,
        question.rdtype,
        settings=Settings(all_servers=True, probe=True, families=frozenset({4, 6}), adot=world.adot),
        network=LabNetwork(world, signed=True),
        anchors=anchors if anchors is not None else parse_anchors(world.anchors_text, world.name),
        resolvers=[Resolver(address) for address in world.resolvers],
        at=at,
        supposed=supposed,
        now=world.now,
        seed=seed,
    )


def told(findings: Iterable[Finding]) -> list[str]:
    """The findings as a world's file has them: code, zone, server."""
    each = (
        (finding.code, *(str(name) for name in (finding.zone, finding.server) if name is not None))
        for finding in findings
    )
    return sorted(" ".join(words) for words in each)


def walked(name: str, seed: int = 1) -> Trace:
    """A trace of the own question of the world of that name, validated where the world is about that."""
    return _walked(name, seed)


@once(400)
def _walked(name: str, seed: int) -> Trace:
    world = load(name)
    return walked_in(world, world.expect.security is not None, seed)


def walked_in(world: World, signed: bool = True, seed: int = 1, anchors: Anchors | None = None) -> Trace:
    """A trace of the own question of a world, from `anchors`, or from its own if `signed`."""
    anchors = anchors or (parse_anchors(world.anchors_text, world.name) if signed else None)
    network = LabNetwork(world, signed=signed)
    asked = world.question
    return trace(asked.name, asked.rdtype, network=network, anchors=anchors, now=world.now, seed=seed)


def made_of(included: str, **content: Any) -> World:
    """A world made of another, with `content` besides."""
    head = {"title": "a test", "question": "www.example.com. A", "include": [included]}
    return build("test", {**head, "expect": {"outcome": "failed"}, **content}, read)
