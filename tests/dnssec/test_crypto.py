from __future__ import annotations

import sys
import tracemalloc
from typing import Any

import dns.dnssec
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.dnssec import crypto
from dnstrace.dnssec.crypto import MissingCryptography, key_bits, key_flaw, verify
from tests.dnssec.zones import Key, signed_by

ALGORITHMS = [5, 7, 8, 10, 13, 14, 15, 16]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_signature_of_each_algorithm_is_right(algorithm: int) -> None:
    dnskey, signature, data = signed_by(Key(algorithm))
    assert verify(algorithm, dnskey.key, signature, data)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_altered_data_signature_or_key_is_not_right(algorithm: int) -> None:
    dnskey, signature, data = signed_by(Key(algorithm))
    other = Key(algorithm, number=1).dnskey
    flipped = signature[:-1] + bytes([signature[-1] ^ 1])
    assert not verify(algorithm, dnskey.key, signature, data + b"x")
    assert not verify(algorithm, dnskey.key, flipped, data)
    assert not verify(algorithm, other.key, signature, data)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@given(st.binary(max_size=150), st.binary(max_size=150))
def test_no_octets_can_raise(algorithm: int, key: bytes, signature: bytes) -> None:
    assert not verify(algorithm, key, signature, b"data")
    assert key_bits(algorithm, key) >= 0


def test_the_length_of_an_rsa_exponent_may_take_three_octets() -> None:
    """RFC 3110 section 2; `0` and two octets stand for the one that is usual."""
    dnskey, signature, data = signed_by(Key(8))
    long = b"\0" + dnskey.key[:1].rjust(2, b"\0") + dnskey.key[1:]
    assert verify(8, long, signature, data)
    assert key_bits(8, long) == key_bits(8, dnskey.key)


@pytest.mark.parametrize("algorithm", [0, 1, 3, 12, 253])
def test_unsupported_algorithm_is_never_right(algorithm: int) -> None:
    assert not verify(algorithm, b"key", b"signature", b"data")


def test_rsa_padding_must_be_exact() -> None:
    """A block with rubbish after a shorter padding is what forgers of small exponents hope for."""
    private = rsa.generate_private_key(65537, 1024)
    numbers = private.private_numbers()
    modulus = numbers.public_numbers.n
    _, _, data = signed_by(Key(8))
    import hashlib

    info = crypto._DIGEST_INFO["sha256"] + hashlib.sha256(data).digest()
    block = b"\0\1" + b"\xff" * 8 + b"\0" + info
    block += b"x" * (128 - len(block))
    forged = pow(int.from_bytes(block), numbers.d, modulus).to_bytes(128)
    dnskey = dns.dnssec.make_dnskey(private.public_key(), 8)
    assert not verify(8, dnskey.key, forged, data)


def test_rsa_key_of_512_bits_counts() -> None:
    numbers = _small_rsa()
    key = b"\3\1\0\1" + numbers["n"].to_bytes(64)
    import hashlib

    info = crypto._DIGEST_INFO["sha1"] + hashlib.sha1(b"data").digest()
    block = b"\0\1" + b"\xff" * (64 - len(info) - 3) + b"\0" + info
    signature = pow(int.from_bytes(block), numbers["d"], numbers["n"]).to_bytes(64)
    assert key_bits(5, key) == 512
    assert verify(5, key, signature, b"data")
    assert not verify(10, key, signature, b"data")


def _small_rsa() -> Any:
    p = 0xF7E75FDC469067FFDC4E847C51F452DF_E85ED54E1C1F7D5D9B1D5E0D5E3F0C6D
    q = 0xF0000000000000000000000000000000_00000000000000000000000000000001
    p, q = _next_prime(p), _next_prime(q)
    return {"n": p * q, "d": pow(65537, -1, (p - 1) * (q - 1))}


def _next_prime(number: int) -> int:
    number |= 1
    while any(pow(base, number - 1, number) != 1 for base in (2, 3, 5, 7, 11)):
        number += 2
    return number


def test_exponent_that_only_costs_time_is_refused() -> None:
    exponent = (1 << 65) + 1
    key = bytes([9]) + exponent.to_bytes(9) + (_small_rsa()["n"]).to_bytes(64)
    assert not verify(5, key, b"\1" * 64, b"data")


def test_missing_package_is_named_and_can_be_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    dnskey, signature, data = signed_by(Key(15))
    crypto.verified.clear()
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    assert verify(15, dnskey.key, signature, data)
    assert not verify(15, dnskey.key, signature, data + b"x")
    monkeypatch.setattr(crypto, "find_spec", lambda _: None)
    with pytest.raises(MissingCryptography, match="cryptography"):
        crypto.require_cryptography()


@pytest.mark.parametrize(("algorithm", "bits"), [(13, 256), (14, 384), (15, 256), (16, 456)])
def test_size_of_a_key_on_a_curve(algorithm: int, bits: int) -> None:
    assert key_bits(algorithm, Key(algorithm).dnskey.key) == bits


def test_what_is_remembered_of_large_rrsets_is_small() -> None:
    """A reply has up to 65,535 octets; of each verification a digest of them is kept, and not too many."""
    crypto.verified.clear()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(2 * crypto.MOST):
            verify(250, b"key", b"signature", number.to_bytes(4) + bytes(4096))
        octets = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert octets < 500 * crypto.MOST


def test_a_result_is_known_the_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes] = []

    def counted(algorithm: int, key: bytes, signature: bytes, data: bytes) -> bool:
        made.append(data)
        return data == b"good"

    monkeypatch.setattr(crypto, "_verify", counted)
    crypto.verified.clear()
    asked = (b"good", b"bad", b"good", b"bad")
    assert [verify(13, b"k", b"s", data) for data in asked] == [True, False, True, False]
    assert not verify(13, b"ks", b"", b"bad")  # the parts do not run into each other
    assert made == [b"good", b"bad", b"bad"]
    crypto.verified.clear()


@pytest.mark.parametrize(
    ("algorithm", "key", "flaw"),
    [
        (8, b"", "it has no modulus"),
        (8, b"\x05\x01", "it has no modulus"),
        (8, b"\x01\x01" + b"\xff" * 128, "its exponent is even or below 3"),
        (8, b"\x03\x01\x00\x01" + b"\xff" * 32, "its modulus has 256 bits"),
        (8, b"\x03\x01\x00\x01" + b"\xff" * 127 + b"\xfe", "its modulus is even"),
        (8, b"\x03\x01\x00\x01" + b"\xff" * 128, ""),
        (13, bytes(63), "it has 63 octets, not 64"),
        (14, bytes(96), ""),
        (15, bytes(33), "it has 33 octets, not 32"),
        (16, bytes(57), ""),
        (253, b"", ""),
    ],
)
def test_a_key_that_cannot_be_one_says_why(algorithm: int, key: bytes, flaw: str) -> None:
    assert key_flaw(algorithm, key) == flaw


@given(st.sampled_from([1, 5, 7, 8, 10, 13, 14, 15, 16, 17, 253]), st.binary(max_size=700))
def test_any_octets_are_a_key_or_not(algorithm: int, key: bytes) -> None:
    assert isinstance(key_flaw(algorithm, key), str)
