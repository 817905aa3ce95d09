"""Rules on the keys of a zone and its DS records."""

from __future__ import annotations

import pytest

from dnstrace.checks import Blame, Level
from dnstrace.cli.line.supposing import undelegated
from dnstrace.dnssec import Security, parse_anchors
from dnstrace.lab.world import load
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

SOA_NS = "@ 900 SOA ns1.new.net. hostmaster 1 7200 900 1209600 300\n@ NS ns1.new.net.\n"
RULES = [
    ("ds-without-dnskey", "dnssec-missing-key", "dnssec-ds-stale"),
    ("ds-stale", "dnssec-ds-stale", "dnssec-digests"),
    ("dnskey-without-ds", "dnssec-island", "dnssec-good"),
    ("algorithm-weak", "dnssec-sha1", "dnssec-algorithm-8"),
    ("digest-weak", "dnssec-digest-weak", "dnssec-digests"),
    ("algorithm-unsupported", "dnssec-unknown-algorithm", "dnssec-algorithm-16"),
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


@pytest.mark.parametrize(
    ("world", "message"),
    [
        (
            "dnssec-missing-key",
            "com has a DS record for key 33677, which example.com does not have: it has keys 18725 and 61983",
        ),
        (
            "dnssec-no-dnskey",
            "com has a DS record for key 33677, which example.com does not have: it has no keys",
        ),
    ],
)
def test_a_ds_record_without_its_key_says_what_the_zone_has_instead(world: str, message: str) -> None:
    assert [finding.message for finding in found("ds-without-dnskey", world)] == [message]


@pytest.mark.parametrize(("sign", "fix"), [(None, "remove the DS records"), (15, "add these DS records")])
def test_before_a_zone_moves_its_ds_records_change_first(sign: int | None, fix: str) -> None:
    """The new servers, which are only supposed, do not sign or have keys of their own."""
    new = {"servers": ["ns1.new.net."], "text": SOA_NS + "www 300 A 192.0.2.45\n"}
    world = made_of(
        "_signed",
        servers={"ns1.new.net.": {"addresses": ["203.0.113.99"]}},
        zones={
            "example.com. new": new if sign is None else {**new, "sign": {"algorithm": sign}},
            "net.": {"add": "new NS ns1.new\nns1.new A 203.0.113.99\n"},
            "new.net.": {"text": SOA_NS + "ns1 A 203.0.113.99\n", "servers": ["ns1.new.net."]},
        },
    )
    trace = checked(world, supposed=(undelegated("example.com=ns1.new.net"),))
    (finding,) = [each for each in trace.findings or () if each.code == "ds-without-dnskey"]
    assert finding.cure.startswith(f"before the name servers change, {fix}")
    assert finding.rehearsed.startswith("with this, the only path gives 192.0.2.45")
