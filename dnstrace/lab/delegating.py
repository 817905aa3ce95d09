"""What servers of the lab do wrong in referrals, and in the records at a zone's apex.

Functions like those in misbehaviour.py, in the same table.
"""

from __future__ import annotations

from collections.abc import Callable

import dns.flags
import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.lab.authority import respond
from dnstrace.lab.reaction import Asked, Reaction, Responder, misbehaviour, reply_in, said

_SOA = dns.rdatatype.SOA


@misbehaviour("extra-glue")
def _extra_glue(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Referrals have an extra address record (`extra-glue=old.example.com. 192.0.2.99`)."""
    name, _, address = parameter.partition(" ")
    extra = dns.rrset.from_text(name, 3600, dns.rdataclass.IN, dns.rdatatype.A, address)

    def add(reply: dns.message.Message) -> None:
        if not reply.flags & dns.flags.AA:
            reply.additional.append(extra)

    return _with_reply_changed(otherwise(asked), add)


@misbehaviour("glue-on-request")
def _glue_on_request(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Referrals have no glue, except in reply to a question for the name server itself."""
    name = asked.question.name

    def drop(reply: dns.message.Message) -> None:
        if not reply.flags & dns.flags.AA:
            reply.additional = [rrset for rrset in reply.additional if rrset.name == name]

    return _with_reply_changed(otherwise(asked), drop)


@misbehaviour("authoritative-referrals")
def _authoritative_referrals(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Referrals have the AA flag set."""

    def claim(reply: dns.message.Message) -> None:
        if not reply.answer and any(rrset.rdtype == dns.rdatatype.NS for rrset in reply.authority):
            reply.flags |= dns.flags.AA

    return _with_reply_changed(otherwise(asked), claim)


@misbehaviour("no-soa")
def _no_soa(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Questions for SOA have an empty answer."""
    if asked.question.rdtype != _SOA:
        return otherwise(asked)
    reply = respond(asked.query)
    reply.flags |= dns.flags.AA
    return said(reply)


@misbehaviour("two-soas")
def _two_soas(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Answers have a second SOA record, with the next serial."""

    def add(reply: dns.message.Message) -> None:
        for rrset in [rrset for rrset in reply.answer if rrset.rdtype == _SOA]:
            soa = rrset[0].replace(serial=rrset[0].serial + 1)
            reply.answer.append(dns.rrset.from_rdata(rrset.name, rrset.ttl, soa))

    return _with_reply_changed(otherwise(asked), add)


def _with_reply_changed(reaction: Reaction, change: Callable[[dns.message.Message], None]) -> Reaction:
    """The reaction with its reply changed, if there is exactly one."""
    if len(reaction.replies) != 1:
        return reaction
    reply = reply_in(reaction)
    change(reply)
    return said(reply)
