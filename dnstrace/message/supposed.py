"""Supposed delegations: the referrals that `--undelegated` and `--ds` put in the parent's mouth.

The parent's servers are asked as usual. If their reply is about a zone whose delegation is supposed to
differ, it is replaced by a referral with the name servers, glue and DS records given. From there on the walk
is like any other, so that a change can be checked before it is made. Pure functions of one exchange.
"""

from __future__ import annotations

from collections.abc import Iterable

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.message.reading import read_reply
from dnstrace.model import Delegation, Exchange, Name, Question
from dnstrace.model.structs import replace

_TTL = 86400  # seconds, of supposed records


class Supposed:
    """The supposed delegations.

    One without name servers supposes only the DS RRset; if that is empty, that there is none.
    """

    def __init__(self, delegations: Iterable[Delegation] = ()) -> None:
        self._cuts = {cut.zone: cut for cut in delegations}

    def instead(self, exchange: Exchange, zone: Name) -> Exchange:
        """The exchange with a server of `zone`, as it would be with the supposed delegation."""
        cut = self._supposed_below(zone, exchange.query.question)
        if cut is None or exchange.message is None or not _serves(exchange.message, zone):
            return exchange
        if _leads_above(exchange.message, zone, cut.zone):
            return exchange
        reply = _supposed_reply(exchange.message, exchange.query.question, cut)
        return exchange if reply is None else with_reply(exchange, reply)

    def _supposed_below(self, zone: Name, question: Question) -> Delegation | None:
        """The highest supposed delegation strictly below `zone` that the question concerns."""
        name = question.name
        inside = [
            cut for cut in self._cuts if name.is_subdomain(cut) and cut.is_subdomain(zone) and cut != zone
        ]
        return self._cuts[min(inside, key=len)] if inside else None


class Withdrawn(Supposed):
    """A delegation that is supposed to be removed from an unsigned zone: no name at or below it is left."""

    def __init__(self, parent: Name, zone: Name) -> None:
        super().__init__()
        self._parent, self._zone = parent, zone

    def instead(self, exchange: Exchange, zone: Name) -> Exchange:
        """The exchange with a server of `zone`, as it would be without the delegation."""
        said, name = exchange.message, exchange.query.question.name
        if said is None or zone != self._parent or not name.is_subdomain(self._zone):
            return exchange
        if not _serves(said, zone) or _leads_above(said, zone, self._zone):
            return exchange
        reply = dns.message.QueryMessage(id=said.id)
        reply.flags = dns.flags.Flag(dns.flags.QR | dns.flags.AA)
        reply.question = list(said.question)
        if said.edns >= 0:
            reply.use_edns(said.edns, said.ednsflags, said.payload, options=list(said.options))
        reply.set_rcode(dns.rcode.NXDOMAIN)
        reply.authority = [soa_of(zone)]
        return with_reply(exchange, reply)


NOTHING = Supposed()

_SERVED = (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)


def _serves(message: dns.message.Message, zone: Name) -> bool:
    """Whether a reply is from a server of `zone`: one that fails, refers upwards or is empty stays so."""
    referring = not message.answer and not message.flags & dns.flags.AA
    if referring and not message.authority and message.rcode() == dns.rcode.NOERROR:
        return False
    owners = [rrset.name for rrset in message.authority if rrset.rdtype == dns.rdatatype.NS]
    upwards = referring and bool(owners) and all(zone.is_subdomain(owner) for owner in owners)
    return message.rcode() in _SERVED and not upwards


def _leads_above(message: dns.message.Message, zone: Name, cut: Name) -> bool:
    """Whether a reply refers to a zone between the one asked and the one supposed."""
    owners = (rrset.name for rrset in message.authority if rrset.rdtype == dns.rdatatype.NS)
    authoritative = message.flags & dns.flags.AA
    return not authoritative and any(
        cut.is_subdomain(name) and name not in (zone, cut) and name.is_subdomain(zone) for name in owners
    )


def _supposed_reply(
    said: dns.message.Message, question: Question, cut: Delegation
) -> dns.message.Message | None:
    """What the server would say; None if nothing is supposed about it."""
    reply = dns.message.QueryMessage(id=said.id)
    reply.flags = dns.flags.Flag(dns.flags.QR)
    reply.question = list(said.question)
    if said.edns >= 0:
        reply.use_edns(said.edns, said.ednsflags, said.payload, options=list(said.options))
    ds = [cut.ds] if cut.ds else []
    if question.name == cut.zone and question.rdtype == dns.rdatatype.DS:
        if cut.ds is None:
            return None
        reply.flags |= dns.flags.AA
        reply.answer = ds
        reply.authority = [] if ds else [soa_of(cut.zone.parent())]
        return reply
    servers, glue = _supposed_servers(cut) if cut.servers else _servers_of_reply(said, cut.zone)
    if servers is None:
        return None
    reply.authority = [servers, *(_ds_of_reply(said, cut.zone) if cut.ds is None else ds)]
    reply.additional = glue
    return reply


def with_reply(exchange: Exchange, reply: dns.message.Message) -> Exchange:
    """The exchange with another reply; as it is if that does not fit into a message or cannot be read."""
    try:
        wire = reply.to_wire(max_size=65535, want_shuffle=False)
    except dns.exception.TooBig:  # what the server compressed, this leaves whole
        return exchange
    read = read_reply(wire)
    return replace(exchange, wire=wire, message=read) if isinstance(read, dns.message.Message) else exchange


def soa_of(zone: Name) -> dns.rrset.RRset:
    """An SOA record, as a negative answer has it."""
    text = f"{zone} {zone} 1 {_TTL} {_TTL} {_TTL} {_TTL}"
    return dns.rrset.from_text(zone, _TTL, dns.rdataclass.IN, dns.rdatatype.SOA, text)


def _supposed_servers(cut: Delegation) -> tuple[dns.rrset.RRset | None, list[dns.rrset.RRset]]:
    names = [server.name.to_text() for server in cut.servers]
    ns = dns.rrset.from_text_list(cut.zone, _TTL, dns.rdataclass.IN, dns.rdatatype.NS, names)
    glue = [
        dns.rrset.from_text_list(server.name, _TTL, dns.rdataclass.IN, rdtype, addresses)
        for server in cut.servers
        for family, rdtype in ((4, dns.rdatatype.A), (6, dns.rdatatype.AAAA))
        if (addresses := [each.text for each in server.addresses if each.family == family])
    ]
    return ns, glue


def _servers_of_reply(
    said: dns.message.Message, zone: Name
) -> tuple[dns.rrset.RRset | None, list[dns.rrset.RRset]]:
    """The NS RRset and glue of a referral to `zone`, as they are."""
    owned = (r for r in said.authority if r.rdtype == dns.rdatatype.NS and r.name == zone)
    return next(owned, None), list(said.additional)


def _ds_of_reply(said: dns.message.Message, zone: Name) -> list[dns.rrset.RRset]:
    """What a referral to `zone` says about its DS RRset, which stays if only the servers change."""
    return [
        rrset
        for rrset in said.authority
        if rrset.name == zone and dns.rdatatype.DS in (rrset.rdtype, rrset.covers)
    ]
