"""The rule on types: a server that answers for the zone, but not to every type that it can be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import dns.rcode
import dns.rdatatype

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.advice.server_fixes import is_minor
from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.readings.agreement import POSITIVE
from dnstrace.checks.readings.alias_links import fails_for_aliases
from dnstrace.checks.readings.controls import unsteady
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import addresses, listed, question_text
from dnstrace.checks.readings.replies import (
    FAILING,
    HeardReply,
    by_server,
    lists_itself,
    replies_of,
    steps_of,
)
from dnstrace.model import Kind, Name, Probe, Purpose
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.naming import plain, zone_text

_PROBES = frozenset(
    {
        Probe.SOA,
        Probe.NS,
        Probe.DNSKEY,
        Probe.CDS,
        Probe.CDNSKEY,
        Probe.NSEC,
        Probe.NSEC3PARAM,
        Probe.ADDRESS,
        Probe.BETWEEN,
        Probe.TYPE,
    }
)
_NEEDED = frozenset(map(dns.rdatatype.from_text, ("A", "AAAA", "NS", "SOA", "DNSKEY", "DS")))
_OF_ONE_PROBE = frozenset({Kind.MALFORMED, Kind.MISMATCH, Kind.PORT_UNREACHABLE, Kind.HOST_UNREACHABLE})
"""What other rules say of the whole server, where the walk met it."""
_DECLINED = frozenset(map(dns.rdatatype.from_text, ("AXFR", "IXFR", "MAILA", "MAILB", "RRSIG")))
"""What no server has to give. Signatures come with the data that they are for (RFC 4035 section 3.1.1)."""
_DOES = {
    Kind.TIMEOUT: "does not reply to",
    Kind.CONNECTION_LOST: "closes the connection after",
    Kind.EMPTY: "sends an empty reply to",
    Kind.TRUNCATED_OVER_TCP: "truncates, over TCP too, its replies to",
    Kind.OTHER_TYPE: "answers with records of another type to",
    Kind.OTHER_NAME: "answers with records of another name to",
    Kind.WRONG_CLASS: "answers with records of another class to",
    Kind.MALFORMED: "sends a reply that cannot be read to",
    Kind.MISMATCH: "sends a reply that does not match to",
    Kind.PORT_UNREACHABLE: "rejects",
    Kind.HOST_UNREACHABLE: "cannot be reached with",
    Kind.UPWARD_REFERRAL: "refers to a zone above in reply to",
    Kind.SIDEWAYS_REFERRAL: "refers to another zone in reply to",
    Kind.SELF_REFERRAL: "refers to its own zone in reply to",
}


class _Asked(NamedTuple):
    """A question at one address."""

    address: str
    name: Name
    rdtype: int


@of_cut(Level.WARNING, Blame.HOST, Trait.BESIDE, also=(Level.ERROR, Level.NOTICE))
def type_fails(cut: Cut) -> Iterator[Observation]:
    """A name server answers for the zone, but not to queries for some types.

    What it is: the server answers for the SOA or NS records of the zone. To other types of query it does
    not reply, or it replies with an error or with something else of no use, where the records or NODATA are
    due. A server of the parent zone may have the zone's DS records in referrals, or the proof that there are
    none, and fail if asked for them.

    Why it matters: clients that need the type wait in vain or fail. Certificate authorities do not issue
    if CAA fails, browsers wait for HTTPS, and mail servers for MX. If it is the type in question, or one
    that resolution needs (A, AAAA, NS, SOA, DNSKEY, DS), resolvers answer SERVFAIL (an error).

    How to fix it: update the server's software, or the load balancer or firewall in front of it, so that it
    replies to every type. For a name without records of a type the reply is NOERROR with the zone's SOA
    record in the authority section.

    References: RFC 8906 section 3.1.2; RFC 4074 section 4; RFC 3597 section 3; RFC 2308 section 2.2
    """
    yield from _without_ds(cut)
    controls = cut.once(_controls)
    every = _failing(cut)
    minor = is_minor(cut, every)
    for server, failing in by_server(every).items():
        yield Observation(
            f"{plain(server)} {_does(cut, failing)} at {addresses(failing)}, although it"
            f" {_control_text(controls[failing[0].address])}",
            (*steps_of(failing), *steps_of(controls[reply.address] for reply in failing)),
            server=server,
            cure=_cure(cut, server, failing),
            level=_level(cut, failing, minor),
            remedy=at_servers(server),
        )


def _cure(cut: Cut, server: Name, failing: list[HeardReply]) -> str:
    """What to do: whatever fails with all types of a name, and with no type elsewhere, fails for the name."""
    names = {reply.step.question.name for reply in failing} - {cut.zone}
    sick = {reply.address for reply in failing}
    answered = {
        r.step.question.name for r in _replies(cut) if r.address in sick and r.message and r.meaning.usable
    }
    apex = any(reply.step.question.name == cut.zone for reply in failing)
    if names and not apex and not names & answered and len(failing) > len(sick) * len(names):
        what = f"fails all queries for {listed(map(plain, sorted(names)), 3)}"
        return f"find out why {plain(server)}, or the device in front of it, {what}, and not for other names"
    return (
        f"make {plain(server)}, or the device in front of it, reply to every type: with the records, or with"
        f" NOERROR and the SOA record of {zone_text(cut.zone)}"
    )


def _without_ds(cut: Cut) -> Iterator[Observation]:
    """The servers of the parent that have DS records of the zone in referrals, and fail if asked for them.

    It is an error where all that were asked do.
    """
    probes = (step for step in cut.steps if step.probe is Probe.TYPE and step.zone == cut.parent)
    steps = (s for s in probes if s.question.name == cut.zone and s.question.rdtype == dns.rdatatype.DS)
    asked = [reply for step in steps for reply in replies_of(step)]
    failing = [reply for reply in asked if _fails(reply)]
    signed = cut.delegation is not None and bool(cut.delegation.ds)
    although = "include these records" if signed else "prove that there are none"
    for server, replies in by_server(failing).items():
        yield Observation(
            f"{plain(server)} {_reaction(replies[0])} queries for {plain(cut.zone)} DS at"
            f" {addresses(replies)}, although its referrals {although}",
            (*steps_of(replies), *steps_of(cut.referrals)),
            server=server,
            zone=cut.parent,
            cure=f"make {plain(server)}, or the device in front of it, answer queries for DS records",
            level=Level.ERROR if len(failing) == len(asked) else Level.WARNING,
            remedy=at_servers(server),
        )


def _fails(reply: HeardReply) -> bool:
    """Whether a query got nothing: truncated replies count where they are over TCP too."""
    kind = reply.meaning.kind
    return kind is Kind.TRUNCATED_OVER_TCP or (kind in FAILING and not _truncates(reply))


def _failing(cut: Cut) -> list[HeardReply]:
    """The failed replies to questions that an address never answers, although it serves the zone."""
    asked: dict[_Asked, list[HeardReply]] = {}
    for reply in _replies(cut):
        question = reply.step.question
        asked.setdefault(_Asked(reply.address, question.name, question.rdtype), []).append(reply)
    answered = {
        (key.address, key.rdtype)
        for key, replies in asked.items()
        if any(reply.message is not None for reply in replies)
    }
    never = (
        replies
        for key, replies in asked.items()
        if all(_is_failure(cut, reply) for reply in replies)
        and not (_may_be_lost(cut, replies) and (key.address, key.rdtype) in answered)
    )
    return sorted((replies[0] for replies in never), key=lambda reply: reply.step.id)


def _may_be_lost(cut: Cut, replies: list[HeardReply]) -> bool:
    """Whether it is silence, and not to the question of the walk, which is asked most often.

    A device that drops a type drops it for every name: if there is a reply for another one, it is chance.
    """
    of_walk = {step.id for step in cut.walked}
    return not any(reply.message is not None or reply.step.id in of_walk for reply in replies)


def _replies(cut: Cut) -> Iterator[HeardReply]:
    """What the zone's servers replied to questions that they should answer; the walk's comes first."""
    of_walk = {step.id for step in cut.walked}
    for step in cut.steps:
        keys = step.purpose is Purpose.DNSKEY and step.question.name == cut.zone
        if step.id in of_walk or keys or (step.zone == cut.zone and step.probe in _PROBES):
            yield from replies_of(step)


def _is_failure(cut: Cut, reply: HeardReply) -> bool:
    """Whether a reply is a failure, where the address answers another question asked in the same way."""
    control = cut.once(_controls).get(reply.address)
    if control is None or not _is_of_no_use(cut, reply):
        return False
    if _truncates(reply) and not _is_lost_at_this_type(cut, reply):
        return False
    if control.meaning.kind is Kind.REFERRAL and reply.step.question.rdtype == dns.rdatatype.DS:
        return False  # that is judged with the zone below
    if reply.address in cut.once(unsteady):
        return False
    if (_lacks_soa_only(reply) and reply.step.probe is not None) or fails_for_aliases(reply):
        return False
    needs_plain = control.attempt.exchange.query.edns is None
    return not (needs_plain and reply.attempt.exchange.query.edns is not None)


def _controls(cut: Cut) -> dict[str, HeardReply]:
    """The answers that show that an address serves the zone: of the walk, where nothing of the apex comes."""
    walked = [reply for reply in cut.replies if reply.step.all_servers]
    heard = {reply.address: reply for reply in walked if _serves(cut, reply)}
    bare = {reply.address: reply for reply in walked if _denies_barely(reply)}
    return bare | heard | cut.controls


def _denies_barely(reply: HeardReply) -> bool:
    """Whether a reply denies something without authority, and with nothing that shows which zone it has."""
    return reply.meaning.kind in NEGATIVE and not reply.meaning.authoritative and reply.meaning.soa is None


def _serves(cut: Cut, reply: HeardReply) -> bool:
    """Whether a reply to the walk shows that its server has the zone."""
    meaning = reply.meaning
    if lists_itself(reply, cut.zone):
        return False
    if meaning.kind is Kind.REFERRAL or (meaning.authoritative and meaning.kind in POSITIVE):
        return True
    return meaning.authoritative and meaning.soa is not None and meaning.soa.name == cut.zone


def _control_text(control: HeardReply) -> str:
    does = "gives a referral for" if control.meaning.kind is Kind.REFERRAL else "answers for"
    return f"{does} {question_text(control.step.question)}"


def _is_of_no_use(cut: Cut, reply: HeardReply) -> bool:
    kind = reply.meaning.kind
    if kind not in _OF_ONE_PROBE:
        return kind in FAILING or kind is Kind.TRUNCATED_OVER_TCP
    return not any(r.address == reply.address and r.meaning.kind in _OF_ONE_PROBE for r in cut.replies)


def _lacks_soa_only(reply: HeardReply) -> bool:
    """Whether a reply is NODATA, though one that nobody can cache."""
    return reply.meaning.kind is Kind.EMPTY and reply.meaning.authoritative


def _is_lost_at_this_type(cut: Cut, reply: HeardReply) -> bool:
    """Whether an address that truncates a reply over UDP answers over TCP, but not this query."""
    if reply.meaning.kind is Kind.TRUNCATED_OVER_TCP:
        return True
    return reply.message is None and reply.address in cut.once(_over_tcp)


def _over_tcp(cut: Cut) -> frozenset[str]:
    """The addresses that answer over TCP, if not everything."""
    return frozenset(reply.address for reply in cut.probe(Probe.TCP) if reply.meaning.usable)


def _truncates(reply: HeardReply) -> bool:
    """Whether an address had an answer that did not fit: that nothing comes over TCP is another matter."""
    kinds = {attempt.meaning.kind for attempt in reply.step.attempts if attempt.address == reply.address}
    return bool(kinds & {Kind.TRUNCATED, Kind.TRUNCATED_OVER_TCP})


def _level(cut: Cut, failing: Iterable[HeardReply], minor: bool) -> Level:
    """How much it matters; little where few of the addresses asked of a zone above fail."""
    level = min((_level_of(cut, reply) for reply in failing), key=tuple(Level).index)
    return Level.WARNING if level is Level.ERROR and minor else level


def _level_of(cut: Cut, reply: HeardReply) -> Level:
    """How much it matters that a question fails."""
    question = reply.step.question
    asked = any(step.question == question for step in cut.walked)
    if question.rdtype in _DECLINED:
        return Level.NOTICE
    if question.rdtype == dns.rdatatype.ANY or _lacks_soa_only(reply):
        return Level.WARNING  # RFC 8482 lets servers give little, RFC 2308 lets resolvers take it as NODATA
    return Level.ERROR if asked or question.rdtype in _NEEDED else Level.WARNING


def _does(cut: Cut, failing: list[HeardReply]) -> str:
    """What a server does with which types of which names, what matters most first."""
    groups: dict[str, dict[Name, list[str]]] = {}
    for reply in sorted(failing, key=lambda reply: tuple(Level).index(_level_of(cut, reply))):
        question = reply.step.question
        types = groups.setdefault(_reaction(reply), {}).setdefault(question.name, [])
        types.append(dns.rdatatype.to_text(question.rdtype))
    return " and ".join(f"{does} queries for {_names(names)}" for does, names in groups.items())


def _reaction(reply: HeardReply) -> str:
    if reply.meaning.kind is Kind.TIMEOUT and _truncates(reply):
        return "truncates, and does not answer over TCP,"
    if reply.meaning.kind in _DOES:
        return _DOES[reply.meaning.kind]
    return f"answers {dns.rcode.to_text(dns.rcode.Rcode.make(reply.meaning.rcode or 0))} to"


def _names(names: dict[Name, list[str]]) -> str:
    """Names with their types: `www.example.com CAA and MX, and for example.com DNSKEY`."""
    *first, last = (f"{plain(name)} {listed(dict.fromkeys(types), 8)}" for name, types in names.items())
    return f"{', for '.join(first)}, and for {last}" if first else last
