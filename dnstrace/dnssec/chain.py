"""The chain of trust, from an anchor down to a name: RFC 4035 section 5.

A zone is trusted when its DNSKEY RRset is signed by a key that its parent's DS RRset, or a trust anchor,
names. Below it the chain goes on where the zone signs a DS RRset, and ends, as insecure, where it
signs the proof that a delegation has none. Both come in referrals; where they do not (parent and child
on the same servers, old servers) DS has to be asked for, at every name down to the one in question,
since a cut may be at any of them.

Questions whose replies are not there yet are collected. Meanwhile the chain is followed as if these
replies were going to be good, so that all that is needed can be asked at once; such a zone is *presumed*,
and nothing becomes secure by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

import dns.message
import dns.rdatatype
import dns.rrset

from dnstrace.dnssec.anchors import Anchors
from dnstrace.dnssec.denial import read_denial
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.keys import KeySet, Trust, establish, unsupported
from dnstrace.dnssec.notes import Notes
from dnstrace.dnssec.proof import Shown
from dnstrace.dnssec.records import DNSKEY, DS, Signed, signed
from dnstrace.dnssec.replies import MAIN, Replies, Reply
from dnstrace.dnssec.signature import Checked, check
from dnstrace.dnssec.verdict import DsEvidence, Need, Security, Verdict
from dnstrace.model import Name, Purpose, Question, Step


@dataclass(frozen=True, slots=True)
class Zone:
    """Where the chain stands at a zone.

    `keys` are those trusted, for a secure zone; None for one that is presumed. `open` says whether the
    chain can go on below it.
    """

    name: Name
    verdict: Verdict
    keys: tuple[DNSKEY, ...] | None = ()
    open: bool = False

    @property
    def presumed(self) -> bool:
        """Whether its keys are still to come."""
        return self.open and self.keys is None

    @property
    def secure(self) -> bool:
        """Whether its keys are trusted."""
        return self.open and self.keys is not None


class _Says(Enum):
    """What the replies at hand say of a name below a zone."""

    SIGNED = auto()  # a DS RRset
    UNSIGNED = auto()  # a delegation without DS
    NO_CUT = auto()
    WRONG = auto()  # something that is not validly signed
    NOTHING = auto()  # asked, and neither DS nor proof came
    UNKNOWN = auto()  # not asked yet


@dataclass(frozen=True, slots=True)
class _Delegated:
    """What is known of a possible zone cut."""

    says: _Says
    reason: str = ""
    ds: tuple[DS, ...] = ()


_CONCLUSIVE = (_Says.SIGNED, _Says.UNSIGNED)


class Chain:
    """The chain of trust over the replies of one trace."""

    def __init__(self, replies: Replies, anchors: Anchors, at: float, effort: Effort) -> None:
        self.replies, self.anchors, self.at, self.effort = replies, anchors, at, effort
        self.notes = Notes()
        self.missing: dict[Need, None] = {}
        self._retry: dict[int, Step] = {}
        self._delegations: dict[tuple[Name, Name], _Delegated] = {}
        self._established: dict[Name, Zone] = {}

    # --- down from the anchor -----------------------------------------------------------------

    def zone(self, target: Name, ask: bool = True) -> Zone:
        """The deepest zone at or above `target` to which the chain leads, or at which it ends.

        With `ask`, what is unknown of the names down to `target` is put among the missing questions, and
        until it is known the chain does not hold.
        """
        anchor = self.anchors.closest(target)
        if anchor is None:
            reason = f"no trust anchor at or above {target}"
            return Zone(target, Verdict(Security.INDETERMINATE, reason))
        zone = self._anchored(anchor)
        while zone.open and zone.name != target:
            below = self._below(zone, target, ask)
            if below is None:
                return zone
            zone = below
        return zone

    def check(self, data: Signed, zone: Zone) -> Checked:
        """Whether an RRset is signed by a zone; of a presumed zone, whether it claims to be."""
        if zone.keys is not None:
            return check(data, zone.name, zone.keys, self.at, self.effort)
        claimed = any(rrsig.signer == zone.name for rrsig in data.signatures)
        return Checked(claimed, "" if claimed else zone.verdict.reason)

    def need(self, zone: Name, question: Question) -> None:
        """Put a question among the missing ones, unless it was asked already or there are enough."""
        if not self.replies.asked(question) and len(self.missing) < self.effort.limits.needs:
            self.missing[Need(zone, question)] = None

    def retry(self, step: Step) -> None:
        """Say that the data of a step are not valid, so that another server's may be better."""
        self._retry[step.id] = step

    def worth_retrying(self) -> tuple[int, ...]:
        """The ids of such steps, where there is a server that was not asked; those of the walk first."""
        worth = [step for step in self._retry.values() if self.replies.untried(step)]
        return tuple(step.id for step in sorted(worth, key=lambda step: step.purpose not in MAIN))

    # --- one cut ------------------------------------------------------------------------------

    def _below(self, zone: Zone, target: Name, ask: bool) -> Zone | None:
        """The next zone on the way to `target`; None if there is no further cut."""
        known = {name: self._delegated(zone, name) for name in _names_between(zone.name, target)}
        for name, found in known.items():
            if found.says is _Says.SIGNED:
                return self._child(zone, name, found)
            if found.says is _Says.UNSIGNED:
                return self._ended(zone, name, found.reason)
        unclear = {name: found for name, found in known.items() if found.says is not _Says.NO_CUT}
        cut = next((name for name in unclear if self.replies.is_cut(name)), None)
        if not unclear or (cut is None and not ask):
            return None
        for name, found in unclear.items():
            if found.says is not _Says.NOTHING:
                self.need(self.replies.cut_above(name, zone.name), Question(name, dns.rdatatype.DS))
            if name == cut:
                break
        return self._broken(zone, *next(iter(unclear.items())))

    def _ended(self, zone: Zone, name: Name, reason: str) -> Zone:
        """A zone below which there is no chain, as a proof says; of a presumed zone that is not certain."""
        verdict = zone.verdict if zone.presumed else Verdict(Security.INSECURE, reason)
        return Zone(name, verdict)

    def _broken(self, zone: Zone, name: Name, found: _Delegated) -> Zone:
        if zone.presumed:
            return Zone(name, zone.verdict)
        if found.says is _Says.UNKNOWN:
            return Zone(name, self._unasked(f"the DS record of {name}", Question(name, dns.rdatatype.DS)))
        return Zone(name, Verdict(Security.BOGUS, found.reason))

    def _had_their_say(self, question: Question) -> bool:
        """Whether all who should know the answer were asked, and none is waited for."""
        asked, waited_for = self.replies.asked(question), self.replies.under_way(question)
        return asked and not waited_for and not self.replies.limited(question)

    def _unasked(self, what: str, question: Question) -> Verdict:
        """What could not be asked for says nothing against the zone."""
        why = self.replies.limited(question)
        return Verdict(Security.INDETERMINATE, f"{what} could not be asked for{why and f': {why}'}")

    def _child(self, zone: Zone, name: Name, found: _Delegated) -> Zone:
        """A zone whose parent has a DS RRset for it."""
        trust = Trust(f"{zone.name} publishes", ds=found.ds)
        if not trust.usable:
            reason = f"{name} is signed only with algorithms that are not supported: {unsupported(found.ds)}"
            return self._ended(zone, name, reason)
        child = self._establish(name, trust)
        if zone.presumed:
            return replace(child, verdict=zone.verdict, keys=None) if child.open else Zone(name, zone.verdict)
        return child

    def _anchored(self, zone: Name) -> Zone:
        trust = Trust("the trust anchor is", self.anchors.ds(zone), self.anchors.keys(zone))
        return self._establish(zone, trust)

    # --- keys ---------------------------------------------------------------------------------

    def _establish(self, zone: Name, trust: Trust) -> Zone:
        if zone not in self._established:
            self._established[zone] = self._with_keys(zone, trust)
        return self._established[zone]

    def _with_keys(self, zone: Name, trust: Trust) -> Zone:
        """A zone and its keys, by the first of the replies at hand that has them as `trust` says."""
        question = Question(zone, dns.rdatatype.DNSKEY)
        reason, failed, security = "", [], Security.BOGUS
        for reply in self.replies.to(question):
            keys = self._keys_in(reply, zone, trust)
            if keys.reason and (unsigned := self.replies.without_signatures(reply.attempt)):
                keys = replace(keys, reason=f"the DNSKEY records of {zone} {unsigned.reason}")
                security = security if reason else unsigned.security
            elif keys.reason and not reason:
                security = Security.BOGUS
            self.notes.add(reply.step.id, keys=keys.evidence, ds=keys.ds, signatures=keys.signatures)
            if not keys.reason:
                self.notes.add(reply.step.id, Verdict(Security.SECURE))
                return Zone(zone, Verdict(Security.SECURE), keys.keys, open=True)
            reason = reason or keys.reason
            self.notes.add(reply.step.id, Verdict(security, reason))
            failed.append(reply.step)
        for step in failed:
            self.retry(step)
        self.need(zone, question)
        if not reason and not self._had_their_say(question):
            verdict = self._unasked(f"the keys (DNSKEY) of {zone}", question)
            return Zone(zone, verdict, keys=None, open=True)
        reason = reason or f"no server of {zone} gave its keys (DNSKEY), although {_told(trust, zone)}"
        for step in self.replies.steps_for(question):
            self.notes.add(step.id, Verdict(security, reason))
        return Zone(zone, Verdict(security, reason))

    def _keys_in(self, reply: Reply, zone: Name, trust: Trust) -> KeySet:
        found = signed(reply.message.answer, (dns.rdatatype.DNSKEY,), zone)
        if not found:
            return KeySet((), f"{zone} has no keys (DNSKEY), although {_told(trust, zone)}")
        return establish(found[0], trust, self.at, self.effort)

    # --- DS -----------------------------------------------------------------------------------

    def _delegated(self, zone: Zone, name: Name) -> _Delegated:
        key = (zone.name, name)
        if key not in self._delegations:
            self._delegations[key] = self._read_delegation(zone, name)
        return self._delegations[key]

    def _read_delegation(self, zone: Zone, name: Name) -> _Delegated:
        """What the replies at hand say of a cut at `name`: what is validly signed before what is not."""
        question = Question(name, dns.rdatatype.DS)
        supposed = next((cut for cut in self.replies.trace.supposed if cut.zone == name), None)
        if supposed is not None and supposed.ds is not None:
            return _Delegated(_Says.SIGNED, ds=tuple(rdata for rdata in supposed.ds if isinstance(rdata, DS)))
        wrong: list[tuple[Step, _Delegated]] = []
        for reply in (*self.replies.referring_to(name), *self.replies.to(question)):
            found = self._ds_in(reply, zone, name)
            self._note_ds(reply, zone, found)
            if supposed is not None and found.says is not _Says.SIGNED:
                continue
            if found.says is _Says.WRONG:
                wrong.append((reply.step, found))
            elif found.says is not _Says.NOTHING:
                return found
        if supposed is not None and self.replies.asked(question):
            return _Delegated(_Says.UNSIGNED, f"{name} is supposed to be delegated without a DS record")
        for step, _ in wrong:
            if step.question == question:
                self.retry(step)
        if wrong:
            return wrong[0][1]
        if self._had_their_say(question):
            for step in self.replies.steps_for(question):
                self.retry(step)
            lacking = f"{zone.name} gives neither a DS record for {name} nor the proof that there is none"
            return _Delegated(_Says.NOTHING, f"{lacking}; {_mend(zone)}")
        return _Delegated(_Says.UNKNOWN)

    def _note_ds(self, reply: Reply, zone: Zone, found: _Delegated) -> None:
        """What a step that asked for DS is worth."""
        if reply.step.purpose is Purpose.DS and found.says is not _Says.NOTHING:
            good = Verdict(Security.SECURE) if zone.secure else zone.verdict
            wrong = Verdict(Security.BOGUS, found.reason)
            self.notes.add(reply.step.id, wrong if found.says is _Says.WRONG else good)

    def _ds_in(self, reply: Reply, zone: Zone, name: Name) -> _Delegated:
        """What one reply says: a DS RRset, an alias, or the proof of neither."""
        message = reply.message
        for data in signed(
            (*message.answer, *message.authority), (dns.rdatatype.DS, dns.rdatatype.CNAME), name
        ):
            if zone.name in data.signers():
                return self._signed_ds(reply, data, zone)
            if data.rrset.rdtype == dns.rdatatype.DS and not data.signatures:
                reason = f"{_ds_of(name, zone)} is not signed, although {zone.name} is; {_mend(zone)}"
                return _Delegated(_Says.WRONG, reason)
        for data in signed(message.answer, (dns.rdatatype.DNAME,)):
            if name != data.name and name.is_subdomain(data.name) and self.check(data, zone).valid:
                return _Delegated(_Says.NO_CUT)  # nothing lies below a DNAME (RFC 6672 section 2.4)
        return self._denied_ds(reply, zone, name)

    def _signed_ds(self, reply: Reply, data: Signed, zone: Zone) -> _Delegated:
        checked = self.check(data, zone)
        ds = tuple(rdata for rdata in data.rrset if isinstance(rdata, DS))
        evidence = (DsEvidence(r.key_tag, int(r.algorithm), int(r.digest_type)) for r in ds)
        self.notes.add(reply.step.id, ds=evidence, signatures=checked.signatures)
        if not checked.valid:
            return _Delegated(_Says.WRONG, f"{_ds_of(data.name, zone)}: {checked.reason}; {_mend(zone)}")
        if data.rrset.rdtype == dns.rdatatype.CNAME:
            return _Delegated(_Says.NO_CUT)  # no delegation where there is an alias (RFC 1034 section 3.6.2)
        return _Delegated(_Says.SIGNED, ds=ds)

    def _denied_ds(self, reply: Reply, zone: Zone, name: Name) -> _Delegated:
        authority = _signed_by(zone.name, reply.message)
        if not authority:
            return _Delegated(_Says.NOTHING)
        denial = read_denial(authority, zone.name, lambda data: self.check(data, zone), self.effort)
        proof = denial.no_ds(name)
        self.notes.add(reply.step.id, signatures=denial.signatures, proof=proof.text)
        if proof.shown is Shown.INSECURE:
            return _Delegated(_Says.UNSIGNED, f"{name} is not signed: {proof.text}")
        if proof.shown is Shown.NO_CUT:
            return _Delegated(_Says.NO_CUT)
        return _Delegated(
            _Says.WRONG,
            f"{zone.name} does not prove that {name} has no DS record: {proof.text}; {_mend(zone)}",
        )


def _signed_by(zone: Name, message: dns.message.Message) -> Sequence[dns.rrset.RRset]:
    """The authority section, if its denial records are signed in the name of `zone`; else nothing."""
    denials = signed(message.authority, (dns.rdatatype.NSEC, dns.rdatatype.NSEC3))
    return message.authority if any(zone in data.signers() for data in denials) else ()


def _names_between(zone: Name, target: Name) -> list[Name]:
    """The names below `zone` down to `target`, which is the last."""
    names = []
    while target != zone and len(target) > len(zone):
        names.append(target)
        target = target.parent()
    return names[::-1]


def _ds_of(name: Name, zone: Zone) -> str:
    return f"the DS record for {name} in {zone.name}"


def _mend(zone: Zone) -> str:
    return f"the operator of {zone.name} has to mend it"


def _told(trust: Trust, zone: Name) -> str:
    """What calls for keys, and whose job it is that they are there."""
    if trust.source.startswith("the trust anchor"):
        return "there is a trust anchor for it"
    return (
        f"{trust.source} a DS record for it; the operator of {zone} has to serve them, or the registrant "
        "to have the DS record removed (at the registrar)"
    )
