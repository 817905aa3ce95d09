from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace.cli.line import rdtypes
from tests.cli.line.refusing import refused


@pytest.mark.parametrize(
    ("text", "rdtype"),
    [
        ("A", 1),
        ("aaaa", 28),
        ("Https", 65),
        ("ANY", 255),
        ("type65280", 65280),
        ("TYPE1", 1),
        ("NSAP-PTR", 23),
        ("doa", 259),
        ("SINK", 40),
    ],
)
def test_types(text: str, rdtype: int) -> None:
    assert rdtypes.is_type(text)
    assert rdtypes.rdtype(text) == rdtype


@pytest.mark.parametrize("text", ["mxx", "type", "typex", "www.example.com", "none", "mx.", "TYPE\uff11"])
def test_words_that_are_no_types(text: str) -> None:
    assert not rdtypes.is_type(text)
    assert "not a record type" in refused(rdtypes.rdtype, text)


@pytest.mark.parametrize("text", ["TYPE0", "TYPE65536", "type" + "9" * 5000])
def test_types_out_of_range(text: str) -> None:
    assert rdtypes.is_type(text)
    assert "from 1 to 65535" in refused(rdtypes.rdtype, text)


@pytest.mark.parametrize("text", ["AXFR", "ixfr", "OPT", "TYPE41", "TSIG"])
def test_types_that_cannot_be_traced(text: str) -> None:
    assert "cannot be traced" in refused(rdtypes.rdtype, text)


def test_every_type_that_is_offered_is_a_type() -> None:
    assert all(dns.rdatatype.to_text(rdtypes.rdtype(each)) == each for each in rdtypes.types())
    assert "CNAME" in rdtypes.types()
