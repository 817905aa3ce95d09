"""The chain of trust as boxes and arrows: broken just where the judge says so."""

from __future__ import annotations

import pytest

from dnstrace.lab.world import load, names
from dnstrace.model.security import Security
from dnstrace.render.map_stages import Mark
from dnstrace.render.trust_map import Band, spoken, trust_map
from tests.checks.checking import checked
from tests.render import traces


def broken(bands: list[Band]) -> set[str]:
    return {box.title for band in bands for row in band.rows for box in row if box.mark is Mark.BAD}


@pytest.mark.parametrize("world", [name for name in names() if name.startswith("dnssec-")][::6])
def test_only_what_is_bogus_has_something_broken(world: str) -> None:
    trace = checked(load(world))
    bands = trust_map(trace)
    assert trace.judgement is not None and bands
    bogus = trace.judgement.security is Security.BOGUS
    assert bool(broken(bands)) is bogus
    assert any(band.mark is Mark.BAD for band in bands) is bogus


def test_a_key_that_the_zone_lacks_has_an_empty_place() -> None:
    bands = trust_map(checked(load("dnssec-missing-key")))
    assert {"DS 33677", "DNSKEY 33677", "RRSIG DNSKEY", "www.example.com A"} <= broken(bands)
    assert spoken(bands) == "✓ . (the root): secure; ✓ com: secure; ✗ example.com: bogus"


def test_an_expired_signature_says_when() -> None:
    bands = trust_map(checked(load("dnssec-expired")))
    said = [line.text for row in bands[-1].rows for box in row for line in box.lines]
    assert "✗ expired on 2026-01-12" in said and "✓ matches a key" in said


def test_a_proof_that_proves_nothing_is_broken_though_it_is_signed() -> None:
    assert broken(trust_map(checked(load("dnssec-bad-nsec")))) == {"no none.example.com A"}


def test_each_arrow_of_a_whole_chain_has_both_ends() -> None:
    bands = trust_map(checked(load("dnssec-good")))
    before: set[object] = set()
    for band in bands:
        there = {box.key for row in band.rows for box in row}
        assert band.arrows
        for arrow in band.arrows:
            assert arrow.start in (before if arrow.from_parent else there) and arrow.end in there
        before = {*there}


def test_without_a_judgement_there_is_none() -> None:
    assert trust_map(traces.plain()) == []
