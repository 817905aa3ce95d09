"""Ways to spoil a reply, for `World.tamper`."""

from __future__ import annotations

from collections.abc import Callable

import dns.message
import dns.name
import dns.rdatatype
import dns.rrset

from dnstrace.model import Question
from tests.dnssec.worlds import Tamper
from tests.dnssec.zones import Name, name

Spoil = Callable[[dns.message.Message], None]


def when(owner: str, rdtype: str, spoil: Spoil, asked: str | None = None) -> Tamper:
    """Spoil the replies to one question, or only those of one zone's servers."""

    def tamper(zone: Name, question: Question, reply: dns.message.Message) -> dns.message.Message:
        wanted = question.name == name(owner) and question.rdtype == dns.rdatatype.from_text(rdtype)
        if wanted and (asked is None or zone == name(asked)):
            spoil(reply)
        return reply

    return tamper


def always(spoil: Spoil, asked: str) -> Tamper:
    """Spoil whatever the servers of a zone reply."""

    def tamper(zone: Name, question: Question, reply: dns.message.Message) -> dns.message.Message:
        if zone == name(asked):
            spoil(reply)
        return reply

    return tamper


def drop(*rdtypes: str) -> Spoil:
    """Leave out the records of some types, signatures of them included."""
    types = {dns.rdatatype.from_text(rdtype) for rdtype in rdtypes}

    def spoil(reply: dns.message.Message) -> None:
        for section in (reply.answer, reply.authority):
            section[:] = [r for r in section if r.rdtype not in types and r.covers not in types]

    return spoil


def emptied(reply: dns.message.Message) -> None:
    """Say that there are no such data, without a proof."""
    owner = reply.question[0].name
    reply.answer = []
    reply.authority = [dns.rrset.from_text(owner, 1, "IN", "SOA", "a. b. 1 2 3 4 5")]


def sections(change: Callable[[dns.rrset.RRset], dns.rrset.RRset]) -> Spoil:
    """Change every RRset."""

    def spoil(reply: dns.message.Message) -> None:
        for section in (reply.answer, reply.authority):
            section[:] = [change(rrset) for rrset in section]

    return spoil


def altered(rdtype: str, text: str) -> Spoil:
    """Put other RDATA in the place of that of a type."""

    def change(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        if dns.rdatatype.to_text(rrset.rdtype) != rdtype:
            return rrset
        return dns.rrset.from_text(rrset.name, rrset.ttl, "IN", rdtype, text)

    return sections(change)


def resigned(**fields: object) -> Spoil:
    """Change fields of every RRSIG record."""

    def change(rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        if rrset.rdtype != dns.rdatatype.RRSIG:
            return rrset
        return dns.rrset.from_rdata(rrset.name, rrset.ttl, *(rdata.replace(**fields) for rdata in rrset))

    return sections(change)
