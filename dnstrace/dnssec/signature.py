"""Whether a zone's keys sign an RRset: RFC 4035 section 5.3.

Checked in this order: the signer is the zone, the label count fits the owner, the time is within the validity
period, a key of the zone has the tag and algorithm, the signature verifies. The number of signatures tried is
limited, because an attacker can make key tags collide (CVE-2023-50387, KeyTrap).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

import dns.flags
import dns.name
import dns.rdatatype

from dnstrace.dnssec.algorithms import SUPPORTED, algorithm_name, by_tag
from dnstrace.dnssec.crypto import verify
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.records import DNSKEY, RRSIG, Signed
from dnstrace.model import Name
from dnstrace.model.judgement import SignatureEvidence
from dnstrace.model.naming import zone_text
from dnstrace.model.serial import ahead, moment
from dnstrace.model.structs import Struct

ZONE_KEY, REVOKED = 0x0100, 0x0080  # DNSKEY flags: RFC 4034 section 2.1.1, RFC 5011 section 7
_PROTOCOL = 3
_LIMIT = "checking it exceeds the limit on signature verifications"


class Checked(Struct):
    """The result of checking one RRset. `reason` says why it is not valid.

    `encloser` is set if the RRset was expanded from the wildcard below that name (RFC 4035 section 5.3.4): a
    proof that the owner itself does not exist is then still required.
    """

    valid: bool
    reason: str = ""
    signatures: tuple[SignatureEvidence, ...] = ()
    encloser: Name | None = None


def _octets(key: DNSKEY) -> bytes:
    return bytes(key.key)


class Tagged:
    """Keys by tag and algorithm. Make it once for many RRsets: hostile replies have thousands of keys."""

    def __init__(self, keys: Iterable[DNSKEY]) -> None:
        self._usable: dict[tuple[int, int], list[DNSKEY]] = {}
        self._unusable: dict[tuple[int, int], str] = {}
        for tag, same in by_tag(keys).items():
            for key in sorted(same, key=_octets):
                self._add((tag, int(key.algorithm)), key)

    def _add(self, which: tuple[int, int], key: DNSKEY) -> None:
        if usable_key(key):
            self._usable.setdefault(which, []).append(key)
        elif key.flags & REVOKED:
            self._unusable[which] = "which is revoked"
        else:
            self._unusable.setdefault(which, "which is not a zone key")

    def candidates(self, rrsig: RRSIG) -> Sequence[DNSKEY]:
        """The keys that may have made a signature, always in the same order."""
        return self._usable.get((rrsig.key_tag, int(rrsig.algorithm)), ())

    def why_none(self, rrsig: RRSIG, data: Signed, zone: Name) -> str:
        """Why there are no such keys. Those that may sign the keys are not all that the zone has."""
        lacking = f"which {zone_text(zone)} does not have"
        if data.are_keys_of(zone):
            lacking = "which neither a DS record nor a trust anchor refers to"
        why = self._unusable.get((rrsig.key_tag, int(rrsig.algorithm)), lacking)
        return f"its signature is by key {rrsig.key_tag}, {why}"


def check(data: Signed, zone: Name, keys: Sequence[DNSKEY] | Tagged, at: float, effort: Effort) -> Checked:
    """Whether `keys` of `zone` sign an RRset, at time `at` (seconds since 1970)."""
    evidence: list[SignatureEvidence] = []
    tries, tagged = effort.limits.signatures, keys if isinstance(keys, Tagged) else Tagged(keys)
    for rrsig in data.signatures:
        reason = _unfit(data, rrsig, zone, at)
        for key in () if reason else tagged.candidates(rrsig):
            reason = (
                f"its signature by key {rrsig.key_tag} does not verify: the data or the signature was altered"
            )
            tries -= 1
            if tries < 0 or not effort.verification():
                return Checked(False, _LIMIT, (*evidence, _signature_evidence(data, rrsig, at, _LIMIT)))
            octets = signed_octets(data, rrsig)
            if verify(rrsig.algorithm, key.key, rrsig.signature, octets, effort.make):
                evidence.append(_signature_evidence(data, rrsig, at))
                return Checked(True, "", tuple(evidence), _encloser(data, rrsig))
        evidence.append(_signature_evidence(data, rrsig, at, reason or tagged.why_none(rrsig, data, zone)))
    return Checked(False, _invalid(evidence, zone), tuple(evidence))


def current(rrsig: RRSIG, at: float) -> int:
    """0 within the validity period of a signature, -1 before and 1 after it (RFC 4035 section 5.3.1)."""
    if ahead(rrsig.inception, int(at)) > 0:
        return -1
    return 1 if ahead(int(at), rrsig.expiration) > 0 else 0


def signers(data: Signed, zone: Name, keys: Tagged, at: float, effort: Effort) -> set[DNSKEY]:
    """Those of the keys that validly sign an RRset, as far as the limit on verifications allows to tell."""
    found: set[DNSKEY] = set()
    tries = effort.limits.signatures
    for rrsig in data.signatures:
        for key in () if _unfit(data, rrsig, zone, at) else keys.candidates(rrsig):
            tries -= 1
            if tries < 0 or not effort.verification():
                return found
            octets = signed_octets(data, rrsig)
            if verify(rrsig.algorithm, key.key, rrsig.signature, octets, effort.make):
                found.add(key)
    return found


def usable_key(key: DNSKEY) -> bool:
    """Whether a DNSKEY record may sign zone data: zone key, protocol 3, not revoked, supported algorithm."""
    return is_zone_key(key) and key.algorithm in SUPPORTED


def is_zone_key(key: DNSKEY) -> bool:
    """Whether a DNSKEY record may sign zone data for those who know its algorithm."""
    return bool(key.flags & ZONE_KEY) and not key.flags & REVOKED and key.protocol == _PROTOCOL


# --- what is wrong with a signature before any cryptography ------------------------------------


def _unfit(data: Signed, rrsig: RRSIG, zone: Name, at: float) -> str:
    """Why a signature cannot be used; empty if it can."""
    if rrsig.signer != zone:
        return f"it is signed by {zone_text(rrsig.signer)}, not by {zone_text(zone)}"
    if not data.name.is_subdomain(zone):
        return f"it is signed by {zone_text(zone)}, but lies outside that zone"
    if rrsig.algorithm not in SUPPORTED:
        return f"it is signed with {algorithm_name(rrsig.algorithm)}, which is not supported"
    if rrsig.labels > _labels(data.name):
        labels = "label" if rrsig.labels == 1 else "labels"
        return f"its signature is for {rrsig.labels} {labels}, more than the name has"
    if rrsig.labels < len(zone) - 1:
        return f"its signature is for a wildcard above {zone_text(zone)}"
    if (period := current(rrsig, at)) < 0:
        return _early(rrsig, at)
    if period > 0:
        return _expired(rrsig.expiration, at)
    return ""


def _early(rrsig: RRSIG, at: float) -> str:
    if ahead(int(at), rrsig.expiration) > 0:
        ends, begins = (_date(each, at) for each in (rrsig.expiration, rrsig.inception))
        return f"its signature is never valid: it expires at {ends}, before it begins at {begins}"
    return f"its signature is not valid before {_moment(rrsig.inception, at)} (is a clock wrong?)"


def _expired(serial: int, at: float) -> str:
    if (end := moment(serial, at)).timestamp() > at:  # farther away than a 32-bit time can tell
        far = "more than 68 years from this check"
        return f"its signature expires in {end.year}, {far}, and so counts as expired (RFC 1982)"
    return f"its signature expired at {_moment(serial, at)}"


def _moment(serial: int, at: float) -> str:
    """A 32-bit time as the date nearest to `at`, and how far that is from `at`."""
    distance = ahead(serial, int(at))
    return f"{_date(serial, at)}, {_span(abs(distance))} {'after' if distance > 0 else 'before'} this check"


def _date(serial: int, at: float) -> str:
    return moment(serial, at).strftime("%Y-%m-%d %H:%M:%S UTC")


def _span(seconds: int) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {unit}{'s' * (count != 1)}"
    return f"{seconds} second{'s' * (seconds != 1)}"


def _labels(owner: Name) -> int:
    """Labels as an RRSIG counts them: without the root and a leading asterisk (RFC 4034 section 3.1.3)."""
    return len(owner) - 1 - (owner.labels[0] == b"*")


# --- the signed octets -------------------------------------------------------------------------


def signed_octets(data: Signed, rrsig: RRSIG) -> bytes:
    """The octets that a signature covers (RFC 4034 section 3.1.8.1), in canonical form (section 6)."""
    rrset = data.rrset
    owner = data.name
    if rrsig.labels < _labels(owner):
        owner = dns.name.Name((b"*", *owner.labels[-(rrsig.labels + 1) :]))
    start = owner.to_digestable() + struct.pack("!HHI", rrset.rdtype, rrset.rdclass, rrsig.original_ttl)
    records = sorted({rdata.to_digestable(dns.name.root) for rdata in rrset})
    head = struct.pack(
        "!HBBIIIH",
        rrsig.type_covered,
        rrsig.algorithm,
        rrsig.labels,
        rrsig.original_ttl,
        rrsig.expiration,
        rrsig.inception,
        rrsig.key_tag,
    )
    body = b"".join(start + struct.pack("!H", len(record)) + record for record in records)
    return head + rrsig.signer.to_digestable() + body


def _encloser(data: Signed, rrsig: RRSIG) -> Name | None:
    if rrsig.labels >= _labels(data.name):
        return None
    return dns.name.Name(data.name.labels[-(rrsig.labels + 1) :])


# --- in words ----------------------------------------------------------------------------------


def _signature_evidence(data: Signed, rrsig: RRSIG, at: float, reason: str = "") -> SignatureEvidence:
    return SignatureEvidence(
        owner=data.name,
        covered=int(data.rrset.rdtype),
        signer=rrsig.signer,
        tag=rrsig.key_tag,
        algorithm=int(rrsig.algorithm),
        inception=rrsig.inception,
        expiration=rrsig.expiration,
        valid=not reason,
        reason=reason,
        at=at,
    )


def _invalid(evidence: list[SignatureEvidence], zone: Name) -> str:
    """Why none of the signatures is valid: the reason of the one that came closest."""
    if not evidence:
        return f"it has no signature (RRSIG), although {zone_text(zone)} is signed"
    own = [one.reason for one in evidence if one.signer == zone]
    return (own or [one.reason for one in evidence])[-1]
