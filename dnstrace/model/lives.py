"""For how long resolvers cache what a trace saw: the values that `dnstrace.analysis.caching` fills."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from datetime import datetime

    import dns.rdatatype

    from dnstrace.model.asked import Name


class Held(StrEnum):
    """What is cached."""

    DELEGATION = "delegation"  # the NS RRset in the parent zone
    GLUE = "glue"
    DS = "ds"
    OWN_NS = "own-ns"  # the NS RRset in the zone itself
    ANSWER = "answer"
    NEGATIVE = "negative"


class Life(Struct):
    """An RRset that a resolver caches for `ttl` seconds, until `until` if it asked when the trace ended."""

    what: Held
    name: Name
    rdtype: dns.rdatatype.RdataType
    ttl: int
    until: datetime
