"""Which algorithms are supported: RFC 8624 as updated by RFC 9904, and what validators do today.

An algorithm or digest that is not supported makes a zone insecure, not bogus (RFC 4035 section 5.2).
SHA-1 (RSASHA1, RSASHA1-NSEC3-SHA1, DS digest 1) is still validated, as it is by BIND and Unbound where the
system's policy allows it. RSAMD5, DSA and GOST are not supported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import Enum

import dns.dnssectypes

from dnstrace.dnssec.records import DNSKEY, DS, OddDS
from dnstrace.model import Name
from dnstrace.model.kept import kept

RSASHA1, RSASHA1_NSEC3, RSASHA256, RSASHA512 = 5, 7, 8, 10
ECDSAP256, ECDSAP384, ED25519, ED448 = 13, 14, 15, 16
SHA1_DIGEST = 1

SUPPORTED = frozenset({RSASHA1, RSASHA1_NSEC3, RSASHA256, RSASHA512, ECDSAP256, ECDSAP384, ED25519, ED448})
_DIGESTS = {SHA1_DIGEST: "sha1", 2: "sha256", 4: "sha384"}


class Status(Enum):
    """What the registry of DNSSEC algorithm numbers says of one, as far as a zone's keys are concerned."""

    FINE = ""
    NOT_RECOMMENDED = "not recommended"
    OBSOLETE = "obsolete"
    NOT_FOR_ZONES = "not for signing zones"
    PRIVATE = "for private use"
    RESERVED = "reserved"
    UNASSIGNED = "unassigned"


_OBSOLETE = frozenset({1, 3, RSASHA1, 6, RSASHA1_NSEC3, 12})  # RSAMD5, DSA, GOST and all with SHA-1
_NOT_FOR_ZONES = frozenset({0, 2, 252})  # the request for no DS record, Diffie-Hellman, indirect keys
_RESERVED = frozenset({4, 9, 11, *range(123, 252), 255})
_PRIVATE = frozenset({253, 254})
_OTHERS = {17: "SM2SM3", 18: "MLDSA44", 23: "ECC-GOST12"}  # assigned, and hardly ever validated


def status(number: int) -> Status:
    """What the registry says of an algorithm: its columns for use by zones (RFC 9904, 9905, 9906)."""
    if number in _OBSOLETE:
        return Status.OBSOLETE
    if number == RSASHA512:
        return Status.NOT_RECOMMENDED
    if number in _NOT_FOR_ZONES:
        return Status.NOT_FOR_ZONES
    if number in _PRIVATE:
        return Status.PRIVATE
    if number in _RESERVED:
        return Status.RESERVED
    return Status.FINE if number in SUPPORTED or number in _OTHERS else Status.UNASSIGNED


def algorithm_text(number: int) -> str:
    """An algorithm with its standing, unless that is fine: `algorithm 19 (unassigned)`.

    One that is assigned but unknown to most validators has its number: `MLDSA44 (algorithm 18)`.
    """
    found = status(number)
    name = algorithm_name(number)
    if number in _OTHERS:
        return f"{name} (algorithm {int(number)})"
    return f"{name} ({found.value})" if found.value else name


def algorithm_name(number: int) -> str:
    """The mnemonic of a DNSSEC algorithm, or `algorithm N` where it has none."""
    if number in _OTHERS:  # not every version of dnspython knows them
        return _OTHERS[number]
    name = dns.dnssectypes.Algorithm.to_text(number)
    return f"algorithm {name}" if name.isdigit() else name


def only_unknown(records: Iterable[DS]) -> bool:
    """Whether all DS records are of algorithms that are assigned, and that this validator does not know.

    Other validators may know them: for these the zone is secure or bogus.
    """
    return all(ds.algorithm in _OTHERS for ds in records)


def ds_usable(ds: DS) -> bool:
    """Whether a DS record can be used to authenticate a zone (RFC 4035 section 5.2)."""
    return ds.algorithm in SUPPORTED and ds.digest_type in _DIGESTS


def heeded(records: Iterable[DS]) -> list[DS]:
    """The usable DS records that validators go by: SHA-1 is ignored next to a stronger digest.

    RFC 4509 section 3 has that for the whole DS RRset. BIND does it, Unbound only if it is told to.
    """
    usable = [ds for ds in records if ds_usable(ds)]
    stronger = any(ds.digest_type != SHA1_DIGEST and not isinstance(ds, OddDS) for ds in usable)
    return [ds for ds in usable if not (stronger and ds.digest_type == SHA1_DIGEST)]


def digest_name(kind: int) -> str:
    """What a digest type of DS records is called: `SHA-256`, or `digest type 200`."""
    return {SHA1_DIGEST: "SHA-1", 2: "SHA-256", 4: "SHA-384"}.get(kind, f"digest type {int(kind)}")


def digest_octets(ds: DS) -> int:
    """The length of the digest that the digest type of a usable DS record has."""
    return hashlib.new(_DIGESTS[ds.digest_type], usedforsecurity=False).digest_size


def matches(records: Iterable[DS], owner: Name, keys: Iterable[DNSKEY]) -> dict[DS, list[DNSKEY]]:
    """The keys at `owner` that each DS record is the digest of (RFC 4034 section 5.1.4).

    No digest of a key is computed twice, because hostile replies contain many keys with the same tag.
    """
    wanted: dict[tuple[int, int], list[DS]] = {}
    found: dict[DS, list[DNSKEY]] = {}
    for ds in records:
        wanted.setdefault((ds.key_tag, int(ds.algorithm)), []).append(ds)
        found[ds] = []
    for tag, same in by_tag(keys).items():
        for key in same:
            of_key = wanted.get((tag, int(key.algorithm)), ())
            digests = {kind: _digest(kind, owner, key) for kind in {int(ds.digest_type) for ds in of_key}}
            for ds in of_key:
                if digests[int(ds.digest_type)] == ds.digest:
                    found[ds].append(key)
    return found


def _digest(kind: int, owner: Name, key: DNSKEY) -> bytes | None:
    """The digest of a key, None for a digest type that is not supported."""
    if kind not in _DIGESTS:
        return None
    octets = owner.to_digestable() + key.to_digestable()
    return hashlib.new(_DIGESTS[kind], octets, usedforsecurity=False).digest()


def by_tag(keys: Iterable[DNSKEY]) -> dict[int, list[DNSKEY]]:
    """Keys by tag. Each tag is computed once, because hostile replies contain many keys and signatures."""
    found: dict[int, list[DNSKEY]] = {}
    for key in keys:
        found.setdefault(key_tag(key), []).append(key)
    return found


@kept(most=512)
def key_tag(key: DNSKEY) -> int:
    """The key tag of a DNSKEY record (RFC 4034 appendix B)."""
    octets = key.to_digestable()
    if key.algorithm == 1:
        return int.from_bytes(octets[-3:-1])
    padded = octets + b"\0" * (len(octets) % 2)
    total = sum(padded[0::2]) * 256 + sum(padded[1::2])
    return (total + (total >> 16)) & 0xFFFF
