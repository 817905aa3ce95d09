"""Traces from several places compared: the values, which `dnstrace.analysis.across` fills."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from dnstrace.model.places import Place, Seen
from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from dnstrace.model.asked import Name
    from dnstrace.model.findings import Finding


class Where(StrEnum):
    """Where a fault is, as far as the places show together."""

    NOWHERE = "nowhere"  # all places get the same, and nothing is wrong
    PARTLY = "partly"  # all places get the same, but over one address family some get nothing
    EVERYWHERE = "everywhere"  # the same at every place: of the zone or its servers
    THERE = "there"  # at some places only, from servers that answer at others: of the network there
    BY_CLIENT = (
        "by-client"  # at some places only, from servers that reply otherwise to others: of the servers
    )
    UNCLEAR = "unclear"  # at some places only, from servers that the others did not ask
    SEVERAL = "several"  # each place has a fault of its own
    DIFFERS = "differs"  # every place gets an answer, but not the same one
    UNKNOWN = "unknown"  # fewer than two places sent a trace


class Row(Struct):
    """One place in the table.

    `server` and `address` are of the reply that the trace ends with, None where there is none, as is `rtt`,
    in seconds, and `nsid`, the octets of the server's identifier (RFC 5001). `answer` has the data asked
    for, in presentation format, `ttl` the smallest TTL among them, in seconds. `resolvers` are the resolvers
    that were asked there, each with what it said.
    """

    place: Place
    server: Name | None = None
    address: str | None = None
    nsid: bytes | None = None
    rtt: float | None = None
    answer: tuple[str, ...] = ()
    ttl: int | None = None
    resolvers: tuple[tuple[str, str], ...] = ()


class Statement(Struct):
    """One thing that holds at some places, in words that read on after `at tokyo`.

    `what` is a word for programs, `zone` the zone whose servers show it, None for the whole trace.
    """

    what: str
    zone: Name | None
    text: str
    places: tuple[Place, ...]


class SharedFinding(Struct):
    """A finding, and the places that see it."""

    finding: Finding
    places: tuple[Place, ...]


class Across(Struct):
    """What several places saw, compared.

    `seen` is what became of each place, in the order in which they were given; `rows` are of those with a
    trace. `agreed` holds at all of these, `differing` at some only, in the order of the walk. `where` and
    `verdict` say where the fault is, `findings` are those of all places, each once.
    """

    seen: tuple[Seen, ...]
    rows: tuple[Row, ...]
    agreed: tuple[Statement, ...]
    differing: tuple[Statement, ...]
    where: Where
    verdict: str
    findings: tuple[SharedFinding, ...] = ()
