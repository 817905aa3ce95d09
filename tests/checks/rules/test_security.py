"""Rules on the keys of a zone and its DS records."""

from __future__ import annotations

import pytest

from dnstrace.checks import Blame, Level
from dnstrace.dnssec import Security, parse_anchors
from dnstrace.lab.breaking import BREAKS
from dnstrace.lab.plan import SigningPlan
from dnstrace.lab.world import load, read
from dnstrace.model.anchors import NO_ANCHORS
from dnstrace.model.structs import replace
from tests.checks.checking import checked, checked_by_name, made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("ds-without-dnskey", "dnssec-missing-key", "dnssec-ds-stale"),
    ("ds-stale", "dnssec-ds-stale", "dnssec-digests"),
    ("dnskey-without-ds", "dnssec-island", "dnssec-good"),
    ("key-small", "dnssec-key-small", "dnssec-algorithm-8"),
    ("dnskey-differs", "dnssec-keys-differ", "dnssec-expired-one"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("code", "world", "level"),
    [
        ("ds-stale", "dnssec-ds-stale", Level.NOTICE),
        ("ds-stale", "dnssec-ds-stale-algorithm", Level.WARNING),
        ("key-small", "dnssec-key-small", Level.NOTICE),
        ("key-small", "dnssec-key-tiny", Level.ERROR),
        ("dnskey-differs", "dnssec-unsigned-copy", Level.ERROR),
    ],
)
def test_the_level_is_what_it_matters_to_resolvers(code: str, world: str, level: Level) -> None:
    assert [finding.level for finding in found(code, world)] == [level]


@pytest.mark.parametrize(
    ("code", "world"),
    [
        ("ds-without-dnskey", "dnssec-missing-key"),
        ("ds-digest-wrong", "dnssec-wrong-digest"),
        ("dnskey-without-ds", "dnssec-island"),
        ("digest-weak", "dnssec-digest-weak"),
        ("algorithm-unsupported", "dnssec-unknown-digest"),
    ],
)
def test_the_records_to_publish_make_the_zone_secure(code: str, world: str) -> None:
    """With the DS record that the finding says as a trust anchor, the very same zone is secure."""
    finding = found(code, world)[0]
    assert finding.blame is Blame.REGISTRAR and len(finding.records) == 1
    anchors = parse_anchors(finding.records[0], "the finding")
    judgement = checked(load(world), anchors=anchors).judgement
    assert judgement is not None and judgement.security is Security.SECURE


def test_a_zone_that_is_no_longer_signed_has_no_records_to_publish() -> None:
    finding = found("ds-without-dnskey", "dnssec-unsigned-with-ds")[0]
    assert not finding.records and "remove the DS records" in finding.cure


@pytest.mark.parametrize("signs", [True, False])
def test_hosts_that_sign_by_themselves_need_the_keys_of_one_another(signs: bool) -> None:
    """No version of the zone is the same at both, as each has a primary of its own."""
    own = {"keys": "csk", "broken": ["rolled"], "ds": "none"}
    elsewhere = {**read("soa-several-primaries")["zones"]["example.com. elsewhere"]}
    zones = {
        "example.com.": {"sign": {"keys": "csk"}},
        "example.com. elsewhere": {**elsewhere, "sign": own} if signs else elsewhere,
    }
    world = made_of("soa-several-primaries", zones=zones, expect={"security": "secure"})
    (finding,) = [each for each in checked(world).findings or () if each.code == "dnskey-differs"]
    each = "provider that signs example.com" if signs else ""
    first = "" if signs else "sign example.com at each of its hosts, and "
    share = "publish the zone-signing keys of all of them in its DNSKEY records"
    assert finding.cure == f"{first}have {' '.join(['each', each]).strip()} {share}"


def test_a_zone_that_is_signed_and_has_lost_its_keys_is_for_its_operator_to_fix() -> None:
    """There are signatures by it: its DS records are not left over."""
    (finding,) = found("ds-without-dnskey", "dnssec-no-dnskey")
    assert finding.blame is Blame.HOST and "publish key" in finding.cure
    assert finding.remedy is not None and finding.remedy.where == finding.zone


@pytest.mark.parametrize(
    ("world", "message"),
    [
        (
            "dnssec-missing-key",
            "com has a DS record for key 33677, which example.com does not have: it has keys 18725 and 61983",
        ),
        (
            "dnssec-no-dnskey",
            "com has a DS record for key 33677, which example.com does not have, although its data is signed:"
            " it has no keys",
        ),
    ],
)
def test_a_ds_record_without_its_key_says_what_the_zone_has_instead(world: str, message: str) -> None:
    assert [finding.message for finding in found("ds-without-dnskey", world)] == [message]


@pytest.mark.parametrize(
    "world", ["dnssec-good", "dnssec-nsec3-nodata", "dnssec-compact-nodata", "dnssec-expired"]
)
def test_without_a_trust_anchor_nothing_is_said_of_what_only_a_chain_shows(world: str) -> None:
    assert checked(load(world), anchors=NO_ANCHORS).findings == ()


