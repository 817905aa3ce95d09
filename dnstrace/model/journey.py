"""The journey of a question, from the user who types a name to the page: its legs, as values."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from dnstrace.model.asked import Name


class Stage(StrEnum):
    """What happens on a leg of the journey."""

    USER = "user"  # a user types the name, or a program needs the records
    RESOLVER = "resolver"  # the resolver is asked
    REFERRAL = "referral"  # servers of a zone refer to the servers of a zone below it
    SERVER = "server"  # one of the name servers of the last zone is chosen
    ANSWER = "answer"  # it looks up the record in its zone
    CACHE = "cache"  # the resolver returns the answer, and caches it for its TTL
    REQUEST = "request"  # the browser requests the page
    PAGE = "page"  # the web server sends it
    END = "end"  # there is nothing to pass on


class Leg(Struct):
    """A leg of the journey: its number from 1, the zone whose servers are asked, and the ids of its steps."""

    number: int
    stage: Stage
    zone: Name | None = None
    steps: tuple[int, ...] = ()
