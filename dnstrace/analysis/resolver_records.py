"""What resolvers hold that the name servers do not have: old DS and DNSKEY records, another copy of a zone.

`trust_questions` and `copy_question` say what to ask a resolver whose reply differs, `old_records` and
`other_copy` read the replies: steps that follow from the one in which the resolver was asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import dns.flags
import dns.rdata
import dns.rdatatype
import dns.rrset

from dnstrace.analysis.reached import last_step, zone_reached
from dnstrace.model import ROOT, Attempt, Kind, Name, Question, Step, Trace
from dnstrace.model.compared import OldRecords, OtherCopy
from dnstrace.model.serial import ahead

_DS, _DNSKEY, _SOA = dns.rdatatype.DS, dns.rdatatype.DNSKEY, dns.rdatatype.SOA
Data = frozenset[dns.rdata.Rdata]


# --- DS and DNSKEY records ------------------------------------------------------------------------


def trust_questions(trace: Trace) -> tuple[Question, ...]:
    """The DS and DNSKEY records on the way to the answer, as far as the trace has those of the servers."""
    zones = dict.fromkeys(step.referral.zone for step in trace.steps if step.main and step.referral)
    asked = (Question(zone, rdtype) for zone in zones for rdtype in (_DS, _DNSKEY))
    return tuple(question for question in asked if any(True for _ in _at_servers(trace, question)))


def old_records(trace: Trace, step: Step) -> tuple[OldRecords, ...]:
    """The DS and DNSKEY records that the resolver asked in `step` has, and no name server."""
    found = []
    for held in _following(trace, step):
        question, attempt = held.question, _answered(held)
        if question.rdtype not in (_DS, _DNSKEY) or attempt is None:
            continue
        rrset = _of(question, attempt.meaning.answer)
        servers = set(_at_servers(trace, question))
        if rrset is not None and servers and frozenset(rrset) not in servers:
            until = _replied(trace, attempt) + timedelta(seconds=rrset.ttl)
            found.append(OldRecords(question.name, question.rdtype, rrset.ttl, until, held.id))
    return tuple(found)


def _at_servers(trace: Trace, question: Question) -> Iterator[Data]:
    """Each set of records that some name server gives for a question about DS or DNSKEY records.

    A referral has the DS records of its zone, or shows that there are none, if it was asked for signatures.
    """
    for step in trace.steps:
        if step.at_resolver:
            continue
        for attempt in step.attempts:
            delegation = attempt.meaning.delegation
            if question.rdtype == _DS and delegation is not None and delegation.zone == question.name:
                edns = attempt.exchange.query.edns
                if delegation.ds is not None or (edns is not None and edns.dnssec_ok):
                    yield frozenset(delegation.ds or ())
            elif step.question == question and (rrset := _of(question, attempt.meaning.answer)) is not None:
                yield frozenset(rrset)


# --- SOA records ----------------------------------------------------------------------------------


def copy_question(trace: Trace) -> Question | None:
    """What shows whether a resolver has another copy of the zone that the walk reached; None for the root."""
    zone = zone_reached(trace)
    return None if zone is None or zone == ROOT else Question(zone, _SOA)


def soa_known(trace: Trace) -> bool:
    """Whether a name server's SOA record of the zone that the walk reached is in the trace."""
    question = copy_question(trace)
    return question is None or any(_soa_of_servers(trace, question.name))


def other_copy(trace: Trace, step: Step, attempt: Attempt) -> OtherCopy | None:
    """The SOA record that a resolver has, if that is not the zone's: another MNAME, or another RNAME.

    A serial number alone does not count: any cache may have an older one.
    """
    question = copy_question(trace)
    if question is None:
        return None
    theirs, authoritative = _soa_of_resolver(trace, step, attempt, question)
    servers = list(_soa_of_servers(trace, question.name))
    if theirs is None or not servers or not theirs.name.is_subdomain(question.name):
        return None
    if theirs.name == question.name and _identity(theirs) in {_identity(soa) for soa in servers}:
        return None
    return OtherCopy(theirs.name, theirs[0], servers[0][0], authoritative)


def older_server(trace: Trace, step: Step, attempt: Attempt) -> Name | None:
    """The server that the walk went by, if a resolver has the zone with a newer serial number."""
    question, last = copy_question(trace), last_step(trace)
    if question is None or last is None or last.chosen is None:
        return None
    theirs, _ = _soa_of_resolver(trace, step, attempt, question)
    server = last.attempts[last.chosen].server
    serials = [soa[0].serial for soa in _soa_of_servers(trace, question.name, server)]
    if theirs is None or theirs.name != question.name or not serials:
        return None
    return server if all(ahead(theirs[0].serial, serial) > 0 for serial in serials) else None


def _soa_of_resolver(
    trace: Trace, step: Step, attempt: Attempt, question: Question
) -> tuple[dns.rrset.RRset | None, bool]:
    """The SOA record that a resolver gave, and whether it answers with authority."""
    theirs, authoritative = attempt.meaning.soa, attempt.meaning.authoritative
    for held in _following(trace, step):
        answered = _answered(held)
        if held.question == question and answered is not None:
            theirs = theirs or _of(question, answered.meaning.answer) or answered.meaning.soa
            authoritative = authoritative or answered.meaning.authoritative
    return theirs, authoritative


def _soa_of_servers(trace: Trace, zone: Name, server: Name | None = None) -> Iterator[dns.rrset.RRset]:
    """The SOA records of a zone that its servers gave, or one of them."""
    last = last_step(trace)
    for step in trace.steps:
        if step.at_resolver or not (step.question == Question(zone, _SOA) or step is last):
            continue
        for attempt in step.attempts:
            if server not in (None, attempt.server):
                continue
            for rrset in (attempt.meaning.soa, *attempt.meaning.answer):
                if rrset is not None and (rrset.name, rrset.rdtype) == (zone, _SOA):
                    yield rrset


def _identity(soa: dns.rrset.RRset) -> tuple[Name, Name]:
    return soa[0].mname, soa[0].rname


# --- replies --------------------------------------------------------------------------------------


def _following(trace: Trace, step: Step) -> Iterator[Step]:
    """The further steps in which the same resolver was asked."""
    return (each for each in trace.steps if each.parent == step.id and each.at_resolver)


def _answered(step: Step) -> Attempt | None:
    usable = (each for each in reversed(step.attempts) if each.meaning.usable)
    return next((each for each in usable if each.meaning.kind is not Kind.ALIAS_LOOP), None)


def _of(question: Question, rrsets: Iterable[dns.rrset.RRset]) -> dns.rrset.RRset | None:
    wanted = (question.name, question.rdtype)
    return next((rrset for rrset in rrsets if (rrset.name, rrset.rdtype) == wanted), None)


def _replied(trace: Trace, attempt: Attempt) -> datetime:
    exchange = attempt.exchange
    return trace.started.astimezone(UTC) + timedelta(seconds=exchange.start + exchange.elapsed)
