from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dns.dnssec
import dns.rrset
import pytest
from dns.rdtypes.ANY.DS import DS

from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.keys import KeySet, Trust, establish
from dnstrace.dnssec.records import Signed, signed
from dnstrace.model.judgement import LIMITS, EffortLimits
from tests.dnssec.zones import NOW, TTL, Key, T, Zone, name

KSK, ZSK, STRANGER = Key(), Key(number=1, flags=256), Key(number=2)


def zone(*keys: Key) -> Zone:
    return Zone(name("example."), "", list(keys or (KSK, ZSK)))


def dnskeys(made: Zone, *signers: Key) -> Signed:
    rrset = made.data[made.origin][T.DNSKEY]
    parts = [rrset, *(made.sign(rrset, key) for key in signers)] if signers else made.signed(rrset)
    rdatas = [rdata for part in parts[1:] for rdata in part]
    merged = [rrset, dns.rrset.from_rdata(rrset.name, TTL, *rdatas)]
    return signed(merged, (T.DNSKEY,))[0]


def ds(key: Key, digest: str = "SHA256") -> Any:
    return dns.dnssec.make_ds(name("example."), key.dnskey, digest, policy=dns.dnssec.allow_all_policy)


def outcome(data: Signed, *records: DS, keys: Sequence[Key] = (), limits: EffortLimits = LIMITS) -> KeySet:
    trust = Trust(dns.name.from_text("com."), tuple(records), tuple(key.dnskey for key in keys))
    return establish(data, trust, NOW, Effort(limits))


def test_keys_are_trusted_by_ds() -> None:
    found = outcome(dnskeys(zone()), ds(KSK))
    assert not found.reason
    assert set(found.keys) == {KSK.dnskey, ZSK.dnskey}
    assert {key.tag: key.trusted for key in found.evidence} == {KSK.tag: True, ZSK.tag: False}
    assert [(one.tag, one.matched) for one in found.ds] == [(KSK.tag, True)]
    assert [one.tag for one in found.signatures if one.valid] == [KSK.tag]


def test_keys_are_trusted_by_an_anchor_that_is_a_key() -> None:
    assert not outcome(dnskeys(zone()), keys=[KSK]).reason
    assert outcome(dnskeys(zone()), keys=[STRANGER]).reason


def test_anchor_that_is_revoked_is_not_trusted() -> None:
    """RFC 5011 section 2.1."""
    revoked = Key(flags=257 | 0x80)
    found = outcome(dnskeys(zone(revoked), revoked), keys=[revoked])
    assert found.reason and not any(key.trusted for key in found.evidence)


def test_one_of_several_ds_is_enough() -> None:
    assert not outcome(dnskeys(zone()), ds(STRANGER), ds(KSK)).reason
    assert not outcome(dnskeys(zone()), ds(KSK).replace(algorithm=253), ds(KSK)).reason


def test_ds_for_a_missing_key_says_who_has_what() -> None:
    reason = outcome(dnskeys(zone()), ds(STRANGER)).reason
    expected = f"com publishes a DS record for key {STRANGER.tag}, but example has only keys"
    assert "{} {}, {}".format(expected, *sorted((KSK.tag, ZSK.tag))) in reason
    assert "needs to" not in reason  # that is for the finding to say


def test_wrong_digest_is_named() -> None:
    wrong = ds(KSK).replace(digest=bytes(32))
    found = outcome(dnskeys(zone()), wrong)
    assert "the digest does not match key" in found.reason
    assert [one.matched for one in found.ds] == [False]


@pytest.mark.parametrize("digest", ["SHA1", "SHA256", "SHA384"])
def test_a_match_in_any_digest_is_enough(digest: str) -> None:
    assert not outcome(dnskeys(zone()), ds(KSK, digest)).reason
    assert not outcome(dnskeys(zone()), ds(KSK, digest), ds(STRANGER, digest)).reason


@pytest.mark.parametrize("stronger", ["SHA256", "SHA384"])
def test_a_match_by_sha1_is_ignored_beside_a_stronger_digest(stronger: str) -> None:
    wrong = ds(KSK, stronger)
    wrong = wrong.replace(digest=bytes(len(wrong.digest)))
    assert "the digest does not match key" in outcome(dnskeys(zone()), ds(KSK, "SHA1"), wrong).reason
    assert "has only key" in outcome(dnskeys(zone()), ds(KSK, "SHA1"), ds(STRANGER, stronger)).reason


def test_trusted_key_must_sign_the_keys() -> None:
    reason = outcome(dnskeys(zone(), ZSK), ds(KSK)).reason
    assert f"key {KSK.tag} of example is trusted but does not validly sign the DNSKEY RRset" in reason


def test_key_without_sep_flag_can_be_the_entry() -> None:
    assert not outcome(dnskeys(zone(), ZSK), ds(ZSK)).reason


@pytest.mark.parametrize(("flags", "says"), [(257 | 0x80, "is revoked"), (1, "is not a zone key")])
def test_key_that_may_not_sign(flags: int, says: str) -> None:
    key = Key(flags=flags)
    assert says in outcome(dnskeys(zone(key), key), ds(key)).reason


def test_revoked_key_among_others_is_not_used() -> None:
    """RFC 5011 section 2.1: it only signs its own revocation."""
    revoked = Key(number=2, flags=257 | 0x80)
    found = outcome(dnskeys(zone(KSK, revoked), KSK), ds(KSK))
    assert found.keys == (KSK.dnskey,)


def test_ds_looked_at_are_bounded() -> None:
    many = [ds(STRANGER).replace(digest=bytes([n] * 32)) for n in range(40)]
    assert outcome(dnskeys(zone()), *many, ds(KSK), limits=EffortLimits(digests=32)).reason
    assert not outcome(dnskeys(zone()), *many, ds(KSK), limits=EffortLimits(digests=41)).reason


def test_what_can_be_used_at_all() -> None:
    assert Trust(None, (ds(KSK),)).usable
    assert not Trust(None, (ds(KSK).replace(algorithm=253), ds(KSK).replace(digest_type=250))).usable
    assert Trust(None, (), (KSK.dnskey,)).usable
