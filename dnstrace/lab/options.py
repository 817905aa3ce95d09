"""What servers of the lab say in options of EDNS that most servers do not have."""

from __future__ import annotations

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset

from dnstrace.lab.authority import PAYLOAD
from dnstrace.lab.reaction import Asked, Reaction, Responder, misbehaviour, read, reply_in, said
from dnstrace.message.options import SOA_SERIAL, ZONEVERSION
from dnstrace.model import Transport
from dnstrace.model.structs import replace

_LOCAL_USE = 65001  # the first of the options for local and experimental use (RFC 6891 section 9)


@misbehaviour("zone-version")
def _zone_version(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Says which version of the zone an answer is from, to those who ask (RFC 9660)."""
    reaction = otherwise(asked)
    if not any(option.otype == ZONEVERSION for option in asked.query.options):
        return reaction
    soa = _soa_above(asked, otherwise)
    if soa is None:
        return reaction
    labels, serial = len(soa.name.labels) - 1, soa[0].serial
    version = bytes([labels, SOA_SERIAL]) + serial.to_bytes(4, "big")
    return _with_option(reaction, dns.edns.GenericOption(ZONEVERSION, version))


@misbehaviour("report-channel")
def _report_channel(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Names an agent that resolvers report errors to (RFC 9567): `report-channel=reports.example.net`."""
    option = dns.edns.ReportChannelOption(dns.name.from_text(parameter))
    return _with_option(otherwise(asked), option) if asked.query.edns >= 0 else otherwise(asked)


@misbehaviour("unlike-with-option")
def _unlike_with_option(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """A query with an option for local use gets the reply without AA, without EDNS, or without the answer.

    The parameter is what is left out: `unlike-with-option=AA`, `EDNS` or `answer`.
    """
    reaction = otherwise(asked)
    if not any(option.otype >= _LOCAL_USE for option in asked.query.options):
        return reaction
    reply = reply_in(reaction)
    if parameter == "AA":
        reply.flags &= ~dns.flags.AA
    elif parameter == "EDNS":
        reply.use_edns(False)
    else:
        reply.answer = []
    return said(reply)


def _soa_above(asked: Asked, otherwise: Responder) -> dns.rrset.RRset | None:
    """The SOA record of the zone in which this server has the name asked."""
    query = dns.message.make_query(asked.question.name, dns.rdatatype.SOA)
    replies = otherwise(Asked(query, query.to_wire(), Transport.TCP)).replies
    if not replies or not (reply := read(replies[0])).flags & dns.flags.AA:
        return None
    records = (*reply.answer, *reply.authority)
    return next((rrset for rrset in records if rrset.rdtype == dns.rdatatype.SOA), None)


def _with_option(reaction: Reaction, option: dns.edns.Option) -> Reaction:
    return replace(reaction, replies=tuple(_added(wire, option) for wire in reaction.replies))


def _added(wire: bytes, option: dns.edns.Option) -> bytes:
    reply = read(wire)
    reply.use_edns(0, reply.ednsflags, PAYLOAD, options=[*reply.options, option])
    return reply.to_wire(want_shuffle=False)
