"""Servers that stop answering while they are checked: nothing else is said of them."""

from __future__ import annotations

import pytest

from dnstrace import Settings, trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Outcome, Query
from dnstrace.model.findings import Blame
from tests.checks.checking import checked_by_name, made_of
from tests.checks.documented import assert_fires
from tests.checks.versions import APEX
from tests.troubled import SERVERS, WALKED, Changing, dies, in_trouble


def test_the_rule_fires_and_says_what_was_answered_before() -> None:
    assert_fires("stopped-answering", "stopped", "textbook")
    silent, refusing = checked_by_name("stopped").findings or ()
    assert "it answered www.example.com A, and later did not reply to that or to any" in silent.message
    assert "later replied REFUSED to that and to everything else" in refusing.message
    assert silent.blame is Blame.NOBODY and "trace again" in silent.cure


@pytest.mark.parametrize("what", ["lost", "rejected", "REFUSED", "SERVFAIL"])
@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("at", [WALKED, WALKED + 0.03, WALKED + 0.05])
def test_a_server_that_stops_has_no_other_fault(at: float, few: bool, what: str) -> None:
    addresses = frozenset(sorted(SERVERS)[:2]) if few else SERVERS
    found = in_trouble("in-domain", dies(at, what, addresses))
    assert found.outcome is Outcome.ANSWER
    assert {each.code for each in found.findings or ()} <= {"stopped-answering"}
    assert found.findings or at > WALKED


def test_addresses_of_a_server_that_stop_in_two_ways_are_not_said_to_do_the_same() -> None:
    silent = dies(WALKED, "lost", frozenset({"192.0.2.53"}))
    refusing = dies(WALKED, "REFUSED", frozenset({"2001:db8:1::53"}))
    found = in_trouble("in-domain", lambda each: silent(each) or refusing(each))
    (one,) = found.findings or ()
    assert "later replied REFUSED, or nothing, to that and to everything else" in one.message


@pytest.mark.parametrize("what", ["lost", "rejected"])
def test_a_network_that_is_lost_is_named_and_nobody_else_is(what: str) -> None:
    found = in_trouble("in-domain", dies(WALKED, what))
    (one,) = found.findings or ()
    assert (one.code, one.blame, one.server) == ("stopped-answering", Blame.NETWORK, None)
    assert "no server replied any more" in one.message


UPDATED = f"@ 900 SOA ns1 hostmaster 2026011601 7200 900 1209600 300{APEX}"


@pytest.mark.parametrize("times", [(0.08, 0.09), (0.08, 0.11), (0.0, 0.094), (0.075, 0.093)])
@pytest.mark.parametrize("data", ["192.0.2.44", "192.0.2.66"])
def test_a_zone_that_changes_while_it_is_checked_has_no_error(data: str, times: tuple[float, float]) -> None:
    """The servers get the new version one after the other: at most the older one is named."""
    zone = {"servers": ["ns1.example.com.", "ns2.example.com."], "text": f"{UPDATED}www 300 A {data}\n"}
    later = made_of("in-domain", zones={"example.com. updated": zone})

    def is_updated(query: Query, now: float) -> bool:
        return now >= times[query.address not in sorted(SERVERS)[:2]]

    network = Changing(LabNetwork(load("in-domain")), LabNetwork(later), is_updated)
    settings = Settings(all_servers=True, probe=True, families=frozenset({4, 6}))
    found = trace("www.example.com", "A", network=network, settings=settings, seed=1)
    assert {each.code for each in found.findings or ()} <= {"soa-differs"}
    assert not any(each.is_error for each in found.findings or ())
