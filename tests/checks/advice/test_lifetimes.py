"""Data for which the servers of a zone give different TTLs."""

from __future__ import annotations

import pytest

from dnstrace.checks import Level
from dnstrace.lab.world import World, read
from dnstrace.model.findings import Finding
from tests.checks.checking import checked, made_of

TEXT = read("in-domain")["zones"]["example.com."]["text"]


def world(rdtype: str, record: str, serial: str = "2026011501") -> World:
    """A zone in which one of two servers has a record with another TTL than the other."""
    other = {
        "text": TEXT.replace("2026011501", serial) + f"x 300 {record}\n",
        "servers": ["ns2.example.com."],
    }
    zones = {"example.com.": {"add": f"x 3600 {record}\n"}, "example.com. other": other}
    return made_of("in-domain", question=f"x.example.com. {rdtype}", zones=zones)


def found(asked: World) -> dict[str, Finding]:
    return {each.code: each for each in checked(asked).findings or ()}


def test_the_same_data_with_different_ttls_is_a_notice() -> None:
    codes = found(world("TXT", "TXT text"))
    assert set(codes) == {"answers-differ"} and codes["answers-differ"].level is Level.NOTICE
    assert codes["answers-differ"].message == (
        "the servers of example.com give different TTLs in their answers to x.example.com TXT:"
        " ns1.example.com: a TTL of 3600 s; ns2.example.com: a TTL of 300 s"
    )


def test_a_zone_is_not_only_to_be_reloaded_where_a_cache_may_be_in_front_of_it() -> None:
    """That of dnsdist counts TTLs down unless it is told not to: a reload changes nothing."""
    assert "if a cache in front of a server" in found(world("TXT", "TXT text"))["answers-differ"].cure


def test_addresses_may_be_chosen_for_each_query() -> None:
    assert not found(world("A", "A 192.0.2.44"))


@pytest.mark.parametrize("serial", ["2026011400"])
def test_an_older_version_explains_it(serial: str) -> None:
    assert set(found(world("TXT", "TXT text", serial))) == {"soa-differs"}
