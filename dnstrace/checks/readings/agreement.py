"""Whether two replies to one question can both be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import dns.rdata
import dns.rdatatype

from dnstrace.checks.readings.replies import HeardReply
from dnstrace.model import Kind, Name

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
    here, there = _answer_data(one), _answer_data(other)
    if rdtype == dns.rdatatype.ANY:
        here = {key: data for key, data in here.items() if key[1] != dns.rdatatype.HINFO}
    elif {key for key in here if key[0] == name} != {key for key in there if key[0] == name}:
        return True
    return any(here[key] != there[key] for key in here.keys() & there.keys())


def _cut(reply: HeardReply) -> Name | None:
    delegation = reply.meaning.delegation
    return None if delegation is None else delegation.zone


def _answer_data(reply: HeardReply) -> AnswerData:
    return {
        (rrset.name, rrset.rdtype): frozenset(rrset)
        for rrset in reply.meaning.answer
        if rrset.rdtype != dns.rdatatype.RRSIG
    }
