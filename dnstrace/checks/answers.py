"""Rules on what the zone's servers answer: whether they agree, and where aliases lead."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.alias import BESIDE
from dnstrace.checks.catalogue import of_cut, of_trace
from dnstrace.checks.evidence import Cut, Evidence, Reply
from dnstrace.checks.finding import Blame, Fault, Level
from dnstrace.checks.servers import addresses
from dnstrace.model import Kind, Meaning, Name, Outcome, Probe, Purpose, Step
from dnstrace.paths import Lead, lead
from dnstrace.reached import last_step

_DATA = {Kind.ANSWER, Kind.ALIAS, Kind.NODATA, Kind.NXDOMAIN}
_LONG = 8  # aliases of one chain; resolvers give up after 8 to 16


@of_cut(Level.ERROR, Blame.HOST)
def answers_differ(cut: Cut) -> Iterator[Fault]:
    """The servers of the zone give different answers.

    What it is: the same question gets other data, or another kind of answer, from one server than from
    another, although their zones have the same serial.

    Why it matters: what a user gets depends on the server that his resolver happened to pick.

    How to mend it: bring the servers to one version of the zone. Where answers differ on purpose, by the
    place of the one who asks, all servers of one place should still agree.

    References: RFC 1034 section 4.3.5; RFC 2181 section 5.1
    """
    groups: dict[Lead, list[Reply]] = {}
    for reply in cut.replies:
        if reply.address in cut.serving and reply.meaning.kind in _DATA:
            groups.setdefault(_data(reply), []).append(reply)
    if len(groups) < 2 or len(cut.serials) > 1:
        return  # different versions of the zone are told of by their serials
    each = sorted(groups.values(), key=len, reverse=True)
    told = "; ".join(f"{_told(group[0])} at {addresses(group)}" for group in each)
    same_kind = len({found.kind for found in groups}) == 1
    yield Fault(
        f"{each[0][0].step.question} gets different answers: {told}",
        tuple(reply.step.id for group in each for reply in group),
        level=Level.WARNING if same_kind else None,
    )


def _data(reply: Reply) -> Lead:
    """What tells two answers apart: not their signatures, which other rules look at."""
    meaning = reply.meaning
    unsigned = tuple(rrset for rrset in meaning.answer if rrset.rdtype != dns.rdatatype.RRSIG)
    return lead(Meaning(meaning.kind, target=meaning.target, answer=unsigned))


def _told(reply: Reply) -> str:
    data = [
        r.to_text() for rrset in reply.meaning.answer if rrset.rdtype != dns.rdatatype.RRSIG for r in rrset
    ]
    return ", ".join(sorted(data)[:4]) if data else reply.meaning.kind.value.upper()


@of_cut(Level.ERROR, Blame.HOST)
def ent_nxdomain(cut: Cut) -> Iterator[Fault]:
    """A server denies a name below which there are others.

    What it is: a name between the zone's apex and the name asked, without records of its own (an empty
    non-terminal), gets NXDOMAIN instead of an empty answer.

    Why it matters: NXDOMAIN says that nothing exists below the name. Resolvers that show each server one
    label more, or that take NXDOMAIN at its word, find nothing there.

    How to mend it: update the name server software; some load balancers and scripts get this wrong.

    References: RFC 8020 section 2; RFC 4592 section 2.2.2; RFC 9156 section 3
    """
    trace = cut.evidence.trace
    exists = trace.outcome in (Outcome.ANSWER, Outcome.NODATA) and trace.question.name.is_subdomain(cut.zone)
    denied = [r for r in cut.probe(Probe.BETWEEN) if r.meaning.kind is Kind.NXDOMAIN] if exists else []
    if denied and cut.walked and cut.walked[-1].question.name == trace.question.name:
        names = ", ".join(dict.fromkeys(str(reply.step.question.name) for reply in denied))
        yield Fault(
            f"{names} gets NXDOMAIN at {addresses(denied)}, though {trace.question.name} below it exists",
            tuple(reply.step.id for reply in denied),
        )


@of_trace(Level.ERROR, Blame.HOST)
def alias_loop(evidence: Evidence) -> Iterator[Fault]:
    """Aliases lead back to where they came from.

    What it is: following the CNAME or DNAME records from the name comes back to a name met before.

    Why it matters: the name leads nowhere: resolvers give SERVFAIL.

    How to mend it: point one of the aliases at the host that is meant.

    References: RFC 1034 section 3.6.2
    """
    last = last_step(evidence.trace)
    if last is None or last.meaning is None or evidence.trace.outcome is not Outcome.FAILED:
        return
    names = [evidence.trace.question.name, *_targets(evidence)]
    if last.meaning.kind is Kind.ALIAS_LOOP or (
        last.meaning.kind is Kind.ALIAS and len(set(names)) < len(names)
    ):
        yield Fault(
            f"the aliases of {evidence.trace.question.name} lead back to {last.meaning.target}",
            tuple(step.id for step in _linking(evidence)) or (last.id,),
            zone=evidence.zone_of(last),
        )


@of_trace(Level.ERROR, Blame.HOST)
def alias_dangling(evidence: Evidence) -> Iterator[Fault]:
    """An alias leads to a name that does not exist.

    What it is: the target of a CNAME or DNAME record does not exist, or no server of its zone answers.

    Why it matters: the name cannot be reached. Where the target could be registered by somebody else, he
    can answer for your name.

    How to mend it: remove the alias, or point it at a host that exists.

    References: RFC 1034 section 3.6.2; RFC 1912 section 2.4
    """
    last = last_step(evidence.trace)
    if last is None or last.purpose is not Purpose.ALIAS:
        return
    unreached = evidence.trace.outcome is Outcome.FAILED and last.meaning is None and not last.limited
    if evidence.trace.outcome is Outcome.NXDOMAIN or unreached:
        links = _linking(evidence)
        what = "does not exist" if evidence.trace.outcome is Outcome.NXDOMAIN else "cannot be resolved"
        target = next(reversed(_targets(evidence)), last.question.name)
        yield Fault(
            f"{evidence.trace.question.name} is an alias that leads to {target}, which {what}",
            tuple(step.id for step in (*links, last)),
            zone=evidence.zone_of(links[-1]) if links else evidence.zone_of(last),
        )


@of_cut(Level.ERROR, Blame.HOST)
def alias_at_apex(cut: Cut) -> Iterator[Fault]:
    """The zone itself is an alias.

    What it is: there is a CNAME record at the zone's apex, where SOA and NS records have to be.

    Why it matters: beside a CNAME record nothing else may be. Resolvers that have the alias in their cache
    no longer find the NS, MX and SOA records of the zone.

    How to mend it: put address records there (some hosts make them from an alias), or an HTTPS record.

    References: RFC 1912 section 2.4; RFC 2181 section 10.1; RFC 9460 section 2.4.2
    """
    asked = [reply for probe in (Probe.SOA, Probe.NS) for reply in cut.probe(probe)]
    walked = [reply for reply in cut.replies if reply.step.question.name == cut.zone]
    found = [reply for reply in (*walked, *asked) if reply.rrset(cut.zone, dns.rdatatype.CNAME) is not None]
    if found:
        yield Fault(
            f"{cut.zone} has a CNAME record at its apex, at {addresses(found)}",
            tuple(reply.step.id for reply in found),
        )


@of_cut(Level.ERROR, Blame.HOST)
def alias_beside_data(cut: Cut) -> Iterator[Fault]:
    """A name has other data beside its alias.

    What it is: a name with a CNAME record has records of another type too.

    Why it matters: which of them a user gets depends on what his resolver asked for before.

    How to mend it: remove the alias or the other records.

    References: RFC 1034 section 3.6.2; RFC 2181 section 10.1
    """
    found = [reply for reply in cut.replies if BESIDE in reply.meaning.note]
    if found:
        name = found[0].step.question.name
        yield Fault(
            f"{name} is an alias and has other data too, at {addresses(found)}",
            tuple(reply.step.id for reply in found),
        )


@of_trace(Level.WARNING, Blame.HOST)
def alias_chain_long(evidence: Evidence) -> Iterator[Fault]:
    """Many aliases have to be followed.

    What it is: more than eight CNAME or DNAME records lie between the name and its data.

    Why it matters: each costs time, some resolvers give up after eight.

    How to mend it: point the first alias at the last target.

    References: RFC 1034 section 3.6.2
    """
    links = {rrset.name for rrset in evidence.trace.answer if rrset.rdtype == dns.rdatatype.CNAME}
    if len(links) > _LONG and evidence.trace.outcome is not Outcome.FAILED:
        yield Fault(
            f"{evidence.trace.question.name} leads through {len(links)} aliases",
            tuple(step.id for step in _linking(evidence)),
        )


@of_cut(Level.NOTICE, Blame.HOST)
def negative_without_soa(cut: Cut) -> Iterator[Fault]:
    """A negative answer does not say for how long it holds.

    What it is: NXDOMAIN, or an answer without data, comes without the zone's SOA record.

    Why it matters: resolvers cannot cache it and ask again each time.

    How to mend it: update the name server software.

    References: RFC 2308 section 3
    """
    without = [
        r for r in cut.replies if r.meaning.kind in (Kind.NODATA, Kind.NXDOMAIN) and r.meaning.soa is None
    ]
    if without and cut.probed:
        yield Fault(
            f"{without[0].step.question} gets a negative answer without a SOA record at {addresses(without)}",
            tuple(reply.step.id for reply in without),
        )


def _linking(evidence: Evidence) -> list[Step]:
    """The steps of the walk that found an alias."""
    return [
        s for s in evidence.trace.steps if s.main and s.meaning is not None and s.meaning.kind is Kind.ALIAS
    ]


def _targets(evidence: Evidence) -> list[Name]:
    meanings = (step.meaning for step in _linking(evidence))
    return [meaning.target for meaning in meanings if meaning is not None and meaning.target is not None]
