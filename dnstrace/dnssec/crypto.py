"""Verifies one signature: the only module that does cryptography.

RSA (RFC 3110, RFC 5702) is verified by plain arithmetic on public values, because the crypto policies of
some systems refuse SHA-1 and keys under 1024 bits, which validators still have to judge. The curves (RFC
6605, RFC 8080) are verified by the cryptography package, which is imported when the first such signature is;
without it, as at a place of `--from`, by `curves.py`.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from importlib.util import find_spec
from threading import Lock

from dnstrace.dnssec.algorithms import (
    ECDSAP256,
    ECDSAP384,
    ED448,
    ED25519,
    RSASHA1,
    RSASHA1_NSEC3,
    RSASHA256,
    RSASHA512,
)


class MissingCryptography(RuntimeError):
    """The cryptography package is not installed. The message is one line that says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "DNSSEC validation needs the Python package cryptography: pip install 'dnspython[dnssec]'"
        )


def require_cryptography() -> None:
    """Raise MissingCryptography if the cryptography package is missing. Imports nothing."""
    if find_spec("cryptography") is None:
        raise MissingCryptography


_RSA_HASHES = {RSASHA1: "sha1", RSASHA1_NSEC3: "sha1", RSASHA256: "sha256", RSASHA512: "sha512"}
# The DER encoding that precedes the digest (RFC 8017 section 9.2, note 1).
_DIGEST_INFO = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
MOST = 4096
"""Verifications whose results are remembered."""

_CURVE_OCTETS = {
    ECDSAP256: 64,
    ECDSAP384: 96,
    ED25519: 32,
    ED448: 57,
}  # RFC 6605 section 4, RFC 8080 section 3
_MODULUS_BITS = range(512, 4097)  # RFC 3110 section 2, RFC 5702 section 2
_EXPONENT_BITS = 64  # longer exponents only cost time; OpenSSL and BIND limit them too


class _Verified:
    """The latest results by a digest of what was verified: RRsets are large, and a run verifies many."""

    def __init__(self) -> None:
        self._results: OrderedDict[bytes, bool] = OrderedDict()
        self._lock = Lock()  # a cluster's worker traces in threads

    def get(self, digest: bytes) -> bool | None:
        """The result if it is known."""
        return self._results.get(digest)

    def add(self, digest: bytes, valid: bool) -> None:
        """Remember a result; beyond `MOST` the oldest is forgotten."""
        with self._lock:
            self._results[digest] = valid
            if len(self._results) > MOST:
                self._results.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._results.clear()


verified = _Verified()


def verify(
    algorithm: int, key: bytes, signature: bytes, data: bytes, make: Callable[[], None] = lambda: None
) -> bool:
    """Whether `signature` is a valid signature of `data` by `key` (the public key field of a DNSKEY record).

    Malformed keys, malformed signatures and unsupported algorithms give False. The latest results are
    remembered, in a few hundred octets each; `make` is called before one is found out.
    """
    digest = _digest(algorithm, key, signature, data)
    valid = verified.get(digest)
    if valid is None:
        make()
        valid = _verify(algorithm, key, signature, data)
        verified.add(digest, valid)
    return valid


def _digest(algorithm: int, *parts: bytes) -> bytes:
    lengths = ",".join(str(len(part)) for part in parts)
    return hashlib.sha256(f"{algorithm}:{lengths}:".encode() + b"".join(parts)).digest()


def _verify(algorithm: int, key: bytes, signature: bytes, data: bytes) -> bool:
    if algorithm in _RSA_HASHES:
        return _verify_rsa(_RSA_HASHES[algorithm], key, signature, data)
    if algorithm in (ECDSAP256, ECDSAP384, ED25519, ED448):
        return _verify_curve(algorithm, key, signature, data)
    return False


def key_bits(algorithm: int, key: bytes) -> int:
    """The size of a public key in bits: its modulus for RSA, otherwise a coordinate or point."""
    if algorithm in (1, *_RSA_HASHES):
        return _rsa_numbers(key)[0].bit_length()
    return len(key) * (4 if algorithm in (ECDSAP256, ECDSAP384) else 8)


def key_flaw(algorithm: int, key: bytes) -> str:
    """Why a public key cannot be one of its algorithm; empty if it can, or if the algorithm is not known."""
    if algorithm in (1, *_RSA_HASHES):
        return _rsa_flaw(key)
    octets = _CURVE_OCTETS.get(algorithm)
    return f"it has {len(key)} octets, not {octets}" if octets and len(key) != octets else ""


def _rsa_flaw(key: bytes) -> str:
    """Why the octets are not an RSA key of 512 to 4096 bits (RFC 3110 section 2, RFC 5702 section 2)."""
    modulus, exponent = _rsa_numbers(key)
    if not modulus:
        return "it has no modulus"
    if exponent < 3 or not exponent % 2:
        return "its exponent is even or below 3"
    if modulus.bit_length() not in _MODULUS_BITS:
        return f"its modulus has {modulus.bit_length()} bits"
    return "" if modulus % 2 else "its modulus is even"


def _rsa_numbers(key: bytes) -> tuple[int, int]:
    """Modulus and exponent (RFC 3110 section 2)."""
    if not key:
        return 0, 0
    length, rest = (key[0], key[1:]) if key[:1] != b"\0" else (int.from_bytes(key[1:3]), key[3:])
    return int.from_bytes(rest[length:]), int.from_bytes(rest[:length])


def _verify_rsa(hash_name: str, key: bytes, signature: bytes, data: bytes) -> bool:
    """RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2), by building the expected block rather than parsing one."""
    modulus, exponent = _rsa_numbers(key)
    size = (modulus.bit_length() + 7) // 8
    if modulus.bit_length() not in _MODULUS_BITS or exponent.bit_length() > _EXPONENT_BITS or exponent < 3:
        return False
    number = int.from_bytes(signature)
    digest = hashlib.new(hash_name, data, usedforsecurity=False).digest()
    info = _DIGEST_INFO[hash_name] + digest
    padding = size - len(info) - 3
    if number >= modulus or len(signature) > size or padding < 8:
        return False
    return pow(number, exponent, modulus).to_bytes(size) == b"\0\1" + b"\xff" * padding + b"\0" + info


def _verify_curve(algorithm: int, key: bytes, signature: bytes, data: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ed448, ed25519
    except ImportError:
        from dnstrace.dnssec.curves import verify_curve

        return verify_curve(algorithm, key, signature, data)
    try:
        if algorithm == ED25519:
            ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
        elif algorithm == ED448:
            ed448.Ed448PublicKey.from_public_bytes(key).verify(signature, data)
        else:
            _check_ecdsa(algorithm, key, signature, data)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _check_ecdsa(algorithm: int, key: bytes, signature: bytes, data: bytes) -> None:
    """Raise InvalidSignature or ValueError unless `signature` is valid (RFC 6605 section 4)."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    curve: ec.EllipticCurve = ec.SECP256R1() if algorithm == ECDSAP256 else ec.SECP384R1()
    hashing: hashes.HashAlgorithm = hashes.SHA256() if algorithm == ECDSAP256 else hashes.SHA384()
    half = curve.key_size // 8
    if len(key) != 2 * half or len(signature) != 2 * half:
        raise ValueError("wrong length")
    public = ec.EllipticCurvePublicKey.from_encoded_point(curve, b"\4" + key)
    encoded = encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
    public.verify(encoded, data, ec.ECDSA(hashing))
