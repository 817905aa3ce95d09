"""Signals for DNSSEC bootstrapping, read from the steps of a trace."""

from __future__ import annotations

from dataclasses import replace

import dns.name
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.analysis.signals import TYPES, signal_question, signals
from dnstrace.lab.world import load
from dnstrace.model import Outcome, Probe, Question
from tests.checks.checking import checked
from tests.replies import name

CHILD, CDS = name("child.example.com."), dns.rdatatype.CDS
LABELS = st.lists(st.integers(1, 63).map(lambda length: b"x" * length), min_size=1, max_size=6)


def test_the_name_is_that_of_the_rfc() -> None:
    asked = signal_question(name("example.co.uk."), name("ns1.example.net."), CDS)
    assert asked == Question(name("_dsboot.example.co.uk._signal.ns1.example.net."), CDS)


@pytest.mark.parametrize("server", ["child.example.com.", "ns1.child.example.com.", "NS1.Child.Example.COM."])
def test_a_name_server_inside_the_zone_has_no_signal(server: str) -> None:
    assert signal_question(CHILD, name(server), CDS) is None


@given(LABELS, LABELS)
def test_where_the_name_would_be_too_long_there_is_no_signal(zone: list[bytes], server: list[bytes]) -> None:
    length = sum(len(label) + 1 for label in (b"_dsboot", *zone, b"_signal", *server, b"net")) + 1
    try:
        origin, host = dns.name.Name((*zone, b"")), dns.name.Name((*server, b"net", b""))
    except dns.name.NameTooLong:
        return
    asked = signal_question(origin, host, CDS)
    assert (asked is None) is (length > 255)


def test_each_signal_is_read_with_its_records_and_one_that_is_denied_has_none() -> None:
    found = signals(checked(load("dnssec-bootstrap-incomplete")))
    for server, count in (("ns1.example.net.", 1), ("ns1.example.org.", 0)):
        for rdtype in TYPES:
            asked = signal_question(CHILD, name(server), rdtype)
            assert asked is not None
            records = found[asked].records
            assert records is not None and len(records) == count


def test_a_look_up_that_failed_says_nothing() -> None:
    found = checked(load("dnssec-bootstrap"))
    steps = tuple(
        replace(step, outcome=Outcome.FAILED, chosen=None) if step.probe is Probe.SIGNAL else step
        for step in found.steps
    )
    assert {each.records for each in signals(replace(found, steps=steps)).values()} == {None}
