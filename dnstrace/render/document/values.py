"""Building blocks of the document: times, RRsets, questions, delegations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dns.rdataclass
import dns.rdatatype

from dnstrace.render.edns import edns_options
from dnstrace.render.text import name_text, rcode_text, rdata_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import dns.message
    import dns.rrset

    from dnstrace.model import Delegation, NameServer, Question

Document = dict[str, Any]


def question_of(question: Question) -> Document:
    """A question."""
    return {
        "name": name_text(question.name),
        "type": dns.rdatatype.to_text(question.rdtype),
        "class": dns.rdataclass.to_text(question.rdclass),
    }


def rrsets_of(rrsets: Iterable[dns.rrset.RRset]) -> list[Document]:
    """RRsets, with their data in presentation format."""
    return [
        {
            "name": name_text(rrset.name),
            "type": dns.rdatatype.to_text(rrset.rdtype),
            "class": dns.rdataclass.to_text(rrset.rdclass),
            "ttl": rrset.ttl,
            "rdata": [rdata_text(rdata) for rdata in rrset],
        }
        for rrset in rrsets
    ]


def referral_of(delegation: Delegation) -> Document:
    """A delegation, as published by the parent."""
    return {
        "zone": name_text(delegation.zone),
        "ttl": delegation.ttl,
        "ns": [name_text(server.name) for server in delegation.servers],
        "glue": [
            {"name": name_text(server.name), "address": address.text}
            for server in delegation.servers
            for address in server.addresses
        ],
        "ds": [] if delegation.ds is None else [rdata_text(rdata) for rdata in delegation.ds],
    }


def server_of(server: NameServer) -> Document:
    """A name server and its addresses."""
    return {
        "name": name_text(server.name),
        "addresses": [{"address": each.text, "source": each.source.value} for each in server.addresses],
    }


def ede_of(message: dns.message.Message) -> list[Document]:
    """The extended errors of a reply (RFC 8914)."""
    errors = edns_options(message).errors
    return [{"code": error.code, "name": error.name, "text": error.text} for error in errors]


def iso(time: datetime, to: str) -> str:
    """A time as ISO 8601 in UTC, to `seconds` or `milliseconds`."""
    return time.astimezone(UTC).isoformat(timespec=to).replace("+00:00", "Z")


def ms(seconds: float) -> float:
    """Milliseconds, rounded to a microsecond."""
    return round(seconds * 1000, 3)


def rcode_of(rcode: int | None) -> str | None:
    """The mnemonic of an RCODE; None without a reply."""
    return None if rcode is None else rcode_text(rcode)
