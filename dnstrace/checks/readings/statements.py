"""What the servers of a zone say about the names in it, each reply by itself, wherever it was asked for.

A statement is one usable reply to an ordinary query. Queries that differ from those of resolvers (mixed case,
an unknown EDNS version or option) are left out: what such a reply shows is a finding of its own. So are
replies of servers that only some of the parent's servers list.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import dns.flags
import dns.message
import dns.rdata
import dns.rdatatype
import dns.rrset

from dnstrace.checks.readings.agreement import POSITIVE, conflict
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply, replies_of, soa_with_referral
from dnstrace.dnssec.denial import marked_absent
from dnstrace.dnssec.proof import Types
from dnstrace.dnssec.records import NSEC
from dnstrace.model import Kind, Name, Probe, Question, Step
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.mnemonics import AT_PARENT
from dnstrace.model.naming import is_below, plain
from dnstrace.model.structs import Struct

_HAS_DATA = POSITIVE | {Kind.ALIAS_LOOP}
_SAYS = _HAS_DATA | NEGATIVE | {Kind.REFERRAL}
_UNLIKE_A_RESOLVER = frozenset(
    {
        Probe.ELSEWHERE,
        Probe.TCP,
        Probe.EDNS_VERSION,
        Probe.EDNS_OPTION,
        Probe.CASE,
        Probe.RECURSION,
        Probe.TRANSFER,
    }
)


class Statement(Struct):
    """A usable reply, and the zone that it is from: the one asked, unless it shows another."""

    reply: HeardReply
    zone: Name

    @property
    def name(self) -> Name:
        """The name asked for."""
        return self.reply.step.question.name

    @property
    def rdtype(self) -> dns.rdatatype.RdataType:
        """The type asked for."""
        return self.reply.step.question.rdtype

    @property
    def kind(self) -> Kind:
        """What the reply says."""
        return self.reply.meaning.kind

    @property
    def address(self) -> str:
        """The address that replied."""
        return self.reply.address

    @property
    def authoritative(self) -> bool:
        """Whether the reply has the AA flag."""
        return self.reply.meaning.authoritative

    @property
    def cut(self) -> Name | None:
        """The zone that a referral leads to."""
        delegation = self.reply.meaning.delegation
        return None if delegation is None else delegation.zone

    @property
    def data(self) -> list[dns.rrset.RRset]:
        """The RRsets of an answer, without signatures."""
        return [r for r in self.reply.meaning.answer if r.rdtype != dns.rdatatype.RRSIG]

    @property
    def is_compact(self) -> bool:
        """Whether a NODATA reply may stand for a name that does not exist (RFC 9824)."""
        message = self.reply.message
        if message is not None and marked_absent(message.authority, self.name):
            return True
        return any(Types(tuple(r.windows)).absent or r.next.labels[0] == b"\0" for _, r in self._nsec)

    @property
    def next_below(self) -> Name | None:
        """The next name of an NSEC record before the name, if it is below that: the name then exists."""
        found = (r.next for owner, r in self._nsec if owner != self.name and is_below(r.next, self.name))
        return next((name for name in found if name.labels[0] != b"\0"), None)

    @property
    def _nsec(self) -> list[tuple[Name, NSEC]]:
        message = self.reply.message
        rrsets = () if message is None else message.authority
        return [(rrset.name, r) for rrset in rrsets for r in rrset if isinstance(r, NSEC)]

    @property
    def asked_text(self) -> str:
        """The type asked for, as a sentence names it."""
        return dns.rdatatype.to_text(self.rdtype)


class Statements:
    """What the servers of the zone of one cut say from that zone, in the order in which it was asked."""

    def __init__(self, cut: Cut) -> None:
        self.zone, self.supposed = cut.zone, cut.supposed
        self.everything = tuple(_statements(cut))
        self.all = tuple(each for each in self.everything if each.zone == cut.zone)

    def of_kind(self, kinds: Iterable[Kind]) -> list[Statement]:
        """The statements of these kinds."""
        wanted = frozenset(kinds)
        return [each for each in self.all if each.kind in wanted]

    @cached_property
    def data(self) -> dict[tuple[str, Name], list[Statement]]:
        """The answers in which an address gives data of a name, by address and name."""
        found: dict[tuple[str, Name], list[Statement]] = {}
        for each in self.of_kind(_HAS_DATA):
            for owner in dict.fromkeys(rrset.name for rrset in each.data):
                found.setdefault((each.address, owner), []).append(each)
        return found

    @cached_property
    def bare(self) -> dict[tuple[str, Name], list[Statement]]:
        """The replies in which an address says that a name has no data of a type, by address and name."""
        found: dict[tuple[str, Name], list[Statement]] = {}
        for each in self.of_kind((Kind.NODATA,)):
            found.setdefault((each.address, each.name), []).append(each)
        return found

    @cached_property
    def wildcards(self) -> dict[tuple[Name | None, dns.rdatatype.RdataType], Statement]:
        """The first answer that gives data of a wildcard, by the wildcard and the type asked."""
        found: dict[tuple[Name | None, dns.rdatatype.RdataType], Statement] = {}
        for each in self.of_kind(POSITIVE):
            if each.name.labels[0] == b"*":
                found.setdefault((each.name, each.rdtype), each)
        return found

    @cached_property
    def by_question(self) -> dict[Question, list[HeardReply]]:
        """Every reply that says something from the zone, by the question."""
        found: dict[Question, list[HeardReply]] = {}
        for each in self.all:
            found.setdefault(each.reply.step.question, []).append(each.reply)
        return found

    @cached_property
    def _asked_for_soa(self) -> set[tuple[str, Name]]:
        """The addresses that were asked for SOA records, with the name."""
        soa = dns.rdatatype.SOA
        return {(each.address, each.name) for each in self.everything if each.rdtype == soa}

    @cached_property
    def _hosted(self) -> dict[str, set[Name]]:
        """The zones that each address answers for, by a reply from them or by their SOA records."""
        found: dict[str, set[Name]] = {}
        for each in self.everything:
            zones = found.setdefault(each.address, set())
            if each.reply.meaning.zone is not None:
                zones.add(each.reply.meaning.zone)
            if _is_soa(each):
                zones.add(each.name)
        return found

    @cached_property
    def referrals(self) -> dict[str, dict[Name, Statement]]:
        """The zones that each address refers to, each with the first reply that does."""
        found: dict[str, dict[Name, Statement]] = {}
        for each in self.of_kind((Kind.REFERRAL,)):
            if each.cut is not None:
                found.setdefault(each.address, {}).setdefault(each.cut, each)
        return found

    @cached_property
    def apex(self) -> dict[str, Statement]:
        """The first reply of each address that shows the zone's apex, by its SOA records or other data."""
        found: dict[str, Statement] = {}
        for each in self.all:
            soa, zone = each.reply.meaning.soa, each.reply.meaning.zone
            if zone == self.zone or (soa is not None and soa.name == self.zone) or self._has_apex(each):
                found.setdefault(each.address, each)
        return found

    def _has_apex(self, each: Statement) -> bool:
        return each.kind is Kind.ANSWER and any(rrset.name == self.zone for rrset in each.data)

    @cached_property
    def below(self) -> dict[tuple[str, Name], Statement]:
        """For each address and name below the apex, the first statement that shows a name below that one."""
        found: dict[tuple[str, Name], Statement] = {}
        for each in self.all:
            name = each.name if each.cut is None else each.cut
            if each.kind is Kind.NXDOMAIN or (each.kind is Kind.NODATA and each.is_compact):
                continue
            if each.cut in self.supposed:
                continue
            while is_below(name, self.zone) and (name := name.parent()) != self.zone:
                found.setdefault((each.address, name), each)
        return found

    def hosts(self, address: str, zone: Name) -> bool:
        """Whether an address also serves a zone below this one."""
        return zone in self._hosted.get(address, ())

    def hosts_for(self, address: str, zone: Name, name: Name) -> bool:
        """Whether an address also serves a zone at or below `zone`, below this one, that can have a name."""
        while name.is_subdomain(zone):
            if self.hosts(address, name):
                return True
            name = name.parent()
        return False

    def hosts_beneath(self, address: str, zone: Name, name: Name) -> bool:
        """Whether an address serves a zone below `zone` that can have a name, and not `zone` itself."""
        return not self.hosts(address, zone) and self.hosts_for(address, zone, name)

    def has_no_cut(self, address: str, zone: Name) -> bool:
        """Whether an address was asked about a zone cut by itself, and neither refers to it nor serves it."""
        if zone in self.referrals.get(address, ()) or self.hosts(address, zone):
            return False
        return (address, zone) in self._asked_for_soa


