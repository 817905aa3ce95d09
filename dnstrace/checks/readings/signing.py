"""How a zone is signed, as its servers and its parent show it: keys, DS records, and signatures that fail.

The replies of each server are judged by themselves, with the zone's own keys; whether the parent trusts
these keys is a separate question. So one defect is found once. Only recorded replies are examined.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from enum import Enum, auto
from functools import cached_property
from typing import TypeVar

import dns.rdata
import dns.rdatatype
import dns.rrset

from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.reads import reading
from dnstrace.checks.readings.replies import HeardReply, replies_of, soa_with_referral
from dnstrace.checks.readings.signed_data import from_child, keys_in, signers_of_data, to_be_signed
from dnstrace.checks.readings.upper_zone import upper_zone
from dnstrace.checks.readings.zones_below import assumed_ds, holds, zones_below
from dnstrace.dnssec.algorithms import SUPPORTED, ds_usable, heeded, matches
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.proof import at_cut
from dnstrace.dnssec.records import DNSKEY, DS, Signed, ds_records, signed
from dnstrace.dnssec.signature import Checked, Tagged, check, current, signers, usable_key
from dnstrace.model import ROOT, Kind, Name, Probe, Purpose
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.judgement import LIMITS
from dnstrace.model.naming import is_below, plain
from dnstrace.model.security import Security
from dnstrace.model.structs import Struct

Record = TypeVar("Record", DNSKEY, DS)

_KNOWN = (Kind.ANSWER, *NEGATIVE)
_NO_ANSWER_OF_ZONE = (Probe.RECURSION, Probe.TRANSFER, Probe.EDNS_VERSION, Probe.CASE)


class Trouble(Enum):
    """What is wrong with the signatures of an RRset."""

    MISSING = auto()
    BAD = auto()
    EXPIRED = auto()
    EARLY = auto()


class Judged(Struct):
    """An RRset in a reply, with the result of its signatures: no `trouble` if one of them is valid."""

    reply: HeardReply
    data: Signed
    checked: Checked
    trouble: Trouble | None = None

    @property
    def what(self) -> str:
        """The RRset, as a sentence names it: `www.example.com A`."""
        return f"{plain(self.data.name)} {dns.rdatatype.to_text(self.data.rrset.rdtype)}"


class Signing:
    """How the zone of a cut is signed. Times are in seconds since 1970."""

    def __init__(self, cut: Cut) -> None:
        self._cut, self.zone, self.reads = cut, cut.zone, cut.reads
        self.effort = Effort(LIMITS)
        self._checked: dict[Hashable, Checked] = {}
        # By identity, and with what they are about: so that stays what it is.
        self._seen: dict[Hashable, tuple[Signed, Checked]] = {}
        self._owned: dict[int, tuple[object, tuple[Signed, ...]]] = {}

    # --- the parent's side ----------------------------------------------------------------------

    @cached_property
    def _ds_replies(self) -> list[tuple[HeardReply, frozenset[DS]]]:
        """The DS records in the replies of the parent's servers, or that there are none, by reply."""
        found = []
        for reply in self._cut.referrals:
            cut = reply.meaning.delegation
            if cut is not None and (cut.ds is not None or cut.denial):
                found.append((reply, _ds(cut.ds)))
        for step in self._cut.steps:
            if step.question.rdtype == dns.rdatatype.DS and step.question.name == self.zone:
                found += [
                    (reply, _ds(reply.rrset(self.zone, dns.rdatatype.DS)))
                    for reply in replies_of(step)
                    if reply.meaning.kind in _KNOWN and reply.meaning.authoritative
                ]
        return found

    @property
    def ds_known(self) -> bool:
        """Whether the parent's servers listed the DS records, or said that there are none."""
        return bool(self._ds_replies)

    @cached_property
    def ds(self) -> tuple[DS, ...]:
        """The DS records of the parent."""
        return tuple(dict.fromkeys(ds for _, records in self._ds_replies for ds in _in_order(records)))

    @property
    def ds_steps(self) -> tuple[int, ...]:
        """The ids of the steps that show them, or their absence."""
        return tuple(dict.fromkeys(reply.step.id for reply, _ in self._ds_replies))

    @property
    def anchored(self) -> bool:
        """Whether a trust anchor matches a key of the zone, or its parent's DS records can be trusted."""
        return self._cut.summary(_anchored)

    @property
    def below_anchor(self) -> bool:
        """Whether the zone above is signed and has a chain of trust itself."""
        return self._cut.summary(_below_anchor)

    # --- the zone's keys ------------------------------------------------------------------------

    @cached_property
    def key_replies(self) -> dict[str, tuple[HeardReply, frozenset[DNSKEY]]]:
        """The last DNSKEY RRset of each address that gave one, or that said that there is none."""
        asked = (dns.rdatatype.DNSKEY, self.zone)
        above = {reply.step.id for reply in self._cut.referrals}  # a copy on servers there is not its own
        steps = (s for s in self._cut.steps if (s.question.rdtype, s.question.name) == asked)
        heard = (r for s in steps if s.id not in above for r in replies_of(s) if r.meaning.kind in _KNOWN)
        own = (reply for reply in heard if soa_with_referral(reply) is None)  # others: the zone above
        return {reply.address: (reply, reply.once(keys_in)) for reply in own}

    @cached_property
    def keys(self) -> tuple[DNSKEY, ...]:
        """The keys that any server has."""
        return tuple(dict.fromkeys(key for _, keys in self.key_replies.values() for key in _in_order(keys)))

    @cached_property
    def key_groups(self) -> list[tuple[frozenset[DNSKEY], list[HeardReply]]]:
        """The keys that may sign data, with the replies that have them; first the set to compare with."""
        groups: dict[frozenset[DNSKEY], list[HeardReply]] = {}
        for address, (reply, keys) in self.key_replies.items():
            if address in self._cut.serving:
                groups.setdefault(signers_of_data(keys), []).append(reply)
        trusted = {reply.address for reply, keys in self.key_replies.values() if keys & {*self.entries}}

        def weight(group: tuple[frozenset[DNSKEY], list[HeardReply]]) -> tuple[bool, int]:
            return any(reply.address in trusted for reply in group[1]), len(group[1])

        return sorted(groups.items(), key=weight, reverse=True)

    @cached_property
    def matching(self) -> dict[DS, list[DNSKEY]]:
        """The keys that each DS record of the parent matches."""
        return matches(self.ds, self.zone, self.keys)

    @cached_property
    def entries(self) -> tuple[DNSKEY, ...]:
        """The keys that a DS record of the parent matches, as validators see it, and that may sign."""
        matched = {key for ds in heeded(self.ds) for key in self.matching[ds]}
        return tuple(key for key in self.keys if key in matched and usable_key(key))

    @reading
    def signing_keys(self) -> tuple[DNSKEY, ...]:
        """The keys that may sign the DNSKEY RRset and do so at some server."""
        shown = {
            (frozenset(data.rrset), data.signatures, self._currency(reply, data)): (reply, data)
            for reply, _ in self.key_replies.values()
            for data in self.key_data(reply)
        }
        found: set[DNSKEY] = set()
        for reply, data in shown.values():
            found |= signers(data, self.zone, self._all_keys, self._arrival(reply), self.effort)
        return tuple(key for key in self.keys if key in found)

    def key_data(self, reply: HeardReply) -> list[Signed]:
        """The DNSKEY RRset in a reply, with its signatures; empty if there is none."""
        message = reply.message
        return [] if message is None else signed(message.answer, (dns.rdatatype.DNSKEY,), self.zone)

    @property
    def readable(self) -> bool:
        """Whether validators can follow: there is a chain to the zone, and keys of a known algorithm."""
        return self.anchored and any(key.algorithm in SUPPORTED for key in self.keys)

    # --- what is signed -------------------------------------------------------------------------

    @cached_property
    def replies(self) -> list[HeardReply]:
        """All replies of the zone's servers that should be signed, each address's last in a step."""
        cut = self._cut
        keyless = {a for a, (_, keys) in self.key_replies.items() if not keys} if self.keys else set()
        walked = [reply for step in cut.walked for reply in replies_of(step)]
        probed = [reply for probe in Probe if probe not in _NO_ANSWER_OF_ZONE for reply in cut.probe(probe)]
        chain = [
            reply
            for step in cut.steps
            if step.zone == self.zone and step.purpose in (Purpose.DNSKEY, Purpose.DS)
            for reply in replies_of(step)
        ]
        serving = cut.serving or {reply.address for reply in chain}
        return [
            reply
            for reply in (*walked, *probed, *chain)
            if reply.address in serving
            and reply.address not in keyless
            and reply.meaning.usable
            and reply.meaning.zone in (None, self.zone)
            and soa_with_referral(reply) is None
            and reply.attempt.exchange.query.edns is not None
        ]

    @reading
    def judged(self) -> tuple[Judged, ...]:
        """Every RRset of the zone in these replies, with the result of its signatures."""
        if not self.readable:
            return ()
        unlike = {reply.address for _, replies in self.key_groups[1:] for reply in replies}
        found = [
            self._judge(reply, data)
            for reply in self.replies
            for data in self._own(reply)
            if not (data.are_keys_of(self.zone) and (reply.address in unlike or self._is_untrusted))
        ]
        proved = {judged.data.name for judged in found if judged.data.signatures and not at_cut(judged.data)}
        judgement = self._cut.judgement
        bogus = judgement is not None and judgement.security is Security.BOGUS
        return tuple(
            judged
            for judged in found
            if judged.trouble is not Trouble.MISSING
            or bogus
            or judged.data.name == self.zone
            or judged.data.name in proved
        )

    @property
    def _is_untrusted(self) -> bool:
        """Whether no key matches the parent's DS records: that is a finding of its own."""
        return bool(self.ds) and not self.entries

    def troubled(self, trouble: Trouble) -> list[Judged]:
        """The RRsets that have that trouble."""
        return [judged for judged in self.judged if judged.trouble is trouble]

    def _judge(self, reply: HeardReply, data: Signed) -> Judged:
        by_entries = data.are_keys_of(self.zone) and bool(self.entries)
        checked = self.check(reply, data, by_entries)
        return Judged(reply, data, checked, None if checked.valid else self._trouble(checked))

    @cached_property
    def _all_keys(self) -> Tagged:
        return Tagged(self.keys)

    @cached_property
    def _entry_keys(self) -> Tagged:
        return Tagged(self.entries)

    def _arrival(self, reply: HeardReply) -> float:
        """The time as of which the signatures of a reply are judged."""
        return self._cut.time_of(reply.attempt.exchange)

    def _currency(self, reply: HeardReply, data: Signed) -> tuple[int, ...]:
        at = self._arrival(reply)
        return tuple(current(rrsig, at) for rrsig in data.signatures)

    def check(self, reply: HeardReply, data: Signed, by_entries: bool = False) -> Checked:
        """Whether the zone's keys, or only the `entries`, sign an RRset of a reply, as of its arrival.

        An RRset is examined once for all replies in which its signatures are as current.
        """
        keys, at = self._entry_keys if by_entries else self._all_keys, self._arrival(reply)
        currency = self._currency(reply, data)
        known = self._seen.get((id(data), currency, by_entries))
        if known is None:
            key = data.name, data.rdtype, frozenset(data.rrset), data.signatures, currency, by_entries
            if key not in self._checked:
                self._checked[key] = check(data, self.zone, keys, at, self.effort)
                if self.effort.is_spent:
                    self._cut.spoil()
            known = self._seen[id(data), currency, by_entries] = data, self._checked[key]
        return known[1]

    def _trouble(self, checked: Checked) -> Trouble:
        """What is wrong with the signature that is closest to valid."""
        if not checked.signatures:
            return Trouble.MISSING
        own = [one for one in checked.signatures if one.signer == self.zone]
        if not own or any(one.left >= 0 and not one.early for one in own):
            return Trouble.BAD
        return Trouble.EXPIRED if any(one.left < 0 for one in own) else Trouble.EARLY

    def _own(self, reply: HeardReply) -> tuple[Signed, ...]:
        """The RRsets of a reply that the zone has to sign: worked out once for equal replies."""
        found = reply.once(to_be_signed)
        self._cut.note(zones_below, assumed_ds)
        if id(found) not in self._owned:
            self._owned[id(found)] = found, tuple(filter(self._is_own, found))
        return self._owned[id(found)][1]

    def _is_own(self, data: Signed) -> bool:
        if not data.name.is_subdomain(self.zone) or any(is_below(s, self.zone) for s in data.signers()):
            return False
        if any(holds(below, data) for below in self._cut.summary(zones_below)):
            return False
        if any(data.name.is_subdomain(zone) for zone in self.shown_below):
            return False
        if data.rdtype == dns.rdatatype.DS and data.name in self._cut.summary(assumed_ds):
            return False  # it is not published yet, so it has no signature to miss
        if data.rdtype in (dns.rdatatype.SOA, dns.rdatatype.DS):
            return (data.name == self.zone) is (data.rdtype == dns.rdatatype.SOA)
        return True

    @cached_property
    def shown_below(self) -> frozenset[Name]:
        """Zones below that no referral led to: the servers of this zone answered from them for DS."""
        return frozenset(r.step.question.name for r in from_child(self._cut.steps, self.zone))


