"""Signatures over elliptic curves by plain arithmetic, where the cryptography package is not installed.

ECDSA over P-256 and P-384 (RFC 6605, FIPS 186-4), Ed25519 and Ed448 (RFC 8080, RFC 8032). Only for verifying:
all values are public, so that nothing can leak by the time that it takes, which is a few milliseconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from dnstrace.dnssec.algorithms import ECDSAP256, ECDSAP384, ED448, ED25519
from dnstrace.model.structs import Struct

_Digest = Callable[[bytes], bytes]

Point = tuple[int, int, int]
"""X, Y and Z; the affine point is (X/Z, Y/Z), and that at infinity has Z = 0."""


class _Weierstrass(Struct):
    """y^2 = x^3 - 3x + b over the integers modulo p; the base point has order n."""

    p: int
    b: int
    n: int
    base: tuple[int, int]
    digest: str

    def add(self, one: Point, other: Point) -> Point:
        """The sum, by formulas without exceptions (Renes, Costello and Batina 2016, algorithm 4)."""
        p, b = self.p, self.b
        (x1, y1, z1), (x2, y2, z2) = one, other
        xx, yy, zz = x1 * x2 % p, y1 * y2 % p, z1 * z2 % p
        xy = ((x1 + y1) * (x2 + y2) - xx - yy) % p
        yz = ((y1 + z1) * (y2 + z2) - yy - zz) % p
        xz = ((x1 + z1) * (x2 + z2) - xx - zz) % p
        half = 3 * (xz - b * zz) % p
        minus, plus = (yy - half) % p, (yy + half) % p
        slope = 3 * (b * xz - 3 * zz - xx) % p
        triple = 3 * (xx - zz) % p
        return (
            (xy * plus - yz * slope) % p,
            (plus * minus + triple * slope) % p,
            (yz * minus + xy * triple) % p,
        )

    def holds(self, x: int, y: int) -> bool:
        """Whether a point is on the curve."""
        return x < self.p and y < self.p and (y * y - x * x * x + 3 * x - self.b) % self.p == 0


class _Edwards(Struct):
    """a x^2 + y^2 = 1 + d x^2 y^2 over the integers modulo p; the base point has order n."""

    p: int
    a: int
    d: int
    n: int
    base_y: int
    octets: int
    cofactored: bool

    def add(self, one: Point, other: Point) -> Point:
        """The sum (Bernstein and Lange 2007, projective coordinates)."""
        p = self.p
        (x1, y1, z1), (x2, y2, z2) = one, other
        zz = z1 * z2 % p
        xx, yy = x1 * x2 % p, y1 * y2 % p
        square, cross = zz * zz % p, self.d * xx * yy % p
        minus, plus = (square - cross) % p, (square + cross) % p
        mixed = ((x1 + y1) * (x2 + y2) - xx - yy) % p
        return zz * minus * mixed % p, zz * plus * (yy - self.a * xx) % p, minus * plus % p

    def decoded(self, octets: bytes, lenient: bool = False) -> Point | None:
        """The point that some octets stand for (RFC 8032 sections 5.1.3 and 5.2.3); None if there is none.

        OpenSSL, and the cryptography package with it, is `lenient` about the encoding of Ed25519 keys, and
        takes no Ed448 point of order 1 or 2, of which nobody makes a key.
        """
        number = int.from_bytes(octets, "little")
        odd, y = number >> (8 * self.octets - 1), number & ((1 << (8 * self.octets - 1)) - 1)
        if len(octets) != self.octets or (y >= self.p and not lenient):
            return None
        y %= self.p
        square = (y * y - 1) * pow(self.d * y * y - self.a, -1, self.p) % self.p
        x = _root(square, self.p)
        if x is None or (x == 0 and (self.cofactored or (odd and not lenient))):
            return None
        return (x if x % 2 == odd else self.p - x), y, 1


_P256 = _Weierstrass(
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    n=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    base=(
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
    digest="sha256",
)
_P384 = _Weierstrass(
    p=2**384 - 2**128 - 2**96 + 2**32 - 1,
    b=0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    n=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    base=(
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    ),
    digest="sha384",
)
_ED25519 = _Edwards(
    p=2**255 - 19,
    a=-1,
    d=-121665 * pow(121666, -1, 2**255 - 19) % (2**255 - 19),
    n=2**252 + 27742317777372353535851937790883648493,
    base_y=4 * pow(5, -1, 2**255 - 19) % (2**255 - 19),
    octets=32,
    cofactored=False,
)
_ED448 = _Edwards(
    p=2**448 - 2**224 - 1,
    a=1,
    d=-39081 % (2**448 - 2**224 - 1),
    n=2**446 - 13818066809895115352007386748515426880336692474882178609894547503885,
    base_y=298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660,
    octets=57,
    cofactored=True,
)


def verify_curve(algorithm: int, key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` is a valid signature of `data` by `key`; False for whatever is malformed."""
    if algorithm in (ECDSAP256, ECDSAP384):
        return _ecdsa(_P256 if algorithm == ECDSAP256 else _P384, key, signature, data)
    if algorithm == ED25519:
        return _eddsa(_ED25519, key, signature, lambda text: hashlib.sha512(text).digest(), data)
    if algorithm == ED448:  # RFC 8032 section 5.2: the domain has no context
        domain = b"SigEd448\0\0"
        return _eddsa(_ED448, key, signature, lambda text: hashlib.shake_256(domain + text).digest(114), data)
    return False


