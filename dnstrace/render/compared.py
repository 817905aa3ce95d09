"""A resolver beside the walk in words: what it is called, and why it differs. Needs no rich."""

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
    Disagreement.FILTERED: "filtered: the resolver keeps it from those who ask it",
    Disagreement.SPLIT_HORIZON: "split horizon: private addresses, for those inside a network",
    Disagreement.VALIDATION: "validation: it finds the answer bogus",
    Disagreement.REFUSES: "refuses: it is no resolver for this client",
    Disagreement.FAILS: "fails: it has no answer itself",
    Disagreement.OTHER: "differs, for a reason that the reply does not tell",
    Disagreement.NOT_COMPARED: "not compared: the walk found nothing to compare it with",
}


def resolver_text(query: Query) -> str:
    """A resolver as it is given on the command line."""
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
    """How a resolver differs from the walk and why, in one line; empty while it is being asked."""
    if found.difference is None:
        return ""
    if found.difference is Disagreement.STALE:
        return f"stale: {_how_stale(found)}"
    if found.difference is Disagreement.NO_ANSWER and found.attempt is not None:
        return _how_silent(found.attempt)
    unchecked = ", and has an answer with checking disabled (CD)" if found.unchecked else ""
    return _REASONS[found.difference] + unchecked


def _how_silent(attempt: Attempt) -> str:
    fault, note = attempt.exchange.fault, harmless(attempt.meaning.note)
    words = "wrong answer" if fault in _WRONG else "no answer"
    words = f"{words}: {(fault or Fault.MALFORMED).value}"
    return f"{words}, {note}" if note else words


def _how_stale(found: Compared) -> str:
    if found.past_its_ttl:
        return "served though its TTL has ended, as its servers did not answer"
    if found.replied is None or found.until is None:
        return "from before"
    held = f"held until {clock_text(found.replied, found.until)}"
    if found.age is None:
        return f"from before, {held}"
    return f"cached {ttl_text(found.age)} ago, {held}"


def ttl_left_text(found: Compared) -> str:
    """What is left of the TTL beside what the zone gives: `TTL 3m of 5m, 2m old`; empty where none is."""
    if found.ttl is None:
        return ""
    left = f"TTL {ttl_text(found.ttl)}"
    if found.authoritative_ttl is None:
        return f"{left} left"
    if found.too_long:
        return f"{left}, more than the zone's {ttl_text(found.authoritative_ttl)}"
    old = f", {ttl_text(found.age)} old" if found.age else ""
    return f"{left} of {ttl_text(found.authoritative_ttl)}{old}"
