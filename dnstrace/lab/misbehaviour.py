"""What servers of the lab do wrong, by the names that a world's file uses.

A misbehaviour is a small function that stands between a query and the server: it gets the query, what
would answer it otherwise, and its parameter (the text after `=`), and returns a Reaction. To add one,
write such a function, with its name in the decorator; nothing else needs to know about it:

    @misbehaviour("servfail")
    def _servfail(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
        '''SERVFAIL to everything.'''
        return error(asked, dns.rcode.SERVFAIL)

Several on one server apply in the order given, the first one outermost. A reaction depends on nothing but
the query, so that runs are repeatable and replies can be kept.
"""

from __future__ import annotations

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

# Each of these enters its functions in the table.
from dnstrace.lab import answering as _answering_wrong  # noqa: F401
from dnstrace.lab import careless as _careless  # noqa: F401
from dnstrace.lab import delegating as _delegating  # noqa: F401
from dnstrace.lab import denying as _denying  # noqa: F401
from dnstrace.lab import hostile as _hostile  # noqa: F401
from dnstrace.lab import options as _options  # noqa: F401
from dnstrace.lab import recursive as _recursive_resolver  # noqa: F401
from dnstrace.lab.authority import PAYLOAD, respond, truncated
from dnstrace.lab.reaction import (
    MISBEHAVIOURS,
    SILENCE,
    Asked,
    Reaction,
    Responder,
    error,
    flagged,
    misbehaving,
    misbehaviour,
    read,
    said,
)
from dnstrace.model import Fault, Transport
from dnstrace.model.structs import replace

__all__ = ["MISBEHAVIOURS", "SILENCE", "Asked", "Reaction", "Responder", "misbehaving", "misbehaviour"]

_COOKIE = dns.edns.OptionType.COOKIE
_SERVER_COOKIE = bytes.fromhex("0123456789abcdef")


# --- no reply ------------------------------------------------------------------------------------


