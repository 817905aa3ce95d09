from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from dnstrace.dnssec import AnchorsError, parse_anchors, read_anchors, root_anchors
from dnstrace.dnssec.anchors import LONGEST, closest, ds_anchors, key_anchors
from dnstrace.walk.roots import HintsError, read_hints
from tests.dnssec.zones import Key, Zone, name

DS = "example. 3600 IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
KEY = Key().dnskey.to_text()


def test_root_anchors_of_the_package_are_iana_s() -> None:
    from dnstrace.dnssec.algorithms import key_tag

    assert {key_tag(key) for key in key_anchors(root_anchors(), name("."))} == {20326, 38696}


def test_both_forms_and_several_zones(tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    file.write_text(
        f"; a comment\n{DS}\nsub.example. IN DNSKEY {KEY}\n. 172800 DS 1 8 2 ( {'00' * 16}\n {'00' * 16} )\n"
    )
    anchors = read_anchors(file)
    assert len(anchors.zones) == 3
    assert ds_anchors(anchors, name("example."))[0].key_tag == 20326
    assert key_anchors(anchors, name("sub.example."))[0] == Key().dnskey
    assert not key_anchors(anchors, name("example."))


def test_form_of_bind() -> None:
    words = KEY.split(None, 3)
    text = f"""trust-anchors {{ # a comment
        . initial-key {" ".join(words[:3])} "{words[3]}"; // another
        "example." static-ds 20326 8 2 "{DS.split()[-1]}";
    }};"""
    anchors = parse_anchors(text, "bind.keys")
    assert key_anchors(anchors, name("."))[0] == Key().dnskey
    assert ds_anchors(anchors, name("example."))[0].key_tag == 20326


def test_closest_anchor_is_the_deepest_one_that_can_be_used() -> None:
    odd = f"odd.example. DS 1 253 2 {'00' * 32}"
    anchors = parse_anchors(f"{DS}\n. DNSKEY {KEY}\n{odd}\n", "text")
    assert closest(anchors, name("www.example.")) == name("example.")
    assert closest(anchors, name("example.")) == name("example.")
    assert closest(anchors, name("www.odd.example.")) == name("example.")
    assert closest(anchors, name("com.")) == name(".")
    assert closest(parse_anchors(DS, "text"), name("com.")) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no trust anchor"),
        ("example. NS ns.example.\n", "has no trust anchor"),
        ("this is no zone file\n", "is not a trust anchor file: line 1: "),
        ("example. DS 1 8 2 00\n", "is not a trust anchor file: line 1: "),
        (". IN DS 20326 8 2 " + "A" * 32_000 + "\n", "is not a trust anchor file: line 1: digest length"),
        ("example. DNSKEY 257 3 8 ???\n", "is not a trust anchor file"),
        ("example. DS 1 8 2 ( 00\n", "is not a trust anchor file"),
        ("\0\x01\n", "is not a trust anchor file"),
    ],
)
def test_bad_text_is_one_line(text: str, says: str) -> None:
    with pytest.raises(AnchorsError, match=says) as caught:
        parse_anchors(text, "the file")
    assert "\n" not in str(caught.value)


def test_bad_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(AnchorsError, match="cannot read"):
        read_anchors(tmp_path / "none")
    (tmp_path / "octets").write_bytes(b"\xff\xfe")
    with pytest.raises(AnchorsError, match="not UTF-8 text"):
        read_anchors(tmp_path / "octets")


def test_zone_of_the_tests_gives_an_anchor() -> None:
    zone = Zone(name("example."), "")
    assert ds_anchors(parse_anchors(zone.ds().to_text(), "text"), zone.origin) == tuple(zone.ds())


IN_BIND = f'. initial-ds 20326 8 2 "{DS.split()[-1]}";\n'


@pytest.mark.parametrize(
    "text",
    [
        "A"
        * 2
        ** 18,  # one word; at 32,000 letters of it the reader took 9 s, and four times that for twice as many
        "A " * 2**17,
        ". IN DS 20326 8 2 " + "A" * (2**18 - 20),
        "x initial-ds " + "1" * (2**18 - 20),
        IN_BIND + "/*" * (2**17 - 60),
        IN_BIND + '"' * (2**18 - 120),
        "".join(f"z{number}. {DS.partition(' ')[2]}\n" for number in range(2500)),
    ],
    ids=["word", "words", "digits", "number", "comments", "quotes", "zones"],
)
def test_the_longest_text_is_read_in_time_that_is_linear_in_it(text: str) -> None:
    """With a reader that is not, this takes many minutes."""
    assert len(text) <= LONGEST
    with suppress(AnchorsError):
        parse_anchors(text, "it")


def test_what_is_longer_than_any_file_of_anchors_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    file.write_text(DS + "\n" + " " * LONGEST)
    with pytest.raises(AnchorsError, match="longer than 262,144 characters"):
        read_anchors(file)
    with pytest.raises(AnchorsError, match="longer than 262,144 characters"):
        read_anchors("/dev/zero")
    with pytest.raises(HintsError, match="longer than 262,144 characters"):
        read_hints("/dev/zero")
