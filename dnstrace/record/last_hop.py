"""The page that `--http` fetched, read from the document of a record that anybody may have written.

The further traces next to it (`Fetched.beside`) are not in the record. A page that cannot be read is left
out: nothing else in the record depends on it, and servers have a say in what it consists of.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

import dns.exception
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.model.certificates import Certificate
from dnstrace.model.pages import PORTS, Request, Visit
from dnstrace.model.taken import Fetched
from dnstrace.record.fields import Fields, parse_moment
from dnstrace.record.files import RecordError

_TTL = (0, 2**31 - 1)
_STATUS = (0, 999)
_LONGEST = 2**16  # characters of a text from the network, which is escaped: each may have become ten


def last_hop(whole: Fields) -> Fetched | None:
    """The request and what each address replied; None if the record has no page, or none that can be read."""
    with suppress(RecordError):
        return _fetched(whole.object("http")) if whole.has("http") else None
    return None


def _fetched(http: Fields) -> Fetched:
    return Fetched(
        request=http.converted("url", _request),
        visits=tuple(map(_visit, http.objects("visits"))),
        services=tuple(map(_rrset, http.objects("services"))),
        notes=http.texts("notes"),
    )


def _request(url: str) -> Request:
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or not url.isprintable():
        raise ValueError(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Request(parts.hostname, parts.scheme, parts.port or PORTS[parts.scheme], path)


def _visit(given: Fields) -> Visit:
    return Visit(
        address=given.address("address"),
        connected=_seconds(given, "connected_ms"),
        secured=_seconds(given, "secured_ms"),
        answered=_seconds(given, "answered_ms"),
        status=given.whole("status", *_STATUS) if given.has("status") else None,
        reason=_word(given, "reason"),
        location=_word(given, "location"),
        certificate=_certificate(given.object("certificate")) if given.has("certificate") else None,
        fault=_word(given, "fault"),
    )


def _seconds(given: Fields, key: str) -> float | None:
    return given.number(key) / 1000 if given.has(key) else None


def _word(given: Fields, key: str) -> str:
    return given.word(key, _LONGEST) if given.has(key) else ""


def _certificate(given: Fields) -> Certificate:
    return Certificate(
        names=given.texts("names"),
        issuer=given.word("issuer", _LONGEST),
        expires=given.converted("expires", parse_moment) if given.has("expires") else None,
    )


def _rrset(given: Fields) -> dns.rrset.RRset:
    name, ttl = given.name("name"), given.whole("ttl", *_TTL)
    rdtype = given.converted("type", dns.rdatatype.from_text)
    rdata = given.texts("rdata")
    try:
        return dns.rrset.from_text_list(name, ttl, dns.rdataclass.IN, rdtype, list(rdata))
    except (dns.exception.DNSException, ValueError, IndexError) as error:
        raise given.wrong("rdata") from error
