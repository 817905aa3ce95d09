"""What a trace cost: the counts, and the critical path."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.analysis.stats import critical_attempts, critical_path, measure
from dnstrace.api import trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Fault, Settings, Trace, Transport


def in_the_lab(world: str, **how: Any) -> Trace:
    loaded = load(world)
    return trace(loaded.question.name, loaded.question.rdtype, network=LabNetwork(loaded), seed=1, **how)


def path(found: Trace) -> list[tuple[str, str]]:
    """The servers on the critical path, by the zone asked, from the first query on."""
    attempts = critical_attempts(found.steps)
    zones = {id(a): step.zone.to_text() for step in found.steps for a in step.attempts}
    attempts.sort(key=lambda attempt: attempt.exchange.start)
    return [(zones[id(a)], a.exchange.query.transport.value) for a in attempts]


def test_a_walk_with_glue_is_one_exchange_a_zone() -> None:
    found = in_the_lab("in-domain")
    assert path(found) == [(".", "udp"), ("com.", "udp"), ("example.com.", "udp")]
    assert critical_path(found.steps) == pytest.approx(found.stats.duration)


def test_the_look_up_of_a_name_server_is_on_the_path() -> None:
    found = in_the_lab("textbook")
    assert len(path(found)) > 3
    assert critical_path(found.steps) <= found.stats.duration


def test_a_truncated_reply_and_its_retry_over_tcp_both_count() -> None:
    found = in_the_lab("truncated")
    assert path(found)[-2:] == [("example.com.", "udp"), ("example.com.", "tcp")]
    assert found.stats.tcp == sum(
        attempt.exchange.query.transport is Transport.TCP for step in found.steps for attempt in step.attempts
    )


def test_a_server_that_does_not_answer_is_not_on_the_path() -> None:
    found = in_the_lab("silent")
    assert all(attempt.exchange.fault is None for attempt in critical_attempts(found.steps))
    assert found.stats.timeouts or found.stats.duration > found.stats.critical_path


def test_queries_are_counted_once_and_tries_again_are_retries() -> None:
    found = in_the_lab("all-silent")
    sent = [attempt.exchange for step in found.steps for attempt in step.attempts]
    assert found.stats.queries == len(sent)
    different = {(each.query.address, each.query.question) for each in sent}
    assert found.stats.retries == len(sent) - len(different) > 0
    assert found.stats.timeouts == sum(each.fault is Fault.TIMEOUT for each in sent) > 0
    assert found.stats.bytes_in == sum(len(each.wire or b"") for each in sent)


def test_nothing_costs_nothing() -> None:
    nothing = measure((), 0.0)
    assert (nothing.queries, nothing.retries, nothing.zones, nothing.critical_path) == (0, 0, 0, 0.0)


@pytest.mark.parametrize("world", ["textbook", "glueless", "dnssec-opt-out", "dnssec-nsec-insecure-child"])
def test_a_look_up_that_asks_for_less_of_the_name_first_is_one_look_up(world: str) -> None:
    """With minimised queries (RFC 9156)."""
    stats = in_the_lab(world, settings=Settings(qmin=True)).stats
    assert round(stats.critical_path, 6) == round(stats.duration, 6) > 0


def test_no_two_steps_come_before_each_other() -> None:
    """A step waits for a look-up, and that is no part of a look-up that waits for the step."""
    stats = in_the_lab("dnssec-dname-apex", settings=Settings(qmin=True)).stats
    assert 0 < stats.critical_path <= stats.duration
