"""Misbehaviours two and three at a time: nothing crashes or is passed over, nothing depends on chance."""

from __future__ import annotations

import pytest

from dnstrace.analysis.paths import shares
from dnstrace.api import report
from dnstrace.checks.anomalies.claims import unclaimed
from dnstrace.checks.conclusions.reservations import reservation
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.model import Trace
from dnstrace.render.document import document
from dnstrace.render.html_page import html_page
from dnstrace.render.tree import tree
from tests.checks.checking import told
from tests.made_delegations import FAULTS, PAIRS, made, three, traced
from tests.render.validating import VALIDATOR

BATCHES, EACH = 80, 5
"""One batch runs at each change, all of them with --all: 400 delegations."""


def batch(seed: int) -> range:
    return range(seed * EACH, (seed + 1) * EACH)


@pytest.mark.seeds(BATCHES)
def test_two_faults_at_a_time_leave_nothing_unsaid(seed: int) -> None:
    for number in batch(seed):
        found = traced(made(number), 1)
        assert_nothing_passed_over(found, number)
        judged = report(found)
        assert tree(judged) is not None and html_page(judged)
        VALIDATOR.validate(document(judged))


def assert_nothing_passed_over(found: Trace, number: int) -> None:
    findings = found.findings or ()
    explained = [finding for finding in findings if finding.code != "unexplained"]
    said = {step for finding in findings if finding.code == "unexplained" for step in finding.steps}
    for anomaly in unclaimed(Evidence(found), explained):
        assert set(anomaly.steps) <= said, f"{number}: {anomaly}"
    assert not said, f"{number}: unexplained"
    failing = [share for share in shares(found.steps) if not share.meaning.usable]
    assert findings or (not failing and not reservation(Evidence(found))), f"{number}: nothing wrong"


@pytest.mark.seeds(BATCHES)
def test_three_faults_at_a_time_leave_nothing_unsaid(seed: int) -> None:
    assert_nothing_passed_over(traced(three(seed), 1), seed)


@pytest.mark.parametrize("number", [133, 140, 382, 424, 434, 1011, 1332, 6023, 6066, 6105, 6210, 6231, 6328])
def test_a_fault_that_hides_another_does_not_keep_it_from_being_explained(number: int) -> None:
    """A server is on the usual side, or silent to one type, perhaps at a cut, or only the zone lists it.

    Or the name that only some servers have is the target of an MX record. Or a server is silent to the type
    in question and fails at all others, or denies one name and fails at all others.
    """
    assert_nothing_passed_over(traced(three(number), 1), number)


def test_a_server_that_is_silent_to_one_type_is_judged_by_what_it_replies_to_others() -> None:
    """It truncates over TCP too, and does answer over UDP: no port is closed there."""
    found = {(each.code, str(each.server)) for each in traced(three(6066), 1).findings or ()}
    assert ("truncated-over-tcp", "ns1.example.com.") in found
    assert not {code for code, server in found if server == "ns1.example.com."} & {"no-udp", "unreachable"}


@pytest.mark.parametrize("number", [120, 1181, 9307, 9425])
def test_a_server_with_another_fault_keeps_no_fix_of_the_zone_from_being_shown(number: int) -> None:
    """One of the parent goes on failing when the delegation is changed; one of the zone denies barely."""
    found = traced(three(number), 1).findings or ()
    (glue,) = (each for each in found if each.code == "unreachable")
    assert glue.cure.startswith("change the glue for ns1.example.com to") and glue.rehearsed


@pytest.mark.parametrize("number", [518, 630])
def test_a_fault_of_the_server_with_most_addresses_explains_what_the_others_say(number: int) -> None:
    """No AA, or two SOA records, at two of three addresses: the odd one is not the one that is right."""
    assert_nothing_passed_over(traced(made(number), 1), number)


@pytest.mark.seeds(BATCHES)
def test_the_same_is_found_whatever_the_seed(seed: int) -> None:
    for number in list(batch(seed))[::4]:
        one, other = (traced(made(number), chance) for chance in (1, 2))
        assert told(one.findings or ()) == told(other.findings or ()), f"{number}: {made(number).faults}"


@pytest.mark.seeds(BATCHES)
def test_without_faults_nothing_is_found(seed: int) -> None:
    for number in list(batch(seed))[::3]:
        found = traced(made(number, healthy=True), 1)
        assert not told(found.findings or ()) and not reservation(Evidence(found)), number


def test_the_pairs_are_of_all_faults() -> None:
    taken = {fault for number in range(BATCHES * EACH) for fault in made(number).faults}
    assert taken == set(FAULTS) and len(PAIRS) > BATCHES * EACH
