"""Authoritative answering: what a name server that serves some zones replies (RFC 1034 section 4.3.2).

Pure: from a server's zones and a query to a reply. Wildcards by RFC 4592, DNAME by RFC 6672, empty
non-terminals by RFC 8020, DS at the parent's side by RFC 4035 section 3.1.4.1, negative answers by
RFC 2308, EDNS by RFC 6891, glue that must fit by RFC 9471.

Signatures and denials of existence go where RFC 4035 section 3.1 puts them, for those who ask with DO;
signing.py makes them.

Not supported: zone transfers, dynamic updates, TSIG, cookies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.lab.zone import LabZone, Node
from dnstrace.message.alias import follow
from dnstrace.message.deleg import DELEG
from dnstrace.model import Name, Question, Transport
from dnstrace.model.allowed import PLAIN_PAYLOAD, SAFE_PAYLOAD
from dnstrace.model.mnemonics import AT_PARENT

PAYLOAD = SAFE_PAYLOAD
"""The EDNS payload size that the lab's servers offer, and never exceed over UDP, in octets."""

_MAX_ALIASES = 16
_MAX_MESSAGE = 65535  # RFC 1035 section 4.2.2
_ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)
_TRANSFERS = {dns.rdatatype.AXFR, dns.rdatatype.IXFR}
_WITH_DO = {dns.rdatatype.RRSIG, dns.rdatatype.NSEC, dns.rdatatype.NSEC3}


class Authority:
    """A name server: answers for the zones that it serves, and refuses the rest."""

    def __init__(self, zones: Iterable[LabZone]) -> None:
        self._zones = {zone.origin: zone for zone in zones}

    def reply(self, query: dns.message.Message) -> dns.message.Message:
        """The reply to `query`, before it is cut to size (`fit`)."""
        reply = respond(query)
        if (error := self._refusal(query)) is not None:
            reply.set_rcode(error)
            return reply
        asked = query.question[0]
        self._answer_from_zone(reply, Question(asked.name, asked.rdtype, asked.rdclass))
        if not query.ednsflags & dns.flags.DO:
            _without_dnssec(reply, asked.rdtype)
        return reply

    def _refusal(self, query: dns.message.Message) -> dns.rcode.Rcode | None:
        """The RCODE for a query that is not looked up at all."""
        if query.edns > 0:
            return dns.rcode.BADVERS
        if query.opcode() != dns.opcode.QUERY:
            return dns.rcode.NOTIMP
        if len(query.question) != 1:
            return dns.rcode.FORMERR
        asked = query.question[0]
        question = Question(asked.name, asked.rdtype, asked.rdclass)
        served = asked.rdclass in (dns.rdataclass.IN, dns.rdataclass.ANY) and asked.rdtype not in _TRANSFERS
        return None if served and self._zone_for(question) is not None else dns.rcode.REFUSED

    def _zone_for(self, question: Question) -> LabZone | None:
        """The deepest zone served that contains the name; for DS and DELEG the one above, if served."""
        name = question.name
        if question.rdtype in AT_PARENT and name != dns.name.root:
            return self._deepest(name.parent()) or self._deepest(name)
        return self._deepest(name)

    def _deepest(self, name: Name) -> LabZone | None:
        while name not in self._zones:
            if name == dns.name.root:
                return None
            name = name.parent()
        return self._zones[name]

    def _answer_from_zone(self, reply: dns.message.Message, question: Question) -> None:
        """Fill `reply`, following aliases through every zone served, up to a limit."""
        for _ in range(_MAX_ALIASES):
            zone = self._zone_for(question)
            target = None if zone is None else _Lookup(zone, reply, question).run()
            if target is None:
                return
            question = Question(target, question.rdtype, question.rdclass)


