"""Held against the cryptography package: the same verdict on what is valid and on what is changed."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnstrace.dnssec.crypto import _verify_curve
from dnstrace.dnssec.curves import (
    _ED448,
    _ED25519,
    _P256,
    _P384,
    _Edwards,
    _root,
    _sum,
    _Weierstrass,
    verify_curve,
)
from tests.dnssec.zones import Key, signed_by

ALGORITHMS = (13, 14, 15, 16)
SIGNED = {algorithm: signed_by(Key(algorithm)) for algorithm in ALGORITHMS}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_valid_signature_is_valid_for_its_own_data_only(algorithm: int) -> None:
    dnskey, signature, data = SIGNED[algorithm]
    assert verify_curve(algorithm, dnskey.key, signature, data)
    assert not verify_curve(algorithm, dnskey.key, signature, data + b"\0")


@settings(max_examples=60)
@given(st.sampled_from(ALGORITHMS), st.integers(0, 2**16), st.integers(1, 255), st.booleans())
def test_changed_octets_are_judged_as_the_package_does(
    algorithm: int, place: int, change: int, in_key: bool
) -> None:
    dnskey, signature, data = SIGNED[algorithm]
    key = bytearray(dnskey.key)
    changed = bytearray(signature)
    target = key if in_key else changed
    target[place % len(target)] ^= change
    given_to_both = (algorithm, bytes(key), bytes(changed), data)
    assert verify_curve(*given_to_both) == _verify_curve(*given_to_both)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("octets", [b"", b"\0" * 64, b"\xff" * 64, b"\xff" * 114, b"\1" * 96])
def test_octets_of_anybody_are_no_signature(algorithm: int, octets: bytes) -> None:
    dnskey, signature, data = SIGNED[algorithm]
    assert not verify_curve(algorithm, dnskey.key, octets, data)
    assert not verify_curve(algorithm, octets, signature, data)


def test_an_algorithm_without_a_curve_verifies_nothing() -> None:
    assert not verify_curve(8, b"", b"", b"")


def of_low_order(curve: _Edwards) -> list[bytes]:
    """The points of order 1, 2, 4 and 8, as far as there are any, and whatever looks like their encodings."""
    some = (curve.decoded(y.to_bytes(curve.octets, "little")) for y in range(2, 40))
    torsion = [_sum(curve, curve.n, point, 0, point, (0, 1, 1)) for point in some if point is not None]
    found = {y * pow(z, -1, curve.p) % curve.p for _, y, z in torsion} | {0, 1, curve.p - 1}
    ys = sorted(found | {y + curve.p for y in found if y < 19})
    return [
        (y | odd << (8 * curve.octets - 1)).to_bytes(curve.octets, "little") for y in ys for odd in (0, 1)
    ]


@pytest.mark.parametrize(("algorithm", "curve"), [(15, _ED25519), (16, _ED448)])
def test_points_of_low_order_are_judged_as_the_package_does(algorithm: int, curve: _Edwards) -> None:
    """With such a key and a scalar of 0 anybody can make a signature: both have to agree on it."""
    verdicts, points = set(), of_low_order(curve)
    for key in points:
        for commitment in points:
            for data in (b"a", b"b"):
                given_to_both = algorithm, key, commitment + bytes(curve.octets), data
                verdicts.add(verdict := verify_curve(*given_to_both))
                assert verdict is _verify_curve(*given_to_both)
    assert verdicts == {True, False}


def forged(curve: _Weierstrass, data: bytes) -> tuple[bytes, bytes]:
    """A key that is a point off the curve, and a signature that the sums alone find valid.

    With r = s the key counts once. What the sum of it and a point is follows from its y as a quadratic.
    """
    digest, p = int.from_bytes(hashlib.new(curve.digest, data).digest()), curve.p
    r = next(r for r in range(2, 99) if digest * pow(r, -1, curve.n) % curve.n % 2 == 0)
    base = (*curve.base, 1)
    point = _sum(curve, digest * pow(r, -1, curve.n) % curve.n, base, 0, base, (0, 1, 0))
    for x in range(2, 99):
        sums = (curve.add(point, (x, y, 1)) for y in (0, 1, p - 1))
        at_0, at_1, at_minus_1 = ((one - r * z) % p for one, _, z in sums)
        half = pow(2, -1, p)
        a, b = ((at_1 + at_minus_1) * half - at_0) % p, (at_1 - at_minus_1) * half % p
        root = _root((b * b - 4 * a * at_0) % p, p)
        if root is not None and a:
            y, size = (root - b) * half * pow(a, -1, p) % p, p.bit_length() // 8
            return x.to_bytes(size) + y.to_bytes(size), r.to_bytes(size) * 2
    raise AssertionError


@pytest.mark.parametrize(("algorithm", "curve"), [(13, _P256), (14, _P384)])
def test_a_point_off_the_curve_is_no_key(
    algorithm: int, curve: _Weierstrass, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgery = algorithm, *forged(curve, b"data"), b"data"
    assert verify_curve(*forgery) is _verify_curve(*forgery) is False
    monkeypatch.setattr(_Weierstrass, "holds", lambda *_: True)
    assert verify_curve(*forgery)  # nothing else finds it
