"""What name servers did over TLS, compared with what they did in the clear (RFC 9539). Pure readings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import dns.rdatatype

from dnstrace.analysis.paths import lead
from dnstrace.message.certificate import is_for, read_certificate
from dnstrace.model import ROOT, Fault, Kind, Meaning, Probe
from dnstrace.model.certificates import Certificate
from dnstrace.model.kept import kept
from dnstrace.model.taken import Encrypted

if TYPE_CHECKING:
    from dnstrace.model import Attempt, Name, Step, Trace

MOST = 128
"""Addresses of one trace that are asked: of more, those of the deepest zones."""

_NOTHING_SENT = frozenset({Kind.NETWORK_UNREACHABLE, Kind.KNOWN_SILENT, Kind.NOT_RECORDED})
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
    its = shown is not None and is_for(shown, found.server, found.address)
    return None if not its and found.server == ROOT else its


def is_outdated(certificate: Certificate, now: datetime) -> bool:
    """Whether a certificate is not valid any more at a time."""
    return certificate.expires is not None and certificate.expires < now


# --- who is asked ---------------------------------------------------------------------------------


class InTheClear(NamedTuple):
    """An address that was asked in the clear, in a step."""

    step: Step
    attempt: Attempt

    @property
    def place(self) -> tuple[Name, str]:
        """What it is asked over TLS once for: the zone and the address."""
        return self.step.zone, self.attempt.address

    @property
    def replied(self) -> bool:
        """Whether there was a reply."""
        return self.attempt.exchange.message is not None


def to_ask(trace: Trace) -> list[InTheClear]:
    """The addresses to ask, each once for every zone: what they replied to last, or were asked last."""
    found: dict[tuple[Name, str], InTheClear] = {}
    for asked in _asked_in_the_clear(trace):
        before = found.get(asked.place)
        if before is None or (before.step is asked.step and (asked.replied or not before.replied)):
            found[asked.place] = asked
    return list(found.values())[-MOST:]


def without_result(trace: Trace) -> list[InTheClear]:
    """The addresses that should be asked over TLS, where the trace ended before there was a result."""
    found = {(each.zone, each.address) for each in trace.encrypted or ()}
    return [asked for asked in to_ask(trace) if asked.place not in found]


def _asked_in_the_clear(trace: Trace) -> Iterator[InTheClear]:
    """What was asked on the walk, then what the probes asked."""
    for step in (step for step in trace.steps if step.main and not step.at_resolver):
        yield from _sent(step)
    for step in (step for step in trace.steps if step.probe is Probe.SOA):
        yield from _sent(step)


def _sent(step: Step) -> Iterator[InTheClear]:
    return (InTheClear(step, each) for each in step.attempts if each.meaning.kind not in _NOTHING_SENT)
