"""A world: servers, the zones that they serve, and what a trace in it must come to.

A world is one TOML file in `worlds/`; one whose name begins with an underscore is for inclusion only.

    title = "what the world shows, in one line"
    question = "www.example.com. A"        # what `--lab NAME` traces
    now = 2026-01-15T14:00:00Z             # the world's wall clock; left out: this time
    include = ["_internet"]                # the servers and zones of those files, beneath these
    families = [4]                         # the address families that have a route; left out: both
    resolvers = ["192.0.2.153"]            # the addresses of those asked beside the walk; left out: none

    [servers]                              # rtt in ms, a list if it differs by address; does: misbehaviour.py
    "ns1.example.com." = { addresses = ["192.0.2.1", "2001:db8::1"], rtt = 12, does = ["slow=900"] }

    [zones."example.com."]
    servers = ["ns1.example.com."]         # who serves it; left out: those that its own NS records name
    ttl = 300                              # of records that say none; left out: 3600
    text = '''the records, see zone.py'''
    sign = { algorithm = 13 }              # signed, where signatures are asked for: see below

    [zones."example.com. stale"]           # another version of the zone, on the servers that it names
    servers = ["ns2.example.com."]
    text = '''...'''

    [pages."192.0.2.44"]                   # a web server, its rtt in ms: see web.py
    rtt = 20
    names = ["www.example.com"]            # of its certificate

    [zones."com."]
    add = '''records put into a zone of an included file'''

    [expect]                               # what a trace of the question must come to
    outcome = "answer"
    answer = ["192.0.2.44"]                # RDATA of the whole chain
    security = "bogus"                     # what validation says as of `now`; it is then always validated
    reason = "expired"                     # a part of what it must give as the reason
    resolvers = ["stale"]                  # how each differs from the walk: resolvers.Difference

How a zone is signed; all of it can be left out, and is then as here:

    algorithm = 13                         # 5, 7, 8, 10, 13, 14, 15 or 16
    keys = "ksk+zsk"                       # one key for the keys and one for the rest; or "csk", one for all
    denial = "nsec"                        # or "nsec3", "opt-out" (nsec3 with it), "compact" (RFC 9824)
    iterations = 0                         # of the NSEC3 hash
    salt = ""                              # of the NSEC3 hash, in hexadecimal
    valid = [-7, 14]                       # from when until when signatures are, in days from the world's now
    ds = "auto"                            # the parent gets the DS record; "none": it does not
    broken = []                            # what is done wrong: breaking.py

DS records in the parent's own text go before. No private key is in the file: see keys.py.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from dnstrace.lab.errors import UnknownWorld, WorldError
from dnstrace.lab.zone import LabZone
from dnstrace.model import Name, Outcome, Question

if TYPE_CHECKING:
    from dnstrace.lab.server import LabServer
    from dnstrace.lab.web import Site

DEFAULT = "textbook"
"""The world of `--lab` alone."""

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
"""The wall clock of a world that names no other."""

_SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class WorldServer:
    """A name server: its round-trip time in seconds by address, what it does wrong, the zones it serves."""

    name: Name
    rtt: Mapping[str, float]
    does: tuple[str, ...] = ()
    zones: tuple[LabZone, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a trace of a world's question must come to; None where the world leaves it open.

    `answer` is the RDATA of the whole chain in presentation format, signatures left out; times are in
    milliseconds; `findings` is all that `--check` must find, each as its code, its zone where it has one,
    and its server where it is one server's; `security` is what validation must say, and `reason` a part of
    the reason that it must give; `resolvers` is how each of the world's resolvers must differ from the walk.
    """

    outcome: Outcome
    answer: tuple[str, ...] | None = None
    queries: int | None = None
    tcp: int | None = None
    duration_ms: float | None = None
    critical_path_ms: float | None = None
    findings: tuple[str, ...] | None = None
    security: str | None = None
    reason: str | None = None
    resolvers: tuple[str, ...] | None = None


@dataclass(frozen=True)
class World:
    """An internet in small, its own question, and what that must lead to. `now` is its wall clock, in UTC.

    `resolvers` are the addresses of its resolvers, which are asked beside the walk; `pages` are its web
    servers, by address.
    """

    name: str
    title: str
    question: Question
    expect: Foreseen
    servers: tuple[WorldServer, ...]
    zones: tuple[LabZone, ...]
    families: frozenset[int] = frozenset({4, 6})
    now: datetime = NOW
    resolvers: tuple[str, ...] = ()
    pages: Mapping[str, Site] = field(default_factory=dict)

    @cached_property
    def addresses(self) -> dict[str, WorldServer]:
        """Who is at which address."""
        return {address: server for server in self.servers for address in server.rtt}

    @cached_property
    def asked(self) -> dict[tuple[tuple[str, ...], tuple[LabZone, ...]], LabServer]:
        """Those asked so far, by what they do and serve: servers alike are one."""
        return {}

    @cached_property
    def signed(self) -> World:
        """The world with the zones signed that its file says to sign. Raises WorldError."""
        from dnstrace.lab.signing import signed_world

        return signed_world(self)

    @property
    def anchors_text(self) -> str:
        """The trust anchor, the root's DS records in master-file form; empty if the root is not signed."""
        from dnstrace.lab.signing import anchors_text

        return anchors_text(self)

    def check(self) -> None:
        """Read every zone; raises WorldError for a record, an apex or a misbehaviour that is wrong."""
        from dnstrace.lab.server import LabServer

        for zone in self.zones:
            zone.check()
        for server in self.servers:
            LabServer(server)


def names() -> tuple[str, ...]:
    """The names of the worlds, the default one first. Reads none of them."""
    found = (entry.name for entry in _directory().iterdir())
    worlds = (n.removesuffix(_SUFFIX) for n in found if n.endswith(_SUFFIX) and not n.startswith("_"))
    return tuple(sorted(worlds, key=lambda name: (name != DEFAULT, name)))


def summaries() -> tuple[tuple[str, str], ...]:
    """Name and title of each world, the default one first. Raises WorldError."""
    return tuple((name, str(read(name).get("title", ""))) for name in names())


@cache
def load(name: str = DEFAULT) -> World:
    """The world of that name, read once. Raises UnknownWorld, or WorldError when its file is wrong.

    The records of a zone are read when they are first needed, so that a trace pays for the zones that it
    meets; WorldError may come then. `World.check` reads them all.
    """
    if name not in (known := names()):
        from difflib import get_close_matches

        near = get_close_matches(name, known, cutoff=0.5) or known
        raise UnknownWorld(f"no world of the lab is called {name!r}; there is {', '.join(near)}")
    from dnstrace.lab.worldfile import build

    return build(name, read(name), read)


@cache
def read(name: str) -> Mapping[str, Any]:
    """The content of a world's file. Raises WorldError."""
    try:
        return tomllib.loads((_directory() / f"{name}{_SUFFIX}").read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorldError(f"{name}{_SUFFIX}: {error}") from error
    except OSError as error:
        raise WorldError(f"{name}{_SUFFIX}: {error.strerror}") from error


def _directory() -> Traversable:
    return resources.files("dnstrace.lab") / "worlds"
