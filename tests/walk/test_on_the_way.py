"""Servers that failed on the way to the addresses of name servers are asked again."""

from __future__ import annotations

from dnstrace.model import Kind, Probe, Step, Trace
from dnstrace.walk.on_the_way import passed_over_in
from tests.checks.checking import checked, checked_by_name, made_of
from tests.replies import name

HOSTER = name("hoster.org.")


def probes(trace: Trace, probe: Probe) -> list[Step]:
    return [step for step in trace.steps if (step.probe, step.zone) == (probe, HOSTER)]


def test_one_that_failed_is_asked_for_its_zone_where_its_own_zone_has_it_too() -> None:
    for probe in (Probe.SOA, Probe.TCP):
        (step,) = probes(checked_by_name("host-glue-stale"), probe)
        kinds = {attempt.address: attempt.meaning.kind for attempt in step.attempts}
        assert kinds == {"198.51.100.66": Kind.TIMEOUT, "198.51.100.53": Kind.ANSWER}
    assert not probes(checked_by_name("host-glue-stale"), Probe.TYPE)


def test_one_that_replies_gets_the_questions_that_it_failed() -> None:
    sound = {"hoster.org.": {"without": "ns1 A 198.51.100.53", "add": "ns1 A 198.51.100.66\n"}}
    servers = {"ns1.hoster.org.": {"addresses": ["198.51.100.66"], "rtt": 18, "does": ["silent=A"]}}
    trace = checked(made_of("host-glue-stale", servers=servers, zones=sound))
    asked = {str(step.question.name) for step in probes(trace, Probe.TYPE)}
    assert asked == {"ns1.hoster.org.", "ns2.hoster.org."}


def test_nobody_is_asked_again_where_nobody_was_passed_over() -> None:
    trace = checked_by_name("glueless")
    assert not passed_over_in(trace)
    assert not [step for step in trace.steps if step.zone == name("example.net.") and step.probe]
