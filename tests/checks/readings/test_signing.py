"""How a zone is signed, read once from what was recorded."""

from __future__ import annotations

from dataclasses import replace

import dns.name
import dns.rrset
import pytest

from dnstrace import Settings, trace
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.signing import Trouble, signing_of
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Delegation
from tests.checks.checking import checked
from tests.checks.documented import checked_world


def cut_of(world: str) -> Cut:
    cut = Evidence(checked_world(world)).cut(dns.name.from_text("example.com."))
    assert cut is not None
    return cut


def test_without_a_verdict_nothing_is_said_of_signatures() -> None:
    trace = replace(checked(load("dnssec-expired")), judgement=None)
    assert not [cut for cut in Evidence(trace).cuts if signing_of(cut).judged]


def test_each_rrset_is_verified_once_however_many_servers_give_it() -> None:
    """The effort of a zone above all has a bound; so many servers must not use it up."""
    cut = Evidence(checked(load("dnssec-good"))).cut(dns.name.root)
    assert cut is not None and len(signing_of(cut).judged) > 26
    assert signing_of(cut).effort.spent_verifications < 5


def test_a_cut_is_read_once() -> None:
    cut = cut_of("dnssec-good")
    assert signing_of(cut) is signing_of(cut)


@pytest.mark.parametrize(
    ("world", "trouble"),
    [
        ("dnssec-unsigned-data", Trouble.MISSING),
        ("dnssec-altered-data", Trouble.BAD),
        ("dnssec-expired", Trouble.EXPIRED),
        ("dnssec-not-yet-valid", Trouble.EARLY),
    ],
)
def test_what_is_wrong_with_signatures(world: str, trouble: Trouble) -> None:
    signing = signing_of(cut_of(world))
    assert {judged.trouble for judged in signing.judged} - {None} == {trouble}
    assert signing.troubled(trouble)[0].what.startswith("www.example.com ")


def test_a_zone_is_anchored_through_its_ds_records_only() -> None:
    assert signing_of(cut_of("dnssec-good")).anchored
    assert not signing_of(cut_of("dnssec-island")).anchored
    assert signing_of(cut_of("dnssec-island")).below_anchor


def test_the_keys_that_sign_are_those_that_ds_records_can_name() -> None:
    signing = signing_of(cut_of("dnssec-good"))
    assert set(signing.entries) <= set(signing.signing_keys) <= set(signing.keys)
    assert signing.entries and len(signing.key_groups) == 1


@pytest.mark.parametrize(("tag", "codes"), [(33677, []), (1234, ["ds-without-dnskey"])])
def test_an_assumed_ds_record_has_no_signature_to_miss(tag: int, codes: list[str]) -> None:
    world = load("dnssec-good")
    record = f"{tag} 13 2 5f5e1f96af091f7d9c910ba5b789f2c1eaa1918e25e1374f7d0753ecb15ae559"
    ds = dns.rrset.from_text("example.com.", 86400, "IN", "DS", record)
    found = trace(
        "www.example.com",
        settings=Settings(all_servers=True, probe=True),
        network=LabNetwork(world, signed=True),
        anchors=parse_anchors(world.anchors_text, world.name),
        supposed=[Delegation(dns.name.from_text("example.com."), (), ds=ds)],
        now=world.now,
    )
    assert [finding.code for finding in found.findings or ()] == codes
