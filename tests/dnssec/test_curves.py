"""Held against the cryptography package: the same verdict on what is valid and on what is changed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnstrace.dnssec.crypto import _verify_curve
from dnstrace.dnssec.curves import verify_curve
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
