"""The closing sentence on resolvers: how many have no answer, an old one, or another one. Does not need rich.

3 of 5 resolvers give no answer (2 validation, 1 outage); 1 holds the old address until 14:03:32 UTC
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import dns.rdatatype

from dnstrace.model import Fault
from dnstrace.model.compared import Compared, Disagreement
from dnstrace.model.heard import NEGATIVE
from dnstrace.render.text import clock_text

if TYPE_CHECKING:
    from datetime import datetime

_ADDRESSES = {dns.rdatatype.A, dns.rdatatype.AAAA}
_WITHOUT = {
    Disagreement.VALIDATION: "validation",
    Disagreement.FAILS: "outage",
    Disagreement.REFUSES: "refusal",
    Disagreement.NO_ANSWER: "silence",
}
_FAULTS = {
    Fault.NETWORK_UNREACHABLE: "no route",
    Fault.HOST_UNREACHABLE: "unreachable",
    Fault.PORT_UNREACHABLE: "unreachable",
    Fault.CONNECTION_LOST: "lost connection",
    Fault.CERTIFICATE: "rejected certificate",
    Fault.MALFORMED: "wrong reply",
    Fault.MISMATCH: "wrong reply",
    Fault.NOT_RECORDED: "not recorded",
}
_OTHERS = {
    Disagreement.FILTERED: ("filters the name", "filter the name"),
    Disagreement.SPLIT_HORIZON: (
        "has a view of its own (split horizon)",
        "have a view of their own",
    ),
    Disagreement.DNS64: ("makes IPv6 addresses itself (DNS64)", "make IPv6 addresses themselves (DNS64)"),
    Disagreement.SERVERS_DIFFER: (
        "has what another of the zone's servers has",
        "have what another of the zone's servers has",
    ),
    Disagreement.OTHER: ("gives another answer", "give another answer"),
    Disagreement.NOT_COMPARED: ("still has an answer", "still have an answer"),
}
_NEWER = "newer data than the server that was asked"


class _Clause(NamedTuple):
    """What a number of resolvers do, in the singular and in the plural."""

    number: int
    one: str
    several: str


def closing_text(found: Sequence[Compared], replayed: bool = False) -> str:
    """The sentence; empty if no resolver was asked, or all have the answer of the walk.

    With `replayed`, what resolvers held was so when the record was made.
    """
    clauses = [*_clauses(found, ("held", "held") if replayed else ("holds", "hold"))]
    if not clauses:
        return ""
    if len(found) == 1:
        return f"the resolver {clauses[0].one}"
    first, *others = clauses
    verb = first.one if first.number == 1 else first.several
    parts = [f"{first.number} of {len(found)} resolvers {verb}"]
    parts += [f"{each.number} {each.one if each.number == 1 else each.several}" for each in others]
    return "; ".join(parts)


def _clauses(found: Collection[Compared], holds: tuple[str, str]) -> Iterator[_Clause]:
    """What resolvers do that do not have the answer of the walk, the worst first."""
    if failing := [each for each in found if each.difference in _WITHOUT]:
        why = _reasons_text(failing, alone=len(found) == 1)
        yield _Clause(len(failing), f"gives no answer ({why})", f"give no answer ({why})")
    old = [each for each in found if each.difference is Disagreement.STALE]
    if expiring := [each for each in old if not each.past_its_ttl]:
        what = f"the old {_kind_text(expiring)}{_until_text([each.until for each in expiring], expiring)}"
        yield _Clause(len(expiring), *(f"{verb} {what}" for verb in holds))
    if expired := [each for each in old if each.past_its_ttl]:
        what = f"the old {_kind_text(expired)} past its TTL"
        yield _Clause(len(expired), f"serves {what}", f"serve {what}")
    if newer := sum(each.newer_than is not None for each in found):
        yield _Clause(newer, f"has {_NEWER}", f"have {_NEWER}")
    for difference, (one, several) in _OTHERS.items():
        if count := sum(each.difference is difference and each.newer_than is None for each in found):
            yield _Clause(count, one, several)


def _reasons_text(failing: Sequence[Compared], alone: bool) -> str:
    """Why resolvers have no answer: `2 validation, 1 outage`, and until when where old keys are the cause."""
    reasons = Counter(_reason_text(each) for each in failing if not each.old)
    parts = [reason if alone else f"{count} {reason}" for reason, count in reasons.items()]
    if holding := [each for each in failing if each.old]:
        until = _until_text([old.until for each in holding for old in each.old], holding)
        parts.append(
            f"old DS or DNSKEY records{until}" if alone else f"{len(holding)} holding old keys{until}"
        )
    return ", ".join(parts)


def _reason_text(found: Compared) -> str:
    """Why a resolver has no answer, in a word or two."""
    fault = None if found.attempt is None else found.attempt.exchange.fault
    if found.difference is Disagreement.NO_ANSWER and fault in _FAULTS:
        return _FAULTS[fault]
    return "silence" if found.difference is None else _WITHOUT[found.difference]


def _kind_text(found: Sequence[Compared]) -> str:
    """What is held: an address, a negative answer, or another answer."""
    if all(each.attempt and each.attempt.meaning.kind in NEGATIVE for each in found):
        return "negative answer"
    return "address" if found[0].step.question.rdtype in _ADDRESSES else "answer"


def _until_text(times: Sequence[datetime | None], found: Sequence[Compared]) -> str:
    """Until when, at the latest; empty where one of the times is not known."""
    known = [each for each in times if each is not None]
    if not known or len(known) < len(times):
        return ""
    last = max(known)
    return f" until {clock_text(found[0].replied or last, last)}"
