"""Zone data as they would be after a change: the replies of a zone's own servers, edited.

The servers are asked as usual. Where an authoritative reply concerns records that change, it is replaced by
one with these records. Pure functions of one exchange, like `dnstrace.message.supposed`. Only for unsigned
zones: nothing here can sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.message.supposed import soa_of, with_reply
from dnstrace.model import Exchange, Name, Question

_CNAME = dns.rdatatype.CNAME
_KNOWN = (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)


class Record(NamedTuple):
    """A record, without its class."""

    owner: Name
    ttl: int
    rdtype: dns.rdatatype.RdataType
    rdata: dns.rdata.Rdata


def parsed(text: str) -> Record:
    """A record in master-file format, with TTL and class. Raises ValueError where it is not one."""
    try:
        owner, ttl, _, rdtype, *rdata = text.split(None, 4)  # an APL record may have no data
        kind = dns.rdatatype.from_text(rdtype)
        return Record(dns.name.from_text(owner), int(ttl), kind, _rdata(kind, "".join(rdata)))
    except dns.exception.DNSException as error:
        raise ValueError(f"{text!r} is not a record: {error}") from error


def _rdata(rdtype: dns.rdatatype.RdataType, text: str) -> dns.rdata.Rdata:
    """The RDATA of a record; as octets where it is in the generic form (RFC 3597 section 5)."""
    if text.startswith("\\#"):
        return dns.rdata.GenericRdata(dns.rdataclass.IN, rdtype, bytes.fromhex("".join(text.split()[2:])))
    return dns.rdata.from_text(dns.rdataclass.IN, rdtype, text)


_Records = dict[tuple[Name, dns.rdatatype.RdataType], list[Record]]


def _by_rrset(records: Iterable[Record]) -> _Records:
    found: _Records = {}
    for record in records:
        found.setdefault((record.owner, record.rdtype), []).append(record)
    return found


class Edited:
    """A zone with records that join its RRsets, replace what has their owner and type, or leave."""

    def __init__(
        self,
        zone: Name,
        add: Iterable[Record] = (),
        change: Iterable[Record] = (),
        remove: Iterable[Record] = (),
    ) -> None:
        self._zone = zone
        self._add, self._change, self._remove = map(_by_rrset, (add, change, remove))
        self._owners = {owner for each in (self._add, self._change, self._remove) for owner, _ in each}
        self._wild = {owner.parent(): owner for owner, _ in self._remove if owner.is_wild()}

    def instead(self, exchange: Exchange, zone: Name) -> Exchange:
        """The exchange with a server of `zone`, as it would be with these changes."""
        said, question = exchange.message, exchange.query.question
        if said is None or zone != self._zone or not self._concerns(said, question):
            return exchange
        return with_reply(exchange, self._edited(said, question))

    def _concerns(self, said: dns.message.Message, question: Question) -> bool:
        if not said.flags & dns.flags.AA or said.rcode() not in _KNOWN:
            return False
        owners = {question.name, *(rrset.name for section in said.sections[1:] for rrset in section)}
        return any(map(self._has, owners))

    def _edited(self, said: dns.message.Message, question: Question) -> dns.message.Message:
        answer = self._answer(said, question)
        reply = dns.message.QueryMessage(id=said.id)
        reply.flags = said.flags & ~dns.flags.TC
        reply.question = list(said.question)
        if said.edns >= 0:
            reply.use_edns(said.edns, said.ednsflags, said.payload, options=list(said.options))
        reply.answer = answer
        reply.authority = self._section(said.authority)
        reply.additional = self._section(said.additional)
        reply.set_rcode(dns.rcode.NOERROR)
        given = any(owner.is_subdomain(question.name) for owner, _ in (*self._add, *self._change))
        if answer:
            reply.authority = [each for each in reply.authority if each.rdtype != dns.rdatatype.SOA]
        elif said.answer:
            reply.authority = [soa_of(self._zone)]
            if self._gone(question.name, _CNAME) and question.name != self._zone and not given:
                reply.set_rcode(dns.rcode.NXDOMAIN)  # an alias is all that a name has, but for the apex
        elif not given:
            reply.set_rcode(said.rcode())  # a name with data, or with names below it, exists (RFC 8020)
        return reply

    def _answer(self, said: dns.message.Message, question: Question) -> list[dns.rrset.RRset]:
        answer = self._section(said.answer)
        owners = {rrset.name for rrset in answer}
        if question.name not in owners:
            answer = []  # what an alias led to that is gone
        has = {(rrset.name, rrset.rdtype) for rrset in answer}
        if not {(question.name, question.rdtype), (question.name, _CNAME)} & has:
            fresh = self._rrset(question.name, question.rdtype, None)
            answer = [*([fresh] if fresh else []), *answer]
        return answer

    def _section(self, section: Iterable[dns.rrset.RRset]) -> list[dns.rrset.RRset]:
        changed = (
            self._rrset(each.name, each.rdtype, each)
            if self._has(each.name) and each.rdclass == dns.rdataclass.IN
            else each
            for each in section
        )
        return [rrset for rrset in changed if rrset]

    def _rrset(
        self, owner: Name, rdtype: dns.rdatatype.RdataType, before: dns.rrset.RRset | None
    ) -> dns.rrset.RRset:
        """An RRset after the changes; empty if nothing is left of it."""
        changed, added = (records.get((owner, rdtype), []) for records in (self._change, self._add))
        gone = self._gone(owner, rdtype)
        made = dns.rrset.RRset(owner, dns.rdataclass.IN, rdtype)
        texts = {str(record.rdata) for record in gone}
        for rdata in () if changed or before is None else before:
            if str(rdata) not in texts:
                made.add(rdata, before.ttl if before is not None else 0)
        for record in (*changed, *added):
            made.add(record.rdata, record.ttl)
        return made

    def _has(self, owner: Name) -> bool:
        """Whether records of a name change, also with those of a wildcard above it."""
        return owner in self._owners or self._wildcard(owner) is not None

    def _gone(self, owner: Name, rdtype: dns.rdatatype.RdataType) -> list[Record]:
        """The records of a type that leave a name, as they do with those of the wildcard it has them from."""
        wild = self._wildcard(owner)
        return [
            *self._remove.get((owner, rdtype), ()),
            *(self._remove.get((wild, rdtype), ()) if wild else ()),
        ]

    def _wildcard(self, name: Name) -> Name | None:
        """The deepest wildcard above a name of which records leave."""
        above = name
        while self._wild and above != dns.name.root:
            above = above.parent()
            if above in self._wild:
                return self._wild[above]
        return None
