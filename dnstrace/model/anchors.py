"""Trust anchors (RFC 4033 section 2) as a value; `dnstrace.dnssec.anchors` reads and uses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dnstrace.model.asked import Name

if TYPE_CHECKING:
    from dns.rdtypes.ANY.DNSKEY import DNSKEY
    from dns.rdtypes.ANY.DS import DS


@dataclass(frozen=True, slots=True)
class Anchors:
    """DS and DNSKEY records that are trusted to begin with, by the zone whose keys they are."""

    zones: Mapping[Name, tuple[DS | DNSKEY, ...]]
