"""The rule on single records: RDATA that is not of the form that its type has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import dns.rdata
import dns.rdatatype
import dns.rrset

from dnstrace.checks.advice.remedies import at_parent, in_zone
from dnstrace.checks.catalogue import of_trace
from dnstrace.checks.readings.delegated_keys import in_place
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import counted, where
from dnstrace.checks.readings.replies import HeardReply, only_server, replies_of, steps_of
from dnstrace.message.reading import flaw
from dnstrace.model import Name, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text

_OF_TRUST = frozenset({dns.rdatatype.DS, dns.rdatatype.DNSKEY})


class _Group(NamedTuple):
    """What one observation is about: the zone of the records, and how much they matter."""

    zone: Name
    level: Level
    blame: Blame


class _Odd(NamedTuple):
    """A record in a reply, and what is wrong with it."""

    reply: HeardReply
    rrset: dns.rrset.RRset
    rdata: dns.rdata.Rdata
    wrong: str

    @property
    def what(self) -> tuple[Name, int, dns.rdata.Rdata]:
        return self.rrset.name, self.rrset.rdtype, self.rdata


@of_trace(Level.WARNING, Blame.HOST, also=(Level.ERROR,))
def record_malformed(evidence: Evidence) -> Iterator[Observation]:
    """A record's data does not have the form that its type requires.

    What it is: a server sends a record whose data is too short, too long, or otherwise not what the
    standard of its type allows. It is shown as octets, in the generic form.

    Why it matters: what becomes of such a record differs between resolvers and applications. Some pass it
    on, some ignore it, and some reject the whole reply. In a DS or DNSKEY RRset it can make validation
    fail, and in the answer it gives users no usable data.

    How to fix it: correct the record where the zone is edited, or DS records at the registrar. If the
    record is right there, the server's software does not know its type: upgrade it.

    References: RFC 3597 section 5; RFC 4034 section 5.1; RFC 9460 section 2.2
    """
    groups: dict[_Group, list[_Odd]] = {}
    for odd in _malformed(evidence):
        groups.setdefault(_group(evidence, odd), []).append(odd)
    for group, found in groups.items():
        yield _observation(evidence, group, found)


def _observation(evidence: Evidence, group: _Group, found: list[_Odd]) -> Observation:
    first = found[0]
    several = len({odd.what for odd in found}) - 1
    more = f" (and {counted(several, 'more malformed record')})" if several else ""
    replies = [odd.reply for odd in found]
    owner, rdtype = plain(first.rrset.name), dns.rdatatype.to_text(first.rrset.rdtype)
    of_parent = group.blame is Blame.REGISTRAR
    cut = evidence.cut(group.zone) if of_parent else None
    publish = () if cut is None else in_place(cut)
    bad = {
        f"{odd.rrset.name} {odd.rrset.ttl} IN {rdtype} {odd.rdata}"
        for odd in found
        if odd.rrset.name == first.rrset.name
    }
    if cut is not None:
        remedy = at_parent(cut, change=publish, remove=() if publish else sorted(bad))
    else:
        remedy = in_zone(group.zone)
    return Observation(
        f"{owner} has a malformed {rdtype} record: {first.wrong}{more}, on {where(replies)}",
        steps_of(replies),
        server=only_server(replies),
        cure=f"replace the DS records of {zone_text(group.zone)}"
        if of_parent
        else f"correct the {rdtype} record of {owner}",
        records=publish,
        remedy=remedy,
        level=group.level,
        blame=group.blame,
        zone=group.zone,
    )


def _malformed(evidence: Evidence) -> Iterator[_Odd]:
    """Every malformed record in the replies of name servers, in the order of the steps."""
    sound: set[int] = set()  # the meanings of replies without any: most are equal
    for step in evidence.trace.steps:
        for reply in () if step.at_resolver or step.probe is Probe.CASE else replies_of(step):
            found = () if id(reply.meaning) in sound else reply.once(_odd_records)
            for rrset, rdata, wrong in found:
                yield _Odd(reply, rrset, rdata, wrong)
            if not found:
                sound.add(id(reply.meaning))


def _odd_records(reply: HeardReply) -> tuple[tuple[dns.rrset.RRset, dns.rdata.Rdata, str], ...]:
    """The records of a reply that are malformed, and in what way."""
    message, found = reply.message, list[tuple[dns.rrset.RRset, dns.rdata.Rdata, str]]()
    for rrset in () if message is None else (*message.answer, *message.authority, *message.additional):
        odd = {rdata: wrong for rdata in rrset if (wrong := flaw(rdata))}
        found += ((rrset, rdata, odd[rdata]) for rdata in sorted(odd))
    return tuple(found)


def _group(evidence: Evidence, odd: _Odd) -> _Group:
    name, rdtype = odd.rrset.name, odd.rrset.rdtype
    asked = odd.reply.step.question
    believed = any((each.name, each.rdtype) == (name, rdtype) for each in odd.reply.meaning.answer)
    answers = odd.reply.step.main and rdtype == asked.rdtype and believed
    level = Level.ERROR if rdtype in _OF_TRUST or answers else Level.WARNING
    if rdtype == dns.rdatatype.DS:
        return _Group(name, level, Blame.REGISTRAR)
    return _Group(evidence.zone_of(odd.reply.step), level, Blame.HOST)
