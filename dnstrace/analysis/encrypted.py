"""What name servers did over TLS, compared with what they did in the clear (RFC 9539). Pure readings."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import dns.rdatatype

from dnstrace.analysis.paths import lead
from dnstrace.message.certificate import is_for, read_certificate
from dnstrace.model import ROOT, Fault, Kind, Meaning
from dnstrace.model.certificates import Certificate
from dnstrace.model.kept import kept
from dnstrace.model.taken import Encrypted

_CHOSEN = frozenset(map(dns.rdatatype.from_text, ("A", "AAAA", "CNAME", "HTTPS", "SVCB")))
"""Types of records that servers choose for each query, by load or by where it comes from."""


class OverTls(StrEnum):
    """How a server fared over TLS."""

    SAME = "same"  # it answered as it did in the clear
    DIFFERENT = "different"  # it did not answer as it did in the clear, twice
    UNCOMPARED = "uncompared"  # it answered, but not in the clear, or there not twice the same
    NO_REPLY = "no-reply"  # the handshake was completed, and no reply came
    FAILED = "failed"  # something listens there, but no handshake was completed
    REFUSED = "refused"  # nothing listens there
    SILENT = "silent"  # nothing came from there


def is_like(one: Meaning, other: Meaning) -> bool:
    """Whether two replies of one server to one question are alike, TTLs and choices of addresses aside."""
    if one.authoritative is not other.authoritative or one.rcode != other.rcode:
        return False
    if lead(one) == lead(other):
        return True
    return one.kind is other.kind and _is_chosen(one) and _is_chosen(other)


def _is_chosen(meaning: Meaning) -> bool:
    types = {rrset.rdtype for rrset in meaning.answer}
    return bool(types & _CHOSEN) and types <= _CHOSEN | {dns.rdatatype.RRSIG}


def over_tls(found: Encrypted) -> OverTls:
    """How a server fared over TLS."""
    exchange = found.exchange
    if exchange.message is not None:
        return _compared(found)
    if exchange.secured is not None:
        return OverTls.NO_REPLY
    if exchange.fault is Fault.CONNECTION_LOST:
        return OverTls.FAILED
    return OverTls.REFUSED if exchange.fault is Fault.PORT_UNREACHABLE else OverTls.SILENT


def _compared(found: Encrypted) -> OverTls:
    if found.plainly.rcode is None or found.plainly.kind is Kind.TRUNCATED:
        return OverTls.UNCOMPARED
    if is_like(found.meaning, found.plainly):
        return OverTls.SAME
    if found.again is None or not is_like(found.again, found.plainly):
        return OverTls.UNCOMPARED
    return OverTls.DIFFERENT


@kept(most=256)
def certificate_of(found: Encrypted) -> Certificate | None:
    """The certificate that a server showed; None if there is none, or it cannot be read."""
    secured = found.exchange.secured
    return None if secured is None or not secured.certificate else read_certificate(secured.certificate)


def is_for_server(found: Encrypted) -> bool | None:
    """Whether the certificate is for the server, by its name or address; None if its name is not known."""
    shown = certificate_of(found)
    its = shown is not None and is_for(shown, found.server, found.exchange.query.address)
    return None if not its and found.server == ROOT else its


def is_outdated(certificate: Certificate, now: datetime) -> bool:
    """Whether a certificate is not valid any more at a time."""
    return certificate.expires is not None and certificate.expires < now
