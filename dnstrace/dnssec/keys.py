"""Which keys of a zone are trusted: RFC 4035 section 5.2, RFC 4509, RFC 5011.

A zone's DNSKEY RRset is trusted when a key in it, matched by a DS record of the parent or by a trust
anchor, signs it. The SEP flag plays no part (RFC 4034 section 2.1.1). Any DS record that matches is enough,
also one of SHA-1 beside better ones, as Unbound has it; RFC 4509 section 3 would rather pass over that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dnstrace.dnssec.algorithms import SUPPORTED, algorithm_name, by_tag, ds_matches, ds_usable, key_tag
from dnstrace.dnssec.crypto import key_bits
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.records import DNSKEY, DS, Signed
from dnstrace.dnssec.signature import REVOKED, check, usable_key
from dnstrace.model import Name
from dnstrace.model.judgement import DsEvidence, KeyEvidence, SignatureEvidence


@dataclass(frozen=True, slots=True)
class Trust:
    """What makes keys trusted: the DS RRset of the parent, or trust anchors in either form.

    `source` is who says so, for people: `com. publishes` or `the trust anchor is`.
    """

    source: str
    ds: tuple[DS, ...] = ()
    keys: tuple[DNSKEY, ...] = ()

    @property
    def usable_ds(self) -> list[DS]:
        """The DS records of a supported algorithm and digest."""
        return [record for record in self.ds if ds_usable(record)]

    @property
    def usable(self) -> bool:
        """Whether any of it has a supported algorithm and digest (RFC 4035 section 5.2)."""
        return bool(self.usable_ds) or any(key.algorithm in SUPPORTED for key in self.keys)


@dataclass(frozen=True, slots=True)
class KeySet:
    """A zone's keys, if they are trusted; else `reason` says why not."""

    keys: tuple[DNSKEY, ...]
    reason: str = ""
    evidence: tuple[KeyEvidence, ...] = ()
    ds: tuple[DsEvidence, ...] = ()
    signatures: tuple[SignatureEvidence, ...] = ()


def establish(data: Signed, trust: Trust, at: float, effort: Effort) -> KeySet:
    """The keys of a zone, from its DNSKEY RRset and what its parent or a trust anchor says."""
    zone = data.name
    keys = tuple(rdata for rdata in data.rrset if isinstance(rdata, DNSKEY))
    tagged = by_tag(keys)
    records = trust.ds[: effort.limits.digests]
    matches = {ds: [key for key in tagged.get(ds.key_tag, ()) if ds_matches(ds, zone, key)] for ds in records}
    matched = [key for found in matches.values() for key in found if usable_key(key)]
    entries = tuple(dict.fromkeys(matched + _anchored(trust, keys)))
    evidence = tuple(_key_evidence(key, key in entries) for key in keys)
    ds_evidence = tuple(_ds_evidence(ds, bool(found)) for ds, found in matches.items())
    checked = check(data, zone, entries, at, effort)
    if checked.valid:
        return KeySet(tuple(filter(usable_key, keys)), "", evidence, ds_evidence, checked.signatures)
    reason = _unsigned(entries, zone, checked.reason) if entries else _unmatched(trust, zone, keys)
    return KeySet((), reason, evidence, ds_evidence, checked.signatures)


def _anchored(trust: Trust, keys: Sequence[DNSKEY]) -> list[DNSKEY]:
    """The keys that are trust anchors themselves."""
    trusted = {(key.algorithm, key.key) for key in trust.keys}
    return [key for key in keys if usable_key(key) and (key.algorithm, key.key) in trusted]


def _key_evidence(key: DNSKEY, trusted: bool) -> KeyEvidence:
    bits = key_bits(key.algorithm, key.key)
    return KeyEvidence(key_tag(key), int(key.algorithm), int(key.flags), bits, trusted)


def _ds_evidence(ds: DS, matched: bool) -> DsEvidence:
    return DsEvidence(ds.key_tag, int(ds.algorithm), int(ds.digest_type), matched)


# --- in words ----------------------------------------------------------------------------------


def _unsigned(entries: Sequence[DNSKEY], zone: Name, reason: str) -> str:
    return (
        f"{_named(entries)} of {zone} is trusted, but does not validly sign the DNSKEY RRset: {reason}; "
        f"the operator of {zone} has to sign it"
    )


def _unmatched(trust: Trust, zone: Name, keys: Sequence[DNSKEY]) -> str:
    wanted = [f"DS {ds.key_tag}" for ds in trust.usable_ds] or [f"key {key_tag(key)}" for key in trust.keys]
    asked = {(ds.key_tag, ds.algorithm) for ds in trust.ds}
    near = [key for key in keys if (key_tag(key), key.algorithm) in asked]
    told = f"{trust.source} {', '.join(wanted)}"
    if near and not any(map(usable_key, near)):
        state = "revoked" if near[0].flags & REVOKED else "no zone key"
        return f"{told}, but {_named(near)} of {zone} is {state}"
    if near:
        return f"{told}, but its digest is not that of {_named(near)} of {zone}; {_whose(trust, zone)}"
    have = f"only {_named(keys)}" if keys else "no key"
    return f"{told}, but {zone} has {have}; {_whose(trust, zone)}"


def _whose(trust: Trust, zone: Name) -> str:
    if not trust.ds or trust.source.startswith("the trust anchor"):
        return "the trust anchor has to be renewed"
    return (
        f"the registrant of {zone} has to have the DS record replaced (at the registrar) or the key restored"
    )


def _named(keys: Sequence[DNSKEY]) -> str:
    """Keys by their tags: `key 1`, `keys 1, 2`."""
    tags = list(dict.fromkeys(str(key_tag(key)) for key in keys))
    return f"key{'s' * (len(tags) > 1)} {', '.join(tags)}"


def unsupported(ds: Sequence[DS]) -> str:
    """Which algorithms and digests a DS RRset without a usable record has, in words."""
    names = dict.fromkeys(
        f"{algorithm_name(record.algorithm)} with digest {int(record.digest_type)}" for record in ds
    )
    return ", ".join(names)
