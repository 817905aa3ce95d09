from __future__ import annotations

from collections.abc import Iterable

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.model.naming import folded, is_below, is_within, plain, presented, wildcard_below, zone_text

LABELS = st.lists(st.sampled_from([b"a", b"A", b"b", b"a.b", b"x y", b"\xff", b"-_9"]), max_size=4)


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


def absolute(labels: Iterable[bytes]) -> dns.name.Name:
    return dns.name.Name([*labels, b""])


@given(LABELS, st.booleans())
def test_a_name_is_written_as_dnspython_writes_it(labels: list[bytes], rooted: bool) -> None:
    name = absolute(labels) if rooted else dns.name.Name(labels)
    for _ in range(2):
        assert presented(name) == name.to_text()
        assert plain(name) == name.to_text(omit_final_dot=True)


@given(LABELS, LABELS)
def test_names_compare_by_their_labels_as_they_do_in_dnspython(one: list[bytes], other: list[bytes]) -> None:
    name, zone = absolute(one), absolute(other)
    assert is_within(name, zone) is name.is_subdomain(zone)
    assert (folded(name) == folded(zone)) is (name == zone)


def test_a_wildcard_may_be_too_long_to_exist() -> None:
    long = ".".join(["a" * 63] * 3 + ["b" * 61]) + "."
    assert wildcard_below(dns.name.from_text("example.")) == dns.name.from_text("*.example.")
    assert wildcard_below(dns.name.from_text(long)) is None
