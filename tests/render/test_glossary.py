from __future__ import annotations

import re
from collections import Counter

import pytest

from dnstrace.checks import CATALOGUE
from dnstrace.render.glossary import names, term, terms

ASKED_FOR = """
    glue, referral, lame delegation, NXDOMAIN, NODATA, REFUSED, SERVFAIL, TTL, hint, cut, ENT, opt-out,
    bailiwick, resolver, name server, zone, delegation, DS, DNSKEY, RRSIG, SOA, serial, bogus, secure,
    insecure, indeterminate, alias, closest encloser, trust anchor, priming, EDNS
"""

OWN = {"probe", "rehearsal", "step"}
"""The words that only this program uses so."""


@pytest.mark.parametrize("name", [each.strip() for each in ASKED_FOR.split(",")])
def test_a_word_of_the_trade_is_there(name: str) -> None:
    assert term(name) is not None


def test_each_term_is_a_few_sentences_with_its_source() -> None:
    for each in terms().values():
        assert each.meaning.endswith(".") and 60 < len(each.meaning) < 400, each
        assert bool(each.references) is (each.name not in OWN) and set(each.findings) <= set(CATALOGUE)
        assert all(re.fullmatch(r"RFC \d{4}( section \d+(\.\d+)*)?", one) for one in each.references), each


def test_no_name_means_two_things_and_they_are_in_order() -> None:
    assert [name for name, count in Counter(name.lower() for name in names()).items() if count > 1] == []
    assert list(terms()) == sorted(terms(), key=str.lower)


@pytest.mark.parametrize("text", ["zone cut", "Zone-Cuts", "ZONE_CUT", " cut "])
def test_a_term_is_found_however_it_is_written(text: str) -> None:
    found = term(text)
    assert found is not None and found.name == "cut"


@pytest.mark.parametrize("text", ["#5", "#12", "step numbers"])
def test_the_number_of_a_step_is_explained(text: str) -> None:
    found = term(text)
    assert found is not None and found.name == "step"


def test_what_is_no_term() -> None:
    assert term("") is None and term("frobnicate") is term("#") is term("5") is None
