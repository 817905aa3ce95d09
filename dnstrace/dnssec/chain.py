"""The chain of trust, from an anchor down to a name: RFC 4035 section 5.

A zone is trusted if its DNSKEY RRset is signed by a key that its parent's DS RRset, or a trust anchor,
matches. Below it, the chain continues where the zone signs a DS RRset, and ends (insecure) where it signs the
proof that a delegation has no DS record. Both come in referrals. Where they do not (parent and child on the
same servers, old servers), DS has to be queried at every name down to the one in question, because any of
them may be a zone cut.

Questions whose replies are still missing are collected. Meanwhile the chain is followed as if those replies
were going to be valid, so that everything needed can be asked in parallel. Such a zone is *presumed*; it
never makes anything secure.
"""

from __future__ import annotations

import dns.message
import dns.rdatatype
import dns.rrset

from dnstrace.dnssec.anchors import closest, ds_anchors, key_anchors, unusable
from dnstrace.dnssec.case import Case, Zone
from dnstrace.dnssec.delegated import Delegated, Delegations, Says
from dnstrace.dnssec.keys import KeySet, Trust, establish, unsupported
from dnstrace.dnssec.records import signed
from dnstrace.dnssec.replies import Reply
from dnstrace.model import Name, Question
from dnstrace.model.anchors import Anchors
from dnstrace.model.jobs import with_job
from dnstrace.model.judgement import SecurityStatus
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.security import Security
from dnstrace.model.structs import replace

_NOT_OURS = (
    "the starting server {} does not serve the keys of {} that are trusted; "
    "--trust-anchor takes those of a zone that it serves"
)
_NOT_SIGNED = "the starting server {} has the keys of {} that are trusted, but no valid signature of them"


