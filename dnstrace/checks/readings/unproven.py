"""Replies of a signed zone's servers that prove too little."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property

import dns.message
import dns.rdatatype

from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply
from dnstrace.checks.readings.signing import Signing, signing_of
from dnstrace.dnssec.denial import DENIAL_TYPES, Denial, read_denial
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.proof import ProofResult
from dnstrace.dnssec.records import signed
from dnstrace.model import Kind, Name
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.judgement import LIMITS
from dnstrace.model.structs import replace

_ID = 2  # octets: that of a message, which comes first
_HASHES = 4000  # of all replies of a zone


def lacking(cut: Cut) -> list[tuple[HeardReply, str]]:
    """The replies of a zone's servers that prove too little, each with what it lacks."""
    return Proofs(signing_of(cut)).lacking()


class Proofs:
    """What the replies of a zone's servers prove; equal replies are examined once."""

    def __init__(self, signing: Signing) -> None:
        self._signing = signing
        self._effort = Effort(replace(LIMITS, hashes=_HASHES))
        self._known: dict[Hashable, str | None] = {}
        self._octets: dict[bytes, Hashable] = {}
        self._troubled = {id(judged.reply) for judged in signing.judged if judged.trouble is not None}

    def lacking(self) -> list[tuple[HeardReply, str]]:
        """The replies that prove too little, each with what it lacks.

        A reply with data that is not validly signed is left out: that is a finding of its own.
        """
        if not self._signing.readable:
            return []
        whole = [reply for reply in self._signing.replies if id(reply) not in self._troubled]
        return [(reply, why) for reply in whole if (why := self._lacking(reply)) is not None]

    def _lacking(self, reply: HeardReply) -> str | None:
        message = reply.message
        if message is None or reply.step.question.rdtype == dns.rdatatype.RRSIG:
            return None
        key = reply.step.question, reply.meaning.kind, self._sections(reply, message)
        if key not in self._known:
            found = self._weigh(reply, self._denial(reply))
            spent = self._effort.spent_hashes >= self._effort.limits.hashes
            self._known[key] = None if spent else found
        return self._known[key]

    def _sections(self, reply: HeardReply, message: dns.message.Message) -> Hashable:
        """What a reply has, in whatever order."""
        octets = (reply.attempt.exchange.wire or b"")[_ID:]
        if not octets or octets not in self._octets:
            self._octets[octets] = tuple(
                frozenset((r.name, r.rdtype, frozenset(r)) for r in section)
                for section in (message.answer, message.authority)
            )
        return self._octets[octets]

    def has_proof(self, replies: list[HeardReply]) -> bool:
        """Whether replies of one address would prove enough with the records of all its other replies."""
        address = replies[0].address
        denial = self._denial(*(each for each in self._signing.replies if each.address == address))
        return all(self._is_shown(reply, denial) for reply in replies)

    def _is_shown(self, reply: HeardReply, denial: Denial) -> bool:
        name, rdtype = reply.meaning.target or reply.step.question.name, reply.step.question.rdtype
        if reply.meaning.kind not in NEGATIVE or not name.is_subdomain(self._signing.zone):
            return self._weigh(reply, denial) is None
        absent = reply.meaning.kind is Kind.NXDOMAIN
        proof = denial.nxdomain(name) if absent else denial.nodata(name, rdtype)
        return proof.shown is not ProofResult.UNPROVED

    def _weigh(self, reply: HeardReply, denial: Denial) -> str | None:
        """What a reply lacks as its proof; None if nothing."""
        if reply.meaning.kind in NEGATIVE:
            return self._negative(reply, denial)
        if reply.meaning.kind is Kind.REFERRAL:
            return self._referral(reply, denial)
        for judged in self._signing.judged:
            if judged.reply is reply and (encloser := judged.checked.encloser) is not None:
                proof = denial.wildcard_answer(judged.data.name, encloser)
                if proof.shown is ProofResult.UNPROVED:
                    return proof.text
        return None

    def _negative(self, reply: HeardReply, denial: Denial) -> str | None:
        name = reply.meaning.target or reply.step.question.name
        if not name.is_subdomain(self._signing.zone):
            return None
        absent, bare = denial.nxdomain(name), denial.nodata(name, reply.step.question.rdtype)
        if absent.shown is not ProofResult.UNPROVED or bare.shown is not ProofResult.UNPROVED:
            return None
        if reply.step.question.rdtype == dns.rdatatype.NSEC and any(r.owner == name for r in denial.nsec):
            return None  # the record that was asked for, though in the authority section
        return absent.text if reply.meaning.kind is Kind.NXDOMAIN else bare.text

    def _referral(self, reply: HeardReply, denial: Denial) -> str | None:
        """What a referral lacks as the proof that there is no DS, where the zone itself denies it."""
        below = reply.meaning.delegation
        if below is None or below.ds is not None or reply.message is None:
            return None
        unlike = (reply.step.id, below.zone) in self._denying
        if not (self._is_denied(reply) or unlike):  # the referral may be from another zone of the server
            return None
        proof = denial.no_ds(below.zone)
        return proof.text if proof.shown is ProofResult.UNPROVED else None

    def _is_denied(self, reply: HeardReply) -> bool:
        """Whether a referral has a denial that the zone itself signed."""
        denials = signed(() if reply.message is None else reply.message.authority, DENIAL_TYPES)
        return any(self._signing.zone in data.signers() for data in denials)

    @cached_property
    def _denying(self) -> frozenset[tuple[int, Name]]:
        """The zones to which the zone itself refers without DS records, by other replies of a step."""
        found = ((each, each.meaning.delegation) for each in self._signing.replies)
        return frozenset(
            (reply.step.id, below.zone)
            for reply, below in found
            if below is not None and below.ds is None and self._is_denied(reply)
        )

    def _denial(self, *replies: HeardReply) -> Denial:
        """What the records of denial in replies show, each record looked at once."""
        rrsets = {
            (rrset.name, rrset.rdtype, rrset.covers, frozenset(rrset)): rrset
            for reply in replies
            if reply.message is not None
            for rrset in (*reply.message.authority, *reply.message.answer)
        }
        return read_denial(
            tuple(rrsets.values()),
            self._signing.zone,
            lambda data: self._signing.check(replies[0], data),
            self._effort,
        )
