"""Rules on aliases: CNAME and DNAME records, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import dns.rdatatype

from dnstrace.checks.catalogue import of_cut, of_trace
from dnstrace.checks.evidence import Cut, Evidence
from dnstrace.checks.phrases import listed, where
from dnstrace.checks.replies import HeardReply, replies_of, steps_of
from dnstrace.model import Kind, Meaning, Name, Outcome, Purpose, Step
from dnstrace.model.findings import Blame, Level, Observation

_CNAME, _DNAME = dns.rdatatype.CNAME, dns.rdatatype.DNAME
_ALLOWED = frozenset({_CNAME, dns.rdatatype.RRSIG, dns.rdatatype.NSEC, dns.rdatatype.KEY})
_LONG, _TOO_LONG = 8, 16  # aliases in a row: more than resolvers like, and more than any of them follows


class _AliasStep(NamedTuple):
    """An alias that the walk went by: its owner, its target, the step that shows it."""

    owner: Name
    target: Name
    step: Step


@of_trace(Level.ERROR, Blame.HOST)
def alias_loop(evidence: Evidence) -> Iterator[Observation]:
    """An alias leads back to a name that it came from.

    What it is: following the CNAME and DNAME records from the name asked, one comes again to a name that was
    passed before. The circle may go through several zones.

    Why it matters: there is no end to it, and so no answer: resolvers give up with SERVFAIL, or hand the
    circle to a client that can do nothing with it.

    How to mend it: point one of the aliases at a name that has the data.

    References: RFC 1034 section 3.6.2; RFC 1034 section 5.2.2; RFC 2181 section 10.1
    """
    links = _links(evidence)
    seen = [link.owner for link in links]
    closing = next((link for place, link in enumerate(links) if link.target in seen[: place + 1]), None)
    if closing is not None:
        circle = links[seen.index(closing.target) : links.index(closing) + 1]
        names = " to ".join(str(name) for name in (*(link.owner for link in circle), closing.target))
        yield Observation(
            f"the aliases lead in a circle: {names}",
            tuple(link.step.id for link in circle),
            cure=f"point {closing.owner} at a name that has the data, in place of {closing.target}",
            zone=_zone_of_owner(evidence, closing),
        )


@of_trace(Level.ERROR, Blame.HOST)
def alias_dangling(evidence: Evidence) -> Iterator[Observation]:
    """The target of an alias does not exist, or its zone cannot be reached.

    What it is: a CNAME or DNAME record points at a name that its zone says does not exist, or whose zone
    no server answers for. Often a service was given up and its name was not.

    Why it matters: whoever asks for the alias gets nothing. Where the target can be registered, or claimed at
    the provider it points to, a stranger can take the name over.

    How to mend it: remove the alias, or point it at a name that exists.

    References: RFC 1034 section 3.6.2; RFC 2308 section 2.1; RFC 6604 section 3
    """
    links = _links(evidence)
    if not links or (why := _missing(evidence, links[-1])) is None:
        return
    last = links[-1]
    ending = [step for step in evidence.trace.steps if step.purpose is Purpose.ALIAS][-1]
    yield Observation(
        f"{last.owner} is an alias of {last.target}, {why}",
        (last.step.id, ending.id),
        cure=f"remove the alias {last.owner}, or point it at a name that exists",
        zone=_zone_of_owner(evidence, last),
    )


@of_trace(Level.WARNING, Blame.HOST)
def alias_chain_long(evidence: Evidence) -> Iterator[Observation]:
    """More aliases in a row than resolvers like to follow.

    What it is: the name asked is an alias of an alias, and so on, more than eight times.

    Why it matters: resolvers bound how many they follow, to between 8 and 16, and then fail. Until then
    each one costs a look-up, and its failure is the failure of all.

    How to mend it: point the first alias at the last name, or at one near to it.

    References: RFC 1034 section 3.6.2; RFC 1034 section 5.2.2
    """
    links = _links(evidence)
    if len(links) > _LONG and links[-1].target not in {link.owner for link in links}:
        yield Observation(
            f"it takes {len(links)} aliases from {links[0].owner} to {links[-1].target}: {_LONG} are safe",
            tuple(link.step.id for link in links),
            cure=f"point {links[0].owner} at a name that has the data, or at one near to it",
            zone=_zone_of_owner(evidence, links[0]),
            level=Level.ERROR if len(links) >= _TOO_LONG else None,
        )


@of_cut(Level.ERROR, Blame.HOST)
def alias_at_apex(cut: Cut) -> Iterator[Observation]:
    """The zone's own name is an alias.

    What it is: there is a CNAME record at the apex of the zone, beside its SOA and NS records.

    Why it matters: a CNAME stands for all data of a name. Resolvers that hold it look for the zone's SOA, NS
    and MX records at the target, and mail and the zone itself fail, depending on what they asked before.

    How to mend it: put address records there in place of the CNAME; some hosts make them from a target by
    themselves (often called ALIAS or ANAME). HTTPS records can point elsewhere too.

    References: RFC 1034 section 3.6.2; RFC 1912 section 2.4; RFC 2181 section 10.1; RFC 9460 section 2.4.2
    """
    showing = [reply for reply in _heard_of(cut) if reply.rrset(cut.zone, _CNAME) is not None]
    if showing:
        yield Observation(
            f"{cut.zone}, the apex of its zone, is an alias, at {where(showing)}",
            steps_of(showing),
            cure=f"replace the CNAME record of {cut.zone} by the addresses of its target",
        )


@of_cut(Level.ERROR, Blame.HOST)
def alias_beside_data(cut: Cut) -> Iterator[Observation]:
    """A name is an alias and has other data too, or is an alias of several names.

    What it is: a server gives a CNAME record and other records of the same name, or several CNAME records.

    Why it matters: an alias has no data of its own. Which of the two a resolver goes by depends on the
    resolver and on what it has in its cache, so users come to different places. Of several CNAME records
    some resolvers take the first; others, such as BIND, answer SERVFAIL.

    How to mend it: remove either the CNAME record or the others.

    References: RFC 1034 section 3.6.2; RFC 2181 section 10.1; RFC 4035 section 2.5
    """
    found: dict[Name, list[HeardReply]] = {}
    for reply in _heard_of(cut):
        for owner in _doubled(reply, cut.zone):
            found.setdefault(owner, []).append(reply)
    for owner, showing in found.items():
        sets = (reply.rrset(owner, _CNAME) or () for reply in showing)
        targets = [rdata.target for rdata in max(sets, key=len)]
        what, cure = (
            "and has other data beside that",
            f"remove the CNAME record of {owner}, or all the others",
        )
        if len(targets) > 1:
            what, cure = f"of {listed(targets)} at once", f"remove all CNAME records of {owner} but one"
        yield Observation(f"{owner} is an alias {what}, at {where(showing)}", steps_of(showing), cure=cure)


# --- what they look at -------------------------------------------------------------------------


def _links(evidence: Evidence) -> list[_AliasStep]:
    """The aliases from the name asked on, in order; the last one may lead back."""
    links: list[_AliasStep] = []
    known: dict[Name, _AliasStep] = {}
    for step in evidence.trace.steps:
        if step.main and step.meaning is not None:
            for link in _links_in(step, step.meaning):
                known.setdefault(link.owner, link)
    name = evidence.trace.question.name
    while name in known and known[name] not in links:
        links.append(known[name])
        name = known[name].target
    return links


def _links_in(step: Step, meaning: Meaning) -> list[_AliasStep]:
    if step.question.rdtype in (_CNAME, dns.rdatatype.ANY):
        return []
    if meaning.kind not in (Kind.ALIAS, Kind.ALIAS_LOOP, Kind.ANSWER):
        return []
    return [_AliasStep(r.name, r[0].target, step) for r in meaning.answer if r.rdtype == _CNAME]


def _zone_of_owner(evidence: Evidence, link: _AliasStep) -> Name:
    """The deepest zone known at or above the owner of an alias."""
    zones = [cut.zone for cut in evidence.cuts if link.owner.is_subdomain(cut.zone)]
    return max(zones, key=len, default=link.step.zone)


def _missing(evidence: Evidence, last: _AliasStep) -> str | None:
    """Why the target of an alias is not there; None where it is, or where that is not known."""
    trace = evidence.trace
    ending = [step for step in trace.steps if step.purpose is Purpose.ALIAS][-1:]
    if not ending or last.target != ending[0].question.name:
        return None
    if trace.outcome is Outcome.NXDOMAIN:
        return "which does not exist"
    lost = trace.outcome is Outcome.FAILED and ending[0].outcome is Outcome.FAILED and not ending[0].limited
    if lost and ending[0].zone != _zone_of_owner(evidence, last) and ending[0].attempts:
        return f"and no server of {ending[0].zone} answers for that"
    return None


def _heard_of(cut: Cut) -> list[HeardReply]:
    """All that the servers of a zone said, in the walk and to probes."""
    walked = (reply for step in cut.walked for reply in replies_of(step))
    return [r for r in (*walked, *cut.probed_replies()) if r.address in cut.serving and r.message is not None]


def _doubled(reply: HeardReply, zone: Name) -> list[Name]:
    """The names below the apex that have a CNAME record and something else in one reply."""
    answer = [] if reply.message is None else reply.message.answer
    aliases = [rrset for rrset in answer if rrset.rdtype == _CNAME and rrset.name.is_subdomain(zone)]
    return [
        alias.name
        for alias in aliases
        if alias.name != zone
        and (len(alias) > 1 or any(r.name == alias.name and r.rdtype not in _ALLOWED for r in answer))
    ]