class TrustChain:
    """The chain of trust over the replies of a case."""

    def __init__(self, case: Case) -> None:
        self._case, self._delegations = case, Delegations(case)
        self._established: dict[Name, Zone] = {}
        self._with_trusted_keys: set[Name] = set()

    # --- down from the anchor -----------------------------------------------------------------

    def zone(self, target: Name, ask: bool = True) -> Zone:
        """The deepest zone at or above `target` that the chain reaches, or the zone where it ends.

        With `ask`, the questions that are still open about names down to `target` are added to the missing
        ones, and the chain does not hold until they are answered.
        """
        anchor = closest(self._case.anchors, target)
        if anchor is None:
            reason = _without_anchor(self._case.anchors, target)
            return Zone(target, SecurityStatus(Security.INDETERMINATE, reason))
        zone = self._anchor_zone(anchor)
        while zone.open and zone.name != target:
            below = self._zone_below(zone, target, ask)
            if below is None:
                return zone
            zone = below
        return zone

    # --- one cut ------------------------------------------------------------------------------

    def _zone_below(self, zone: Zone, target: Name, ask: bool) -> Zone | None:
        """The next zone on the way to `target`; None if there is no further zone cut."""
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
        """A zone where the chain ends, by a proof; below a presumed zone that is not yet certain."""
        verdict = zone.verdict if zone.presumed else SecurityStatus(Security.INSECURE, reason)
        return Zone(name, verdict)

    def _broken(self, zone: Zone, name: Name, found: Delegated) -> Zone:
        if zone.presumed:
            return Zone(name, zone.verdict)
        if found.says is Says.UNKNOWN:
            question = Question(name, dns.rdatatype.DS)
            return Zone(name, self._case.unasked(f"the DS record of {plain(name)}", question))
        if found.says is Says.UNANSWERED:
            return Zone(name, self._not_had(name, found.reason, zone.name))
        return Zone(name, SecurityStatus(Security.BOGUS, found.reason))

    def _not_had(self, zone: Name, reason: str, owner: Name) -> SecurityStatus:
        """The verdict on a zone if what validates it could not be fetched from the servers of `owner`.

        Resolvers cannot validate what they receive from it. Where nothing was received, there is nothing to
        judge: not had is not false (RFC 4035 section 4.3).
        """
        if not self._case.replies.heard(zone):
            return SecurityStatus(Security.INDETERMINATE, reason)
        return SecurityStatus(Security.BOGUS, with_job(reason, owner))

    def _child(self, zone: Zone, name: Name, found: Delegated) -> Zone:
        """A zone for which its parent publishes a DS RRset."""
        trust = Trust(zone.name, found.ds)
        if not trust.usable:
            reason = f"{plain(name)} is signed only with unsupported algorithms: {unsupported(found.ds)}"
            return self._ended(zone, name, reason)
        child = self._establish(name, trust)
        if zone.presumed:
            return replace(child, verdict=zone.verdict, keys=None) if child.open else Zone(name, zone.verdict)
        return child

    def _anchor_zone(self, zone: Name) -> Zone:
        anchors = self._case.anchors
        trust = Trust(None, ds_anchors(anchors, zone), key_anchors(anchors, zone))
        found, question = self._establish(zone, trust), Question(zone, dns.rdatatype.DNSKEY)
        given = self._case.replies.given_server(question)
        if found.open or not given or (anchors.own and not self._case.replies.elsewhere(question)):
            return found
        why = _NOT_SIGNED if zone in self._with_trusted_keys else _NOT_OURS
        verdict = SecurityStatus(Security.INDETERMINATE, why.format(given, zone_text(zone)))
        for step in self._case.replies.steps_for(question):
            self._case.notes.add(step.id, verdict)
        return Zone(zone, verdict)

    # --- keys ---------------------------------------------------------------------------------

    def _establish(self, zone: Name, trust: Trust) -> Zone:
        if zone not in self._established:
            self._established[zone] = self._with_keys(zone, trust)
        return self._established[zone]

    def _with_keys(self, zone: Name, trust: Trust) -> Zone:
        """A zone and its keys, from the first recorded reply whose keys match `trust`."""
        question = Question(zone, dns.rdatatype.DNSKEY)
        reason, failed, security = "", [], Security.BOGUS
        for reply in self._case.replies.to(question):
            keys = self._keys_in(reply, zone, trust)
            if any(key.trusted for key in keys.evidence):
                self._with_trusted_keys.add(zone)
            if keys.reason and (unsigned := self._case.replies.without_signatures(reply.attempt)):
                keys = replace(keys, reason=f"the DNSKEY records of {zone_text(zone)} {unsigned.reason}")
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
        if not reason and not self._case.fully_asked(question):
            verdict = self._case.unasked(f"the DNSKEY records of {zone_text(zone)}", question)
            return Zone(zone, verdict, keys=None, open=True)
        verdict = SecurityStatus(security, reason) if reason else self._keys_not_had(zone, question)
        for step in self._case.replies.steps_for(question):
            self._case.notes.add(step.id, verdict)
        return Zone(zone, verdict)

    def _keys_not_had(self, zone: Name, question: Question) -> SecurityStatus:
        """The verdict on a zone none of whose servers answered the query for its keys."""
        why = self._case.replies.why_unanswered(question) or "no server answered the query for them"
        reason = f"the DNSKEY records of {zone_text(zone)} could not be fetched: {why}"
        return self._not_had(zone, reason, zone)

    def _keys_in(self, reply: Reply, zone: Name, trust: Trust) -> KeySet:
        found = signed(reply.message.answer, (dns.rdatatype.DNSKEY,), zone)
        if found:
            return establish(found[0], trust, self._case.time_of(reply.attempt), self._case.effort)
        if reply.attempt.meaning.authoritative and reply.attempt.meaning.usable:
            reason = f"{zone_text(zone)} has no DNSKEY records, although {_keys_needed(trust)}"
        else:
            lame = f"no server of {zone_text(zone)} gave a usable answer for its DNSKEY records"
            reason = f"{lame}, although {_keys_needed(trust)}"
        return KeySet((), reason)


def _names_between(zone: Name, target: Name) -> list[Name]:
    """The names below `zone` down to and including `target`."""
    names = []
    while target != zone and len(target) > len(zone):
        names.append(target)
        target = target.parent()
    return names[::-1]


def _keys_needed(trust: Trust) -> str:
    """Why a zone needs DNSKEY records."""
    if trust.parent is None:
        return "there is a trust anchor for it"
    return f"{zone_text(trust.parent)} publishes a DS record for it"


def _without_anchor(anchors: Anchors, target: Name) -> str:
    """Why there is nothing to begin with; an anchor that cannot be used is named."""
    if (zone := unusable(anchors, target)) is not None:
        return f"the trust anchor of {zone_text(zone)} has no supported algorithm"
    return f"no trust anchor at or above {plain(target)}"