@pytest.mark.parametrize("ds", ["auto", "none"])
def test_of_two_servers_with_other_keys_that_which_the_parent_trusts_is_right(ds: str) -> None:
    """Without a DS record nothing shows whether the unsigned copy is old or new: no server is named."""
    text = read("_signed")["zones"]["example.com."]["text"]
    zones = {
        "example.com.": {"sign": {"algorithm": 13, "ds": ds}},
        "example.com. unsigned": {"servers": ["ns2.example.com."], "text": text},
    }
    made = checked(made_of("_signed", zones=zones)).findings or ()
    (finding,) = [each for each in made if each.code == "dnskey-differs"]
    assert (None if finding.server is None else str(finding.server)) == (
        "ns2.example.com." if ds == "auto" else None
    )


@pytest.mark.parametrize(
    ("primary", "provider"), [("ns2", "have each provider"), ("ns1", "; or, if several")]
)
def test_signers_with_keys_of_their_own_publish_those_of_the_others(primary: str, provider: str) -> None:
    """Whoever edits and signs a zone at two providers cannot load one version of it on all its servers."""
    text = read("_signed")["zones"]["example.com."]["text"]
    other = text.replace("SOA ns1 hostmaster 2026011501", f"SOA {primary} hostmaster 7")
    zones = {
        "example.com.": {"sign": {"algorithm": 13}, "servers": ["ns1.example.com."]},
        "example.com. other": {
            "servers": ["ns2.example.com."],
            "sign": {"algorithm": 13, "broken": ["rolled"]},
            "text": other,
        },
    }
    made = checked(made_of("_signed", zones=zones)).findings or ()
    (finding,) = [each for each in made if each.code == "dnskey-differs"]
    assert provider in finding.cure and "zone-signing keys of all of them" in finding.cure
    assert ("load the same version" in finding.cure) == (primary == "ns1")


def test_a_ds_record_with_another_algorithm_than_its_key_is_not_of_a_revoked_key() -> None:
    (found,) = checked_by_name("dnssec-ds-miscalled").findings or ()
    assert "RSASHA256, but that key of example.com has algorithm ECDSAP256SHA256" in found.message
    assert "revoked" not in found.message and found.rehearsed.endswith("secure")


@pytest.mark.parametrize(
    ("late", "level"), [({"algorithm": 13}, Level.ERROR), ({"broken": ["zone-key-rolled"]}, None)]
)
def test_a_key_that_signs_before_all_servers_have_it_breaks_the_zone(
    monkeypatch: pytest.MonkeyPatch, late: dict[str, object], level: Level | None
) -> None:
    """The servers have a key in common, and yet not the one that the others' data is signed with."""
    monkeypatch.setitem(BREAKS, "zone-key-rolled", _zone_key_rolled)
    text = read("_signed")["zones"]["example.com."]["text"]
    zones = {
        "example.com.": {"servers": ["ns1.example.com."], "sign": {"broken": ["zone-key-rolled"]}},
        "example.com. late": {
            "servers": ["ns2.example.com."],
            "sign": {**late, "ds": "none"},
            "text": text.replace("2026011501", "2026011500"),
        },
    }
    made = checked(made_of("_signed", zones=zones)).findings or ()
    levels = [each.level for each in made if each.code == "dnskey-differs"]
    assert levels == [level] * (level is not None)


def _zone_key_rolled(plan: SigningPlan, parameter: str) -> SigningPlan:
    """The zone-signing key was replaced, and the old one is still published (RFC 6781 section 4.1.1.1)."""
    entry, old = plan.keys
    return replace(plan, keys=(entry, replace(old, number=old.number + 1), old))


def test_several_ds_records_of_no_key_are_named_as_several() -> None:
    lines = "".join(f"example DS {tag} 13 2 {'0123456789abcdef' * 4}\n" for tag in (12345, 12346))
    added = read("dnssec-ds-stale")["zones"]["com."]["add"].splitlines(keepends=True)[0] + lines
    (finding,) = checked(made_of("_signed", zones={"com.": {"add": added}})).findings or ()
    assert finding.cure == (
        "remove these DS records of example.com, unless their keys are about to be introduced"
    )


def test_a_key_that_was_revoked_is_not_missing_and_its_zone_is_signed() -> None:
    """With the flag it has another tag than its DS record (RFC 5011 section 2.1)."""
    own = read("dnssec-ds-stale")["zones"]["com."]["add"].splitlines(keepends=True)[0]
    zones = {"com.": {"add": own}, "example.com.": {"sign": {"broken": ["revoked"]}}}
    (finding,) = checked(made_of("_signed", zones=zones)).findings or ()
    assert finding.code == "ds-without-dnskey" and finding.blame is Blame.HOST
    assert finding.message.endswith(
        "for key 33677, which example.com has revoked: it is there with the REVOKE flag"
    )
    assert finding.cure == (
        "publish key 33677 in example.com without the REVOKE flag again, and sign its keys with it, unless it"
        " is compromised; or sign example.com with a new key, and replace its DS records"
    )