@misbehaviour("silent")
def _silent(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Nothing comes back. `silent=AAAA`: only for questions of that type."""
    if parameter and _is_of_another_type(asked, parameter):
        return otherwise(asked)
    return SILENCE


def _is_of_another_type(asked: Asked, rdtype: str) -> bool:
    return asked.question.rdtype != dns.rdatatype.from_text(rdtype)


@misbehaviour("unreachable")
def _unreachable(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Nothing listens: ICMP port unreachable, TCP refused. `unreachable=host`: a router reports it."""
    return Reaction(fault=Fault.HOST_UNREACHABLE if parameter == "host" else Fault.PORT_UNREACHABLE)


@misbehaviour("no-udp")
def _no_udp(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Silence over UDP."""
    return SILENCE if asked.transport is Transport.UDP else otherwise(asked)


@misbehaviour("no-tcp")
def _no_tcp(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """TCP connections are refused. `no-tcp=REFUSED`: a query over TCP gets this RCODE."""
    if asked.transport is Transport.TCP and parameter:
        return error(asked, dns.rcode.from_text(parameter))
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
    """UDP replies over N octets (`drops-large-udp=512`, the default) are lost on the way."""
    reaction, limit = otherwise(asked), int(parameter or 512)
    if asked.transport is Transport.TCP:
        return reaction
    return replace(reaction, replies=tuple(wire for wire in reaction.replies if len(wire) <= limit))


# --- a reply that is late ------------------------------------------------------------------------


@misbehaviour("slow")
def _slow(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Every reply takes N milliseconds longer: `slow=900`, the default."""
    reaction = otherwise(asked)
    return replace(reaction, delay=reaction.delay + float(parameter or 900) / 1000)


# --- a reply that says no ------------------------------------------------------------------------


@misbehaviour("refuses")
def _refuses(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """REFUSED to everything, like a server that was never configured for the zone."""
    return error(asked, dns.rcode.REFUSED)


@misbehaviour("servfail")
def _servfail(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """SERVFAIL to everything, like a secondary whose zone has expired."""
    return error(asked, dns.rcode.SERVFAIL)


@misbehaviour("not-implemented")
def _not_implemented(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """NOTIMP to everything."""
    return error(asked, dns.rcode.NOTIMP)


@misbehaviour("format-error")
def _format_error(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """FORMERR to everything, with EDNS or without."""
    return error(asked, dns.rcode.FORMERR)


@misbehaviour("no-edns")
def _no_edns(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """FORMERR without OPT to a query with EDNS (RFC 6891 section 7). Another RCODE: `no-edns=NOTIMP`."""
    if asked.query.edns < 0:
        return otherwise(asked)
    reply = respond(asked.query)
    reply.use_edns(False)
    reply.set_rcode(dns.rcode.from_text(parameter or "FORMERR"))
    return said(reply)


@misbehaviour("bad-version")
def _bad_version(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """BADVERS to a query with EDNS."""
    return error(asked, dns.rcode.BADVERS) if asked.query.edns >= 0 else otherwise(asked)


@misbehaviour("bad-cookie")
def _bad_cookie(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """BADCOOKIE, with the right cookie, to a query with EDNS but without it (RFC 7873 section 5.2)."""
    sent = next((option.to_wire() for option in asked.query.options if option.otype == _COOKIE), b"")
    if asked.query.edns < 0 or sent[8:] == _SERVER_COOKIE:
        return otherwise(asked)
    reply = respond(asked.query)
    cookie = dns.edns.GenericOption(_COOKIE, sent[:8] + _SERVER_COOKIE)
    reply.use_edns(0, reply.ednsflags, PAYLOAD, options=[cookie] if sent else [])
    reply.set_rcode(dns.rcode.BADCOOKIE)
    return said(reply)


# --- a reply that says something else ------------------------------------------------------------


@misbehaviour("lame")
def _lame(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """An empty reply without AA that offers recursion: a resolver, not a name server of the zone."""
    return flagged(error(asked, dns.rcode.NOERROR), add=dns.flags.RA)


@misbehaviour("recursive")
def _recursive(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The right answer, but from a resolver's cache: without AA, recursion offered.

    `recursive=example.` serves its own zones, and answers so only for names at and below that one.
    """
    inside = not parameter or asked.question.name.is_subdomain(dns.name.from_text(parameter))
    return flagged(otherwise(asked), add=dns.flags.RA, drop=dns.flags.AA if inside else 0)


@misbehaviour("no-aa")
def _no_aa(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The right answer without AA. `no-aa=DNSKEY`: only to questions of that type."""
    if parameter and _is_of_another_type(asked, parameter):
        return otherwise(asked)
    return flagged(otherwise(asked), drop=dns.flags.AA)


@misbehaviour("upward")
def _upward(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """A referral to the root, or to the zone given (`upward=com.`), whatever is asked."""
    reply = respond(asked.query)
    servers = [f"{letter}.root-servers.net." for letter in "abcdefghijklm"]
    zone = dns.name.from_text(parameter or ".")
    reply.authority = [dns.rrset.from_text_list(zone, 518400, dns.rdataclass.IN, dns.rdatatype.NS, servers)]
    return said(reply)


@misbehaviour("empty")
def _empty(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """An empty reply with AA: no data, but no SOA record either."""
    return flagged(error(asked, dns.rcode.NOERROR), add=dns.flags.AA)


@misbehaviour("wrong-class")
def _wrong_class(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """An answer of class CH."""
    name = asked.question.name
    text = dns.rrset.from_text(name, 300, dns.rdataclass.CH, dns.rdatatype.TXT, "chaos")
    return _answering(asked, text)


@misbehaviour("other-name")
def _other_name(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """An answer for a sibling of the name asked. `other-name=MX`: only to questions of that type."""
    if parameter and _is_of_another_type(asked, parameter):
        return otherwise(asked)
    name = dns.name.Name([b"beside", *(asked.question.name.labels[1:] or [b""])])
    return _answering(asked, _one_address(name))


@misbehaviour("cname-and-data")
def _cname_and_data(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """An alias and more at `www` (RFC 1034 section 3.6.2): an address, or `=TXT` text, `=CNAME` an alias."""
    name = asked.question.name
    if name.labels[0].lower() != b"www":
        return otherwise(asked)
    target = dns.name.Name([b"alias", *name.labels[1:]]).to_text()
    alias = dns.rrset.from_text(name, 300, dns.rdataclass.IN, dns.rdatatype.CNAME, target)
    text = dns.rrset.from_text(name, 300, dns.rdataclass.IN, dns.rdatatype.TXT, "beside")
    other = dns.rrset.from_text(name, 300, dns.rdataclass.IN, dns.rdatatype.CNAME, "other.example.")
    beside = {"TXT": text, "CNAME": other}
    return _answering(asked, alias, beside.get(parameter) or _one_address(name))


def _one_address(name: dns.name.Name) -> dns.rrset.RRset:
    return dns.rrset.from_text(name, 300, dns.rdataclass.IN, dns.rdatatype.A, "192.0.2.66")


def _answering(asked: Asked, *answer: dns.rrset.RRset) -> Reaction:
    reply = respond(asked.query)
    reply.flags |= dns.flags.AA
    reply.answer = list(answer)
    return said(reply)


@misbehaviour("truncates")
def _truncates(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Every UDP reply is empty with TC set, or those of a type (`=DNSKEY`); `=always`: over TCP too.

    `=always DNSKEY` are those of a type, over TCP too.
    """
    rdtype = parameter.removeprefix("always").strip()
    if rdtype and _is_of_another_type(asked, rdtype):
        return otherwise(asked)
    if asked.transport is Transport.TCP and not parameter.startswith("always"):
        return otherwise(asked)
    return Reaction((truncated(respond(asked.query)),))


@misbehaviour("strips-signatures")
def _strips_signatures(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Replies as if the query had no DO flag: no signatures, no proofs, no DS (RFC 3225)."""
    if asked.query.edns < 0:
        return otherwise(asked)
    query = read(asked.wire)
    query.use_edns(0, 0, query.payload)
    return otherwise(replace(asked, query=query))


# --- octets that are not a reply -----------------------------------------------------------------


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
    return said(reply)


@misbehaviour("elsewhere")
def _elsewhere(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Replies over UDP come from this address (`elsewhere=192.0.2.99`), or from another port."""
    return replace(otherwise(asked), elsewhere=(parameter, 53 if parameter else 5353))


@misbehaviour("spoofed")
def _spoofed(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """N replies with other IDs (`spoofed=20`) come before the right one."""
    reaction = otherwise(asked)
    false = _wrong_id(asked, otherwise, "").replies * int(parameter or 1)
    return replace(reaction, replies=false + reaction.replies)


@misbehaviour("garbage")
def _garbage(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """The right header and question, then octets that are not a record, though the header promises one."""
    reply = respond(asked.query)
    reply.use_edns(False)
    wire = reply.to_wire()
    return Reaction((wire[:6] + b"\0\1" + wire[8:] + b"\xff" * 16,))
