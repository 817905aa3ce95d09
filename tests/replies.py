"""Replies made by hand, for tests of what they mean."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from dnstrace.message.reading import read_reply
from dnstrace.model import Exchange, Query, Question


def name(text: str) -> dns.name.Name:
    return dns.name.from_text(text)


def rrset(text: str) -> dns.rrset.RRset:
    """`owner ttl type rdata`, several rdata separated by ` | `."""
    owner, ttl, rdtype, rdata = text.split(None, 3)
    return dns.rrset.from_text_list(owner, int(ttl), "IN", rdtype, rdata.split(" | "))


def reply(
    question: str,
    *,
    flags: str = "QR",
    rcode: int = 0,
    answer: tuple[str, ...] = (),
    authority: tuple[str, ...] = (),
    additional: tuple[str, ...] = (),
) -> Exchange:
    """The exchange of `question` ("name type") and a reply with these records, read back from the wire."""
    qname, rdtype = question.split()
    message = dns.message.make_query(qname, rdtype)
    message.flags = dns.flags.from_text(flags)
    message.set_rcode(dns.rcode.Rcode.make(rcode))
    message.answer = [rrset(text) for text in answer]
    message.authority = [rrset(text) for text in authority]
    message.additional = [rrset(text) for text in additional]
    wire = message.to_wire(want_shuffle=False)
    read = read_reply(wire)
    assert isinstance(read, dns.message.Message)
    asked = Question(name(qname), dns.rdatatype.from_text(rdtype))
    return Exchange(Query(asked, "192.0.2.1"), 0.0, 0.01, wire, read)
