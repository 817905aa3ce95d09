"""A resolver's answer in words: which resolver, and why it differs from the walk. Does not need rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.model import Fault, Transport
from dnstrace.model.compared import Disagreement
from dnstrace.render.text import clock_text, harmless, ttl_text

if TYPE_CHECKING:
    from dnstrace.model import Attempt, Query
    from dnstrace.model.compared import Compared

_WRONG = {Fault.MALFORMED, Fault.MISMATCH}
_REASONS = {
    Disagreement.SAME: "the same",
    Disagreement.FILTERED: "filtered: the resolver withholds the answer from its clients",
    Disagreement.SPLIT_HORIZON: "split horizon: private addresses, for clients inside a network",
    Disagreement.VALIDATION: "validation: the resolver considers the answer bogus",
    Disagreement.REFUSES: "refuses: the resolver does not serve this client",
    Disagreement.FAILS: "fails: the resolver itself gets no answer",
    Disagreement.OTHER: "differs: the reply does not show why",
    Disagreement.NOT_COMPARED: "not compared: the walk has no result to compare with",
}


def resolver_text(query: Query) -> str:
    """A resolver in the form of the command line."""
    if query.transport is Transport.HTTPS:
        return harmless(query.endpoint)
    address = query.address
    if query.port != query.transport.port:
        address = f"[{address}]:{query.port}" if ":" in address else f"{address}:{query.port}"
    if query.transport is not Transport.TLS:
        return address
    address = f"[{address}]" if ":" in query.address and "[" not in address else address
    name = "" if query.endpoint == query.address else f"#{harmless(query.endpoint)}"
    return f"tls://{address}{name}"


def reason_text(found: Compared) -> str:
    """How a resolver's answer differs from the walk and why, in one line; empty while it is being asked."""
    if found.difference is None:
        return ""
    if found.difference is Disagreement.STALE:
        return f"stale: {_how_stale(found)}"
    if found.difference is Disagreement.NO_ANSWER and found.attempt is not None:
        return _how_silent(found.attempt)
    unchecked = ", but it returns an answer with checking disabled (CD)" if found.unchecked else ""
    return _REASONS[found.difference] + unchecked


def _how_silent(attempt: Attempt) -> str:
    fault, note = attempt.exchange.fault, harmless(attempt.meaning.note)
    words = "wrong answer" if fault in _WRONG else "no answer"
    words = f"{words}: {(fault or Fault.MALFORMED).value}"
    return f"{words}, {note}" if note else words


def _how_stale(found: Compared) -> str:
    if found.past_its_ttl:
        return "served past its TTL because the name servers did not answer"
    if found.replied is None or found.until is None:
        return "an older answer"
    expiry = f"expires at {clock_text(found.replied, found.until)}"
    if found.age is None:
        return f"an older answer, {expiry}"
    return f"cached {ttl_text(found.age)} ago, {expiry}"


def ttl_left_text(found: Compared) -> str:
    """The remaining TTL compared with the zone's: `TTL 3m of 5m, 2m old`; empty if there is none."""
    if found.ttl is None:
        return ""
    left = f"TTL {ttl_text(found.ttl)}"
    if found.authoritative_ttl is None:
        return f"{left} left"
    if found.too_long:
        return f"{left}, more than the zone's {ttl_text(found.authoritative_ttl)}"
    old = f", {ttl_text(found.age)} old" if found.age else ""
    return f"{left} of {ttl_text(found.authoritative_ttl)}{old}"
