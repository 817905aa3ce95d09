"""The security status of one reply of the walk: RFC 4035 sections 5.3 and 5.4, RFC 6840.

Each link of the answer (aliases, then the data) is judged in the zone that signed it, a negative answer by
its proof. A reply is as weak as its weakest part.
"""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype
import dns.rrset

from dnstrace.dnssec.anchors import closest
from dnstrace.dnssec.case import Case, Zone
from dnstrace.dnssec.chain import TrustChain
from dnstrace.dnssec.denial import DENIAL_TYPES, Denial, as_denial, read_denial
from dnstrace.dnssec.proof import Proof, ProofResult
from dnstrace.dnssec.records import Signed, signed, type_name
from dnstrace.message.alias import alias_target, made_by_dname
from dnstrace.model import ROOT, Kind, Meaning, Name, Outcome, Question, Step
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.jobs import with_job
from dnstrace.model.judgement import SecurityStatus, weakest
from dnstrace.model.naming import is_below, plain, zone_text
from dnstrace.model.security import Security
from dnstrace.model.structs import replace

_SECURE = SecurityStatus(Security.SECURE)
_UNSIGNABLE = SecurityStatus(
    Security.INSECURE, "RRSIG records are not themselves signed (RFC 4035 section 2.2)"
)


class Answer:
    """One reply of the walk that answers its question, or answers it up to an alias.

    `proved` is the outcome that the proof of a negative answer shows, if its RCODE says something else.
    """

    def __init__(self, case: Case, chain: TrustChain, step: Step, meaning: Meaning) -> None:
        self.step = step
        self._case, self._chain = case, chain
        self._meaning, self._question = meaning, step.question
        self._attempt = step.attempts[step.chosen or 0]
        message = self._attempt.exchange.message
        assert message is not None  # only a reply has a conclusive meaning
        self._message = message
        self._doubtful = False
        self.proved: Outcome | None = None
        self.verdict = weakest(self._part_verdicts())
        case.notes.add(step.id, self.verdict)

    @property
    def further(self) -> Question | None:
        """The question that the alias leads to; None at the end of the chain."""
        target = self._meaning.target
        return None if self.ends or target is None else replace(self._question, name=target)

    @property
    def ends(self) -> bool:
        """Whether this is the end of the chain rather than an alias."""
        return self._meaning.kind is not Kind.ALIAS

    def settle(self) -> None:
        """Mark the step for a retry if this very reply is at fault: another may be better."""
        if self._doubtful and self.verdict.security in (Security.BOGUS, Security.INDETERMINATE):
            self._case.retry(self.step)

    def _bogus(self, reason: str) -> SecurityStatus:
        """Bogus because of this very reply: another server may have valid data."""
        self._doubtful = True
        return SecurityStatus(Security.BOGUS, reason)

    def _authority(self) -> list[dns.rrset.RRset]:
        return self._message.authority

    def _part_verdicts(self) -> Iterator[SecurityStatus]:
        dnames = signed(self._message.answer, (dns.rdatatype.DNAME,))
        for data in _links(self._meaning.answer):
            # A CNAME synthesised from a DNAME is unsigned, and as secure as that (RFC 6672 section 5.3.1).
            source = next((dname for dname in dnames if _synthesises(dname, data)), None)
            yield self._positive(data if data.signatures or source is None else source)
        if self._meaning.kind in NEGATIVE:
            yield self._negative()

    # --- data ---------------------------------------------------------------------------------

    def _positive(self, data: Signed) -> SecurityStatus:
        """The verdict on one RRset of the answer section."""
        target = _enclosing(data.name, data.rdtype)
        what = f"{plain(data.name)} {type_name(data.rdtype)}"
        known = self._chain.zone(target, ask=False)
        if _settled(known):
            return known.verdict
        if data.rdtype == dns.rdatatype.RRSIG:
            return _UNSIGNABLE
        first: SecurityStatus | None = None
        for signer in data.signers():
            verdict = self._signed_by(signer, data, what, known)
            if verdict.security is not Security.BOGUS:
                return verdict
            first = first or verdict
        foreign = ", ".join(dict.fromkeys(zone_text(rrsig.signer) for rrsig in data.signatures))
        return first or self._unsigned(target, what, foreign)

    def _signed_by(self, signer: Name, data: Signed, what: str, known: Zone) -> SecurityStatus:
        if is_below(known.name, signer):
            above = f"{what} belongs to the zone {plain(known.name)}, but is signed by {zone_text(signer)}"
            return self._bogus(above) if known.secure else known.verdict
        zone = self._chain.zone(signer)
        if not zone.open:
            return zone.verdict
        if zone.name != signer:
            return self._bogus(f"{what} is signed by {plain(signer)}, which is not a zone")
        checked = self._case.check(data, zone, self._attempt)
        self._case.notes.add(self.step.id, signatures=checked.signatures)
        if zone.presumed:
            return zone.verdict
        if not checked.valid:
            reason = f"{what} does not validate: {checked.reason}"
            return self._bogus(with_job(reason, signer, "sign it again"))
        return _SECURE if checked.encloser is None else self._expanded(data, zone, checked.encloser, what)

    def _expanded(self, data: Signed, zone: Zone, encloser: Name, what: str) -> SecurityStatus:
        """Data expanded from a wildcard: no closer match may exist (RFC 4035 section 5.3.4)."""
        if data.rrset.rdtype == dns.rdatatype.DNAME and self._question.rdtype != dns.rdatatype.DNAME:
            return self._bogus(
                f"{what} is expanded from a wildcard, which is not allowed for a DNAME (RFC 4592)"
            )
        return self._proof_verdict(self._denial(zone).wildcard_answer(data.name, encloser), what, zone)

    def _unsigned(self, target: Name, what: str, foreign: str = "") -> SecurityStatus:
        """Data without a usable signature: not secure, and insecure only below a proven unsigned cut."""
        zone = self._chain.zone(target)
        if zone.verdict.security is not Security.BOGUS and (not zone.open or zone.presumed):
            return zone.verdict
        if not foreign and (unsigned := self._case.replies.without_signatures(self._attempt)):
            self._doubtful = True
            return SecurityStatus(unsigned.security, f"{what} {unsigned.reason}")
        if foreign:
            own = f", not by {zone_text(zone.name)}" if zone.open else ""
            return self._bogus(f"{what} is signed only by {foreign}{own}")
        if not zone.open and zone.name == closest(self._case.anchors, target):
            return self._bogus(zone.verdict.reason)  # not even known whether the data need a signature
        if not zone.open:
            return self._bogus(f"{what} has no signature (RRSIG), and {zone.verdict.reason}")
        reason = f"{what} has no signature (RRSIG), although {zone_text(zone.name)} is signed"
        return self._bogus(with_job(reason, zone.name))

    # --- negative answers ---------------------------------------------------------------------

    def _negative(self) -> SecurityStatus:
        """The verdict on the claim that the name, or the data, does not exist."""
        name = self._meaning.target or self._question.name
        target = _enclosing(name, self._question.rdtype)
        kind = self._meaning.kind.value.upper()
        what = f"the {kind} answer for {plain(name)} {type_name(self._question.rdtype)}"
        known = self._chain.zone(target, ask=False)
        if _settled(known):
            return known.verdict
        first: SecurityStatus | None = None
        for signer in self._denial_signers(target):
            zone = self._chain.zone(signer)
            if zone.open and zone.name == signer:
                verdict = self._denied(zone, name, what)
            elif zone.open:
                verdict = self._bogus(f"{what} is signed by {plain(signer)}, which is not a zone")
            else:
                verdict = zone.verdict
            if verdict.security is not Security.BOGUS:
                return verdict
            first = first or verdict
        return first or self._unsigned(target, what)

    def _denial_signers(self, target: Name) -> list[Name]:
        """The zones named as signers of the denial, deepest first."""
        authority = self._authority()
        records = signed(authority, DENIAL_TYPES) or signed(authority, (dns.rdatatype.SOA,))
        signers = {name for data in records for name in data.signers() if target.is_subdomain(name)}
        return sorted(signers, key=len, reverse=True)

    def _denied(self, zone: Zone, name: Name, what: str) -> SecurityStatus:
        denial = self._denial(zone)
        if zone.presumed:
            return zone.verdict
        rdtype = self._question.rdtype
        proof, other = denial.nodata(name, rdtype), denial.nxdomain(name)
        if self._meaning.kind is Kind.NXDOMAIN:
            proof, other = other, proof
        if proof.shown is ProofResult.UNPROVED and other.shown is ProofResult.PROVED:
            if self._meaning.kind is Kind.NXDOMAIN:  # the RCODE is not signed: the proof counts
                self.proved, proof = Outcome.NODATA, other
            elif self._meaning.answer:  # after an alias, the RCODE may belong to the alias
                self.proved, proof = Outcome.NXDOMAIN, other
        return weakest((self._proof_verdict(proof, what, zone), self._other_authority(zone, what)))

    def _other_authority(self, zone: Zone, what: str) -> SecurityStatus:
        """The verdict on every signed record of the authority section, even if the proof does not need it.

        RFC 4035 section 3.1.3 makes a server send them; resolvers reject the reply if any of them is broken.
        """
        for data in signed(self._authority(), (dns.rdatatype.SOA, *DENIAL_TYPES)):
            own = data.name == zone.name if data.rdtype == dns.rdatatype.SOA else _could_be_of(zone, data)
            checked = as_denial(data, self._case.check(data, zone, self._attempt)) if own else None
            if checked is not None and not checked.valid:
                self._case.notes.add(self.step.id, signatures=checked.signatures)
                record = f"the {type_name(data.rdtype)} record of {plain(data.name)}"
                return self._bogus(f"{what}: {record} does not validate: {checked.reason}")
        return _SECURE

    def _denial(self, zone: Zone) -> Denial:
        """The validated denial records. In reply to a query for NSEC they are in the answer section."""
        rrsets = [*self._authority(), *self._message.answer]
        denial = read_denial(
            rrsets, zone.name, lambda data: self._case.check(data, zone, self._attempt), self._case.effort
        )
        self._case.notes.add(self.step.id, signatures=denial.signatures)
        return denial

    def _proof_verdict(self, proof: Proof, what: str, zone: Zone) -> SecurityStatus:
        self._case.notes.add(self.step.id, proof=proof.text)
        if proof.shown is ProofResult.PROVED:
            return _SECURE
        if proof.shown is ProofResult.UNPROVED:
            return self._bogus(with_job(f"{what} is not proven: {proof.text}", zone.name))
        return SecurityStatus(Security.INSECURE, f"{what}: {proof.text}")


