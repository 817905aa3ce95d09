"""How a server of the lab reacts to a query, and the table of misbehaviours that can stand between the two.

The misbehaviours are in misbehaviour.py, answering.py, delegating.py, denying.py and careless.py (by
accident), hostile.py (on purpose) and recursive.py (by a recursive resolver).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rrset

from dnstrace.lab.authority import respond
from dnstrace.lab.errors import WorldError
from dnstrace.model import Fault, Transport
from dnstrace.model.structs import Struct, replace


class NothingToChange(Exception):
    """What a misbehaviour changes is not there: the server sends what it would send without it."""


class Asked(Struct):
    """A query as a server gets it: read, in octets, over which transport, and how often it came before.

    `earlier` is how many queries came before it, whatever they asked; `address` is where it came in, which
    matters only to chance.
    """

    query: dns.message.Message
    wire: bytes
    transport: Transport
    before: int = 0
    earlier: int = 0
    address: str = ""

    @property
    def question(self) -> dns.rrset.RRset:
        """What is asked for. Raises NothingToChange if the query has no question."""
        if not self.query.question:
            raise NothingToChange
        return self.query.question[0]


class Reaction(Struct):
    """What a server does about a query.

    `replies` are octets, in the order in which they are sent; `delay` is in seconds, beyond the round
    trip. A `fault` is what the client sees instead of a reply; without replies and fault there is silence.
    Replies over UDP come from the address and port `elsewhere` if that is set.
    """

    replies: tuple[bytes, ...] = ()
    delay: float = 0.0
    fault: Fault | None = None
    elsewhere: tuple[str, int] | None = None


Responder = Callable[[Asked], Reaction]
Misbehaviour = Callable[[Asked, Responder, str], Reaction]

MISBEHAVIOURS: dict[str, Misbehaviour] = {}
"""By name."""

SILENCE = Reaction()


def misbehaviour(name: str) -> Callable[[Misbehaviour], Misbehaviour]:
    """Enter a function in the table under `name`; raises ValueError if the name is taken."""

    def enter(function: Misbehaviour) -> Misbehaviour:
        if name in MISBEHAVIOURS:
            raise ValueError(f"two misbehaviours are called {name!r}")
        MISBEHAVIOURS[name] = function
        return function

    return enter


def misbehaving(text: str, otherwise: Responder) -> Responder:
    """`otherwise` with the misbehaviour that `text` names (`slow=900`) before it. Raises WorldError."""
    name, _, parameter = text.partition("=")
    if name not in MISBEHAVIOURS:
        known = ", ".join(sorted(MISBEHAVIOURS))
        raise WorldError(f"unknown misbehaviour {name!r}: the known ones are {known}")
    return partial(_apply, MISBEHAVIOURS[name], otherwise, parameter)


def _apply(function: Misbehaviour, otherwise: Responder, parameter: str, asked: Asked) -> Reaction:
    """What the function makes of it; where there is nothing that it can change, what the server sends."""
    try:
        return function(asked, otherwise, parameter)
    except (NothingToChange, dns.name.NameTooLong):  # the latter of a name made from the one asked for
        return otherwise(asked)


def reply_in(reaction: Reaction) -> dns.message.Message:
    """The first reply of a reaction. Raises NothingToChange if it is silence, or is not a reply."""
    if not reaction.replies:
        raise NothingToChange
    return read(reaction.replies[0])


def read(wire: bytes) -> dns.message.Message:
    """The message that octets make. Raises NothingToChange if they cannot be read."""
    try:
        return dns.message.from_wire(wire)
    except dns.exception.DNSException as error:
        raise NothingToChange from error


def error(asked: Asked, rcode: dns.rcode.Rcode) -> Reaction:
    """A reply with an RCODE and nothing else."""
    reply = respond(asked.query)
    reply.set_rcode(rcode)
    return said(reply)


def flagged(reaction: Reaction, add: int = 0, drop: int = 0) -> Reaction:
    """The reaction with header flags added and dropped (RFC 1035 section 4.1.1)."""
    replies = []
    for wire in reaction.replies:
        flags = (int.from_bytes(wire[2:4]) | add) & ~drop
        replies.append(wire[:2] + flags.to_bytes(2) + wire[4:])
    return replace(reaction, replies=tuple(replies))


def said(reply: dns.message.Message) -> Reaction:
    """One reply and nothing else."""
    return Reaction((reply.to_wire(want_shuffle=False),))
