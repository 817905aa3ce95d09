"""Building blocks of the document: times, RRsets, questions, delegations.

A member of a StrEnum stands in a document as it is: it is the text that JSON has, and to read its `value`
takes ten times as long.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dnstrace.render.text import class_text, name_text, rcode_text, rdata_text, type_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import dns.rrset

    from dnstrace.model import Delegation, NameServer, Question, Stats
    from dnstrace.model.documents import Document
    from dnstrace.model.journey import Leg
    from dnstrace.render.edns import ExtendedError


_NO_OFFSET = "+00:00"  # what Python writes for UTC


def question_of(question: Question) -> Document:
    """A question."""
    return {
        "name": name_text(question.name),
        "type": type_text(question.rdtype),
        "class": class_text(question.rdclass),
    }


def rrsets_of(rrsets: Iterable[dns.rrset.RRset]) -> list[Document]:
    """RRsets, each as `rrset_of`."""
    return [rrset_of(rrset) for rrset in rrsets]


def rrset_of(rrset: dns.rrset.RRset) -> Document:
    """An RRset, with its data in presentation format."""
    return {
        "name": name_text(rrset.name),
        "type": type_text(rrset.rdtype),
        "class": class_text(rrset.rdclass),
        "ttl": rrset.ttl,
        "rdata": [rdata_text(rdata) for rdata in rrset],
    }


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
        "addresses": [{"address": each.text, "source": each.source} for each in server.addresses],
    }


def ede_of(errors: Iterable[ExtendedError]) -> list[Document]:
    """The extended errors of a reply (RFC 8914)."""
    return [{"code": error.code, "name": error.name, "text": error.text} for error in errors]


def leg_of(leg: Leg, title: str, text: str) -> Document:
    """A leg of the journey from the name that is typed to the page."""
    return {
        "number": leg.number,
        "stage": leg.stage,
        "title": title,
        "text": text,
        "zone": None if leg.zone is None else name_text(leg.zone),
        "steps": list(leg.steps),
    }


def stats_of(stats: Stats) -> Document:
    """What a trace cost."""
    return {
        "queries": stats.queries,
        "retries": stats.retries,
        "timeouts": stats.timeouts,
        "tcp": stats.tcp,
        "bytes_out": stats.bytes_out,
        "bytes_in": stats.bytes_in,
        "zones": stats.zones,
        "duration_ms": ms(stats.duration),
        "critical_path_ms": ms(stats.critical_path),
    }


def iso(time: datetime, to: str) -> str:
    """A time as ISO 8601 in UTC, to `seconds` or `milliseconds`."""
    universal = time if time.tzinfo is UTC else time.astimezone(UTC)
    return f"{universal.isoformat(timespec=to)[: -len(_NO_OFFSET)]}Z"


def ms(seconds: float) -> float:
    """Milliseconds, rounded to a microsecond."""
    return round(seconds * 1000, 3)


def rcode_of(rcode: int | None) -> str | None:
    """The mnemonic of an RCODE; None without a reply."""
    return None if rcode is None else rcode_text(rcode)
