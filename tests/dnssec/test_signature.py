from __future__ import annotations

from itertools import permutations
from typing import Any, cast

import dns.dnssec
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.RRSIG import RRSIG
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.dnssec.algorithms import key_tag
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.records import Signed
from dnstrace.dnssec.signature import Checked, check, signed_octets
from dnstrace.model.judgement import LIMITS, EffortLimits
from tests.dnssec.zones import DAY, NOW, TTL, Key, RRset, Zone, name

ZONE = Zone(name("example."), "")
WWW = dns.rrset.from_text("www.example.", TTL, "IN", "A", "192.0.2.2", "192.0.2.1")


def verdict(
    rrset: RRset = WWW,
    *rrsigs: RRSIG,
    keys: list[DNSKEY] | None = None,
    zone: str = "example.",
    at: float = NOW,
    limits: EffortLimits = LIMITS,
) -> Checked:
    rrsigs = rrsigs or (ZONE.sign(rrset, ZONE.keys[0])[0],)
    keys = [key.dnskey for key in ZONE.keys] if keys is None else keys
    return check(Signed(rrset, tuple(rrsigs)), name(zone), keys, at, Effort(limits))


def rrsig(rrset: RRset = WWW, key: Key = ZONE.keys[0], **how: Any) -> Any:
    return ZONE.sign(rrset, key, **how)[0]


def test_good_signature_is_shown_as_evidence() -> None:
    checked = verdict()
    assert checked.valid and not checked.reason and checked.encloser is None
    (shown,) = checked.signatures
    assert (shown.valid, shown.tag, shown.covered) == (True, ZONE.keys[0].tag, 1)
    assert (shown.inception, shown.expiration) == (NOW - DAY, NOW + DAY)


@pytest.mark.parametrize("text", ["Example.", "www.EXAMPLE."])
@pytest.mark.parametrize("rdtype", ["MX", "SRV", "SOA", "NAPTR", "CNAME", "NSEC", "TXT"])
def test_octets_are_those_of_dnspython(text: str, rdtype: str) -> None:
    rdata = {
        "MX": ["10 Mail.Example.", "5 b.Example."],
        "SRV": ["1 2 3 Target.Example."],
        "SOA": ["A.Example. H.Example. 1 2 3 4 5"],
        "NAPTR": ['1 2 "s" "S" "" X.Example.'],
        "CNAME": ["WWW.Example."],
        "NSEC": ["B.Example. A MX"],
        "TXT": ['"b"', '"a" "c"'],
    }[rdtype]
    rrset = dns.rrset.from_text(text, 300, "IN", rdtype, *rdata)
    made = rrsig(rrset)
    assert signed_octets(Signed(rrset, ()), made) == dns.dnssec._make_rrsig_signature_data(rrset, made)


def test_ttl_that_ran_down_and_order_do_not_matter() -> None:
    shuffled = dns.rrset.from_text("WWW.example.", 7, "IN", "A", "192.0.2.1", "192.0.2.2")
    assert verdict(shuffled, rrsig()).valid


def test_altered_data_or_original_ttl_is_named() -> None:
    altered = dns.rrset.from_text("www.example.", TTL, "IN", "A", "192.0.2.3")
    assert "altered" in verdict(altered, rrsig()).reason
    assert "altered" in verdict(WWW, rrsig().replace(original_ttl=TTL + 1)).reason


@pytest.mark.parametrize(
    ("at", "valid"),
    [
        (NOW - DAY - 1, False),
        (NOW - DAY, True),
        (NOW + DAY, True),
        (NOW + DAY + 1, False),
    ],
)
def test_bounds_of_the_period_count_as_within(at: int, valid: bool) -> None:
    assert verdict(at=at).valid is valid


def test_clock_is_part_of_the_reason() -> None:
    assert "expired at 2025-06-16 15:06:40 UTC, 2 days before" in verdict(at=NOW + 3 * DAY).reason
    assert "not valid before 2025-06-14 15:06:40 UTC, 5 minutes after" in verdict(at=NOW - DAY - 300).reason


def test_a_signature_that_ends_before_it_begins_is_never_valid() -> None:
    reversed_dates = rrsig().replace(inception=NOW + DAY, expiration=NOW - DAY)
    reason = verdict(WWW, reversed_dates).reason
    assert "never valid: it expires at 2025-06-14 15:06:40 UTC, before it begins at 2025-06-16" in reason


def test_times_wrap_around() -> None:
    """Serial number arithmetic (RFC 4034 section 3.1.5): in 2106 the 32 bits begin again."""
    late = rrsig().replace(inception=2**32 - DAY, expiration=DAY)
    assert "altered" in verdict(WWW, late, at=2**32 + 10).reason  # in its period, though not signed so
    assert "expired" in verdict(WWW, late, at=2**32 + 2 * DAY).reason


def test_an_expiration_too_far_away_counts_as_expired_and_is_not_said_to_lie_in_the_past() -> None:
    endless = verdict(WWW, rrsig().replace(expiration=NOW + 69 * 366 * DAY))
    (shown,) = endless.signatures
    assert not endless.valid and shown.left < 0 and shown.ends.year == 2094
    assert "expires in 2094, more than 68 years from this check, and so counts as expired" in endless.reason


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.floats(0, 2**33))
def test_no_time_can_raise(inception: int, expiration: int, at: float) -> None:
    verdict(WWW, rrsig().replace(inception=inception, expiration=expiration), at=at)


