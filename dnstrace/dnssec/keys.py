"""Which keys of a zone are trusted: RFC 4035 section 5.2, RFC 4509, RFC 5011.

A zone's DNSKEY RRset is trusted if it is signed by one of its keys that a DS record of the parent, or a trust
anchor, matches. The SEP flag is ignored (RFC 4034 section 2.1.1). One matching DS record is enough, but SHA-1
digests next to stronger ones are ignored (RFC 4509 section 3), as in BIND.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dnstrace.dnssec.algorithms import (
    SUPPORTED,
    algorithm_name,
    algorithm_text,
    digest_octets,
    heeded,
    key_tag,
    matches,
    only_unknown,
)
from dnstrace.dnssec.crypto import key_bits
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.records import DNSKEY, DS, OddDS, Signed
from dnstrace.dnssec.signature import REVOKED, check, usable_key
from dnstrace.model import Name
from dnstrace.model.jobs import with_job
from dnstrace.model.judgement import DsEvidence, KeyEvidence, SignatureEvidence
from dnstrace.model.naming import zone_text
from dnstrace.model.structs import Struct

_LISTED = 12  # keys in one sentence


class Trust(Struct):
    """What makes keys trusted: the DS RRset published by `parent`, or trust anchors without a `parent`."""

    parent: Name | None
    ds: tuple[DS, ...] = ()
    keys: tuple[DNSKEY, ...] = ()

    @property
    def usable_ds(self) -> list[DS]:
        """The DS records with a supported algorithm and digest, without SHA-1 next to a stronger digest."""
        return heeded(self.ds)

    @property
    def usable(self) -> bool:
        """Whether any record has a supported algorithm and digest (RFC 4035 section 5.2)."""
        return bool(self.usable_ds) or any(key.algorithm in SUPPORTED for key in self.keys)


class KeySet(Struct):
    """The keys of a zone if they are trusted; otherwise `reason` says why not."""

    keys: tuple[DNSKEY, ...]
    reason: str = ""
    evidence: tuple[KeyEvidence, ...] = ()
    ds: tuple[DsEvidence, ...] = ()
    signatures: tuple[SignatureEvidence, ...] = ()


def establish(data: Signed, trust: Trust, at: float, effort: Effort) -> KeySet:
    """The keys of a zone, from its DNSKEY RRset and the DS records or trust anchors in `trust`."""
    zone = data.name
    keys = tuple(rdata for rdata in data.rrset if isinstance(rdata, DNSKEY))
    matching = matches(trust.ds[: effort.limits.digests], zone, keys)
    matched = [key for ds in trust.usable_ds for key in matching.get(ds, ()) if usable_key(key)]
    trusted = dict.fromkeys(matched + _anchor_keys(trust, keys))
    entries, evidence = tuple(trusted), tuple(_key_evidence(key, key in trusted) for key in keys)
    ds_evidence = tuple(_ds_evidence(ds, bool(found)) for ds, found in matching.items())
    checked = check(data, zone, entries, at, effort)
    if checked.valid:
        return KeySet(tuple(filter(usable_key, keys)), "", evidence, ds_evidence, checked.signatures)
    reason = _not_self_signed(entries, zone, checked.reason) if entries else _unmatched(trust, zone, keys)
    return KeySet((), reason, evidence, ds_evidence, checked.signatures)


def _anchor_keys(trust: Trust, keys: Sequence[DNSKEY]) -> list[DNSKEY]:
    """The keys that are themselves trust anchors."""
    trusted = {(key.algorithm, key.key) for key in trust.keys}
    return [key for key in keys if usable_key(key) and (key.algorithm, key.key) in trusted]


def _key_evidence(key: DNSKEY, trusted: bool) -> KeyEvidence:
    bits = key_bits(key.algorithm, key.key)
    return KeyEvidence(key_tag(key), int(key.algorithm), int(key.flags), bits, trusted)


def _ds_evidence(ds: DS, matched: bool) -> DsEvidence:
    return DsEvidence(ds.key_tag, int(ds.algorithm), int(ds.digest_type), matched)


# --- in words ----------------------------------------------------------------------------------


def _not_self_signed(entries: Sequence[DNSKEY], zone: Name, reason: str) -> str:
    several = len(entries) > 1
    what = (
        f"{_tagged(entries)} of {zone_text(zone)} {'are' if several else 'is'} trusted but "
        f"{'do' if several else 'does'} not validly sign the DNSKEY RRset: {reason}"
    )
    return with_job(what, zone, "sign it again")


def _unmatched(trust: Trust, zone: Name, keys: Sequence[DNSKEY]) -> str:
    """Why no key of the zone matches a DS record or trust anchor."""
    if odd := next((record for record in trust.usable_ds if isinstance(record, OddDS)), None):
        broken = f"a DS record for key {odd.key_tag} whose digest has {len(odd.digest)} octets"
        wanted = f"{digest_octets(odd)} with digest type {int(odd.digest_type)}"
        if trust.parent is not None and len(trust.usable_ds) == 1:
            return f"{zone_text(trust.parent)} publishes {broken}, not {wanted}"
    near = _same_tag(trust, keys)
    if near and not any(map(usable_key, near)):
        state = "revoked" if near[0].flags & REVOKED else "not a zone key"
        return f"{_expected(trust)}, but key {key_tag(near[0])} of {zone_text(zone)} is {state}"
    if near:
        what = f"the digest does not match {_tagged(near)} of {zone_text(zone)}"
    elif miscalled := _miscalled(trust, zone, keys):
        return miscalled
    else:
        what = f"{zone_text(zone)} has {f'only {_tagged(keys)}' if keys else 'no keys'}"
    updated = "; the trust anchor needs to be updated" if trust.parent is None else ""
    return f"{_expected(trust)}, but {what}{updated}"


def _same_tag(trust: Trust, keys: Sequence[DNSKEY]) -> list[DNSKEY]:
    """The keys whose tag and algorithm are those of a DS record."""
    wanted = {(ds.key_tag, ds.algorithm) for ds in trust.usable_ds}
    return [key for key in keys if (key_tag(key), key.algorithm) in wanted]


def _miscalled(trust: Trust, zone: Name, keys: Sequence[DNSKEY]) -> str:
    """That a DS record names another algorithm than the key of its tag has; empty if none does."""
    for ds in trust.usable_ds:
        key = next((key for key in keys if usable_key(key) and key_tag(key) == ds.key_tag), None)
        if key is not None:
            return (
                f"{_expected(trust)} with algorithm {algorithm_name(int(ds.algorithm))}, but that key of"
                f" {zone_text(zone)} has algorithm {algorithm_name(int(key.algorithm))}"
            )
    return ""


def _expected(trust: Trust) -> str:
    """The keys that a zone should have, and by what."""
    tags = [ds.key_tag for ds in trust.usable_ds] or [key_tag(key) for key in trust.keys]
    if trust.parent is None:
        return f"the trust anchor is for {_key_list(tags)}"
    records = "DS records" if len(set(tags)) > 1 else "a DS record"
    return f"{zone_text(trust.parent)} publishes {records} for {_key_list(tags)}"


def _tagged(keys: Sequence[DNSKEY]) -> str:
    return _key_list(key_tag(key) for key in keys)


def _key_list(tags: Iterable[int]) -> str:
    """Keys by tag: `key 1`, `keys 1, 2`; of many the first and how many more."""
    texts = list(map(str, sorted(set(tags))))
    if (more := len(texts) - _LISTED) > 1:
        texts[_LISTED:] = [f"and {more:,} more"]
    return f"key{'s' * (len(texts) > 1)} {', '.join(texts)}"


def unsupported(ds: Sequence[DS]) -> str:
    """The algorithms and digests of a DS RRset that has no usable record, in words."""
    kinds = sorted({(record.algorithm, int(record.digest_type)) for record in ds})
    texts = [f"{algorithm_text(algorithm)} with digest {digest}" for algorithm, digest in kinds]
    seen = f" (a validator that supports {'it' if len(kinds) == 1 else 'them'} can validate the zone)"
    return f"{', '.join(texts)}{seen if only_unknown(ds) else ''}"
