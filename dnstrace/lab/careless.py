"""What servers of the lab do that harms others, or shows only in probes.

Functions like those in misbehaviour.py, in the same table.
"""

from __future__ import annotations

from zlib import crc32

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.lab.authority import PAYLOAD, respond
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
from dnstrace.model import Transport
from dnstrace.model.structs import replace

_APEX = 3  # labels of the zones that worlds are about, the root's among them
_UNKNOWN = 65001  # EDNS options from here on are for local use (RFC 6891 section 9)

AT_TIMES = "at-times"
STOPS = "stops-after"
ALTERNATES = "alternates"
GROWS = "serial-grows"


@misbehaviour(AT_TIMES)
def _at_times(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Of N queries one gets an RCODE, or no reply, the first time: `at-times=4 SERVFAIL`, `=4 silent`.

    Which one that is differs from one address to the next, as chance would have it. TCP sends again what
    is lost on the way, so there is silence over UDP only.
    """
    share, _, what = parameter.partition(" ")
    if asked.before or crc32(asked.wire[2:] + asked.address.encode()) % int(share or 4):
        return otherwise(asked)
    if what == "silent":
        return SILENCE if asked.transport is Transport.UDP else otherwise(asked)
    return error(asked, dns.rcode.from_text(what or "SERVFAIL"))


@misbehaviour(STOPS)
def _stops_after(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """After N queries nothing comes any more, or an RCODE: `stops-after=1`, `stops-after=5 REFUSED`."""
    most, _, what = parameter.partition(" ")
    if asked.earlier < int(most):
        return otherwise(asked)
    return error(asked, dns.rcode.from_text(what)) if what else SILENCE


@misbehaviour(ALTERNATES)
def _alternates(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Every second query is for a machine with another serial, which lacks a name: `alternates=3 www.x.`."""
    if asked.earlier % 2:
        return otherwise(asked)
    serial, _, lacked = parameter.partition(" ")
    question = asked.question
    if lacked and question.name == dns.name.from_text(lacked):
        query = read(asked.wire)
        query.question[0].name = dns.name.Name((b"no-such-name", *question.name.labels[1:]))
        asked = replace(asked, query=query, wire=query.to_wire())
    reply = reply_in(otherwise(asked))
    reply.question[0].name = question.name
    return _with_serial(reply, int(serial))


def _with_serial(reply: dns.message.Message, serial: int, added: bool = False) -> Reaction:
    """A reply with another serial in its SOA records, or with one to which this is `added`."""
    for rrset in (*reply.answer, *reply.authority):
        if rrset.rdtype == dns.rdatatype.SOA:
            own = rrset[0].serial if added else 0
            rrset.add(rrset[0].replace(serial=own + serial))  # a type with one record: this takes its place
    return said(reply)


@misbehaviour(GROWS)
def _serial_grows(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The serial is one more after every N queries, as if it were the time: `serial-grows=20`."""
    return _with_serial(reply_in(otherwise(asked)), asked.earlier // int(parameter), added=True)


@misbehaviour("recurses")
def _recurses(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The NS RRset of the root, with recursion offered, for any client that desires recursion."""
    question = asked.question
    if question.name != dns.name.root or not asked.query.flags & dns.flags.RD:
        return otherwise(asked)
    reply = respond(asked.query)
    reply.flags |= dns.flags.RA
    servers = [f"{letter}.root-servers.net." for letter in "abcdefghijklm"]
    reply.answer = [dns.rrset.from_text_list(dns.name.root, 86400, "IN", "NS", servers)]
    return said(reply)


@misbehaviour("gives-zone")
def _gives_zone(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The beginning of a zone transfer, for anyone."""
    if asked.question.rdtype != dns.rdatatype.AXFR:
        return otherwise(asked)
    wanted = dns.message.make_query(asked.question.name, "SOA")
    whole = otherwise(replace(asked, query=wanted, wire=wanted.to_wire()))
    reply = respond(asked.query)
    reply.flags |= dns.flags.AA
    reply.answer = reply_in(whole).answer if whole.replies else []
    return said(reply)


@misbehaviour("lowers-case")
def _lowers_case(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The name in the question comes back in lower case."""
    reaction = otherwise(asked)
    length = sum(len(label) + 1 for label in asked.question.name.labels)
    return replace(
        reaction,
        replies=tuple(w[:12] + w[12 : 12 + length].lower() + w[12 + length :] for w in reaction.replies),
    )


@misbehaviour("case-sensitive")
def _case_sensitive(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Names with a letter in upper case do not exist. `=below`: of those below the apex only."""
    name = asked.question.name
    if name.to_text() == name.to_text().lower() or (parameter == "below" and len(name) <= _APEX):
        return otherwise(asked)
    return flagged(error(asked, dns.rcode.NXDOMAIN), add=dns.flags.AA)


@misbehaviour("knows-types")
def _knows_types(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """NOTIMP to all types but these: `knows-types=A,NS,SOA`."""
    known = {dns.rdatatype.from_text(text) for text in parameter.split(",")}
    return otherwise(asked) if asked.question.rdtype in known else error(asked, dns.rcode.NOTIMP)


@misbehaviour("silent-version")
def _silent_version(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Queries with an EDNS version above 0 get no reply."""
    return SILENCE if asked.query.edns > 0 else otherwise(asked)


@misbehaviour("sparse-any")
def _sparse_any(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Queries for ANY get one made-up HINFO record (RFC 8482 section 4.2), which is allowed."""
    question = asked.question
    if question.rdtype != dns.rdatatype.ANY:
        return otherwise(asked)
    reply = respond(asked.query)
    reply.flags |= dns.flags.AA
    reply.answer = [dns.rrset.from_text(question.name, 3789, "IN", "HINFO", 'RFC8482 ""')]
    return said(reply)


@misbehaviour("sparse-signatures")
def _sparse_signatures(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Queries for RRSIG get the signatures of one RRset, which is allowed as it is for ANY."""
    reaction = otherwise(asked)
    if asked.question.rdtype != dns.rdatatype.RRSIG:
        return reaction
    reply = reply_in(reaction)
    reply.answer = reply.answer[:1]
    return said(reply)


@misbehaviour("echoes-options")
def _echoes_options(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Unknown EDNS options come back. `echoes-options=FORMERR`: an error comes instead."""
    unknown = [option for option in asked.query.options if int(option.otype) >= _UNKNOWN]
    reaction = otherwise(asked)
    if not unknown or not reaction.replies:
        return reaction
    reply = reply_in(reaction)
    if parameter:
        reply = respond(asked.query)
        reply.set_rcode(dns.rcode.from_text(parameter))
        return said(reply)
    reply.use_edns(0, reply.ednsflags, PAYLOAD, options=unknown)
    return said(reply)


@misbehaviour("intercepts")
def _intercepts(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Something on the path answers every query with this address, as a resolver does."""
    reply = respond(asked.query)
    reply.flags |= dns.flags.RA
    question = asked.question
    if question.rdtype == dns.rdatatype.A:
        reply.answer = [
            dns.rrset.from_text(question.name, 60, dns.rdataclass.IN, "A", parameter or "192.0.2.1")
        ]
    return said(reply)
