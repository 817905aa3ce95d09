"""The rule on names that records point to, without the final dot that they need in a master file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dns.rdatatype
import dns.rrset

from dnstrace.analysis.pointing import meant_by, pointed_anew, pointed_at, stands_alone
from dnstrace.checks.advice.registries import registered
from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.advice.versions import newest
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import host_of
from dnstrace.checks.readings.phrases import listed
from dnstrace.checks.readings.replies import HeardReply, replies_of, steps_of
from dnstrace.checks.readings.serials import serials
from dnstrace.dnssec.denial import marked_absent
from dnstrace.message.presentation import in_master_file
from dnstrace.model import Kind, Name, Probe, Step
from dnstrace.model.addresses import special
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain


@of_cut(Level.WARNING, Blame.HOST, also=(Level.ERROR,))
def target_without_dot(cut: Cut) -> Iterator[Observation]:
    """A record points to a name that lacks its final dot.

    What it is: an MX, SRV, PTR, HTTPS or SVCB record points to a name that does not exist, because the name
    of the zone follows the one that was meant: `mail.example.com.example.com`. In a master file, and in
    some control panels, a name without its final dot is taken as a name below the zone.

    Why it matters: whoever follows the record finds nothing. Mail waits and comes back, and services are not
    found. If that is so of all the records asked for, and the names that were meant have addresses, it is an
    error.

    How to fix it: write the name with its final dot. In a control panel that adds the zone by itself, write
    it without the zone's name. Where the name that seems to be meant has no address, find out which host the
    record is for: the name may also be one that was removed from the zone.

    References: RFC 1035 section 5.1; RFC 5321 section 5.1; RFC 2782; RFC 9460 section 2.1
    """
    gone = cut.once(absent)
    for owner, rdtype in dict.fromkeys((r.name, r.rdtype) for _, r in cut.once(pointing) if gone):
        alike = [(reply, r) for reply, r in cut.once(pointing) if (r.name, r.rdtype) == (owner, rdtype)]
        reply, rrset = next((pair for pair in alike if _wrong(cut, pair[1])), alike[0])
        wrong = _wrong(cut, rrset)
        if lost := {name: meant for name, meant in wrong.items() if has_addresses(cut, meant)}:
            yield _lost(cut, reply, rrset, lost)
        if unsure := {name: meant for name, meant in wrong.items() if name not in lost}:
            yield _may_be_lost(cut, reply, rrset, unsure)


def _lost(cut: Cut, reply: HeardReply, rrset: dns.rrset.RRset, wrong: dict[Name, Name]) -> Observation:
    """The observation of targets that exist without the zone's name."""
    fixed, every = _fixed(rrset, wrong), {pointed_at(rdata) for rdata in rrset}
    found = (step for meant in wrong.values() for step in host_of(cut, meant).steps)
    return Observation(
        f"{point_text(rrset, wrong)}: the final dot of {listed(wrong.values())} is missing",
        (*_shown(cut, reply, wrong), *found),
        cure=f"write {listed(each.to_text() for each in wrong.values())}, with the final dot, in the"
        f" {records_text(rrset)}",
        records=fixed,
        remedy=in_zone(cut.zone, change=fixed),
        level=Level.ERROR if reply.step.main and len(wrong) == len(every) else None,
    )


def _may_be_lost(cut: Cut, reply: HeardReply, rrset: dns.rrset.RRset, wrong: dict[Name, Name]) -> Observation:
    """The observation of targets of which nothing shows what was meant: that is for the operator to say."""
    dots = "its final dot" if len(wrong) == 1 else "their final dots"
    return Observation(f"{point_text(rrset, wrong)} and may lack {dots}", _shown(cut, reply, wrong))


def records_text(rrset: dns.rrset.RRset) -> str:
    """The records of an RRset, as a sentence names them: `MX records of example.com`."""
    plural = "s" if len(rrset) > 1 else ""
    return f"{dns.rdatatype.to_text(rrset.rdtype)} record{plural} of {plain(rrset.name)}"


def point_text(rrset: dns.rrset.RRset, wrong: Iterable[Name], what: str = "") -> str:
    """That records of an RRset point to some names: to `what`, else to names that do not exist."""
    names = set(wrong)
    count = sum(pointed_at(rdata) in names for rdata in rrset)
    point = "points" if count == 1 else "point"
    of = "the" if count == len(rrset) else "one of the" if count == 1 else f"{count} of the"
    do = "does" if len(names) == 1 else "do"
    return f"{of} {records_text(rrset)} {point} to {what or f'{listed(sorted(names))}, which {do} not exist'}"


