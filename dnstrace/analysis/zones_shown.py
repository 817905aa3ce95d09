"""Which zone an answer is from, where its reply does not tell and other replies do.

A server that has a zone and the zone below it answers for both, without a referral between them. Many
servers leave the authority section out of answers, so that an answer from the lower zone looks like one from
the zone that was asked. Denials of other types at the same name have the SOA record of the zone, and a DS
RRset shows a zone cut at its name (RFC 4034 section 5). Pure readings of a trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.RRSIG import RRSIG

from dnstrace.model import Attempt, Kind, Meaning, Name, Purpose, Step, Trace
from dnstrace.model.naming import is_below
from dnstrace.model.structs import replace

_DS = dns.rdatatype.DS


def with_zones_shown(trace: Trace) -> Trace:
    """The trace with the answers of the walk taken as of the zone that other replies show them to be from."""
    found = {step.id: zone for step in trace.steps if (zone := _shown(step, trace.steps)) is not None}
    if not found:
        return trace
    steps = (_as_of(step, found[step.id]) if step.id in found else step for step in trace.steps)
    return replace(trace, steps=tuple(steps))


def zones_passed(trace: Trace) -> Iterator[Name]:
    """The zones whose keys were fetched from the servers of a zone above: no referral led to them."""
    for step in trace.steps:
        if step.purpose is Purpose.DNSKEY and is_below(step.question.name, step.zone):
            yield step.question.name


def _shown(step: Step, steps: Iterable[Step]) -> Name | None:
    """The zone below the one asked that a step's answer is from; None where nothing shows one.

    Servers that disagree, a server that refers to the zone below, and an answer that the zone asked has
    signed itself show nothing.
    """
    meaning = step.meaning
    if not step.main or meaning is None or not _lacks_zone(meaning) or step.question.name == step.zone:
        return None
    if any(attempt.meaning.kind is Kind.REFERRAL for attempt in step.attempts):
        return None
    owner = meaning.answer[-1].name
    told = set(_denying(step, owner, steps)) or {_deepest_cut(step, owner, steps)}
    zone = told.pop()
    if told or zone is None or not is_below(zone, step.zone) or not step.question.name.is_subdomain(zone):
        return None
    if step.zone in signers_in(rrset for rrset in meaning.answer if rrset.name == owner):
        return None
    return zone


def _lacks_zone(meaning: Meaning) -> bool:
    return meaning.kind is Kind.ANSWER and meaning.authoritative and meaning.zone is None


def _denying(step: Step, owner: Name, steps: Iterable[Step]) -> Iterator[Name | None]:
    """The zones in which the servers of a step deny other types of the name in the answer."""
    addresses = {attempt.address for attempt in step.attempts}
    for other in steps:
        if (other.question.name, other.zone) != (owner, step.zone) or other.question.rdtype == _DS:
            continue
        for attempt in other.attempts:
            denies = attempt.meaning.kind is Kind.NODATA and attempt.meaning.authoritative
            if denies and attempt.address in addresses and attempt.meaning.soa is not None:
                yield attempt.meaning.zone or step.zone


def _deepest_cut(step: Step, owner: Name, steps: Iterable[Step]) -> Name | None:
    """The deepest name at or above `owner`, below the zone asked, that has a DS RRset."""
    cuts = (
        other.question.name
        for other in steps
        if other.question.rdtype == _DS
        and owner.is_subdomain(other.question.name)
        and is_below(other.question.name, step.zone)
        and other.meaning is not None
        and other.meaning.kind is Kind.ANSWER
    )
    return max(cuts, key=len, default=None)


def signers_in(rrsets: Iterable[dns.rrset.RRset]) -> set[Name]:
    """The zones that RRSIG records name as their signers; those that are malformed name none."""
    return {rdata.signer for rrset in rrsets for rdata in rrset if isinstance(rdata, RRSIG)}


def _as_of(step: Step, zone: Name) -> Step:
    return replace(step, attempts=tuple(_attempt_of(attempt, zone) for attempt in step.attempts))


def _attempt_of(attempt: Attempt, zone: Name) -> Attempt:
    if not _lacks_zone(attempt.meaning):
        return attempt
    return replace(attempt, meaning=replace(attempt.meaning, zone=zone))