class _Lookup:
    """One name in one zone: fills the sections of a reply."""

    def __init__(self, zone: LabZone, reply: dns.message.Message, question: Question) -> None:
        self._zone, self._reply, self._question = zone, reply, question
        self._dnssec = bool(reply.ednsflags & dns.flags.DO)

    def run(self) -> Name | None:
        """Answer; the target if the name is an alias. AA is for the name asked (RFC 1035 section 4.1.1)."""
        name, zone, reply = self._question.name, self._zone, self._reply
        cut = zone.cut(name)
        if cut is not None and not (cut == name and self._question.rdtype in AT_PARENT):
            self._refer(cut)
            return None
        reply.flags |= dns.flags.AA
        if (dname := zone.dname(name)) is not None:
            return self._dname(dname)
        node = zone.node(name)
        if node is None and not (self._dnssec and zone.compact):
            reply.set_rcode(dns.rcode.NXDOMAIN)
            self._add_negative()
            return None
        return self._add_data(node or {})

    def _add_data(self, node: Node) -> Name | None:
        rdtype = self._question.rdtype
        cname = node.get((dns.rdatatype.CNAME, dns.rdatatype.NONE))
        if found := self._zone.matching(self._question.name, node, rdtype):
            for rrset in found:
                self._add(self._reply.answer, rrset, node)
                self._add_addresses(rrset)
        elif cname is not None:
            self._add(self._reply.answer, cname, node)
        else:
            self._add_negative()
            return None
        if self._question.name not in self._zone.names:
            self._deny(expanded=True)
        return None if found or cname is None else _host_pointed_to(cname)

    def _dname(self, dname: dns.rrset.RRset) -> Name | None:
        chain = follow(self._question, [dname])
        self._add(self._reply.answer, dname, self._zone.nodes[dname.name])
        if chain.overflow:
            self._reply.set_rcode(dns.rcode.YXDOMAIN)
            return None
        self._reply.answer.append(chain.rrsets[-1])
        return chain.target

    def _refer(self, cut: Name) -> None:
        """The parent's side of a cut: NS, DS, DELEG, glue. NS and glue are unsigned (RFC 4035, 2.2)."""
        authority, node = self._reply.authority, self._zone.nodes[cut]
        servers = node[dns.rdatatype.NS, dns.rdatatype.NONE]
        authority.append(servers)
        if (ds := node.get((dns.rdatatype.DS, dns.rdatatype.NONE))) is not None:
            self._add(authority, ds, node)
        else:
            self._deny(cut)
        if (deleg := node.get((DELEG, dns.rdatatype.NONE))) is not None:
            self._add(authority, deleg, node)
        self._add_addresses(servers)

    def _add_negative(self) -> None:
        """The SOA RRset, with the TTL of the negative answer (RFC 2308 section 3)."""
        node = self._zone.nodes[self._zone.origin]
        soa = node[dns.rdatatype.SOA, dns.rdatatype.NONE]
        ttl = min(soa.ttl, soa[0].minimum)
        self._add(self._reply.authority, dns.rrset.from_rdata_list(soa.name, ttl, list(soa)), node)
        self._deny()

    def _deny(self, name: Name | None = None, expanded: bool = False) -> None:
        """The proof that a name or its data does not exist (RFC 4035 section 3.1.3)."""
        if self._dnssec:
            for rrset in self._zone.denial(name or self._question.name, expanded):
                self._add(self._reply.authority, rrset, {})

    def _add_addresses(self, rrset: dns.rrset.RRset) -> None:
        """Glue for NS, addresses for MX and SRV, as far as the zone has them; in-domain glue first."""
        targets = [target for rdata in rrset if (target := _host_pointed_to([rdata])) is not None]
        targets.sort(key=lambda target: not target.is_subdomain(rrset.name))
        for target in targets:
            for rdtype in _ADDRESSES:
                if (found := self._zone.rrset(target, rdtype)) is None:
                    continue
                if self._reply.flags & dns.flags.AA and self._zone.cut(target) is None:
                    self._add(self._reply.additional, found, self._zone.nodes[target])
                else:
                    self._reply.additional.append(found)

    def _add(self, section: list[dns.rrset.RRset], rrset: dns.rrset.RRset, node: Node) -> None:
        """Put an RRset and its signature into a section, once."""
        wanted = self._dnssec or self._question.rdtype in (*_WITH_DO, dns.rdatatype.ANY)
        signature = self._zone.signature(rrset, node) if wanted else None
        section += [found for found in (rrset, signature) if found is not None and found not in section]


def _host_pointed_to(rdatas: Sequence[object] | dns.rrset.RRset) -> Name | None:
    """The host that NS, CNAME, SRV or MX RDATA points to."""
    rdata = rdatas[0]
    target = getattr(rdata, "target", None) or getattr(rdata, "exchange", None)
    return target if isinstance(target, dns.name.Name) else None


def respond(query: dns.message.Message) -> dns.message.Message:
    """An empty reply to `query`: its ID, question, RD, and EDNS with DO where it has them (RFC 3225)."""
    reply = dns.message.QueryMessage(id=query.id)
    reply.flags = dns.flags.QR | (query.flags & dns.flags.RD)
    reply.set_opcode(query.opcode())
    reply.question = list(query.question)
    if query.edns >= 0:
        reply.use_edns(0, query.ednsflags & dns.flags.DO, PAYLOAD)
    return reply


def _without_dnssec(reply: dns.message.Message, asked: dns.rdatatype.RdataType) -> None:
    """Leave out what only DO asks for (RFC 4035 section 3.1), unless ANY or the type itself was asked for."""
    if asked in _WITH_DO or asked == dns.rdatatype.ANY:
        return
    for section in (reply.answer, reply.authority):
        section[:] = [rrset for rrset in section if rrset.rdtype not in _WITH_DO]
    if asked != dns.rdatatype.DS:
        reply.authority[:] = [rrset for rrset in reply.authority if rrset.rdtype != dns.rdatatype.DS]


def fit(reply: dns.message.Message, query: dns.message.Message, transport: Transport) -> bytes:
    """The octets of `reply` if they fit the transport and the client, else truncated with TC set.

    Additional records are dropped first, silently, except glue for name servers inside the zone referred
    to: without all of that, TC must be set (RFC 9471 section 3.1).
    """
    limit = _limit(query, transport)
    wire = reply.to_wire(want_shuffle=False, max_size=_MAX_MESSAGE)
    while len(wire) > limit and reply.additional and not _required(reply):
        reply.additional.pop()
        wire = reply.to_wire(want_shuffle=False, max_size=_MAX_MESSAGE)
    return wire if len(wire) <= limit else truncated(reply)


def truncated(reply: dns.message.Message) -> bytes:
    """The octets of `reply` with TC set and nothing but its question (RFC 2181 section 9)."""
    reply.flags |= dns.flags.TC
    reply.answer, reply.authority, reply.additional = [], [], []
    return _wire(reply)


def _limit(query: dns.message.Message, transport: Transport) -> int:
    if transport is Transport.TCP:
        return _MAX_MESSAGE
    return min(PAYLOAD, max(PLAIN_PAYLOAD, query.payload if query.edns >= 0 else 0))


def _required(reply: dns.message.Message) -> bool:
    """Whether the last additional RRset is glue for a name server inside the zone referred to."""
    if reply.flags & dns.flags.AA:
        return False
    owner = reply.additional[-1].name
    return any(owner.is_subdomain(r.name) for r in reply.authority if r.rdtype == dns.rdatatype.NS)


def _wire(reply: dns.message.Message) -> bytes:
    """The wire format, with records in the order of the zone: a world is the same each time."""
    return reply.to_wire(max_size=65535, want_shuffle=False)