def _shown(cut: Cut, reply: HeardReply, wrong: dict[Name, Name]) -> tuple[int, ...]:
    gone = cut.once(absent)
    return steps_of((reply, *(gone[name] for name in wrong)))


def _wrong(cut: Cut, rrset: dns.rrset.RRset) -> dict[Name, Name]:
    """The names that do not exist to which records point, each with the one that may have been meant."""
    gone = cut.once(absent)
    names = [name for rdata in rrset if (name := pointed_at(rdata)) in gone and name is not None]
    return {name: meant for name in names if (meant := name_meant(cut, name)) is not None}


def name_meant(cut: Cut, target: Name) -> Name | None:
    """What a target in the zone may mean: another name of the zone, or one that can be registered.

    None where the zone has other names there (`office.example.com` above `mail.office.example.com`): then it
    is one of them that is gone.
    """
    meant = meant_by(target, cut.zone)
    if meant is None or not stands_alone(_asked(cut), target, cut.zone):
        return None
    return meant if meant.is_subdomain(cut.zone) or registered(meant) is not None else None


def _asked(cut: Cut) -> tuple[Step, ...]:
    """The steps in which the servers of the zone were asked for names in it."""
    return (*cut.walked, *cut.probe_steps(Probe.TYPE))


def has_addresses(cut: Cut, name: Name) -> bool:
    """Whether a name that may be meant has an address that is of use."""
    return any(not special(text) for text in host_of(cut, name).addresses)


def alias_meant(cut: Cut | None, target: Name) -> tuple[Name | None, bool]:
    """What the target of an alias in a zone may mean, and whether that is known to exist.

    Of another name of the zone it is enough that there is something: whether it has the data is rehearsed.
    """
    meant = None if cut is None else name_meant(cut, target)
    if cut is None or meant is None:
        return None, False
    inside, host = meant.is_subdomain(cut.zone), host_of(cut, meant)
    return meant, has_addresses(cut, meant) or host.alias or (inside and bool(host.denied))


def pointing(cut: Cut) -> list[tuple[HeardReply, dns.rrset.RRset]]:
    """The RRsets of the zone that point somewhere, each with a reply that has it.

    Left out are those of servers with an older version of the zone, which is a finding of its own: what it
    points to may have been removed together with the record.
    """
    found = [
        (reply, rrset)
        for step in _asked(cut)
        for reply in replies_of(step)
        if reply.meaning.kind is Kind.ANSWER and reply.address in cut.serving
        for rrset in reply.meaning.answer
        if rrset.name.is_subdomain(cut.zone) and pointed_at(rrset[0]) is not None
    ]
    latest = newest(cut) if found else None
    known = {} if latest is None else serials(cut)
    return [(reply, rrset) for reply, rrset in found if known.get(reply.address, latest) == latest]


def absent(cut: Cut) -> dict[Name, HeardReply]:
    """The names that do not exist by every server that was asked for their addresses."""
    found: dict[Name, HeardReply] = {}
    there: set[Name] = set()
    for step in cut.probe_steps(Probe.TYPE):
        for reply in replies_of(step):
            if _denies(reply):
                found.setdefault(step.question.name, reply)
            elif reply.meaning.usable:
                there.add(step.question.name)
    return {name: reply for name, reply in found.items() if name not in there}


def _denies(reply: HeardReply) -> bool:
    """Whether a reply says that the name asked for does not exist, perhaps by compact denial (RFC 9824)."""
    if reply.meaning.kind is not Kind.NODATA or reply.message is None:
        return reply.meaning.kind is Kind.NXDOMAIN
    return marked_absent(reply.message.authority, reply.step.question.name)


def _fixed(rrset: dns.rrset.RRset, wrong: dict[Name, Name]) -> tuple[str, ...]:
    """The records with what was meant, in master-file format."""
    head = f"{rrset.name} {rrset.ttl} IN {dns.rdatatype.to_text(rrset.rdtype)}"
    return tuple(sorted(f"{head} {in_master_file(pointed_anew(rdata, wrong))}" for rdata in rrset))
