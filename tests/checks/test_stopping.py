"""Servers that stop answering while they are checked: nothing else is said of them."""

from __future__ import annotations

import pytest

from dnstrace.model import Outcome
from dnstrace.model.findings import Blame
from tests.checks.checking import checked_by_name
from tests.checks.documented import assert_fires
from tests.troubled import SERVERS, WALKED, dies, in_trouble


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


@pytest.mark.parametrize("what", ["lost", "rejected"])
def test_a_network_that_is_lost_is_named_and_nobody_else_is(what: str) -> None:
    found = in_trouble("in-domain", dies(WALKED, what))
    (one,) = found.findings or ()
    assert (one.code, one.blame, one.server) == ("stopped-answering", Blame.NETWORK, None)
    assert "no server replied any more" in one.message
