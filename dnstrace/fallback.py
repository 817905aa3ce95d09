"""How to ask a server again that did not take a query as it was: pure decisions.

A truncated reply is asked again over TCP. A server that says it does not know EDNS is asked without it
(RFC 6891 section 7). Silence may have its cause in the query too (RFC 6891 section 6.2.5): the second
try offers 512 octets only, for paths that lose large datagrams (RFC 9715), the third has no EDNS, for
servers that drop it.
"""

from __future__ import annotations

from dataclasses import replace

from dnstrace.model import Edns, Kind, Meaning, Query, Transport

PLAIN = 2  # the try from which on EDNS is left out
_SMALL = 512
_NO_EDNS = {Kind.FORMAT_ERROR, Kind.NOT_IMPLEMENTED, Kind.BAD_VERSION}


def edns_of_try(edns: Edns | None, tries: int) -> Edns | None:
    """The EDNS to ask with after `tries` tries that brought nothing."""
    if edns is None or tries >= PLAIN:
        return None
    return edns if tries == 0 else replace(edns, payload=min(edns.payload, _SMALL))


def another_way(query: Query, meaning: Meaning) -> Query | None:
    """How to ask the same address again after `meaning`; None to let it be."""
    if meaning.kind is Kind.TRUNCATED and query.transport is Transport.UDP:
        return replace(query, transport=Transport.TCP)
    if meaning.kind in _NO_EDNS and query.edns is not None:
        return replace(query, edns=None)
    return None
