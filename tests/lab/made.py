"""Worlds made in a test, from the content that their file would have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dnstrace.lab.world import World
from dnstrace.lab.worldfile import build

APEX = "@ 900 SOA ns hostmaster 1 7200 900 1209600 300\n@ NS ns\n"
SERVER = {"addresses": ["192.0.2.1", "2001:db8::1"], "rtt": 20}


def content(**parts: Any) -> dict[str, Any]:
    """The content of a world's file: one server, one zone, and `parts` in place of what is here."""
    return {
        "title": "a test",
        "question": "www.example. A",
        "servers": {"ns.example.": SERVER},
        "zones": {"example.": {"text": APEX + "ns A 192.0.2.1\nwww 300 A 192.0.2.44\n"}},
        "expect": {"outcome": "answer"},
        **parts,
    }


def world(included: Mapping[str, Mapping[str, Any]] | None = None, **parts: Any) -> World:
    """The world of `content(**parts)`; `included` are the contents of files that it may include."""
    return build("test", content(**parts), (included or {}).__getitem__)


def misbehaving(*does: str) -> World:
    """The world of `content()` with misbehaviours on its server."""
    return world(servers={"ns.example.": {**SERVER, "does": list(does)}})
