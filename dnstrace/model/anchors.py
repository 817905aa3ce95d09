"""Trust anchors (RFC 4033 section 2) as a value; `dnstrace.dnssec.anchors` reads and uses them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dnstrace.model.asked import Name
from dnstrace.model.structs import Struct, field

if TYPE_CHECKING:
    from dns.rdtypes.ANY.DNSKEY import DNSKEY
    from dns.rdtypes.ANY.DS import DS


UNJUDGED = "root servers of your own need --trust-anchor"
"""Why a trace without trust anchors is not validated although that was requested."""


class Anchors(Struct):
    """DS and DNSKEY records that are trusted to begin with, by the zone whose keys they are.

    `own` is false for those of the package, which are there because no others were given. Without any zone,
    nothing can be validated: a trace says so (UNJUDGED).
    """

    zones: Mapping[Name, tuple[DS | DNSKEY, ...]]
    own: bool = field(default=True, compare=False)


NO_ANCHORS = Anchors({}, own=False)
"""For root servers of one's own without trust anchors of one's own: the Internet's do not apply there."""
