"""What servers of the lab do wrong, by the name under which a world's file asks for it.

A misbehaviour is a small function that stands between a query and the server: it gets the query, what
would answer it otherwise, and its parameter (the text after `=`), and gives a Reaction. To add one,
write that function, with the name in the decorator; nothing else has to know of it:

    @misbehaviour("servfail")
    def _servfail(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
        '''SERVFAIL to everything.'''
        return error(asked, dns.rcode.SERVFAIL)

Several on one server apply in the order given, the first outermost. A reaction depends on the query
and nothing else, so that a run repeats and its replies can be kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.lab.authority import respond, truncated
from dnstrace.lab.errors import WorldError
from dnstrace.model import Fault, Transport


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as a server gets it: read, in octets, and over which transport."""

    query: dns.message.Message
    wire: bytes
    transport: Transport


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a server does about a query.

    `replies` are octets, in the order in which they are sent; `delay` is in seconds, beyond the round
    trip. A `fault` is what the asker sees in place of a reply; without replies and fault there is silence.
    """

    replies: tuple[bytes, ...] = ()
    delay: float = 0.0
    fault: Fault | None = None


Responder = Callable[[Asked], Reaction]
Misbehaviour = Callable[[Asked, Responder, str], Reaction]

MISBEHAVIOURS: dict[str, Misbehaviour] = {}
"""By name."""

SILENCE = Reaction()


def misbehaviour(name: str) -> Callable[[Misbehaviour], Misbehaviour]:
    """Enter a function in the table under `name`."""

    def enter(function: Misbehaviour) -> Misbehaviour:
        MISBEHAVIOURS[name] = function
        return function

    return enter


def misbehaving(text: str, otherwise: Responder) -> Responder:
    """`otherwise` with the misbehaviour that `text` names (`slow=900`) before it. Raises WorldError."""
    name, _, parameter = text.partition("=")
    if name not in MISBEHAVIOURS:
        raise WorldError(f"no misbehaviour is called {name!r}; there are {', '.join(sorted(MISBEHAVIOURS))}")
    return partial(_apply, MISBEHAVIOURS[name], otherwise, parameter)


def _apply(function: Misbehaviour, otherwise: Responder, parameter: str, asked: Asked) -> Reaction:
    return function(asked, otherwise, parameter)


# --- made of these -------------------------------------------------------------------------------


def error(asked: Asked, rcode: dns.rcode.Rcode) -> Reaction:
    """A reply with an RCODE and nothing else."""
    reply = respond(asked.query)
    reply.set_rcode(rcode)
    return _said(reply)


def flagged(reaction: Reaction, add: int = 0, drop: int = 0) -> Reaction:
    """The reaction with header flags added and dropped (RFC 1035 section 4.1.1)."""
    replies = []
    for wire in reaction.replies:
        flags = (int.from_bytes(wire[2:4]) | add) & ~drop
        replies.append(wire[:2] + flags.to_bytes(2) + wire[4:])
    return replace(reaction, replies=tuple(replies))


def _said(reply: dns.message.Message) -> Reaction:
    return Reaction((reply.to_wire(want_shuffle=False),))


# --- no reply ------------------------------------------------------------------------------------


@misbehaviour("silent")
def _silent(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Nothing comes back. `silent=AAAA`: only for questions of that type."""
    if parameter and asked.query.question[0].rdtype != dns.rdatatype.from_text(parameter):
        return otherwise(asked)
    return SILENCE