def _anchored(cut: Cut) -> bool:
    """Whether a trust anchor matches a key of the zone, or its parent's DS records can be trusted."""
    judgement, signing = cut.evidence.trace.judgement, signing_of(cut)
    if judgement is None:
        return False
    asked = [
        s.id for s in cut.steps if s.question.rdtype == dns.rdatatype.DNSKEY and s.question.name == cut.zone
    ]
    if any(key.trusted for each in asked if each in judgement.steps for key in judgement.steps[each].keys):
        return True
    return cut.zone != ROOT and any(map(ds_usable, signing.ds)) and signing.below_anchor


def _below_anchor(cut: Cut) -> bool:
    """Whether the zone above is signed and has a chain of trust itself."""
    known = [each for each in cut.evidence.cuts if is_below(cut.zone, each.zone)]
    above = max(known, key=lambda each: len(each.zone), default=None)
    return above is not None and upper_zone(cut) in (None, above.zone) and signing_of(above).anchored


def signing_of(cut: Cut) -> Signing:
    """How the zone of a cut is signed: worked out once."""
    return cut.once(Signing)


def _in_order(records: Iterable[Record]) -> list[Record]:
    """Records in the order of their canonical form (RFC 4034 section 6.3), which is made once for each."""
    return sorted(records, key=lambda record: record.to_digestable())


def _ds(rrset: Iterable[dns.rdata.Rdata] | None) -> frozenset[DS]:
    return frozenset(ds_records(rrset or ()))
