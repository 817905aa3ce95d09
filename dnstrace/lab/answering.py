"""Wrong answers of servers of the lab that look well formed.

Functions like those in misbehaviour.py, in the same table.
"""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from dnstrace.lab.reaction import Asked, Reaction, Responder, misbehaviour, reply_in, said
from dnstrace.model import Transport
from dnstrace.model.structs import replace


@misbehaviour("denies-empty")
def _denies_empty(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """NXDOMAIN for names with this first label, though others exist below (RFC 8020): `denies-empty=b`."""
    reaction = otherwise(asked)
    if asked.question.name.labels[0].lower() != parameter.encode("ascii"):
        return reaction
    reply = reply_in(reaction)
    reply.set_rcode(dns.rcode.NXDOMAIN)
    reply.answer = []
    return said(reply)


@misbehaviour("bare-negative")
def _bare_negative(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Negative answers over UDP come without the zone's SOA record. `=CDS`: only those for that type."""
    if parameter and asked.question.rdtype != dns.rdatatype.from_text(parameter):
        return otherwise(asked)
    reaction = otherwise(asked)
    reply = reply_in(reaction)
    if reply.answer or asked.transport is Transport.TCP or not reply.flags & dns.flags.AA:
        return reaction
    reply.authority = [rrset for rrset in reply.authority if rrset.rdtype != dns.rdatatype.SOA]
    return said(reply)


@misbehaviour("unlike-dname")
def _unlike_dname(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """CNAME records made from DNAME records lead to this name instead: `unlike-dname=www.example.net.`."""
    reply = reply_in(otherwise(asked))
    made = any(rrset.rdtype == dns.rdatatype.DNAME for rrset in reply.answer)
    reply.answer = [
        dns.rrset.from_text(rrset.name, rrset.ttl, "IN", "CNAME", parameter)
        if made and rrset.rdtype == dns.rdatatype.CNAME
        else rrset
        for rrset in reply.answer
    ]
    return said(reply)


@misbehaviour("gives-up")
def _gives_up(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """SERVFAIL with the aliases so far, where more than N follow or they lead back (BIND): `gives-up=11`.

    Without any of them, as PowerDNS does: `gives-up=11 bare`.
    """
    reaction = otherwise(asked)
    reply, words = reply_in(reaction), parameter.split()
    limit = int(words[0] if words else 11)
    cut_short = bool(reply.flags & dns.flags.TC)
    full = reply_in(otherwise(replace(asked, transport=Transport.TCP))) if cut_short else reply
    aliases = [rrset for rrset in full.answer if rrset.rdtype == dns.rdatatype.CNAME]
    passed = [rrset.name for rrset in aliases]
    if len(passed) <= limit and not any(rrset[0].target in passed for rrset in aliases[-1:]):
        return reaction
    shown = [] if "bare" in words else passed[: limit + 1]
    reply.answer = [rrset for rrset in reply.answer if rrset.name in shown]
    reply.authority = []
    reply.flags &= ~(0 if shown else dns.flags.TC)
    reply.set_rcode(dns.rcode.SERVFAIL)
    return said(reply)