def _ecdsa(curve: _Weierstrass, key: bytes, signature: bytes, data: bytes) -> bool:
    size = curve.p.bit_length() // 8
    if len(key) != 2 * size or len(signature) != 2 * size:
        return False
    x, y, r, s = (
        int.from_bytes(half) for half in (key[:size], key[size:], signature[:size], signature[size:])
    )
    if not (curve.holds(x, y) and 0 < r < curve.n and 0 < s < curve.n):
        return False
    digest = int.from_bytes(hashlib.new(curve.digest, data).digest())
    inverse = pow(s, -1, curve.n)
    first, second = digest * inverse % curve.n, r * inverse % curve.n
    found = _sum(curve, first, (*curve.base, 1), second, (x, y, 1), (0, 1, 0))
    return found[2] != 0 and (found[0] * pow(found[2], -1, curve.p) % curve.p) % curve.n == r


def _eddsa(curve: _Edwards, key: bytes, signature: bytes, digest: _Digest, data: bytes) -> bool:
    size = curve.octets
    if len(key) != size or len(signature) != 2 * size:
        return False
    public, commitment = curve.decoded(key, not curve.cofactored), curve.decoded(signature[:size])
    base = curve.decoded(curve.base_y.to_bytes(size, "little"))
    scalar = int.from_bytes(signature[size:], "little")
    if public is None or commitment is None or base is None or scalar >= curve.n:
        return False
    challenge = int.from_bytes(digest(signature[:size] + key + data), "little") % curve.n
    minus = (-public[0] % curve.p, public[1], 1)
    found = _sum(curve, scalar, base, challenge, minus, (0, 1, 1))
    x, y, z = curve.add(found, (-commitment[0] % curve.p, commitment[1], 1))
    if curve.cofactored:  # RFC 8032 section 5.2.7: the equation of which the other is sufficient
        x, y, z = _sum(curve, 4, (x, y, z), 0, base, (0, 1, 1))
    return x % curve.p == 0 and (y - z) % curve.p == 0


def _sum(
    curve: _Weierstrass | _Edwards, first: int, one: Point, second: int, other: Point, zero: Point
) -> Point:
    """`first` times `one` and `second` times `other`, by doubling once for both."""
    both = curve.add(one, other)
    found = zero
    for place in range(max(first.bit_length(), second.bit_length()) - 1, -1, -1):
        found = curve.add(found, found)
        bits = first >> place & 1, second >> place & 1
        if bits != (0, 0):
            found = curve.add(found, both if bits == (1, 1) else one if bits[0] else other)
    return found


def _root(square: int, p: int) -> int | None:
    """A square root modulo p, which is 5 modulo 8 or 3 modulo 4 here; None if there is none."""
    if p % 4 == 3:
        root = pow(square, (p + 1) // 4, p)
    else:
        root = pow(square, (p + 3) // 8, p)
        if (root * root - square) % p:
            root = root * pow(2, (p - 1) // 4, p) % p
    return root if (root * root - square) % p == 0 else None
