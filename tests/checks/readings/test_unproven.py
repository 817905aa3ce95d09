"""What replies have to prove, and what they lack."""

from __future__ import annotations

from typing import Any

import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from dnstrace.lab.signing import SignedZone
from dnstrace.lab.zone import Node
from dnstrace.model import Kind, Name, Probe
from tests.checks.checking import checked, made_of
from tests.checks.documented import found


def test_a_lack_of_proof_says_what_is_missing_and_where() -> None:
    (finding,) = found("denial-broken", "dnssec-no-denial")
    assert finding.message.startswith("none.example.com A gets NXDOMAIN without a valid proof: ")
    assert finding.message.endswith(
        "on ns1.example.com (192.0.2.53, 2001:db8:1::53) and ns2.example.com (198.51.100.53, 2001:db8:2::53)"
    )


def test_an_nsec_record_in_the_authority_section_is_as_good_as_one_in_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Some servers that sign as they answer send it there to those who ask for it."""

    def moved(zone: SignedZone, name: Name, node: Node, rdtype: int) -> list[dns.rrset.RRset]:
        return [] if rdtype == dns.rdatatype.NSEC else usual(zone, name, node, rdtype)

    usual: Any = SignedZone.matching
    monkeypatch.setattr(SignedZone, "matching", moved)
    made = checked(made_of("_signed", question="www.example.com. TXT"))
    probe = next(step for step in made.steps if step.probe is Probe.NSEC)
    assert {each.meaning.kind for each in probe.attempts} == {Kind.NODATA} and made.findings == ()
