"""The lab's keys: the same in every run, different in every zone and role, and good for signing."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import dns.dnssec
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from dnstrace.dnssec.crypto import key_bits, verify
from dnstrace.dnssec.records import RRSIG, Signed
from dnstrace.dnssec.signature import signed_octets
from dnstrace.lab.keys import ALGORITHMS, SEP, ZONE, Key, _private, dnskey, ds, key_tag, rrsig
from tests.replies import name

EXAMPLE = name("example.")
KEY = Key(EXAMPLE, 13, ZONE | SEP)
TAGS = ["45206", "43181", "52109", "44193", "64734"]
DATA = dns.rrset.from_text("www.example.", 300, "IN", "A", "192.0.2.1", "192.0.2.2")


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
@pytest.mark.parametrize("flags", [ZONE, ZONE | SEP])
def test_what_a_key_signs_the_judge_finds_right(algorithm: int, flags: int) -> None:
    key = Key(EXAMPLE, algorithm, flags)
    made, record = rrsig(DATA, key, EXAMPLE, 1_700_000_000, 1_800_000_000), dnskey(key)
    assert isinstance(made, RRSIG)
    octets = signed_octets(Signed(DATA, (made,)), made)
    assert verify(algorithm, record.key, made.signature, octets)
    assert (made.key_tag, made.signer, made.labels) == (key_tag(key), EXAMPLE, 2)
    assert (made.inception, made.expiration) == (1_700_000_000, 1_800_000_000)
    assert rrsig(DATA, key, EXAMPLE, 1_700_000_000, 1_800_000_000) == made


def test_the_keys_are_the_same_in_every_run() -> None:
    code = (
        "import dns.name; from dnstrace.lab.keys import Key, key_tag;"
        "print(*(key_tag(Key(dns.name.from_text('example.'), a, 257)) for a in (8, 13, 14, 15, 16)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    tags = [str(key_tag(replace(KEY, algorithm=algorithm))) for algorithm in (8, 13, 14, 15, 16)]
    assert ran.stdout.split() == tags == TAGS


@pytest.mark.parametrize("algorithm", [8, 13])
def test_each_zone_role_and_number_has_a_key_of_its_own(algorithm: int) -> None:
    key = replace(KEY, algorithm=algorithm)
    other = (replace(key, zone=name("com.")), replace(key, flags=ZONE), replace(key, number=1))
    assert len({dnskey(each).key for each in (key, *other)}) == 4


@pytest.mark.parametrize("role", [ZONE, ZONE | SEP])
def test_rsa_keys_have_2048_bits_and_two_primes(role: int) -> None:
    key = Key(EXAMPLE, 8, role)
    assert key_bits(8, dnskey(key).key) == 2048
    private = _private(key)
    assert isinstance(private, RSAPrivateKey)
    numbers = private.private_numbers()
    assert all(pow(base, prime - 1, prime) == 1 for prime in (numbers.p, numbers.q) for base in (2, 3, 5, 7))


def test_the_ds_record_is_that_of_the_key() -> None:
    assert ds(KEY) == dns.dnssec.make_ds(EXAMPLE, dnskey(KEY), "SHA256")


def test_a_revoked_key_is_the_same_key_with_another_tag() -> None:
    revoked = replace(KEY, flags=KEY.flags | 0x80)
    assert dnskey(revoked).key == dnskey(KEY).key and key_tag(revoked) == key_tag(KEY) + 0x80


def test_a_key_can_be_called_one_of_another_algorithm() -> None:
    key = replace(KEY, called=100)
    made = rrsig(DATA, key, EXAMPLE, 0, 1)
    assert isinstance(made, RRSIG)
    assert (dnskey(key).algorithm, made.algorithm, made.key_tag) == (100, 100, key_tag(key))
    assert dnskey(key).key == dnskey(KEY).key and key_tag(key) != key_tag(KEY)
