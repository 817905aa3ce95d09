"""Rules on DNSSEC: each fires in one world, and not in another that looks much like it."""

from __future__ import annotations

from dataclasses import replace

import dns.name
import pytest

from dnstrace.checks import Blame, Level
from dnstrace.checks.delegated_keys import in_words
from dnstrace.checks.evidence import Evidence
from dnstrace.checks.signing import signing_of
from dnstrace.dnssec import Security, parse_anchors
from dnstrace.lab.world import load
from dnstrace.lab.world import read as load_text
from tests.checks.checking import checked, made_of, told
from tests.checks.documented import assert_documented, found

RULES = [
    ("ds-without-dnskey", "dnssec-missing-key", "dnssec-ds-stale"),
    ("ds-stale", "dnssec-ds-stale", "dnssec-digests"),
    ("dnskey-without-ds", "dnssec-island", "dnssec-good"),
    ("algorithm-weak", "dnssec-sha1", "dnssec-algorithm-8"),
    ("digest-weak", "dnssec-digest-weak", "dnssec-digests"),
    ("algorithm-unsupported", "dnssec-unknown-algorithm", "dnssec-algorithm-16"),
    ("key-small", "dnssec-key-small", "dnssec-algorithm-8"),
    ("dnskey-differs", "dnssec-keys-differ", "dnssec-expired-one"),
    ("signature-missing", "dnssec-strips-one", "dnssec-dname"),
    ("signature-bad", "dnssec-altered-data", "dnssec-altered-ttl"),
    ("signature-expired", "dnssec-expired", "dnssec-expiring"),
    ("signature-not-yet-valid", "dnssec-not-yet-valid", "dnssec-good"),
    ("signature-expiring", "dnssec-expiring", "dnssec-short-lived"),
    ("denial-broken", "dnssec-no-denial", "dnssec-opt-out-nxdomain"),
    ("nsec3-iterations", "dnssec-iterations", "dnssec-nsec3-nxdomain"),
    ("cds-differs", "dnssec-cds-differs", "dnssec-cds"),
    ("cds-inconsistent", "dnssec-cds-one", "dnssec-cds"),
    ("chain-broken", "dnssec-keys-silent", "dnssec-expired"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_is_documented_and_fires_where_it_should_and_only_there(
    code: str, sick: str, well: str
) -> None:
    assert_documented(code)
    assert found(code, sick) and not found(code, well)


@pytest.mark.parametrize(
    ("code", "world", "level"),
    [
        ("ds-stale", "dnssec-ds-stale", Level.NOTICE),
        ("ds-stale", "dnssec-ds-stale-algorithm", Level.WARNING),
        ("key-small", "dnssec-key-small", Level.NOTICE),
        ("key-small", "dnssec-key-tiny", Level.ERROR),
        ("nsec3-iterations", "dnssec-alias", Level.NOTICE),
        ("nsec3-iterations", "dnssec-iterations", Level.ERROR),
        ("dnskey-differs", "dnssec-unsigned-copy", Level.ERROR),
        ("denial-broken", "dnssec-parent-no-denial", Level.ERROR),
    ],
)
def test_the_level_is_what_it_matters_to_resolvers(code: str, world: str, level: Level) -> None:
    assert [finding.level for finding in found(code, world)] == [level]


@pytest.mark.parametrize(
    ("code", "world"),
    [
        ("ds-without-dnskey", "dnssec-missing-key"),
        ("ds-without-dnskey", "dnssec-wrong-digest"),
        ("dnskey-without-ds", "dnssec-island"),
        ("digest-weak", "dnssec-digest-weak"),
        ("algorithm-unsupported", "dnssec-unknown-digest"),
    ],
)
def test_the_records_to_publish_mend_the_zone(code: str, world: str) -> None:
    """With the DS record that the finding says as a trust anchor, the very same zone is secure."""
    finding = found(code, world)[0]
    assert finding.blame is Blame.REGISTRAR and len(finding.records) == 1
    anchors = parse_anchors(finding.records[0], "the finding")
    judgement = checked(load(world), anchors=anchors).judgement
    assert judgement is not None and judgement.security is Security.SECURE


def test_a_zone_that_is_no_longer_signed_has_no_records_to_publish() -> None:
    finding = found("ds-without-dnskey", "dnssec-unsigned-with-ds")[0]
    assert not finding.records and "remove the DS records" in finding.cure


def test_a_request_to_remove_the_ds_record_is_told_as_one() -> None:
    finding = found("cds-differs", "dnssec-cds-delete")[0]
    assert "asks for no DS record" in finding.message and not finding.records


def test_the_time_that_counts_is_the_one_asked_about() -> None:
    """A month on, the good zone's signatures have expired; ten days on, they are still good."""
    world = load("dnssec-good")
    now = world.now.timestamp()
    assert "signature-expired example.com." in told(checked(world, at=now + 30 * 86400).findings or ())
    assert not checked(world, at=now + 10 * 86400).findings


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(86400, "24 hours"), (7200, "2 hours"), (7199, "119 minutes"), (60, "1 minute"), (59, "0 minutes")],
)
def test_how_long_a_signature_lives_on_is_told(seconds: int, told: str) -> None:
    world = load("dnssec-expiring")
    findings = checked(world, at=world.now.timestamp() + 86400 - seconds).findings or ()
    (finding,) = [each for each in findings if each.code == "signature-expiring"]
    assert f"www.example.com. A has a signature that expires in {told} (and " in finding.message


def test_no_records_are_none() -> None:
    assert (in_words([(2, 13, 2, b""), (1, 8, 4, b"")]), in_words([])) == ("1 8 4, 2 13 2", "none")


def test_without_a_verdict_nothing_is_said_of_signatures() -> None:
    trace = replace(checked(load("dnssec-expired")), judgement=None)
    assert not [cut for cut in Evidence(trace).cuts if signing_of(cut).judged]


def test_each_rrset_is_verified_once_however_many_servers_give_it() -> None:
    """The effort of a zone above all has a bound; so many servers must not use it up."""
    cut = Evidence(checked(load("dnssec-good"))).cut(dns.name.root)
    assert cut is not None and len(signing_of(cut).judged) > 26
    assert signing_of(cut).effort.spent_verifications < 5


def test_a_zone_that_has_cdnskey_records_alone_asks_by_these() -> None:
    add = load_text("dnssec-cds-differs")["zones"]["example.com."]["add"]
    keys = "".join(line for line in add.splitlines(keepends=True) if "CDNSKEY" in line)
    world = made_of("_signed", zones={"example.com.": {"add": keys}})
    (finding,) = [each for each in checked(world).findings or () if each.code == "cds-differs"]
    assert "example.com. asks for DS 61983 13 2, and com. has DS 33677 13 2" in finding.message
    digest = "3D4080D6E692C5CE9805D14DCE49D8E1B235EBBCFB595A4DAC7D74D0A316AC47"
    assert finding.records == (f"example.com. 172800 IN DS 61983 13 2 {digest}",)


@pytest.mark.parametrize(
    ("valid", "found"),
    [([-10, 2], 0), ([-10, 1.99], 1), ([-8.01, 1.99], 1), ([-8, 1.99], 0), ([-8, 0.9], 0), ([-8, 0.8], 1)],
)
def test_a_signature_that_should_have_been_renewed(valid: list[float], found: int) -> None:
    """Less than two days are left of ten and more, or less than a tenth."""
    world = made_of("_signed", zones={"example.com.": {"sign": {"valid": valid}}})
    assert [each.code for each in checked(world).findings or ()] == ["signature-expiring"] * found
