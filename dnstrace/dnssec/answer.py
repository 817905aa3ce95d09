"""What one reply of the walk is worth: RFC 4035 section 5.3 and 5.4, RFC 6840.

Each link of the answer (aliases, then the data) is judged in the zone that signed it, and a negative
answer by its proof. A reply is as weak as its weakest part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import dns.name
import dns.rdatatype
import dns.rrset

from dnstrace.dnssec.case import Case, Zone
from dnstrace.dnssec.chain import TrustChain
from dnstrace.dnssec.denial import DENIAL_TYPES, Denial, as_denial, read_denial
from dnstrace.dnssec.proof import Proof, ProofResult
from dnstrace.dnssec.records import Signed, signed, type_name
from dnstrace.model import ROOT, Kind, Meaning, Name, Outcome, Question, Step
from dnstrace.model.judgement import SecurityStatus, weakest
from dnstrace.model.naming import is_below
from dnstrace.model.security import Security

_SECURE = SecurityStatus(Security.SECURE)
_UNSIGNABLE = SecurityStatus(Security.INSECURE, "signatures are not signed themselves (RFC 4035 section 2.2)")


class Answer:
    """One reply of the walk that answers its question, or the part of it up to an alias.

    `proved` is what the proof of a negative answer shows, where its RCODE says something else.
    """

    def __init__(self, case: Case, chain: TrustChain, step: Step, meaning: Meaning) -> None:
        self.step = step
        self._case, self._chain = case, chain
        self._meaning, self._question = meaning, step.question
        self._attempt = step.attempts[step.chosen or 0]
        message = self._attempt.exchange.message
        assert message is not None  # a conclusive meaning is that of a reply
        self._message = message
        self._doubtful = False
        self.proved: Outcome | None = None
        self.verdict = weakest(self._parts())
        case.notes.add(step.id, self.verdict)

    @property
    def further(self) -> Question | None:
        """The question that an alias leads to."""
        target = self._meaning.target
        return None if self.ends or target is None else replace(self._question, name=target)

    @property
    def ends(self) -> bool:
        """Whether this is the end of the chain, not an alias."""
        return self._meaning.kind is not Kind.ALIAS

    def settle(self) -> None:
        """Say that a better reply would help, if it is this one that is at fault."""
        if self._doubtful and self.verdict.security in (Security.BOGUS, Security.INDETERMINATE):
            self._case.retry(self.step)

    def _bogus(self, reason: str) -> SecurityStatus:
        """The fault is in this very reply: another server may have it right."""
        self._doubtful = True
        return SecurityStatus(Security.BOGUS, reason)

    def _authority(self) -> list[dns.rrset.RRset]:
        return self._message.authority

    def _parts(self) -> Iterator[SecurityStatus]:
        dnames = signed(self._message.answer, (dns.rdatatype.DNAME,))
        for data in _links(self._meaning.answer):
            # The CNAME that a DNAME makes is not signed, and as good as that (RFC 6672 section 5.3.1).
            maker = next((dname for dname in dnames if _makes(dname, data)), None)
            yield self._positive(data if data.signatures or maker is None else maker)
        if self._meaning.kind in (Kind.NODATA, Kind.NXDOMAIN):
            yield self._negative()

    # --- data ---------------------------------------------------------------------------------

    def _positive(self, data: Signed) -> SecurityStatus:
        """The verdict on an RRset of the answer section."""
        target = _enclosing(data.name, data.rdtype)
        what = f"{data.name} {type_name(data.rdtype)}"
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
        foreign = ", ".join(dict.fromkeys(str(rrsig.signer) for rrsig in data.signatures))
        return first or self._unsigned(target, what, foreign)

    def _signed_by(self, signer: Name, data: Signed, what: str, known: Zone) -> SecurityStatus:
        if is_below(known.name, signer):
            above = f"{what} is signed in the name of {signer}, but {known.name} is a zone of its own"
            return self._bogus(above) if known.secure else known.verdict
        zone = self._chain.zone(signer)
        if not zone.open:
            return zone.verdict
        if zone.name != signer:
            return self._bogus(f"{what} is signed in the name of {signer}, which is no zone")
        checked = self._case.check(data, zone)
        self._case.notes.add(self.step.id, signatures=checked.signatures)
        if zone.presumed:
            return zone.verdict
        if not checked.valid:
            return self._bogus(f"{what}: {checked.reason}; the operator of {signer} has to sign it again")
        return _SECURE if checked.encloser is None else self._expanded(data, zone, checked.encloser, what)

    def _expanded(self, data: Signed, zone: Zone, encloser: Name, what: str) -> SecurityStatus:
        """Data made from a wildcard: nothing closer may exist (RFC 4035 section 5.3.4)."""
        if data.rrset.rdtype == dns.rdatatype.DNAME and self._question.rdtype != dns.rdatatype.DNAME:
            return self._bogus(f"{what} is made from a wildcard, which a DNAME must not be (RFC 4592)")
        return self._shown(self._denial(zone).wildcard_answer(data.name, encloser), what, zone)

    def _unsigned(self, target: Name, what: str, foreign: str = "") -> SecurityStatus:
        """Data without a usable signature: secure it is not, and insecure only below a proven cut."""
        zone = self._chain.zone(target)
        if zone.verdict.security is not Security.BOGUS and (not zone.open or zone.presumed):
            return zone.verdict
        if not foreign and (unsigned := self._case.replies.without_signatures(self._attempt)):
            self._doubtful = True
            return SecurityStatus(unsigned.security, f"{what} {unsigned.reason}")
        if foreign:
            own = f", not of {zone.name}" if zone.open else ""
            return self._bogus(f"{what} is signed only in the name of {foreign}{own}")
        if not zone.open:
            return self._bogus(f"{what} has no signature (RRSIG), and {zone.verdict.reason}")
        return self._bogus(
            f"{what} has no signature (RRSIG), although {zone.name} is signed: its servers leave it out, "
            "or its operator has to sign it"
        )

    # --- negative answers ---------------------------------------------------------------------

    def _negative(self) -> SecurityStatus:
        """The verdict on the statement that the name, or the data, does not exist."""
        name = self._meaning.target or self._question.name
        target = _enclosing(name, self._question.rdtype)
        what = f"the {self._meaning.kind.value.upper()} for {name} {type_name(self._question.rdtype)}"
        known = self._chain.zone(target, ask=False)
        if _settled(known):
            return known.verdict
        if self._question.rdtype == dns.rdatatype.RRSIG:
            return _UNSIGNABLE
        first: SecurityStatus | None = None
        for signer in self._denial_signers(target):
            zone = self._chain.zone(signer)
            if zone.open and zone.name == signer:
                verdict = self._denied(zone, name, what)
            elif zone.open:
                verdict = self._bogus(f"{what} is signed in the name of {signer}, which is no zone")
            else:
                verdict = zone.verdict
            if verdict.security is not Security.BOGUS:
                return verdict
            first = first or verdict
        return first or self._unsigned(target, what)

    def _denial_signers(self, target: Name) -> list[Name]:
        """The zones that are said to have signed the denial, the deepest first."""
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
            if self._meaning.kind is Kind.NXDOMAIN:  # an RCODE is not signed: the proof counts
                self.proved, proof = Outcome.NODATA, other
            elif self._meaning.answer:  # after an alias, the RCODE may be that of the alias
                self.proved, proof = Outcome.NXDOMAIN, other
        return weakest((self._shown(proof, what, zone), self._beside(zone, what)))

    def _beside(self, zone: Zone, what: str) -> SecurityStatus:
        """All that makes up a negative answer is signed, what the proof did not need included.

        RFC 4035 section 3.1.3 has a server send it; resolvers refuse the reply if any of it is broken.
        """
        for data in signed(self._authority(), (dns.rdatatype.SOA, *DENIAL_TYPES)):
            own = data.name == zone.name if data.rdtype == dns.rdatatype.SOA else _could_be_of(zone, data)
            checked = as_denial(data, self._case.check(data, zone)) if own else None
            if checked is not None and not checked.valid:
                self._case.notes.add(self.step.id, signatures=checked.signatures)
                return self._bogus(
                    f"{what}: its {type_name(data.rdtype)} record {data.name}: {checked.reason}"
                )
        return _SECURE

    def _denial(self, zone: Zone) -> Denial:
        """The validated denial records; those of a question for NSEC itself are in the answer section."""
        rrsets = [*self._authority(), *self._message.answer]
        denial = read_denial(rrsets, zone.name, lambda data: self._case.check(data, zone), self._case.effort)
        self._case.notes.add(self.step.id, signatures=denial.signatures)
        return denial

    def _shown(self, proof: Proof, what: str, zone: Zone) -> SecurityStatus:
        self._case.notes.add(self.step.id, proof=proof.text)
        if proof.shown is ProofResult.PROVED:
            return _SECURE
        if proof.shown is ProofResult.UNPROVED:
            return self._bogus(
                f"{what} is not proved: {proof.text}; the operator of {zone.name} has to mend it"
            )
        return SecurityStatus(Security.INSECURE, f"{what}: {proof.text}")


def _links(answer: tuple[dns.rrset.RRset, ...]) -> list[Signed]:
    """The RRsets of an answer with their signatures; signatures alone if they are all there is."""
    return signed(answer) or [Signed(rrset, ()) for rrset in answer]


def _enclosing(name: Name, rdtype: int) -> Name:
    """The name in whose zone the data of a name are: DS is in the parent's."""
    return name.parent() if rdtype == dns.rdatatype.DS and name != ROOT else name


def _settled(zone: Zone) -> bool:
    """Whether the chain ends above the data, whatever signatures these have."""
    return not zone.open and zone.verdict.security in (Security.INSECURE, Security.INDETERMINATE)


def _could_be_of(zone: Zone, data: Signed) -> bool:
    """Whether a denial record is of a zone: signed in its name, or not signed at all."""
    signers = data.signers()
    return data.name.is_subdomain(zone.name) and (not signers or zone.name in signers)


def _makes(dname: Signed, alias: Signed) -> bool:
    """Whether a CNAME RRset is what a DNAME RRset above it makes (RFC 6672 section 2.2)."""
    if alias.rdtype != dns.rdatatype.CNAME or not is_below(alias.name, dname.name):
        return False
    above, target = (getattr(data.rrset[0], "target", None) for data in (dname, alias))
    try:
        implied = isinstance(above, dns.name.Name) and alias.name.relativize(dname.name).concatenate(above)
    except dns.name.NameTooLong:
        return False
    return len(alias.rrset) == 1 and implied == target
