"""Servers of a parent zone that have an older version of it, with a delegation that is no longer there."""

from __future__ import annotations

import pytest

from dnstrace import Trace
from dnstrace.checks.advice.behind import behind
from dnstrace.checks.advice.remedies import RELOAD
from dnstrace.checks.conclusions.verdict import verdict
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.model import Probe
from tests.checks.checking import checked, checked_by_name, made_of
from tests.checks.versions import APEX, of_two_versions
from tests.replies import name

SUB = "sub NS ns.sub\nns.sub A 203.0.113.53\n"
FOLDED = "www.sub 300 A 192.0.2.44\n"


def fixes(trace: Trace, code: str) -> set[str]:
    return {finding.cure for finding in trace.findings or () if finding.code == code}


@pytest.mark.parametrize("does", ["refuses", "slow=20"])
def test_the_server_with_the_older_version_is_the_one_to_reload(does: str) -> None:
    """Whether the zone that was removed is still served or not, nobody is to bring it back."""
    found = checked(of_two_versions(FOLDED, SUB, does=does))
    load = "load version 2 of example.com on ns2.example.com"
    assert fixes(found, "parent-servers-differ") == {load}
    said = verdict(found)
    assert said is not None and said.claims[0].code == "parent-servers-differ"
    assert "ns2.example.com has version 1 of example.com, older than 2" in said.text
    assert fixes(found, "answers-differ") == ({load} if does == "refuses" else set())


def test_a_new_delegation_is_what_the_older_version_lacks() -> None:
    found = checked(of_two_versions(SUB, FOLDED, does="slow=20"))
    assert fixes(found, "parent-servers-differ") == {"load version 2 of example.com on ns2.example.com"}


@pytest.mark.parametrize("other", [{"serial": 2}, {"serial": 2 + 2**31}, {"mname": "ns2"}])
def test_equal_versions_and_those_of_two_primaries_blame_nobody(other: dict[str, int | str]) -> None:
    found = checked(of_two_versions(FOLDED, SUB, **other))  # type: ignore[arg-type]
    above = Evidence(found).cut(name("example.com."))
    assert above is not None
    (asked,) = (s for s in found.steps if s.probe is Probe.CUT and s.question.name == s.zone)
    assert len(asked.attempts) == 4 and behind(above, Evidence(found).cuts[-1].referrals) is None
    (fix,) = fixes(found, "parent-servers-differ")
    assert "find out which" in fix


def test_versions_are_asked_for_only_where_servers_disagree() -> None:
    assert not [s for s in checked_by_name("sub-zone").steps if s.probe is Probe.CUT]


def _of_other_servers(serials: tuple[int, int]) -> Trace:
    """A delegation that differs at ns2 of the parent zone, by the serials at ns1 and ns2."""
    soa = "@ 900 SOA ns1 hostmaster {} 7200 900 1209600 300\n"
    first, other = (f"sub NS {host}.sub\n{host}.sub A {at}\n" for host, at in (("ns", _NS), ("gone", _GONE)))
    copies = zip((("", "ns1", first), (" other", "ns2", other)), serials, strict=True)
    zones = {
        f"example.com.{key}": {
            "text": f"{soa.format(serial)}{APEX}{below}",
            "servers": [f"{at}.example.com."],
        }
        for (key, at, below), serial in copies
    }
    zones["sub.example.com."] = {"text": f"{soa.format(1)}@ NS ns\nns A {_NS}\nwww 300 A 192.0.2.44\n"}
    servers = {
        "ns.sub.example.com.": {"addresses": [_NS]},
        "gone.sub.example.com.": {"addresses": [_GONE], "does": ["refuses"]},
    }
    return checked(made_of("in-domain", question="www.sub.example.com. A", servers=servers, zones=zones))


_NS, _GONE = "203.0.113.53", "203.0.113.54"


@pytest.mark.parametrize(
    ("serials", "fix"),
    [
        ((2, 1), "load version 2 of example.com on ns2.example.com"),
        ((2, 2), RELOAD),
        ((1, 2), RELOAD),
    ],
)
def test_of_two_delegations_the_older_one_is_replaced(serials: tuple[int, int], fix: str) -> None:
    """Unless the newer version leads nowhere: nobody is to load that."""
    assert fixes(_of_other_servers(serials), "parent-servers-differ") == {fix}
