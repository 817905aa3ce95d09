from __future__ import annotations

from typing import cast

import dns.dnssec
import dns.rdata
import pytest
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.dnssec import algorithms
from dnstrace.dnssec.algorithms import algorithm_name, by_tag, ds_usable, heeded, key_tag, matches
from dnstrace.dnssec.records import OddDS
from dnstrace.model import Name
from tests.dnssec.zones import Key, name
from tests.many_keys import colliding


def ds(text: str) -> DS:
    return cast(DS, dns.rdata.from_text("IN", "DS", text))


def dnskey(key: bytes, algorithm: int, flags: int = 257) -> DNSKEY:
    return dns.rdtypes.ANY.DNSKEY.DNSKEY(1, 48, flags, 3, algorithm, key)


@given(st.binary(min_size=1, max_size=300), st.sampled_from([5, 8, 13, 253]))
def test_key_tag_is_that_of_dnspython(key: bytes, algorithm: int) -> None:
    assert key_tag(dnskey(key, algorithm)) == dns.dnssec.key_id(dnskey(key, algorithm))


def test_keys_of_one_tag_stand_together() -> None:
    key = b"abcdef"
    twin, other = dnskey(b"cdabef", 13), dnskey(b"xyz", 13)
    found = by_tag([dnskey(key, 13), twin, other])
    assert found[key_tag(twin)] == [dnskey(key, 13), twin]
    assert found[key_tag(other)] == [other]


def test_key_tag_of_rsamd5_is_made_another_way() -> None:
    assert key_tag(dnskey(b"abcdefgh", 1)) == int.from_bytes(b"fg")


@pytest.mark.parametrize("digest", ["SHA1", "SHA256", "SHA384"])
def test_ds_matches_its_key_and_no_other(digest: str) -> None:
    zone, key = name("Example.COM."), Key().dnskey
    record = dns.dnssec.make_ds(zone, key, digest, policy=dns.dnssec.allow_all_policy)
    assert matches([record], zone, [Key(number=1).dnskey, key]) == {record: [key]}
    assert matches([record], name("example.org."), [key]) == {record: []}
    assert matches([record], zone, [Key(number=1).dnskey, Key(flags=256).dnskey]) == {record: []}


def test_each_digest_is_computed_once_however_many_keys_and_records_have_the_tag(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys, made = colliding(20), list[DNSKEY]()
    records = [dns.dnssec.make_ds("example.", key, "SHA256") for key in keys]

    def counted(kind: int, owner: Name, key: DNSKEY) -> bytes | None:
        made.append(key)
        return digest(kind, owner, key)

    digest = algorithms._digest
    monkeypatch.setattr(algorithms, "_digest", counted)
    found = matches(records, name("example."), keys)
    assert [found[record] for record in records] == [[key] for key in keys]
    assert len(made) == len(keys)


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        ("1 13 2 " + "00" * 32, True),
        ("1 5 1 " + "00" * 20, True),
        ("1 1 2 " + "00" * 32, False),
        ("1 12 2 " + "00" * 32, False),
        ("1 13 3 " + "00" * 32, False),
        ("1 13 250 " + "00" * 32, False),
    ],
)
def test_what_can_be_used(text: str, usable: bool) -> None:
    assert ds_usable(ds(text)) is usable


def test_names_of_algorithms() -> None:
    assert algorithm_name(13) == "ECDSAP256SHA256"
    assert algorithm_name(208) == "algorithm 208"


@given(st.lists(st.sampled_from([1, 2, 4, 250]), max_size=5))
def test_sha1_is_heeded_only_without_a_stronger_digest(kinds: list[int]) -> None:
    sizes = {1: 20, 2: 32, 4: 48}
    records = [ds(f"1 13 {kind} {bytes(sizes.get(kind, 9)).hex()}") for kind in kinds]
    strong = [kind for kind in kinds if kind in (2, 4)]
    assert [int(each.digest_type) for each in heeded(records)] == (strong or [k for k in kinds if k == 1])


def test_sha1_is_heeded_beside_a_digest_that_is_cut_short() -> None:
    records = [ds(f"1 13 1 {bytes(20).hex()}"), OddDS(bytes.fromhex("00010d020000"))]
    assert heeded(records) == records
