"""What servers of the lab do to exhaust their clients: replies without end, in number, size or time.

Functions like those in misbehaviour.py, in the same table. New names differ by the number in their first
label, so that here too a reaction depends on nothing but the query.
"""

from __future__ import annotations

import re

import dns.flags
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.lab.authority import respond, truncated
from dnstrace.lab.reaction import Asked, Reaction, Responder, misbehaviour, said
from dnstrace.model import Transport
from dnstrace.model.structs import replace

_BIGGEST = 65535  # octets of a message over TCP (RFC 1035 section 4.2.2)
_ADDRESS_RECORD = 16  # octets of an A record whose owner is compressed
_NUMBERED = re.compile(rb"x(\d{1,50})")


@misbehaviour("endless")
def _endless(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Whatever is asked is referred to a new name server under the zone given (`endless=example.com.`).

    `endless=example.com. 16`: to 16 of them.
    """
    zone, _, width = parameter.partition(" ")
    reply, count, number = respond(asked.query), int(width or 1), _number_in_name(asked)
    servers = [f"x{count * number + each}.{zone}" for each in range(1, count + 1)]
    name = asked.question.name
    reply.authority = [dns.rrset.from_text_list(name, 3600, dns.rdataclass.IN, dns.rdatatype.NS, servers)]
    return said(reply)


@misbehaviour("endless-aliases")
def _endless_aliases(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """`www` is an alias of a new name under the zone given (`endless-aliases=example.com.`), and so on."""
    if asked.question.name.labels[0].lower() != b"www" and not _number_in_name(asked):
        return otherwise(asked)
    reply = respond(asked.query)
    reply.flags |= dns.flags.AA
    target = f"x{_number_in_name(asked) + 1}.{parameter}"
    name = asked.question.name
    reply.answer = [dns.rrset.from_text(name, 3600, dns.rdataclass.IN, dns.rdatatype.CNAME, target)]
    return said(reply)


def _number_in_name(asked: Asked) -> int:
    """The number of the name asked for; 0 if it has none."""
    found = _NUMBERED.fullmatch(asked.question.name.labels[0].lower())
    return int(found[1]) if found else 0


@misbehaviour("huge")
def _huge(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Any name has as many addresses as fit into the largest possible message, truncated over UDP."""
    reply = respond(asked.query)
    if asked.transport is Transport.UDP:
        return Reaction((truncated(reply),))
    reply.flags |= dns.flags.AA
    count = (_BIGGEST - len(reply.to_wire())) // _ADDRESS_RECORD
    addresses = [f"198.18.{number >> 8}.{number & 255}" for number in range(count)]
    name = asked.question.name
    reply.answer = [dns.rrset.from_text_list(name, 300, dns.rdataclass.IN, dns.rdatatype.A, addresses)]
    return Reaction((reply.to_wire(max_size=_BIGGEST, want_shuffle=False),))


@misbehaviour("drip")
def _drip(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Over TCP one octet comes every N milliseconds: `drip=1000`, the default."""
    reaction = otherwise(asked)
    if asked.transport is Transport.UDP:
        return reaction
    octets = sum(map(len, reaction.replies))
    return replace(reaction, delay=reaction.delay + octets * float(parameter or 1000) / 1000)
