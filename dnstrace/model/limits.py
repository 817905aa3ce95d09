"""The bounds of a trace. `dnstrace.walk.budget` keeps to them."""

from __future__ import annotations

from dnstrace.model.allowed import COUNT, QUERIES, check_seconds, check_whole
from dnstrace.model.asked import Settings
from dnstrace.model.structs import Struct

OF_REPLIES = "of replies"
"""What the limit of octets is a limit of, where words say which limit was reached."""


class Limits(Struct):
    """The bounds: `deadline` in seconds for the whole trace, `octets` for all replies; the rest are counts.

    Raises ValueError for a bound that the command line would not accept.
    """

    max_queries: int = 200
    octets: int = 2**18
    deadline: float = 15.0
    lookups: int = 64
    lookups_per_delegation: int = 16
    aliases: int = 16
    depth: int = 8

    def __post_init__(self) -> None:
        check_whole("max_queries", self.max_queries, QUERIES)
        check_seconds("deadline", self.deadline)
        for what in ("octets", "lookups", "lookups_per_delegation", "aliases", "depth"):
            check_whole(what, getattr(self, what), COUNT)


USUAL = Limits()


ALL_SERVERS = Limits(max_queries=1000, octets=2**19, deadline=30.0, lookups=128)
"""The bounds of a trace that asks every address of every server: say 13 servers x 2 addresses x 4 cuts."""


CHECKED = Limits(max_queries=2000, octets=2**21, deadline=30.0, lookups=256)
"""The bounds of a trace that also probes the servers."""


def limits_for(settings: Settings) -> Limits:
    """The default bounds of a trace that asks as `settings` say."""
    if settings.probe:
        return CHECKED
    return ALL_SERVERS if settings.all_servers else USUAL