@misbehaviour("unreachable")
def _unreachable(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Nobody listens: ICMP port unreachable, TCP refused. `unreachable=host`: a router says so instead."""
    return Reaction(fault=Fault.HOST_UNREACHABLE if parameter == "host" else Fault.PORT_UNREACHABLE)


@misbehaviour("no-udp")
def _no_udp(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Silence over UDP."""
    return SILENCE if asked.transport is Transport.UDP else otherwise(asked)


@misbehaviour("no-tcp")
def _no_tcp(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """TCP connections are refused."""
    if asked.transport is Transport.TCP:
        return Reaction(fault=Fault.PORT_UNREACHABLE)
    return otherwise(asked)


@misbehaviour("loses-tcp")
def _loses_tcp(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """TCP connections are closed once the query has come."""
    if asked.transport is Transport.TCP:
        return Reaction(fault=Fault.CONNECTION_LOST)
    return otherwise(asked)


@misbehaviour("drops-edns")
def _drops_edns(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """A middlebox drops every query with EDNS."""
    return SILENCE if asked.query.edns >= 0 else otherwise(asked)


@misbehaviour("drops-large-udp")
def _drops_large_udp(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """UDP replies over so many octets (`drops-large-udp=512`, the default) are lost on the way."""
    reaction, limit = otherwise(asked), int(parameter or 512)
    if asked.transport is Transport.TCP:
        return reaction
    return replace(reaction, replies=tuple(wire for wire in reaction.replies if len(wire) <= limit))


# --- a reply that is late ------------------------------------------------------------------------


@misbehaviour("slow")
def _slow(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Every reply takes so many milliseconds longer: `slow=900`, which is the default."""
    reaction = otherwise(asked)
    return replace(reaction, delay=reaction.delay + float(parameter or 900) / 1000)


# --- a reply that says no ------------------------------------------------------------------------


@misbehaviour("refuses")
def _refuses(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """REFUSED to everything, as a server that was never told of the zone."""
    return error(asked, dns.rcode.REFUSED)


@misbehaviour("servfail")
def _servfail(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """SERVFAIL to everything, as a secondary whose zone has expired."""
    return error(asked, dns.rcode.SERVFAIL)


@misbehaviour("not-implemented")
def _not_implemented(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """NOTIMP to everything."""
    return error(asked, dns.rcode.NOTIMP)


@misbehaviour("no-edns")
def _no_edns(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """FORMERR without OPT to a query with EDNS (RFC 6891 section 7). Another RCODE: `no-edns=NOTIMP`."""
    if asked.query.edns < 0:
        return otherwise(asked)
    reply = respond(asked.query)
    reply.use_edns(False)
    reply.set_rcode(dns.rcode.from_text(parameter or "FORMERR"))
    return _said(reply)


@misbehaviour("bad-version")
def _bad_version(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """BADVERS to a query with EDNS."""
    return error(asked, dns.rcode.BADVERS) if asked.query.edns >= 0 else otherwise(asked)


# --- a reply that says something else ------------------------------------------------------------


@misbehaviour("lame")
def _lame(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """An empty reply without authority that offers recursion: a resolver, and no name server of the zone."""
    return flagged(error(asked, dns.rcode.NOERROR), add=dns.flags.RA)


@misbehaviour("recursive")
def _recursive(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The right answer, but from a resolver's cache: without AA, recursion offered."""
    return flagged(otherwise(asked), add=dns.flags.RA, drop=dns.flags.AA)


@misbehaviour("no-aa")
def _no_aa(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The right answer without AA."""
    return flagged(otherwise(asked), drop=dns.flags.AA)


@misbehaviour("upward")
def _upward(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """A referral to the root, or to the zone given (`upward=com.`), whatever is asked."""
    reply = respond(asked.query)
    servers = [f"{letter}.root-servers.net." for letter in "abcdefghijklm"]
    zone = dns.name.from_text(parameter or ".")
    reply.authority = [dns.rrset.from_text_list(zone, 518400, dns.rdataclass.IN, dns.rdatatype.NS, servers)]
    return _said(reply)


@misbehaviour("truncates")
def _truncates(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Every UDP reply is empty with TC set. `truncates=always`: over TCP too."""
    if asked.transport is Transport.TCP and parameter != "always":
        return otherwise(asked)
    return Reaction((truncated(respond(asked.query)),))


# --- octets that are no reply --------------------------------------------------------------------


@misbehaviour("wrong-id")
def _wrong_id(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The right answer with another ID."""
    reaction = otherwise(asked)
    return replace(reaction, replies=tuple(bytes((wire[0] ^ 0xFF,)) + wire[1:] for wire in reaction.replies))


@misbehaviour("wrong-question")
def _wrong_question(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """A reply to another question, with the right ID."""
    reply = respond(asked.query)
    reply.question = [
        dns.rrset.RRset(dns.name.from_text("wrong.invalid."), question.rdclass, question.rdtype)
        for question in reply.question
    ]
    return _said(reply)


@misbehaviour("spoofed")
def _spoofed(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """So many replies with other IDs (`spoofed=20`) come before the right one."""
    reaction = otherwise(asked)
    false = _wrong_id(asked, otherwise, "").replies * int(parameter or 1)
    return replace(reaction, replies=false + reaction.replies)


@misbehaviour("garbage")
def _garbage(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The right header and question, then octets that are no record where the header promises one."""
    reply = respond(asked.query)
    reply.use_edns(False)
    wire = reply.to_wire()
    return Reaction((wire[:6] + b"\0\1" + wire[8:] + b"\xff" * 16,))
