"""The rule on upper-case and lower-case letters in names."""

from __future__ import annotations

import dns.message
import dns.rdatatype
import pytest

from dnstrace.checks import Level
from dnstrace.lab.reaction import MISBEHAVIOURS, Asked, Reaction, Responder, said
from dnstrace.model import Trace
from tests.checks.checking import checked, made_of, told
from tests.checks.documented import assert_fires, found

RULES = [("case-sensitive", world, "lowers-case") for world in ("case-sensitive", "case-sensitive-below")]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def with_first(*does: str, question: str = "www.example.com. A") -> Trace:
    return checked(made_of("in-domain", question=question, servers={"ns1.example.com.": {"does": [*does]}}))


def codes_of(trace: Trace) -> set[str]:
    return {finding.code for finding in trace.findings or ()}


def test_the_message_says_what_the_server_does_to_which_name() -> None:
    (finding,) = found("case-sensitive", "case-sensitive")
    assert finding.level is Level.WARNING
    assert finding.message == (
        "ns1.example.com knows names in lower case only: it replies NXDOMAIN to a query for ExAmPlE.cOm at"
        " 192.0.2.53 and 2001:db8:1::53"
    )
    assert finding.remedy is not None and [str(name) for name in finding.remedy.servers] == [
        "ns1.example.com."
    ]


@pytest.mark.parametrize("fault", ["lame", "refuses", "servfail", "silent", "no-edns", "empty"])
def test_what_fails_in_lower_case_too_is_not_about_case(fault: str) -> None:
    assert "case-sensitive" not in codes_of(with_first(fault))


def test_a_name_that_does_not_exist_does_not_in_mixed_case_either() -> None:
    assert "case-sensitive" not in codes_of(with_first(question="nosuchname.example.com. A"))


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
@pytest.mark.parametrize("question", ["www.example.com. A", "none.example.com. A", "www.example.com. TXT"])
def test_signatures_that_are_valid_in_lower_case_only_are_named(
    question: str, denial: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
        """Queries in mixed case get signatures that are not valid."""
        reaction = otherwise(asked)
        if asked.query.question[0].name.to_text().islower():
            return reaction
        reply = dns.message.from_wire(reaction.replies[0])
        for section in (reply.answer, reply.authority):
            for rrset in section:
                if rrset.rdtype == dns.rdatatype.RRSIG:
                    rdata = rrset.pop()
                    rrset.add(rdata.replace(signature=rdata.signature[::-1]))
        return said(reply)

    monkeypatch.setitem(MISBEHAVIOURS, "spoiled", spoiled)
    ns1 = {"addresses": ["192.0.2.53", "2001:db8:1::53"], "does": ["spoiled"]}
    zones = {"example.com.": {"sign": {"algorithm": 13, "denial": denial}}}
    world = made_of("_signed", question=question, zones=zones)
    assert not checked(world).findings
    world = made_of("_signed", question=question, servers={"ns1.example.com.": ns1}, zones=zones)
    codes = [each for each in told(checked(world).findings or ()) if "address" not in each]
    assert codes == ["case-sensitive example.com. ns1.example.com."]
    (finding,) = (each for each in checked(world).findings or () if each.code == "case-sensitive")
    assert finding.message.startswith("ns1.example.com has valid signatures of names in lower case only: its")
    ns1["does"] = ["spoiled", "alternates=2025010101"]
    alternating = made_of("_signed", question=question, servers={"ns1.example.com.": ns1}, zones=zones)
    assert "case-sensitive" not in codes_of(checked(alternating)) >= {"machines-differ"}
