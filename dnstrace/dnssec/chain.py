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

from dataclasses import replace

import dns.message
import dns.rdatatype
import dns.rrset

from dnstrace.dnssec.anchors import closest, ds_anchors, key_anchors
from dnstrace.dnssec.case import Case, Zone
from dnstrace.dnssec.delegated import Delegated, Delegations, Says
from dnstrace.dnssec.keys import KeySet, Trust, establish, unsupported
from dnstrace.dnssec.records import signed
from dnstrace.dnssec.replies import Reply
from dnstrace.model import Name, Question
from dnstrace.model.judgement import SecurityStatus
from dnstrace.model.security import Security


class TrustChain:
    """The chain of trust over the replies of a case."""

    def __init__(self, case: Case) -> None:
        self._case, self._delegations = case, Delegations(case)
        self._established: dict[Name, Zone] = {}

    # --- down from the anchor -----------------------------------------------------------------

    def zone(self, target: Name, ask: bool = True) -> Zone:
        """The deepest zone at or above `target` to which the chain leads, or at which it ends.

        With `ask`, what is unknown of the names down to `target` is put among the missing questions, and
        until it is known the chain does not hold.
        """
        anchor = closest(self._case.anchors, target)
        if anchor is None:
            reason = f"no trust anchor at or above {target}"
            return Zone(target, SecurityStatus(Security.INDETERMINATE, reason))
        zone = self._anchored(anchor)
        while zone.open and zone.name != target:
            below = self._below(zone, target, ask)
            if below is None:
                return zone
            zone = below
        return zone

    # --- one cut ------------------------------------------------------------------------------

    def _below(self, zone: Zone, target: Name, ask: bool) -> Zone | None:
        """The next zone on the way to `target`; None if there is no further cut."""
        known = {name: self._delegations.at(zone, name) for name in _names_between(zone.name, target)}
        for name, found in known.items():
            if found.says is Says.SIGNED:
                return self._child(zone, name, found)
            if found.says is Says.UNSIGNED:
                return self._ended(zone, name, found.reason)
        unclear = {name: found for name, found in known.items() if found.says is not Says.NO_CUT}
        replies = self._case.replies
        cut = next((name for name in unclear if replies.is_cut(name)), None)
        if not unclear or (cut is None and not ask):
            return None
        for name, found in unclear.items():
            if found.says is not Says.NOTHING:
                self._case.need(replies.cut_above(name, zone.name), Question(name, dns.rdatatype.DS))
            if name == cut:
                break
        return self._broken(zone, *next(iter(unclear.items())))

    def _ended(self, zone: Zone, name: Name, reason: str) -> Zone:
        """A zone below which there is no chain, as a proof says; of a presumed zone that is not certain."""
        verdict = zone.verdict if zone.presumed else SecurityStatus(Security.INSECURE, reason)
        return Zone(name, verdict)

    def _broken(self, zone: Zone, name: Name, found: Delegated) -> Zone:
        if zone.presumed:
            return Zone(name, zone.verdict)
        if found.says is Says.UNKNOWN:
            question = Question(name, dns.rdatatype.DS)
            return Zone(name, self._case.unasked(f"the DS record of {name}", question))
        return Zone(name, SecurityStatus(Security.BOGUS, found.reason))

    def _child(self, zone: Zone, name: Name, found: Delegated) -> Zone:
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
        anchors = self._case.anchors
        trust = Trust("the trust anchor is", ds_anchors(anchors, zone), key_anchors(anchors, zone))
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
        for reply in self._case.replies.to(question):
            keys = self._keys_in(reply, zone, trust)
            if keys.reason and (unsigned := self._case.replies.without_signatures(reply.attempt)):
                keys = replace(keys, reason=f"the DNSKEY records of {zone} {unsigned.reason}")
                security = security if reason else unsigned.security
            elif keys.reason and not reason:
                security = Security.BOGUS
            self._case.notes.add(reply.step.id, keys=keys.evidence, ds=keys.ds, signatures=keys.signatures)
            if not keys.reason:
                self._case.notes.add(reply.step.id, SecurityStatus(Security.SECURE))
                return Zone(zone, SecurityStatus(Security.SECURE), keys.keys, open=True)
            reason = reason or keys.reason
            self._case.notes.add(reply.step.id, SecurityStatus(security, reason))
            failed.append(reply.step)
        for step in failed:
            self._case.retry(step)
        self._case.need(zone, question)
        if not reason and not self._case.had_their_say(question):
            verdict = self._case.unasked(f"the keys (DNSKEY) of {zone}", question)
            return Zone(zone, verdict, keys=None, open=True)
        reason = reason or f"no server of {zone} gave its keys (DNSKEY), although {_told(trust, zone)}"
        for step in self._case.replies.steps_for(question):
            self._case.notes.add(step.id, SecurityStatus(security, reason))
        return Zone(zone, SecurityStatus(security, reason))

    def _keys_in(self, reply: Reply, zone: Name, trust: Trust) -> KeySet:
        found = signed(reply.message.answer, (dns.rdatatype.DNSKEY,), zone)
        if not found:
            return KeySet((), f"{zone} has no keys (DNSKEY), although {_told(trust, zone)}")
        return establish(found[0], trust, self._case.at, self._case.effort)


def _names_between(zone: Name, target: Name) -> list[Name]:
    """The names below `zone` down to `target`, which is the last."""
    names = []
    while target != zone and len(target) > len(zone):
        names.append(target)
        target = target.parent()
    return names[::-1]


def _told(trust: Trust, zone: Name) -> str:
    """What calls for keys, and whose job it is that they are there."""
    if trust.source.startswith("the trust anchor"):
        return "there is a trust anchor for it"
    return (
        f"{trust.source} a DS record for it; the operator of {zone} has to serve them, or the registrant "
        "to have the DS record removed (at the registrar)"
    )
