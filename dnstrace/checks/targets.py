"""The rule on names that records point to, without the final dot that they need in a master file."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype
import dns.rrset

from dnstrace.analysis.pointing import meant_by, pointed_anew, pointed_at
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import listed
from dnstrace.checks.registries import registered
from dnstrace.checks.remedies import in_zone
from dnstrace.checks.replies import HeardReply, replies_of, steps_of
from dnstrace.message.presentation import in_master_file
from dnstrace.model import Kind, Name, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain


@of_cut(Level.WARNING, Blame.HOST, also=(Level.ERROR,))
def target_without_dot(cut: Cut) -> Iterator[Observation]:
    """A record points to a name that lacks its final dot.

    What it is: an MX, SRV, PTR, HTTPS or SVCB record points to a name that does not exist, because the name
    of the zone follows the one that was meant: `mail.example.com.example.com`. In a master file, and in
    some control panels, a name without its final dot is taken as a name below the zone.

    Why it matters: whoever follows the record finds nothing. Mail waits and comes back, and services are not
    found. If that is so of all the records asked for, it is an error.

    How to fix it: write the name with its final dot. In a control panel that adds the zone by itself, write
    it without the zone's name.

    References: RFC 1035 section 5.1; RFC 5321 section 5.1; RFC 2782; RFC 9460 section 2.1
    """
    absent = cut.once(_absent)
    for owner, rdtype in dict.fromkeys((r.name, r.rdtype) for _, r in cut.once(_pointing) if absent):
        alike = [(reply, r) for reply, r in cut.once(_pointing) if (r.name, r.rdtype) == (owner, rdtype)]
        reply, rrset = next((pair for pair in alike if _wrong(cut, pair[1])), alike[0])
        if wrong := _wrong(cut, rrset):
            yield _observation(cut, reply, rrset, wrong)


def _observation(cut: Cut, reply: HeardReply, rrset: dns.rrset.RRset, wrong: dict[Name, Name]) -> Observation:
    absent, fixed = cut.once(_absent), _fixed(rrset, wrong)
    every = {pointed_at(rdata) for rdata in rrset}
    several = len(rrset) > 1
    what = f"{dns.rdatatype.to_text(rrset.rdtype)} record{'s' if several else ''} of {plain(rrset.name)}"
    return Observation(
        f"the {what} {'point' if several else 'points'} to {listed(wrong)}, which"
        f" {'does' if len(wrong) == 1 else 'do'} not exist: the final dot of {listed(wrong.values())}"
        " is missing",
        steps_of((reply, *(absent[name] for name in wrong))),
        cure=f"write {listed(each.to_text() for each in wrong.values())}, with the final dot, in the {what}",
        records=fixed,
        remedy=in_zone(cut.zone, change=fixed),
        level=Level.ERROR if reply.step.main and len(wrong) == len(every) else None,
    )


def _wrong(cut: Cut, rrset: dns.rrset.RRset) -> dict[Name, Name]:
    """The names that do not exist to which records point, each with the one that was meant."""
    absent = cut.once(_absent)
    names = [name for rdata in rrset if (name := pointed_at(rdata)) in absent and name is not None]
    return {name: meant for name in names if (meant := name_meant(name, cut.zone)) is not None}


def name_meant(target: Name, zone: Name) -> Name | None:
    """What was meant by a target in the zone: another name of the zone, or one that can be registered."""
    meant = meant_by(target, zone)
    if meant is None or meant.is_subdomain(zone):
        return meant
    return meant if registered(meant) is not None else None


def _pointing(cut: Cut) -> list[tuple[HeardReply, dns.rrset.RRset]]:
    """The RRsets of the zone that point somewhere, each with a reply that has it."""
    steps = (*cut.walked, *cut.probe_steps(Probe.TYPE))
    return [
        (reply, rrset)
        for step in steps
        for reply in replies_of(step)
        if reply.meaning.kind is Kind.ANSWER and reply.address in cut.serving
        for rrset in reply.meaning.answer
        if rrset.name.is_subdomain(cut.zone) and pointed_at(rrset[0]) is not None
    ]


def _absent(cut: Cut) -> dict[Name, HeardReply]:
    """The names that do not exist by every server that was asked for their addresses."""
    found: dict[Name, HeardReply] = {}
    there: set[Name] = set()
    for step in cut.probe_steps(Probe.TYPE):
        for reply in replies_of(step):
            if reply.meaning.kind is Kind.NXDOMAIN:
                found.setdefault(step.question.name, reply)
            elif reply.meaning.usable:
                there.add(step.question.name)
    return {name: reply for name, reply in found.items() if name not in there}


def _fixed(rrset: dns.rrset.RRset, wrong: dict[Name, Name]) -> tuple[str, ...]:
    """The records with what was meant, in master-file format."""
    head = f"{rrset.name} {rrset.ttl} IN {dns.rdatatype.to_text(rrset.rdtype)}"
    return tuple(sorted(f"{head} {in_master_file(pointed_anew(rdata, wrong))}" for rdata in rrset))