def _links(answer: tuple[dns.rrset.RRset, ...]) -> list[Signed]:
    """The RRsets of an answer with their signatures, or the signatures alone if there is nothing else."""
    return signed(answer) or [Signed(rrset, ()) for rrset in answer]


def _enclosing(name: Name, rdtype: int) -> Name:
    """The name whose zone contains the data: for DS, that is the parent."""
    return name.parent() if rdtype == dns.rdatatype.DS and name != ROOT else name


def _settled(zone: Zone) -> bool:
    """Whether the chain ends above the data, so that their signatures do not count."""
    return not zone.open and zone.verdict.security in (Security.INSECURE, Security.INDETERMINATE)


def _could_be_of(zone: Zone, data: Signed) -> bool:
    """Whether a denial record may belong to a zone: signed by it, or not signed at all."""
    signers = data.signers()
    return data.name.is_subdomain(zone.name) and (not signers or zone.name in signers)


def _synthesises(dname: Signed, alias: Signed) -> bool:
    """Whether a CNAME RRset is synthesised from a DNAME RRset above it (RFC 6672 section 2.2)."""
    if alias.rdtype != dns.rdatatype.CNAME:
        return False
    made, target = made_by_dname(alias.name, (dname.rrset,)), alias_target(alias.rrset)
    return len(alias.rrset) == 1 and made is not None and target is not None and made.target == target
