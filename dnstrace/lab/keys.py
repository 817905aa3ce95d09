"""The keys of the lab's signed zones, made from their names and roles, so that every run has the same.

They protect nothing. An elliptic-curve key is a hash. An RSA key has two primes that lie a little above
hashes; the distances are noted here, so that no run spends time on finding them. Keys with the same role have
the same two primes in all zones, and an exponent that depends on the zone.
"""

from __future__ import annotations

import hashlib
from functools import cache
from math import gcd
from typing import TYPE_CHECKING, cast

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from dnstrace.model import Name
from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from dns.dnssec import PrivateKey
    from dns.rdtypes.ANY.DNSKEY import DNSKEY

ZONE, SEP, REVOKED = 0x0100, 0x0001, 0x0080  # flags: RFC 4034 section 2.1.1, RFC 5011 section 7
RSA = frozenset({5, 7, 8, 10})
ALGORITHMS = RSA | {13, 14, 15, 16}
"""The algorithms that a zone of the lab can be signed with."""

_SHA256 = 2
_LEAST_EXPONENT, _EXPONENTS = 65537, 65521
_PRIME_OCTETS = 128
_ABOVE = {ZONE: (392, 208), ZONE | SEP: (1172, 202)}


class Key(Struct):
    """A key pair of a zone.

    `algorithm` is one of ALGORITHMS, `flags` those of the DNSKEY record, `number` tells the keys of one
    role apart. `called` is the algorithm that the zone's records name instead of the real one, or 0.
    """

    zone: Name
    algorithm: int
    flags: int
    number: int = 0
    called: int = 0

    @property
    def signs_keys(self) -> bool:
        """Whether it is meant for the DNSKEY RRset."""
        return bool(self.flags & SEP)


@cache
def dnskey(key: Key) -> DNSKEY:
    """The DNSKEY record of a key (RFC 4034 section 2)."""
    record = _true_dnskey(key)
    return cast("DNSKEY", record.replace(algorithm=key.called)) if key.called else record


def ds(key: Key) -> dns.rdata.Rdata:
    """The DS record of a key, with a SHA-256 digest (RFC 4034 section 5, RFC 4509)."""
    record = dnskey(key)
    digest = hashlib.sha256(key.zone.to_digestable() + record.to_digestable()).hexdigest()
    text = f"{key_tag(key)} {int(record.algorithm)} {_SHA256} {digest}"
    return dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.DS, text)


def key_tag(key: Key) -> int:
    """The key tag (RFC 4034 appendix B)."""
    import dns.dnssec

    return dns.dnssec.key_id(dnskey(key))


def rrsig(rrset: dns.rrset.RRset, key: Key, signer: Name, inception: int, expiration: int) -> dns.rdata.Rdata:
    """The signature of an RRset by a key (RFC 4034 section 3); times in seconds since 1970."""
    import dns.dnssec

    record = dns.dnssec.sign(
        rrset,
        _private(key),
        signer,
        _true_dnskey(key),
        inception % 2**32,
        expiration % 2**32,
        policy=dns.dnssec.allow_all_policy,
    )
    return record.replace(algorithm=key.called, key_tag=key_tag(key)) if key.called else record


@cache
def _true_dnskey(key: Key) -> DNSKEY:
    import dns.dnssec

    return dns.dnssec.make_dnskey(_private(key).public_key(), key.algorithm, key.flags)


@cache
def _private(key: Key) -> PrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519

    if key.algorithm in RSA:
        return _rsa(key)
    seed = f"{key.zone} {key.flags & ~REVOKED} {key.number}"
    if key.algorithm == 13:
        return ec.derive_private_key(int.from_bytes(_hashed_octets(seed, 31)), ec.SECP256R1())
    if key.algorithm == 14:
        return ec.derive_private_key(int.from_bytes(_hashed_octets(seed, 47)), ec.SECP384R1())
    if key.algorithm == 15:
        return ed25519.Ed25519PrivateKey.from_private_bytes(_hashed_octets(seed, 32))
    return ed448.Ed448PrivateKey.from_private_bytes(_hashed_octets(seed, 57))


def _rsa(key: Key) -> RSAPrivateKey:
    """An RSA key of 2048 bits (RFC 8017 section 3.2)."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    role = key.flags & ~REVOKED
    p, q = (start + above for start, above in zip(_starts(role), _ABOVE[role], strict=True))
    order = (p - 1) * (q - 1)
    own = int.from_bytes(key.zone.to_digestable()) + key.number
    e = _LEAST_EXPONENT + 2 * (own % _EXPONENTS)
    while gcd(e, order) != 1:
        e += 2
    d = pow(e, -1, order)
    public = rsa.RSAPublicNumbers(e, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def _starts(role: int) -> tuple[int, int]:
    """Where to look for the two primes: odd, and with the two highest bits set."""
    high = 0b11 << 8 * _PRIME_OCTETS - 2
    first, second = (int.from_bytes(_hashed_octets(f"RSA {role} {each}", _PRIME_OCTETS)) for each in "pq")
    return first | high | 1, second | high | 1


def _hashed_octets(seed: str, count: int) -> bytes:
    return hashlib.shake_256(f"dnstrace lab {seed}".encode("ascii")).digest(count)
