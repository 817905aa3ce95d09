"""What servers of the lab deny or answer although the zone, or the zone below, says otherwise.

Functions like those in misbehaviour.py, in the same table.
"""

from __future__ import annotations

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.lab.authority import respond
from dnstrace.lab.reaction import (
    SILENCE,
    Asked,
    Reaction,
    Responder,
    error,
    flagged,
    misbehaviour,
    read,
    reply_in,
    said,
)
from dnstrace.model.mnemonics import AT_PARENT

_SOA = "ns.invalid. hostmaster.invalid. 1 7200 900 1209600 300"


@misbehaviour("only-type")
def _only_type(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """NXDOMAIN for a name unless asked for one type: `only-type=www.example.com. TXT`."""
    name, rdtype = parameter.split()
    question = asked.question
    if question.name != dns.name.from_text(name) or question.rdtype == dns.rdatatype.from_text(rdtype):
        return otherwise(asked)
    return flagged(error(asked, dns.rcode.NXDOMAIN), add=dns.flags.AA)


@misbehaviour("nxdomain-for-nodata")
def _nxdomain_for_nodata(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """NXDOMAIN instead of NODATA at this name: `nxdomain-for-nodata=example.com.`."""
    reaction = otherwise(asked)
    reply = reply_in(reaction)
    if asked.question.name == dns.name.from_text(parameter) and reply.flags & dns.flags.AA:
        reply.set_rcode(reply.rcode() if reply.answer else dns.rcode.NXDOMAIN)
    return said(reply)


@misbehaviour("nxdomain-with-answer")
def _nxdomain_with_answer(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Whatever is answered for this name has RCODE NXDOMAIN: `nxdomain-with-answer=www.example.com.`."""
    reaction = otherwise(asked)
    reply = reply_in(reaction)
    if asked.question.name == dns.name.from_text(parameter) and reply.answer:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return said(reply)


@misbehaviour("drops-denials")
def _drops_denials(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Negative answers to queries with EDNS do not arrive."""
    reaction = otherwise(asked)
    replies = [read(wire) for wire in reaction.replies]
    denies = any(r.rdtype == dns.rdatatype.SOA for reply in replies[:1] for r in reply.authority)
    return SILENCE if denies and asked.query.edns >= 0 else reaction


@misbehaviour("denies-name")
def _denies_name(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """NXDOMAIN with the SOA record of a zone for a name and all below it: `denies-name=sub.x. x.`."""
    name, zone = map(dns.name.from_text, parameter.split())
    if not asked.question.name.is_subdomain(name):
        return otherwise(asked)
    return _denial(asked, zone, dns.rcode.NXDOMAIN)


@misbehaviour("foreign-soa")
def _foreign_soa(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Everything is answered NODATA with the SOA record of another zone: `foreign-soa=example.`."""
    return _denial(asked, dns.name.from_text(parameter), dns.rcode.NOERROR)


@misbehaviour("ds-from-child")
def _ds_from_child(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The DS RRset of a zone below is denied from that zone, not from its parent: `ds-from-child=sub.x.`."""
    name, question = dns.name.from_text(parameter), asked.question
    if (question.name, question.rdtype) != (name, dns.rdatatype.DS):
        return otherwise(asked)
    return _denial(asked, name, dns.rcode.NOERROR)


@misbehaviour("no-apex-ns")
def _no_apex_ns(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The query for NS gets this RCODE, and the SOA record: `no-apex-ns=NOERROR example.com.`."""
    rcode, zone = parameter.split()
    question = asked.question
    if question.rdtype != dns.rdatatype.NS or question.name != dns.name.from_text(zone):
        return otherwise(asked)
    if rcode == "REFUSED":
        return error(asked, dns.rcode.REFUSED)
    return _denial(asked, question.name, dns.rcode.from_text(rcode))


@misbehaviour("left-over")
def _left_over(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """An address is answered with authority wherever it lies: `left-over=www.sub.x. 192.0.2.66`."""
    name, address = parameter.split()
    question = asked.question
    if question.name != dns.name.from_text(name) or question.rdtype != dns.rdatatype.A:
        return otherwise(asked)
    reply = respond(asked.query)
    reply.flags |= dns.flags.AA
    reply.answer = [dns.rrset.from_text(question.name, 300, dns.rdataclass.IN, "A", address)]
    return said(reply)


@misbehaviour("alias-for")
def _alias_for(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """A query for one type gets an alias: `alias-for=www.example.com. AAAA target.example.com.`."""
    name, rdtype, target = parameter.split()
    question = asked.question
    if question.name != dns.name.from_text(name) or question.rdtype != dns.rdatatype.from_text(rdtype):
        return otherwise(asked)
    reply = respond(asked.query)
    reply.flags |= dns.flags.AA
    reply.answer = [dns.rrset.from_text(question.name, 300, dns.rdataclass.IN, "CNAME", target)]
    return said(reply)


@misbehaviour("soa-in-referrals")
def _soa_in_referrals(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Referrals have the SOA record of the zone that refers: `soa-in-referrals=example.com.`."""
    reaction = otherwise(asked)
    reply = reply_in(reaction)
    if not reply.flags & dns.flags.AA and reply.authority and not reply.answer:
        reply.authority.append(_soa(dns.name.from_text(parameter)))
    return said(reply)


@misbehaviour("refers")
def _refers(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """A name and all below it are delegated without the zone's knowledge: `refers=sub.x. ns1.y.`.

    The referral has what the zone proves of the name, or nothing if `bare` follows. A question for DS
    or DELEG is answered from the zone.
    """
    below, server, *bare = parameter.split()
    cut, question = dns.name.from_text(below), asked.question
    own = question.name == cut and question.rdtype in AT_PARENT
    if own or not question.name.is_subdomain(cut):
        return otherwise(asked)
    reply = reply_in(otherwise(asked))
    reply.set_rcode(dns.rcode.NOERROR)
    reply.flags &= ~dns.flags.AA
    proof = [r for r in reply.authority if dns.rdatatype.NSEC in (r.rdtype, r.covers) and not bare]
    reply.answer = []
    reply.authority = [dns.rrset.from_text(cut, 3600, dns.rdataclass.IN, "NS", server), *proof]
    return said(reply)


def _denial(asked: Asked, zone: dns.name.Name, rcode: dns.rcode.Rcode) -> Reaction:
    reply = respond(asked.query)
    reply.flags |= dns.flags.AA
    reply.set_rcode(rcode)
    reply.authority = [_soa(zone)]
    return said(reply)


def _soa(zone: dns.name.Name) -> dns.rrset.RRset:
    return dns.rrset.from_text(zone, 900, dns.rdataclass.IN, "SOA", _SOA)


@misbehaviour("denies-as-apex")
def _denies_as_apex(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Denials have an SOA record of the name asked for, as if that were a zone; or of `=example.com.`."""
    reaction = otherwise(asked)
    if len(reaction.replies) != 1:
        return reaction
    reply = reply_in(reaction)
    if not reply.answer:
        name = dns.name.from_text(parameter) if parameter else asked.question.name
        reply.authority = [
            dns.rrset.from_rdata(name, each.ttl, each[0]) if each.rdtype == dns.rdatatype.SOA else each
            for each in reply.authority
        ]
    return said(reply)


@misbehaviour("fails-below")
def _fails_below(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """A name and all below it get this RCODE, whatever is asked: `fails-below=www.example.com. SERVFAIL`."""
    name, rcode = parameter.split()
    if not asked.question.name.is_subdomain(dns.name.from_text(name)):
        return otherwise(asked)
    return error(asked, dns.rcode.from_text(rcode))
