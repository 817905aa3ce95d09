"""Where replies of different servers to one question differ, fact by fact.

A reply states facts: that the name is delegated, to which servers, that it has these data. Facts are compared
where more than one reply states them, so what one reply leaves out for lack of room does not differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

import dns.flags
import dns.rdatatype

from dnstrace.checks.readings.anomaly import Sort
from dnstrace.checks.readings.phrases import listed, server_names
from dnstrace.checks.readings.replies import HeardReply, acknowledges_do
from dnstrace.model import Meaning, Name
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.naming import plain
from dnstrace.model.structs import Struct

_LACKING: dict[Sort, tuple[bool | None]] = {
    Sort.AUTHORITY: (False,),
    Sort.SIGNATURES: (False,),
    Sort.NEGATIVE: (None,),
}
"""What is wrong with a reply though most have it: no AA, no signatures, no SOA record."""


class Fact(NamedTuple):
    """What a reply states: `value` must be the same in every reply that states anything about `subject`."""

    sort: Sort
    subject: Hashable
    value: Hashable
    text: str


class _Facts(NamedTuple):
    """What a reply states, with the subjects of it, and these with their values."""

    facts: tuple[Fact, ...]
    subjects: frozenset[object]
    values: frozenset[object]


class Difference(Struct):
    """Replies that state different values of one fact.

    `odd` are those that differ from most, or all, and those that lack what a reply has to have.
    """

    sort: Sort
    what: str
    odd: tuple[HeardReply, ...]
    all: tuple[HeardReply, ...]


def differences(replies: Iterable[HeardReply]) -> Iterator[Difference]:
    """Every fact in which the replies to one question differ."""
    replies = tuple(replies)
    unlike = len(frozenset(id(reply.meaning) for reply in replies)) > 1
    if not _differ(replies if unlike else replies[:1]):  # replies with one meaning are equal
        return
    stated: dict[tuple[Sort, Hashable], dict[Hashable, list[tuple[HeardReply, str]]]] = {}
    for reply in replies:
        for fact in _facts(reply).facts:
            values = stated.setdefault((fact.sort, fact.subject), defaultdict(list))
            values[fact.value].append((reply, fact.text))
    for (sort, _), values in stated.items():
        if len(values) > 1:
            lacking = [reply for value in _LACKING.get(sort, ()) for reply, _ in values.get(value, ())]
            yield _difference(sort, sorted(values.values(), key=_frequent_first), lacking)


def _differ(replies: Iterable[HeardReply]) -> bool:
    """Whether two replies state different values of one fact; most are equal, and state the same."""
    alike = {id(each): each for each in map(_facts, replies)}.values()
    subjects = frozenset[object]().union(*(each.subjects for each in alike))
    return len(frozenset[object]().union(*(each.values for each in alike))) > len(subjects)


def _difference(
    sort: Sort, groups: list[list[tuple[HeardReply, str]]], lacking: list[HeardReply]
) -> Difference:
    most, *others = groups
    undecided = len(most) == len(others[0])
    odd = [reply for group in (groups if undecided else others) for reply, _ in group]
    what = "; ".join(f"{server_names(reply for reply, _ in group)}: {group[0][1]}" for group in groups)
    known = set(map(id, odd))
    odd += [reply for reply in lacking if id(reply) not in known]
    return Difference(sort, what, tuple(odd), tuple(reply for group in groups for reply, _ in group))


def _frequent_first(stating: list[tuple[HeardReply, str]]) -> tuple[int, Name]:
    """Where replies that state the same come: the most common first, else by their servers."""
    return -len(stating), min(reply.server for reply, _ in stating)


def _facts(reply: HeardReply) -> _Facts:
    """What a reply states."""
    signed = acknowledges_do(reply)
    return reply.once(_signed_facts if signed else _unsigned_facts, reply.step.question.name.labels)


def _signed_facts(reply: HeardReply) -> _Facts:
    return _gathered(_facts_in(reply, reply.meaning, True))


def _unsigned_facts(reply: HeardReply) -> _Facts:
    return _gathered(_facts_in(reply, reply.meaning, False))


def _gathered(found: Iterable[Fact]) -> _Facts:
    facts = tuple(found)
    subjects = frozenset((fact.sort, fact.subject) for fact in facts)
    return _Facts(facts, subjects, frozenset((fact.sort, fact.subject, fact.value) for fact in facts))


def _facts_in(reply: HeardReply, meaning: Meaning, signed: bool) -> Iterator[Fact]:
    if meaning.delegation is not None:
        yield from _facts_of_referral(meaning, signed)
        return
    yield Fact(Sort.CUT, None, None, "no referral")
    yield Fact(Sort.AUTHORITY, None, meaning.authoritative, "AA" if meaning.authoritative else "no AA")
    exists = meaning.kind.value.upper() if meaning.kind in NEGATIVE else ""
    yield Fact(Sort.EXISTENCE, None, exists, exists or "data")
    if exists and not _makes_up_apex(reply, meaning):
        owner = None if meaning.soa is None else meaning.soa.name
        yield Fact(Sort.NEGATIVE, None, owner, "no SOA" if owner is None else f"the SOA of {plain(owner)}")
    else:
        yield from _facts_of_data(reply, meaning, signed)


def _makes_up_apex(reply: HeardReply, meaning: Meaning) -> bool:
    """Whether the SOA record of a denial is named after the question, and not after a zone."""
    return meaning.zone is None and meaning.soa is not None and meaning.soa.name == reply.step.question.name


def _facts_of_referral(meaning: Meaning, shown: bool) -> Iterator[Fact]:
    cut = meaning.delegation
    assert cut is not None
    names = frozenset(server.name for server in cut.servers)
    yield Fact(Sort.CUT, None, cut.zone, f"a referral to {plain(cut.zone)}")
    yield Fact(Sort.AUTHORITY, cut.zone, meaning.authoritative, "AA" if meaning.authoritative else "no AA")
    yield Fact(Sort.NAME_SERVERS, cut.zone, names, f"the name servers {listed(sorted(names))}")
    if shown:
        ds = frozenset(cut.ds or ())
        yield Fact(Sort.DELEGATED_KEYS, cut.zone, ds, "DS records" if ds else "no DS record")
    for server in cut.servers:
        for family in (4, 6):
            found = frozenset(address.text for address in server.addresses if address.family == family)
            if found:
                yield Fact(Sort.GLUE, (server.name, family), found, f"the glue {listed(sorted(found))}")


def _facts_of_data(reply: HeardReply, meaning: Meaning, shown: bool) -> Iterator[Fact]:
    signed = {(rrset.name, rrset.covers) for rrset in meaning.answer if rrset.rdtype == dns.rdatatype.RRSIG}
    types = {rrset.rdtype for rrset in meaning.answer if rrset.name == reply.step.question.name}
    types.discard(dns.rdatatype.RRSIG)
    yield Fact(Sort.DATA, None, frozenset(types), listed(sorted(map(dns.rdatatype.to_text, types))))
    for rrset in meaning.answer:
        key = (rrset.name, rrset.rdtype)
        if rrset.rdtype == dns.rdatatype.RRSIG:
            continue
        yield Fact(Sort.DATA, key, frozenset(rrset), listed(sorted(map(str, rrset)), 3))
        if meaning.authoritative:
            yield Fact(Sort.TTL, key, rrset.ttl, f"a TTL of {rrset.ttl} s")
        if shown:
            text = "signatures" if key in signed else "no signatures"
            yield Fact(Sort.SIGNATURES, key, key in signed, text)


MADE_FOR_THE_QUERY = frozenset(
    {
        dns.rdatatype.A,
        dns.rdatatype.AAAA,
        dns.rdatatype.RRSIG,
        dns.rdatatype.CNAME,
        dns.rdatatype.DNAME,
    }
)
"""What a server may look up or choose for each query."""
FOR_SERVERS_ALONE = frozenset({dns.rdatatype.NSEC, dns.rdatatype.NSEC3PARAM, dns.rdatatype.RRSIG})
"""What nobody asks for but to see how a zone is signed: only name servers use it."""
