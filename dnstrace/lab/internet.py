"""A small internet: its servers, its zones, and the result that a trace in it must have.

What a world's file is read into (worldfile.py says the format), and what LabNetwork answers from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from dnstrace.lab.zone import LabZone
from dnstrace.model import Name, Outcome, Question
from dnstrace.model.structs import Struct, replace

if TYPE_CHECKING:
    from dnstrace.lab.server import LabServer
    from dnstrace.lab.tls import Tls
    from dnstrace.lab.web import Site

NOW = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
"""The wall clock of a world that names no other."""


class WorldServer(Struct):
    """A name server: its round-trip time in seconds by address, its misbehaviours, the zones it serves.

    `tls` is set if it answers over TLS too.
    """

    name: Name
    rtt: Mapping[str, float]
    does: tuple[str, ...] = ()
    zones: tuple[LabZone, ...] = ()
    tls: Tls | None = None


class Foreseen(Struct):
    """The expected result of a trace of a world's question; None where the world leaves it open.

    `answer` is the RDATA of the whole chain in presentation format, without signatures; times are in
    milliseconds. `findings` is all that `--check` must find: the code of each, with its zone and its server
    if it has them. `security` is the expected result of validation, and `reason` a part of its reason;
    `resolvers` is how each of the world's resolvers must differ from the walk.
    """

    outcome: Outcome | None = None
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
    """A small internet, its own question, and the expected result. `now` is its wall clock, in UTC.

    `resolvers` are the addresses of its resolvers, which are asked in parallel with the walk; `pages` are its
    web servers, by address. With `adot` its name servers are asked over TLS too.
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
    adot: bool = False

    @cached_property
    def addresses(self) -> dict[str, WorldServer]:
        """The server at each address."""
        return {address: server for server in self.servers for address in server.rtt}

    @cached_property
    def asked(self) -> dict[tuple[tuple[str, ...], tuple[LabZone, ...]], LabServer]:
        """The servers asked so far, by what they do and serve: servers that are alike share one."""
        return {}

    @cached_property
    def signed(self) -> World:
        """The world with the zones signed that its file says to sign. Raises WorldError."""
        from dnstrace.lab.signing import signed_zones

        made = signed_zones(self.zones, self.now)
        servers = (replace(each, zones=tuple(made[zone] for zone in each.zones)) for each in self.servers)
        return replace(self, servers=tuple(servers), zones=tuple(made.values()))

    @property
    def anchors_text(self) -> str:
        """The trust anchor, the root's DS records in master-file form; empty if the root is not signed."""
        from dnstrace.lab.signing import anchors_text

        return anchors_text(self.zones, self.now)

    def check(self) -> None:
        """Read every zone; raises WorldError for a record, an apex or a misbehaviour that is wrong."""
        from dnstrace.lab.server import LabServer

        for zone in self.zones:
            zone.check()
        for server in self.servers:
            LabServer(server.zones, (*server.does, *(server.tls.does if server.tls else ())))