def statements_of(cut: Cut) -> Statements:
    """What the servers of a cut say: collected once."""
    return cut.once(Statements)


def agrees_below(cut: Cut, reply: HeardReply, below: Name) -> bool:
    """Whether the servers of a zone below answer the same question alike, as far as they were asked."""
    theirs = heard_below(cut, reply, below)
    return bool(theirs) and not any(conflict(reply, each) for each in theirs)


def heard_below(cut: Cut, reply: HeardReply, below: Name) -> list[HeardReply]:
    """What the servers of a zone below reply to the same question."""
    child, question = cut.evidence.cut(below), reply.step.question
    said = () if child is None else statements_of(child).by_question.get(question, ())
    others = [each for each in said if each.step is not reply.step]
    probed = cut.once(_asked_elsewhere).get((below, question), ())
    return [*others, *(each for step in probed for each in replies_of(step) if each.meaning.kind in _SAYS)]


def _asked_elsewhere(cut: Cut) -> dict[tuple[Name, Question], list[Step]]:
    """The probes of servers that only some of the parent's servers list, by zone and question."""
    found: dict[tuple[Name, Question], list[Step]] = {}
    for step in cut.anywhere(Probe.ELSEWHERE):
        found.setdefault((step.zone, step.question), []).append(step)
    return found


