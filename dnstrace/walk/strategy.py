"""How the servers of one zone are asked: what a strategy consists of.

The strategies are those of hedging.py (the walk), ordered.py (its like with `--check`), survey.py (every
address) and probing.py (one probe); asking.py carries them out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from dnstrace.model import Address, Name, Query
from dnstrace.model.structs import Struct

Lookup = Callable[[Name, bool], Awaitable[tuple[Address, ...]]]
"""Looks up a name server's address: of the parent's servers if told so."""
Shape = Callable[[Query], Query]


class Strategy(Struct):
    """How the servers of a zone are asked.

    `choose` drives an `asking.Asking`: it decides in what order the addresses are asked, when the next one
    is, and when to stop, and returns the index of the attempt to use (None if no reply is usable). `shape`
    turns the usual query into the one to send, which is then not retried in any other way. With
    `all_servers`, every address is asked, and one address is enough to show that its family has no route.
    `retry_share` is the share of the full timeout that a retry gets. Unless it `tells_life`, an address that
    does not reply is not taken for dead: it may answer other questions. `without_edns` are the addresses to
    ask without EDNS, by default those known to need that.
    """

    choose: Callable[[Any], Awaitable[int | None]]
    shape: Shape | None = None
    all_servers: bool = False
    lookups_at_once: int = 2
    retry_share: float = 1.0
    tells_life: bool = True
    without_edns: frozenset[str] | None = None
