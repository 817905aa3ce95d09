from __future__ import annotations

import dns.name
import pytest

from dnstrace.model.naming import is_below, plain, zone_text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("example.com.", "example.com"),
        ("WWW.Example.COM.", "WWW.Example.COM"),
        ("bücher.example.", "xn--bcher-kva.example"),
        (r"a\.b.example.", r"a\.b.example"),
        (r"a\009b.example.", r"a\009b.example"),
    ],
)
def test_a_name_in_a_sentence_has_no_final_dot(name: str, expected: str) -> None:
    assert plain(dns.name.from_text(name)) == expected


def test_the_root_is_still_a_dot() -> None:
    assert plain(dns.name.root) == "."


def test_a_zone_in_a_sentence_is_its_name_but_the_root_is_called_so() -> None:
    zones = (dns.name.from_text("example.com."), dns.name.root, None)
    assert [zone_text(zone) for zone in zones] == ["example.com", "the root zone", "the zone"]


@pytest.mark.parametrize(
    ("name", "ancestor", "below"),
    [
        ("www.example.com.", "example.com.", True),
        ("example.com.", "example.com.", False),
        ("example.com.", "www.example.com.", False),
        ("example.net.", "com.", False),
        ("com.", ".", True),
    ],
)
def test_a_name_is_below_another_but_not_below_itself(name: str, ancestor: str, below: bool) -> None:
    assert is_below(dns.name.from_text(name), dns.name.from_text(ancestor)) is below
