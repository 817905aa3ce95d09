"""What one address answered in one step, and replies taken together: by server, by step."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar, cast

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rrset
from dns.rdtypes.nsbase import NSBase

from dnstrace.analysis.paths import by_address
from dnstrace.model import Attempt, Cause, Delegation, Kind, Meaning, Name, Step
from dnstrace.model.allowed import PLAIN_PAYLOAD
from dnstrace.model.heard import SILENCES
from dnstrace.model.kept import kept
from dnstrace.model.mnemonics import AT_PARENT
from dnstrace.model.naming import is_below
from dnstrace.model.structs import Struct

_DO = int(dns.flags.DO)  # as a number: much quicker to look for

Reading = TypeVar("Reading")

FAILING = frozenset((
    Kind.TIMEOUT, Kind.CONNECTION_LOST, Kind.FORMAT_ERROR, Kind.SERVER_FAILURE, Kind.NOT_IMPLEMENTED,
    Kind.REFUSED, Kind.BAD_VERSION, Kind.BAD_COOKIE, Kind.OTHER_RCODE, Kind.EMPTY,
    Kind.OTHER_TYPE, Kind.OTHER_NAME, Kind.WRONG_CLASS,
    Kind.UPWARD_REFERRAL, Kind.SIDEWAYS_REFERRAL, Kind.SELF_REFERRAL,
))  # fmt: skip
"""What says nothing about the zone at an address that answers another question about it."""

_OF_THE_QUERY = frozenset({Kind.FORMAT_ERROR, Kind.NOT_IMPLEMENTED, Kind.BAD_VERSION, Kind.BAD_COOKIE})
"""Errors after which an address is asked in another way (RFC 6891 section 7)."""


class HeardReply(Struct):
    """The last attempt at one address within one step, whether or not a reply came."""

    step: Step
    attempt: Attempt

    @property
    def server(self) -> Name:
        """The name server asked."""
        return self.attempt.server

    @property
    def address(self) -> str:
        """Its address."""
        return self.attempt.address

    @property
    def message(self) -> dns.message.Message | None:
        """The reply, None where there was none."""
        return self.attempt.exchange.message

    @property
    def meaning(self) -> Meaning:
        """What it means."""
        return self.attempt.meaning

    def once(self, reading: Callable[[HeardReply], Reading], about: Hashable = None) -> Reading:
        """What `reading` makes of this reply, and of all that are equal to it: worked out once.

        It must look at nothing but the message, its meaning and `about`. Replies with one meaning are equal
        (`dnstrace.walk.meanings`): those of the servers of a zone, and those that the names of a run share.
        """
        known = _readings(self.meaning)
        if (reading, about) not in known:
            known[reading, about] = reading(self)
        return cast("Reading", known[reading, about])

    def rrset(self, name: Name, rdtype: dns.rdatatype.RdataType) -> dns.rrset.RRset | None:
        """The RRset of the answer section with that owner and type."""
        found = () if self.message is None else self.message.answer
        return next((r for r in found if r.name == name and r.rdtype == rdtype), None)


@kept(most=512)
def _readings(meaning: Meaning) -> dict[Hashable, object]:
    """What was read from replies with this meaning, by how; filled as it is wanted."""
    return {}


@kept(most=640)  # what the traces that are judged at the same time have
def replies_of(step: Step) -> tuple[HeardReply, ...]:
    """The last attempt at each address asked in a step, in the order in which they are recorded."""
    return tuple(HeardReply(step, step.attempts[indices[-1]]) for indices in by_address(step).values())


def before_silence(reply: HeardReply) -> HeardReply:
    """The error to a query that was then put without EDNS, or with a cookie, in vain; else the reply itself.

    The error shows what the server does to queries as they are usually put.
    """
    if reply.meaning.kind not in SILENCES:
        return reply
    earlier = (a for a in reply.step.attempts if a.address == reply.address)
    errors = [attempt for attempt in earlier if attempt.meaning.kind in _OF_THE_QUERY]
    return HeardReply(reply.step, errors[-1]) if errors else reply


def targets_of(rrset: Iterable[dns.rdata.Rdata] | None) -> list[Name]:
    """The names that NS, CNAME or DNAME records have; those that are malformed have none."""
    return [rdata.target for rdata in rrset or () if isinstance(rdata, NSBase)]


def lists_itself(reply: HeardReply, zone: Name) -> bool:
    """Whether a server refers to a zone that it is a server of by the same referral: it does not serve it."""
    cut = reply.meaning.delegation
    return cut is not None and cut.zone == zone and is_led_to(reply, cut)


def is_led_to(reply: HeardReply, cut: Delegation) -> bool:
    """Whether the server that replied, or its address, is among those to which a referral leads."""
    return any(
        server.name == reply.server or reply.address in (address.text for address in server.addresses)
        for server in cut.servers
    )


def by_server(replies: Iterable[HeardReply]) -> dict[Name, list[HeardReply]]:
    """Replies by the name server that gave them."""
    found: dict[Name, list[HeardReply]] = {}
    for reply in replies:
        found.setdefault(reply.server, []).append(reply)
    return found


def only_server(replies: Iterable[HeardReply]) -> Name | None:
    """The name server that gave all of the replies; None where there are several, or none."""
    names = {reply.server for reply in replies}
    return next(iter(names)) if len(names) == 1 else None


def steps_of(replies: Iterable[HeardReply]) -> tuple[int, ...]:
    """The ids of the steps in which replies came, each once."""
    return tuple(dict.fromkeys(reply.step.id for reply in replies))


def rcode_text(reply: HeardReply) -> str:
    """The RCODE of a reply: `SERVFAIL`."""
    return dns.rcode.to_text(dns.rcode.Rcode.make(reply.meaning.rcode or 0))


def gist(reply: HeardReply) -> tuple[Kind, bool]:
    """What a probe has to have in common with its control: records may change in the meantime."""
    return reply.meaning.kind, reply.meaning.authoritative


def causes_in(steps: Sequence[Step]) -> dict[Cause, set[str]]:
    """The addresses that had to be asked in another way in any step, by the cause."""
    found: dict[Cause, set[str]] = {cause: set() for cause in Cause}
    for attempt in (attempt for step in steps for attempt in step.attempts):
        if attempt.cause is not None:
            found[attempt.cause].add(attempt.address)
    if large := found[Cause.DROPS_LARGE_UDP]:
        large.difference_update(*map(small_after_truncation, steps))
    return found


def small_after_truncation(step: Step) -> frozenset[str]:
    """The addresses that truncated a reply over UDP, though it is small enough, as it came in another way.

    Servers that limit the rate of their replies truncate some of any size.
    """
    cut_short = {a.address for a in step.attempts if a.meaning.kind is Kind.TRUNCATED}
    whole = (each for each in step.attempts if each.meaning.usable and each.exchange.wire is not None)
    small = {a.address for a in whole if len(a.exchange.wire or b"") <= PLAIN_PAYLOAD}
    return frozenset(cut_short & small)


def soa_with_referral(reply: HeardReply) -> Name | None:
    """The zone that a negative answer also refers to; None where it does not.

    What is the parent's at a cut is not referred to the zone of that name, but may be to one above it.
    """
    soa, message, question = reply.meaning.soa, reply.message, reply.step.question
    if soa is None or message is None:
        return None
    refers = is_below if question.rdtype in AT_PARENT else dns.name.Name.is_subdomain
    named = (rrset.name for rrset in message.authority if rrset.rdtype == dns.rdatatype.NS)
    below = (name for name in named if is_below(name, soa.name) and refers(question.name, name))
    return next(below, None)


def acknowledges_do(reply: HeardReply) -> bool:
    """Whether the query has the DO bit, and the reply has it too (RFC 3225 section 3)."""
    flags = 0 if reply.message is None else reply.message.ednsflags
    return reply.attempt.exchange.query.dnssec_ok and bool(flags & _DO)
