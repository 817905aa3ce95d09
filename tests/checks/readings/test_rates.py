"""Addresses that limit the rate of their replies: by what is seen that, and what is not taken for it."""

from __future__ import annotations

import pytest

from dnstrace import Trace
from dnstrace.checks.readings.controls import at_times
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.rates import limiting, slips
from dnstrace.model import Kind, Meaning, Probe
from dnstrace.model.structs import replace
from tests.checks.checking import checked, checked_by_name, made_of
from tests.replies import name
from tests.troubled import SERVERS, Limiting, Troubled, loses, traced_over

TWO = frozenset(sorted(SERVERS)[:2])


def cut_of(found: Trace) -> Cut:
    cut = Evidence(found).cut(name("example.com."))
    assert cut is not None
    return cut


def limited(most: int, slip: int, of_zone: bool = False) -> Cut:
    return cut_of(traced_over("in-domain", lambda network: Limiting(network, most, slip, of_zone, TWO)))


def test_one_that_drops_what_it_answered_limits_the_rate() -> None:
    for of_zone in (False, True):
        cut = limited(2, 0, of_zone)
        assert limiting(cut) == TWO and not slips(cut)


def test_one_that_truncates_small_replies_limits_the_rate() -> None:
    for slip in (1, 2, 3):
        assert slips(limited(2, slip)).keys() == TWO


def test_one_that_truncates_what_it_answers_at_another_time_limits_the_rate() -> None:
    found = checked_by_name("in-domain")
    step = next(each for each in found.steps if each.probe is Probe.SOA and each.zone == name("example.com."))
    attempt = replace(step.attempts[0], meaning=Meaning(Kind.TRUNCATED))
    again = replace(step, id=len(found.steps) + 1, attempts=(attempt,))
    cut = cut_of(replace(found, steps=(*found.steps, again)))
    address = attempt.address
    assert slips(cut).keys() == at_times(cut).keys() == limiting(cut) == {address}


@pytest.mark.parametrize(
    "does", ["truncates", "truncates=always", "truncates=DNSKEY", "silent=HTTPS", "no-edns"]
)
def test_one_that_does_the_same_to_equal_queries_does_not(does: str) -> None:
    servers = {"ns1.example.com.": {"does": [does]}}
    assert not limiting(cut_of(checked(made_of("in-domain", servers=servers))))


@pytest.mark.parametrize(("share", "seed"), [(0.1, 2), (0.25, 1)])
def test_a_reply_that_did_not_fit_was_not_truncated_by_chance(share: float, seed: int) -> None:
    """After a lost datagram the query offers 512 octets: less than a signed denial takes."""
    found = traced_over("dnssec-iterations", lambda network: Troubled(network, loses(share, seed)))
    cut = cut_of(found)
    kinds = {attempt.meaning.kind for attempt in cut.all_attempts}
    assert Kind.TRUNCATED in kinds and not slips(cut)
