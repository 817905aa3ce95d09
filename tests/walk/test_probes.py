"""Which probes a zone gets, and how their queries differ from the usual one."""

from __future__ import annotations

import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.lab.world import load
from dnstrace.model import Edns, Probe, Purpose, Query, Question, Step
from dnstrace.walk.probes import TELLING_TRIES, mixed_case, plain_shape, probes_of, usual_shape
from tests.checks.checking import checked
from tests.replies import name

ZONE = name("example.com.")
OTHERS = ["A", "AAAA", "MX", "CAA", "HTTPS", "DS", "TYPE65280"]


def ended(text: str = "www.example.com.", rdtype: str = "A") -> Step:
    """A step in which a walk ended without a reply."""
    return Step(1, None, Purpose.WALK, ZONE, Question(name(text), dns.rdatatype.from_text(rdtype)), ())


def types_of(step: Step) -> list[str]:
    puts = probes_of(ZONE, step.question, step)
    return [dns.rdatatype.to_text(put.question.rdtype) for put in puts if put.probe is Probe.TYPE]


@pytest.mark.parametrize("asked", [*OTHERS, "TXT"])
def test_the_type_that_the_walk_asked_is_not_asked_again(asked: str) -> None:
    assert types_of(ended(rdtype=asked)) == [each for each in OTHERS if each != asked]


def test_the_ds_records_of_the_apex_are_in_the_parent() -> None:
    assert "DS" not in types_of(ended("example.com."))


def test_probes_whose_silence_is_a_finding_are_tried_most_often() -> None:
    for put in probes_of(ZONE, ended().question, ended()):
        telling = put.probe in (
            Probe.SOA,
            Probe.TYPE,
            Probe.CASE,
            Probe.NS,
            Probe.DNSKEY,
            Probe.CDS,
            Probe.CDNSKEY,
        )
        assert (put.tries == TELLING_TRIES) is telling, put


def test_the_records_of_denial_are_asked_for_where_signatures_were_seen() -> None:
    signed = {step.probe for step in checked(load("dnssec-good")).steps}
    unsigned = {step.probe for step in checked(load("in-domain")).steps}
    assert {Probe.NSEC, Probe.NSEC3PARAM} <= signed - unsigned


def test_a_shape_changes_what_it_says_and_no_more() -> None:
    query = Query(ended().question, "192.0.2.1", edns=Edns())
    assert usual_shape(query) == query
    assert plain_shape(query) == Query(ended().question, "192.0.2.1", edns=None)


@given(st.lists(st.from_regex(r"[a-zA-Z0-9_-]{1,9}", fullmatch=True), max_size=6))
def test_a_name_in_mixed_case_is_the_same_name(labels: list[str]) -> None:
    plain = name(".".join([*labels, ""]) or ".")
    mixed = mixed_case(plain)
    assert mixed == plain
    letters = [letter for letter in mixed.to_text() if letter.isalpha()]
    assert all(letter.isupper() is (place % 2 == 0) for place, letter in enumerate(letters))
