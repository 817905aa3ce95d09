"""Worlds with a resolver that holds what a test wants, and traces that ask it."""

from __future__ import annotations

from typing import Any

from dnstrace import Settings, Trace, trace
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, read
from dnstrace.lab.worldfile import build
from dnstrace.model.asked import Resolver

RESOLVER = "192.0.2.153"
PLAIN = Settings()


def world_with(cache: str, *does: str, **zones: Any) -> World:
    """The world in-domain, with a resolver that has `cache` for example.com, and copies of that zone."""
    own = {"example.com. cache": {"servers": ["resolver.example.org."], "text": cache}}
    content = {
        "title": "a resolver of a test",
        "question": "www.example.com. A",
        "include": ["in-domain"],
        "resolvers": [RESOLVER],
        "expect": {"outcome": "answer"},
        "servers": {"resolver.example.org.": {"addresses": [RESOLVER], "does": list(does)}},
        "zones": own | {f"example.com. {name}": zone for name, zone in zones.items()},
    }
    return build("test", content, read)


def asked(world: World, settings: Settings = PLAIN, validate: bool = False, seed: int = 1) -> Trace:
    """A trace of the world's question that asks its resolvers too."""
    return trace(
        world.question.name,
        world.question.rdtype,
        settings=settings,
        network=LabNetwork(world, signed=True),
        resolvers=[Resolver(address) for address in world.resolvers],
        anchors=parse_anchors(world.anchors_text, world.name) if validate else None,
        now=world.now,
        seed=seed,
    )
