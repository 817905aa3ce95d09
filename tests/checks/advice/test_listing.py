"""Which of the names in NS records are of use."""

from __future__ import annotations

import dns.name
import pytest

from dnstrace.checks.advice.listing import is_of_use, lacking_dot, ns_records, sorted_out
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.model import Trace
from dnstrace.model.findings import Blame, Finding
from tests.checks.checking import checked, checked_by_name
from tests.checks.listings import world

ZONE = dns.name.from_text("example.com.")
NAMES = {name: dns.name.from_text(name, ZONE) for name in ("ns1", "ns2", "ns3", "ns1.example.com")}


def cut_of(trace: Trace) -> Cut:
    cut = Evidence(trace).cut(ZONE)
    assert cut is not None
    return cut


def only(trace: Trace, code: str) -> Finding:
    (found,) = [finding for finding in trace.findings or () if finding.code == code]
    return found


def test_a_server_that_answers_is_of_use_and_one_that_is_dead_is_not() -> None:
    cut = cut_of(checked(world("ns1 ns2 ns3", ns3="silent")))
    assert [is_of_use(cut, NAMES[name]) for name in ("ns1", "ns2", "ns3")] == [True, True, False]
    assert sorted_out(cut, [NAMES["ns3"], NAMES["ns1"]]) == ((NAMES["ns1"],), (NAMES["ns3"],))


def test_the_parent_follows_the_zone_where_all_that_the_zone_lists_work() -> None:
    found = only(checked(world("ns1 ns2 ns3")), "ns-differs")
    assert found.blame is Blame.REGISTRAR and found.rehearsed.startswith("with this, 3 of 3 paths give")
    assert len([record for record in found.records if " NS " in record]) == 3


@pytest.mark.parametrize(("child", "right"), [("ns1 ns2 ns3", "ns1 ns2"), ("ns3", "ns1 ns2")])
def test_the_zone_is_corrected_where_it_lists_a_dead_server(child: str, right: str) -> None:
    found = only(checked(world(child, ns3="silent")), "ns-differs")
    assert found.blame is Blame.HOST
    assert found.records == tuple(f"example.com. 172800 IN NS {n}.example.com." for n in right.split())


def test_a_name_that_does_not_exist_is_not_published() -> None:
    trace = checked(world("ns1 ns2 gone"))
    assert only(trace, "ns-differs").blame is Blame.HOST
    assert not any("gone" in record for finding in trace.findings or () for record in finding.records)


def test_a_lost_final_dot_is_named() -> None:
    trace = checked(world("ns1.example.com ns2"))
    cut = cut_of(trace)
    assert lacking_dot(cut, NAMES["ns1.example.com"]) == NAMES["ns1"]
    assert (
        lacking_dot(cut, NAMES["ns1"]) is None and lacking_dot(cut, dns.name.from_text("gone", ZONE)) is None
    )
    found = only(trace, "ns-name-unresolvable")
    assert found.message.endswith("does not exist: the final dot of ns1.example.com is missing")
    assert "write ns1.example.com., with the final dot," in found.cure
    assert only(trace, "ns-differs").records == ns_records(cut, [NAMES["ns1"], NAMES["ns2"]])


def test_a_name_that_does_not_exist_without_its_last_labels_either_lacks_no_dot() -> None:
    trace = checked(world("ns1 ns2 ns9.example.com"))
    found = only(trace, "ns-name-unresolvable")
    assert "final dot" not in found.message
    assert not any("ns9" in record for each in trace.findings or () for record in each.records)


def test_a_name_elsewhere_that_lost_its_final_dot_is_known_by_the_parents_list() -> None:
    """The zone lists ns.example.net.example.com, its parent ns.example.net."""
    made = world("ns1 ns2 ns.example.net")
    cut = cut_of(checked(made))
    name = dns.name.from_text("ns.example.net", ZONE)
    assert lacking_dot(cut, name) is None
    assert not is_of_use(cut, name)


def test_the_parent_is_not_to_list_the_former_host_of_a_zone_again() -> None:
    """The NS records came along when the zone was moved: what that host has is older, or another zone."""
    found = next(
        each for each in checked_by_name("moved-with-old-ns").findings or () if each.code == "ns-differs"
    )
    assert found.blame is Blame.HOST and found.records == () and "different versions" in found.message
    assert "find out which of them" in found.cure


@pytest.mark.parametrize("child", ["ns1 ns2", "ns1 ns2 ns9.example.com"])
def test_a_name_that_only_the_parent_may_mean_is_asked_for_before_it_is_recommended(child: str) -> None:
    """There is no ns9.example.com."""
    findings = checked(world(child, parent="ns1 ns2 ns9.example.com")).findings or ()
    texts = [text for each in findings for text in (each.message, each.cure, *each.records)]
    assert texts and not any("final dot" in text or text.endswith(" ns9.example.com.") for text in texts)


def test_a_name_of_the_parents_that_lacks_its_dot_is_listed_only_if_the_zone_lists_it() -> None:
    """ns3.example.com serves the zone, which lists ns1 and ns2 only: the parent follows it."""
    findings = checked(world("ns1 ns2", parent="ns1 ns2 ns3.example.com")).findings or ()
    cures = {each.cure for each in findings if each.cure}
    assert cures == {"have com publish the NS records that example.com itself has"}
    meant = checked(world("ns1 ns2 ns3", parent="ns1 ns2 ns3.example.com")).findings or ()
    assert any("ns3.example.com. 172800" in text for each in meant for text in each.records)