def test_signer_must_be_the_zone() -> None:
    wrong = verdict(WWW, rrsig(), zone="www.example.")
    assert not wrong.valid and "signed by example, not by www.example" in wrong.reason


def test_owner_must_be_in_the_zone() -> None:
    foreign = dns.rrset.from_text("www.org.", TTL, "IN", "A", "192.0.2.1")
    assert "signed by example, but lies outside" in verdict(foreign, rrsig(foreign)).reason


def test_labels_must_fit_the_owner() -> None:
    assert "4 labels" in verdict(WWW, rrsig().replace(labels=4)).reason
    assert "wildcard above" in verdict(WWW, rrsig().replace(labels=0)).reason


def test_wildcard_is_seen() -> None:
    wild = dns.rrset.from_text("*.example.", TTL, "IN", "A", "192.0.2.1")
    expanded = dns.rrset.from_text("a.b.example.", TTL, "IN", "A", "192.0.2.1")
    assert verdict(expanded, rrsig(wild)).encloser == name("example.")
    assert verdict(wild, rrsig(wild)).encloser is None


def test_key_must_be_there_and_fit() -> None:
    other = Key(number=1)
    assert f"key {other.tag}, which example does not have" in verdict(WWW, rrsig(key=other)).reason
    for owner, lacking in (
        ("example.", "neither a DS record nor"),
        ("odd.example.", "example does not have"),
    ):
        keys = dns.rrset.from_rdata(owner, TTL, other.dnskey)  # at the apex they are the keys of the zone
        assert f"key {other.tag}, which {lacking}" in verdict(keys, rrsig(keys, other)).reason
    flags = {0: "not a zone key", 257 | 0x80: "revoked"}
    for flag, says in flags.items():
        key = Key(flags=flag)
        assert says in verdict(WWW, rrsig(key=key), keys=[key.dnskey]).reason


def test_sep_flag_is_not_required() -> None:
    key = Key(flags=256)
    assert verdict(WWW, rrsig(key=key), keys=[key.dnskey]).valid


def test_unsupported_algorithm_is_named() -> None:
    assert "PRIVATEDNS, which is not supported" in verdict(WWW, rrsig().replace(algorithm=253)).reason


def test_unsigned_is_reported() -> None:
    assert "no signature" in check(Signed(WWW, ()), name("example."), [], NOW, Effort(EffortLimits())).reason


def test_one_good_signature_is_enough() -> None:
    bad = rrsig().replace(key_tag=1)
    checked = verdict(WWW, bad, rrsig())
    assert checked.valid
    assert [one.valid for one in checked.signatures] == [False, True]


def test_colliding_tags_are_all_tried() -> None:
    key = Key()
    twin = key.dnskey.replace(key=key.dnskey.key[:-2] + key.dnskey.key[-1:] + key.dnskey.key[-2:-1])
    twins = [twin.replace(key=_same_tag(key.dnskey.key)), key.dnskey]
    assert verdict(WWW, rrsig(), keys=twins).valid


def test_order_of_keys_that_collide_does_not_matter() -> None:
    """Only so many are tried, and servers send the records of an RRset in any order."""
    key, other = Key(), Key().dnskey
    first, last = (other.replace(key=bytes([octet]) * 62 + bytes(2)) for octet in (0, 255))
    twins = [one.replace(key=_with_tag(one.key, key.dnskey)) for one in (first, last)]
    limits = EffortLimits(signatures=2)
    for keys in permutations([*twins, key.dnskey]):
        assert verdict(WWW, rrsig(WWW, key), keys=list(keys), limits=limits).valid


def _with_tag(octets: bytes, wanted: DNSKEY) -> bytes:
    """Octets with which a key has the tag of another: the last two make up the difference."""

    def tag(octets: bytes) -> int:
        return key_tag(cast(DNSKEY, wanted.replace(key=octets)))

    lacking = tag(wanted.key) - tag(octets)
    tries = (octets[:-2] + ((lacking - carry) % 65536).to_bytes(2) for carry in (0, 1))
    return next(one for one in tries if tag(one) == tag(wanted.key))


def _same_tag(key: bytes) -> bytes:
    """Another key with the same tag: two octets of the same parity changed places."""
    swap = next(i for i in range(0, len(key) - 2, 2) if key[i] != key[i + 2])
    octets = bytearray(key)
    octets[swap], octets[swap + 2] = octets[swap + 2], octets[swap]
    return bytes(octets)


def test_keytrap_is_bounded_and_named() -> None:
    """CVE-2023-50387: many keys of one tag times many signatures."""
    key = Key().dnskey
    twins = [key.replace(key=_same_tag(key.key)) for _ in range(50)]
    bad = [rrsig(WWW).replace(signature=bytes([n]) * 64) for n in range(50)]
    effort = Effort(EffortLimits(signatures=5))
    checked = check(Signed(WWW, tuple(bad)), name("example."), twins, NOW, effort)
    assert "the limit on signature verifications" in checked.reason
    assert effort.spent_verifications == 5


def test_generic_rdata_of_a_signature_is_no_signature() -> None:
    generic = dns.rdata.GenericRdata(dns.rdataclass.IN, dns.rdatatype.RRSIG, b"\0")
    assert not isinstance(generic, dns.rdtypes.ANY.RRSIG.RRSIG)
    checked = check(Signed(WWW, ()), name("example."), [Key().dnskey], NOW, Effort(EffortLimits()))
    assert not checked.valid
