"""Whether two replies to one question can both be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import dns.rdata
import dns.rdatatype

from dnstrace.checks.readings.replies import HeardReply
from dnstrace.message.alias import alias_target
from dnstrace.model import Kind, Meaning, Name, Question
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.naming import is_below

POSITIVE = frozenset({Kind.ANSWER, Kind.ALIAS})

WITHOUT_END = frozenset({Kind.ALIAS_LOOP, Kind.YXDOMAIN})
"""Aliases that lead nowhere."""
_ALIASED = POSITIVE | WITHOUT_END

AnswerData = Mapping[tuple[Name, dns.rdatatype.RdataType], frozenset[dns.rdata.Rdata]]


def groups(replies: Iterable[HeardReply]) -> list[list[HeardReply]]:
    """Replies that agree together, the largest group first."""
    found: list[list[HeardReply]] = []
    for reply in replies:
        for group in found:
            if not conflict(group[0], reply):
                group.append(reply)
                break
        else:
            found.append([reply])
    return sorted(found, key=len, reverse=True)


def agree(replies: Iterable[HeardReply]) -> bool:
    """Whether replies to the same questions, whichever they are, can all be right."""
    by_question: dict[Question, list[HeardReply]] = {}
    for reply in replies:
        by_question.setdefault(reply.step.question, []).append(reply)
    return all(len(groups(each)) == 1 for each in by_question.values())


def conflict(one: HeardReply, other: HeardReply) -> bool:
    """Whether two replies cannot both be right.

    One may follow an alias further than the other: only what both give is compared, and of replies to ANY
    too, which give what RRsets they like or a HINFO record instead (RFC 8482). Referrals agree if they lead
    to the same zone.
    """
    kinds = one.meaning.kind, other.meaning.kind
    if Kind.REFERRAL in kinds or not _ALIASED.issuperset(kinds):
        return kinds[0] is not kinds[1] or _cut(one) != _cut(other)
    name, rdtype = one.step.question.name, one.step.question.rdtype
    here, there = _answer_data(one.meaning), _answer_data(other.meaning)
    if rdtype == dns.rdatatype.ANY:
        here = {key: data for key, data in here.items() if key[1] != dns.rdatatype.HINFO}
    elif {key for key in here if key[0] == name} != {key for key in there if key[0] == name}:
        return True
    return any(here[key] != there[key] for key in here.keys() & there.keys())


def goes_on(zone: Name, one: Meaning, other: Meaning) -> bool:
    """Whether one of two replies is an alias only, and the other the same alias and what its target has.

    That the target has nothing is for its own zone to say: by `zone`, all of its servers would say so.
    """
    short, long = (one, other) if one.kind is Kind.ALIAS else (other, one)
    below = long.soa is not None and is_below(long.soa.name, zone)
    further = long.kind in POSITIVE or (long.kind in NEGATIVE and below)
    return short.kind is Kind.ALIAS and further and _answer_data(short).items() <= _answer_data(long).items()


def ends_alike(target: Name, end: Meaning, other: Meaning) -> bool:
    """Whether a reply to a query for the target of an alias says the same as one that has the alias, too."""
    here, there = _answer_data(end), _answer_data(other)
    links = [r for r in other.answer if r.rdtype == dns.rdatatype.CNAME and (r.name, r.rdtype) not in here]
    aliases = {key for key in there if key[1] in (dns.rdatatype.CNAME, dns.rdatatype.DNAME)}
    alike = end.kind is other.kind and here.items() <= there.items() and there.keys() - here.keys() <= aliases
    return alike and target in map(alias_target, links)


def _cut(reply: HeardReply) -> Name | None:
    delegation = reply.meaning.delegation
    return None if delegation is None else delegation.zone


def _answer_data(meaning: Meaning) -> AnswerData:
    return {
        (rrset.name, rrset.rdtype): frozenset(rrset)
        for rrset in meaning.answer
        if rrset.rdtype != dns.rdatatype.RRSIG
    }
