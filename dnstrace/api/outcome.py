"""Whether a trace with a remedy is better than the one without: its finding gone, and nothing worse."""

from __future__ import annotations

from collections.abc import Container, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import dns.rdatatype

from dnstrace.analysis.paths import final, shares
from dnstrace.analysis.reached import is_bogus, last_step
from dnstrace.api.validated import REJECTED
from dnstrace.model import Kind, Outcome, Probe
from dnstrace.model.naming import plain
from dnstrace.model.security import Security

if TYPE_CHECKING:
    from dnstrace.model import Meaning, Name, Trace
    from dnstrace.model.findings import Finding

_RANK = {
    Security.BOGUS: 0,
    Security.INDETERMINATE: 1,
    Security.INSECURE: 2,
    Security.SECURE: 3,
}
_DATA = frozenset({Kind.ANSWER})
_NEGATIVE = (Outcome.NODATA, Outcome.NXDOMAIN)
_SHOWN = 3  # records of an answer


class Compared(NamedTuple):
    """Whether the change is `good`, and in words what is there after it."""

    good: bool
    text: str = ""


def compared(before: Trace, after: Trace, gone: Iterable[Finding], fresh: Iterable[str]) -> Compared:
    """A trace and the same with remedies: `gone` is what these have to fix, `fresh` are the new addresses."""
    gone = tuple(gone)
    left = {_what(finding) for finding in after.findings or ()}
    if any(_what(finding) in left for finding in gone):
        return Compared(False)
    if (
        _new_errors(before, after)
        or _usable(after) < _usable(before)
        or _usable(after, _DATA) < _usable(before, _DATA)
        or not _is_as_secure(before, after, gone)
    ):
        return Compared(False)
    serving = _serving(before, {finding.zone for finding in gone})
    dead, unasked = _checked(after, [address for address in fresh if address not in serving])
    if dead:
        return Compared(False)
    unsure = f"; {', '.join(unasked)} was not asked from here" if unasked else ""
    return Compared(True, f"{_paths_text(after)}{unsure}")


def _what(finding: Finding) -> tuple[str, Name | None, Name | None]:
    return finding.code, finding.zone, finding.server


def _new_errors(before: Trace, after: Trace) -> bool:
    """Whether there are new errors, except in zones that could not be reached without the change."""
    known = {_what(finding) for finding in before.findings or () if finding.is_error}
    known |= {
        (code, zone, each) for code, zone, server in known if server is None for each in _servers(after)
    }
    heard = {s.zone for s in before.steps if s.main for a in s.attempts if a.exchange.message is not None}
    errors = (finding for finding in after.findings or () if finding.is_error)
    return any(_what(error) not in known and error.zone in {None, *heard} for error in errors)


def _servers(trace: Trace) -> set[Name | None]:
    return {finding.server for finding in trace.findings or ()}


def _usable(trace: Trace, kinds: frozenset[Kind] = frozenset(Kind)) -> Fraction:
    """The share of paths with a usable end of these kinds; none where the trace is bogus."""
    if is_bogus(trace):
        return Fraction(0)
    if found := shares(trace.steps):
        usable = (share.share for share in found if share.meaning.usable and share.meaning.kind in kinds)
        return sum(usable, Fraction(0))
    return Fraction(trace.outcome is Outcome.ANSWER or (kinds != _DATA and trace.outcome in _NEGATIVE))


def _is_as_secure(before: Trace, after: Trace, gone: tuple[Finding, ...]) -> bool:
    """Whether no security is lost, other than by removing DS records on purpose."""
    if before.judgement is None or after.judgement is None or before.outcome is Outcome.FAILED:
        return True
    remedies = [finding.remedy for finding in gone if finding.remedy is not None]
    unsigns = any(each.remove and " DS " in each.remove[0] for each in remedies)
    unsigned = unsigns and not any(" DS " in text for each in remedies for text in (*each.add, *each.change))
    least = Security.INSECURE if unsigned else before.judgement.security
    return _RANK[after.judgement.security] >= min(_RANK[least], _RANK[before.judgement.security])


def _checked(after: Trace, fresh: Iterable[str]) -> tuple[list[str], list[str]]:
    """The new addresses that gave no usable reply, and those that were not asked.

    One that answers for the zone's SOA record serves it, whatever is wrong with its reply to the walk.
    """
    usable: dict[str, bool] = {}
    for step in after.steps:
        for attempt in step.attempts if step.main else ():
            usable[attempt.address] = attempt.meaning.usable
    for step in after.steps:
        for attempt in step.attempts if step.probe is Probe.SOA else ():
            if attempt.meaning.kind is Kind.ANSWER and attempt.address in usable:
                usable[attempt.address] = True
    dead = [address for address in fresh if usable.get(address) is False]
    return dead, [address for address in fresh if address not in usable]


def _serving(before: Trace, zones: Container[Name | None]) -> set[str]:
    """The addresses that were seen to serve zones off the path, which the walk does not ask."""
    asked = {step.zone for step in before.steps if step.main}
    of_zones = (s for s in before.steps if s.probe is Probe.SOA and s.zone in zones and s.zone not in asked)
    attempts = (attempt for step in of_zones for attempt in step.attempts)
    return {each.address for each in attempts if each.meaning.kind is Kind.ANSWER}


def _paths_text(after: Trace) -> str:
    """What the paths lead to: `4 of 4 paths give 192.0.2.44, secure`."""
    security = "" if after.judgement is None else f", {after.judgement.security.value}"
    found = shares(after.steps)
    last = last_step(after)
    if not found or last is None:
        return f"the walk ends with {after.outcome or Outcome.FAILED}{security}"
    usable = [share for share in found if share.meaning.usable]
    if not usable:
        return f"no path gives an answer{security}"
    total, paths = sum(share.share for share in usable), len(final(last))
    count = total * paths
    how_many = f"{count} of {paths} paths" if count.denominator == 1 else f"{float(total):.0%} of all paths"
    give = "gives" if count == paths == 1 else "give"
    what = _result_text(usable[0].meaning) if len(usable) == 1 else "an answer"
    others = "; validating resolvers cannot use the others" if _has_rejected(after) else ""
    return f"{how_many.replace('1 of 1 paths', 'the only path')} {give} {what}{security}{others}"


def _has_rejected(after: Trace) -> bool:
    attempts = (attempt for step in after.steps if step.main for attempt in step.attempts)
    return any(attempt.meaning is REJECTED for attempt in attempts)


def _result_text(meaning: Meaning) -> str:
    if meaning.kind is not Kind.ANSWER:
        return meaning.kind.value.upper()
    last = [
        rrset for rrset in meaning.answer if rrset.rdtype not in (dns.rdatatype.RRSIG, dns.rdatatype.CNAME)
    ]
    data = [str(rdata) for rrset in last[-1:] for rdata in rrset] or [plain(meaning.answer[-1].name)]
    more = f" and {len(data) - _SHOWN} more" if len(data) > _SHOWN else ""
    return f"{', '.join(data[:_SHOWN])}{more}"
