"""Whether the recorded replies show a zone cut at a name, and whether it is signed.

A DS RRset shows that, or the proof that there is none. Both come in referrals; where they do not, they come
in replies to a query for DS (RFC 4035 sections 4.2 and 5.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

import dns.message
import dns.rdatatype
import dns.rrset

from dnstrace.dnssec.case import Case, Zone
from dnstrace.dnssec.denial import read_denial
from dnstrace.dnssec.proof import ProofResult
from dnstrace.dnssec.records import DS, Signed, ds_records, signed
from dnstrace.dnssec.replies import Reply
from dnstrace.model import Delegation, Name, Purpose, Question, Step
from dnstrace.model.jobs import with_job
from dnstrace.model.judgement import DsEvidence, SecurityStatus
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.security import Security
from dnstrace.model.structs import Struct


class Says(Enum):
    """What the recorded replies show about a name below a zone."""

    SIGNED = auto()  # a DS RRset
    UNSIGNED = auto()  # a delegation without DS
    NO_CUT = auto()
    WRONG = auto()  # data that are not validly signed
    NOTHING = auto()  # asked, but neither a DS RRset nor a proof came
    UNANSWERED = auto()  # asked, but no server answered
    UNKNOWN = auto()  # not asked yet


class Delegated(Struct):
    """What is known about a possible zone cut."""

    says: Says
    reason: str = ""
    ds: tuple[DS, ...] = ()


class Delegations:
    """What the replies of a case show about possible zone cuts. Each cut is read once."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._read: dict[tuple[Name, Name], Delegated] = {}

    def at(self, zone: Zone, name: Name) -> Delegated:
        """What the replies show about a zone cut at `name`, below `zone`."""
        key = (zone.name, name)
        if key not in self._read:
            replies = self._case.replies
            supposed = next((cut for cut in replies.trace.supposed if cut.zone == name), None)
            replied = (*replies.referring_to(name), *replies.to(Question(name, dns.rdatatype.DS)))
            self._read[key] = (
                self._replied(zone, name, replied)
                if supposed is None
                else self._assumed(zone, supposed, replied)
            )
        return self._read[key]

    def _assumed(self, zone: Zone, cut: Delegation, replied: tuple[Reply, ...]) -> Delegated:
        """For an assumed delegation: its assumed DS records, or else those that are published."""
        if cut.ds is not None and not cut.ds:
            return Delegated(Says.UNSIGNED, f"{plain(cut.zone)} is assumed to have no DS record")
        if cut.ds is not None:
            return Delegated(Says.SIGNED, ds=ds_records(cut.ds))
        for reply in replied:
            if (found := self._in(reply, zone, cut.zone)).says is Says.SIGNED:
                return found
        if self._case.replies.asked(Question(cut.zone, dns.rdatatype.DS)):
            return Delegated(
                Says.UNSIGNED, f"{plain(cut.zone)} is assumed to be delegated without a DS record"
            )
        return Delegated(Says.UNKNOWN)

    def _replied(self, zone: Zone, name: Name, replied: tuple[Reply, ...]) -> Delegated:
        """What the replies show; validly signed data take precedence."""
        question, wrong = Question(name, dns.rdatatype.DS), list[tuple[Step, Delegated]]()
        for reply in replied:
            found = self._in(reply, zone, name)
            if found.says is Says.WRONG:
                wrong.append((reply.step, found))
            elif found.says is not Says.NOTHING:
                return found
        for step, _ in wrong:
            if step.question == question:
                self._case.retry(step)
        if wrong:
            return wrong[0][1]
        if not self._case.fully_asked(question):
            return Delegated(Says.UNKNOWN)
        for step in self._case.replies.steps_for(question):
            self._case.retry(step)
        if next(self._case.replies.to(question), None) is None:
            return self._unanswered(question)
        neither = f"return neither a DS record for {plain(name)} nor a proof that there is none"
        return Delegated(
            Says.NOTHING, with_job(f"the servers of {zone_text(zone.name)} {neither}", zone.name)
        )

    def _unanswered(self, question: Question) -> Delegated:
        why = self._case.replies.why_unanswered(question) or "no server answered the query for it"
        return Delegated(
            Says.UNANSWERED, f"the DS record of {plain(question.name)} could not be fetched: {why}"
        )

    def _in(self, reply: Reply, zone: Zone, name: Name) -> Delegated:
        """What one reply shows; the evidence is noted for a step that queried DS."""
        found = self._ds_in(reply, zone, name)
        if reply.step.purpose is Purpose.DS and found.says is not Says.NOTHING:
            good = SecurityStatus(Security.SECURE) if zone.secure else zone.verdict
            wrong = SecurityStatus(Security.BOGUS, found.reason)
            self._case.notes.add(reply.step.id, wrong if found.says is Says.WRONG else good)
        return found

    def _ds_in(self, reply: Reply, zone: Zone, name: Name) -> Delegated:
        """What one reply shows: a DS RRset, an alias, or a proof that there is neither."""
        message = reply.message
        for data in signed(
            (*message.answer, *message.authority), (dns.rdatatype.DS, dns.rdatatype.CNAME), name
        ):
            if zone.name in data.signers():
                return self._signed_ds(reply, data, zone)
            if data.rrset.rdtype == dns.rdatatype.DS and not data.signatures:
                unsigned = f"{_ds_of(name, zone)} is not signed, although {zone_text(zone.name)} is"
                return Delegated(Says.WRONG, with_job(unsigned, zone.name))
        for data in signed(message.answer, (dns.rdatatype.DNAME,)):
            if (
                name != data.name
                and name.is_subdomain(data.name)
                and self._case.check(data, zone, reply.attempt).valid
            ):
                return Delegated(Says.NO_CUT)  # nothing lies below a DNAME (RFC 6672 section 2.4)
        return self._denied_ds(reply, zone, name)

    def _signed_ds(self, reply: Reply, data: Signed, zone: Zone) -> Delegated:
        checked = self._case.check(data, zone, reply.attempt)
        ds = ds_records(data.rrset)
        evidence = (DsEvidence(r.key_tag, int(r.algorithm), int(r.digest_type)) for r in ds)
        self._case.notes.add(reply.step.id, ds=evidence, signatures=checked.signatures)
        if not checked.valid:
            broken = f"{_ds_of(data.name, zone)} does not validate: {checked.reason}"
            return Delegated(Says.WRONG, with_job(broken, zone.name))
        if data.rrset.rdtype == dns.rdatatype.CNAME:
            return Delegated(Says.NO_CUT)  # an alias excludes a delegation (RFC 1034 section 3.6.2)
        return Delegated(Says.SIGNED, ds=ds)

    def _denied_ds(self, reply: Reply, zone: Zone, name: Name) -> Delegated:
        authority = _denial_records(zone.name, reply.message)
        if not authority:
            return Delegated(Says.NOTHING)
        denial = read_denial(
            authority, zone.name, lambda data: self._case.check(data, zone, reply.attempt), self._case.effort
        )
        proof = denial.no_ds(name)
        self._case.notes.add(reply.step.id, signatures=denial.signatures, proof=proof.text)
        if proof.shown is ProofResult.INSECURE:
            return Delegated(Says.UNSIGNED, f"{plain(name)} is not signed: {proof.text}")
        if proof.shown is ProofResult.NO_CUT:
            return Delegated(Says.NO_CUT)
        unproven = f"{zone_text(zone.name)} does not prove that {plain(name)} has no DS record: {proof.text}"
        return Delegated(Says.WRONG, with_job(unproven, zone.name))


def _denial_records(zone: Name, message: dns.message.Message) -> Sequence[dns.rrset.RRset]:
    """The authority section if it has denial records signed by `zone`; otherwise nothing."""
    denials = signed(message.authority, (dns.rdatatype.NSEC, dns.rdatatype.NSEC3))
    return message.authority if any(zone in data.signers() for data in denials) else ()


def _ds_of(name: Name, zone: Zone) -> str:
    return f"the DS record for {plain(name)} in {zone_text(zone.name)}"