def record_list(each: Statement) -> str:
    """What an answer gives at the name asked: `A 192.0.2.1`."""
    here = [rrset for rrset in each.data if rrset.name == each.name] or each.data
    return ", ".join(dict.fromkeys(f"{dns.rdatatype.to_text(r.rdtype)} records" for r in here))


def said_text(reply: HeardReply) -> str:
    """A reply as the end of a sentence: `NXDOMAIN`, `a referral to child.example.com`, or its data."""
    meaning = reply.meaning
    if (below := soa_with_referral(reply)) is not None:
        return f"a referral to {plain(below)} with an SOA record, as in NODATA"
    if meaning.kind in NEGATIVE or meaning.kind is Kind.YXDOMAIN:
        return meaning.kind.value.upper()
    if meaning.kind is Kind.ALIAS_LOOP:
        return "aliases in a circle"
    if meaning.delegation is not None:
        return f"a referral to {plain(meaning.delegation.zone)}"
    rrsets = [rrset for rrset in meaning.answer if not rrset.covers]
    return ", ".join(_rdata_text(rrset, rdata) for rrset in rrsets for rdata in sorted(rrset))


def _rdata_text(rrset: dns.rrset.RRset, rdata: dns.rdata.Rdata) -> str:
    target = getattr(rdata, "target", None)
    if rrset.rdtype == dns.rdatatype.CNAME and target is not None:
        return f"an alias of {plain(target)}"
    return f"DNAME {plain(target)}" if rrset.rdtype == dns.rdatatype.DNAME and target else str(rdata)


def foreign_soa_in(reply: HeardReply) -> Name | None:
    """The owner of the SOA record in a negative reply that is not of the zone asked, nor below it."""
    message, question = reply.message, reply.step.question
    if message is None or reply.meaning.soa is not None or message.answer:
        return None
    if _is_resolvers(message):
        return None
    wanted = dns.rdatatype.SOA, question.rdclass
    soas = [rrset.name for rrset in message.authority if (rrset.rdtype, rrset.rdclass) == wanted]
    childs = question.rdtype == dns.rdatatype.DS and question.name in soas
    return None if childs else next(iter(soas), None)


def asked_like_a_resolver(cut: Cut) -> list[HeardReply]:
    """Every last reply of the servers of a cut, usable or not, to a query that a resolver could send."""
    steps = (step for step in cut.steps if step.zone == cut.zone and not step.asks_resolver)
    return [
        reply
        for step in steps
        if step.probe not in _UNLIKE_A_RESOLVER
        for reply in replies_of(step)
        if reply.message is not None
    ]


def parents_own(each: Statement, cut: Name) -> bool:
    """Whether a question about a zone cut is the business of the zone above it (RFC 4035 section 3.1.4.1)."""
    beside = (dns.rdatatype.NSEC, dns.rdatatype.RRSIG, dns.rdatatype.ANY)
    return each.name == cut and (each.rdtype in AT_PARENT or each.rdtype in beside)


def _statements(cut: Cut) -> Iterable[Statement]:
    for step in cut.steps:
        asked_here = step.zone == cut.zone or (step.main and is_below(cut.zone, step.zone))
        if not asked_here or step.asks_resolver or step.probe in _UNLIKE_A_RESOLVER:
            continue
        for reply in replies_of(step):
            if reply.meaning.kind in _SAYS:
                yield Statement(reply, reply.meaning.zone or step.zone)


def _is_resolvers(message: dns.message.Message) -> bool:
    return bool(message.flags & dns.flags.RA) and not message.flags & dns.flags.AA


def _is_soa(each: Statement) -> bool:
    return each.rdtype == dns.rdatatype.SOA and each.kind is Kind.ANSWER and each.authoritative
