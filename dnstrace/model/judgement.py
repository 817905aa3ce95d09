"""The result of judging a trace: values only.

Security is RFC 4033 section 5's; the evidence is what an operator needs to check it.
Times are in seconds since 1970, as in RRSIG records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from dnstrace.model.asked import Name, Question
from dnstrace.model.heard import Exchange, Outcome
from dnstrace.model.security import Security
from dnstrace.model.serial import ahead, moment
from dnstrace.model.structs import Struct, field

_WEAKNESS = (Security.SECURE, Security.INSECURE, Security.INDETERMINATE, Security.BOGUS)


class SecurityStatus(Struct):
    """A security status and, unless it is secure, one line that says why."""

    security: Security
    reason: str = ""


def weakest(verdicts: Iterable[SecurityStatus]) -> SecurityStatus:
    """The weakest of several links, the first among equals; secure if there is none."""
    return max(
        verdicts,
        key=lambda verdict: _WEAKNESS.index(verdict.security),
        default=SecurityStatus(Security.SECURE),
    )


def strongest(verdicts: Iterable[SecurityStatus]) -> SecurityStatus:
    """The strongest of several verdicts on the same, the first among equals; there is at least one."""
    return min(verdicts, key=lambda verdict: _WEAKNESS.index(verdict.security))


class EffortLimits(Struct):
    """How much work hostile replies can cause (CVE-2023-50387 KeyTrap, CVE-2023-50868).

    `signatures` bounds the verifications tried for one RRset, `verifications` those of a whole
    judgement, `hashes` the NSEC3 hashes of a whole judgement, `iterations` the rounds of one hash (above
    that a zone is taken as insecure, RFC 9276 section 3.2), `digests` the DS records looked at for one
    zone, `needs` the questions that one judgement asks for.
    """

    signatures: int = 16
    verifications: int = 1000
    hashes: int = 1000
    iterations: int = 150
    digests: int = 32
    needs: int = 16


LIMITS = EffortLimits()


class Need(Struct):
    """A question whose reply the verdict still needs, and the zone whose servers can answer it.

    Where `zone` is not among the delegations of the trace (its parent is served by the same servers),
    the servers of the deepest known cut above it are meant.
    """

    zone: Name
    question: Question


class KeyEvidence(Struct):
    """A DNSKEY record: its tag, algorithm number, flags (RFC 4034 section 2) and size in bits.

    `trusted` says that a DS record or a trust anchor matches this very key.
    """

    tag: int
    algorithm: int
    flags: int
    bits: int
    trusted: bool = False


class DsEvidence(Struct):
    """A DS record; `matched` says whether a DNSKEY record of the zone matches it, None if not known."""

    tag: int
    algorithm: int
    digest_type: int
    matched: bool | None = None


class SignatureEvidence(Struct):
    """An RRSIG record (RFC 4034 section 3) and what became of it; `reason` says why it is not valid.

    `inception` and `expiration` are 32-bit times; `at` is the time as of which it was judged.
    """

    owner: Name
    covered: int
    signer: Name
    tag: int
    algorithm: int
    inception: int
    expiration: int
    valid: bool
    reason: str = ""
    at: float = field(default=0.0, compare=False)

    @property
    def begins(self) -> datetime:
        """When its validity period begins (RFC 4034 section 3.1.5)."""
        return moment(self.inception, self.at)

    @property
    def ends(self) -> datetime:
        """When its validity period ends."""
        return moment(self.expiration, self.at)

    @property
    def left(self) -> int:
        """The seconds of its validity period that were left, negative if it had expired."""
        return ahead(self.expiration, int(self.at))

    @property
    def early(self) -> bool:
        """Whether its validity period had yet to begin."""
        return ahead(self.inception, int(self.at)) > 0


class StepEvidence(Struct):
    """What one step showed. `proof` says in words how non-existence was proved."""

    security: Security
    reason: str = ""
    keys: tuple[KeyEvidence, ...] = ()
    ds: tuple[DsEvidence, ...] = ()
    signatures: tuple[SignatureEvidence, ...] = ()
    proof: str = ""


def arrival(started: float, exchange: Exchange) -> float:
    """When the reply of an exchange arrived, for a trace that began at `started`.

    Rounded to milliseconds, so that a replay, whose clock is another, has the very same time.
    """
    return round(started + exchange.start + exchange.elapsed, 3)


class Judgement(Struct):
    """The verdict on a trace.

    `steps` maps step ids to their evidence. `missing` are questions that should still be asked; the
    verdict is the one that holds if they cannot be answered. `retry` are ids of steps whose data are not
    valid while a server of the zone was not asked: its data may be better, and a further step with the
    same question and purpose is taken into account. `answers` are the ids of the steps whose replies
    make up the answer, aliases first, the better ones of those asked again. `proved` is the outcome that
    the proof of a negative answer shows, where the RCODE, which is not signed, says something else.
    `at` is the time as of which it holds, in seconds since 1970: the beginning of the trace, unless the user
    chose another, which is `fixed` then.
    """

    security: Security
    reason: str = ""
    steps: Mapping[int, StepEvidence] = field(default_factory=dict)
    missing: tuple[Need, ...] = ()
    retry: tuple[int, ...] = ()
    answers: tuple[int, ...] = ()
    proved: Outcome | None = None
    at: float = 0.0
    fixed: bool = False

    def time_of(self, exchange: Exchange) -> float:
        """The time as of which the signatures in a reply are judged."""
        return self.at if self.fixed else arrival(self.at, exchange)
