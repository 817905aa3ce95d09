"""What makes a server of the lab a recursive resolver with something in its cache.

Functions like those in misbehaviour.py, in the same table. The cache is a version of a zone that only this
server has, with the remaining TTLs; it does not change, and nothing else is looked up.
"""

from __future__ import annotations

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.lab.authority import PAYLOAD, respond
from dnstrace.lab.reaction import Asked, Reaction, Responder, error, flagged, misbehaviour, reply_in, said


@misbehaviour("resolver")
def _resolver(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Answers from its cache: without AA, recursion offered. `resolver=validates`: with AD."""
    added = dns.flags.RA | (dns.flags.AD if parameter == "validates" else 0)
    return flagged(otherwise(asked), add=added, drop=dns.flags.AA)


@misbehaviour("explains")
def _explains(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """An extended error (RFC 8914) in each reply to a query with EDNS: `explains=15 a text`."""
    if asked.query.edns < 0:
        return otherwise(asked)
    code, _, text = parameter.partition(" ")
    option = dns.edns.EDEOption(dns.edns.EDECode.make(int(code)), text or None)
    reply = reply_in(otherwise(asked))
    reply.use_edns(0, reply.ednsflags, PAYLOAD, options=[option])
    return said(reply)


@misbehaviour("blocks")
def _blocks(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """NXDOMAIN without an SOA record to everything. `blocks=0.0.0.0`: that address instead."""
    if not parameter:
        return error(asked, dns.rcode.NXDOMAIN)
    name, reply = asked.question.name, respond(asked.query)
    reply.answer = [dns.rrset.from_text(name, 60, dns.rdataclass.IN, dns.rdatatype.A, parameter)]
    return said(reply)


@misbehaviour("finds-bogus")
def _finds_bogus(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """SERVFAIL unless CD is set (RFC 4035 section 5.5)."""
    if asked.query.flags & dns.flags.CD:
        return otherwise(asked)
    return error(asked, dns.rcode.SERVFAIL)
