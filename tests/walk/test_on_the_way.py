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


def test_one_that_failed_is_looked_up_where_the_walk_did_not_need_its_name() -> None:
    """Its address is wrong in the zone above only, and is asked for the zone at the right one, too."""
    soa = "@ SOA a.example.net. h 1 7200 900 1209600 300\n"
    glue = "ns1.example A 198.51.100.66\nns2.example A 198.51.100.153\n"
    own = "@ NS ns1\n@ NS ns2\nns1 A 198.51.100.53\nns2 A 198.51.100.153\na A 192.0.2.53\n"
    zones = {
        "com.": {"add": "example NS a.example.net.\n"},
        "net.": {"add": f"example NS ns1.example.net.\nexample NS ns2.example.net.\n{glue}"},
        "example.net.": {"text": soa + own},
        "example.com.": {"text": f"{soa}@ NS a.example.net.\nwww A 192.0.2.44\n"},
    }
    addresses = {"a": "192.0.2.53", "ns1": "198.51.100.53", "ns2": "198.51.100.153"}
    servers = {f"{label}.example.net.": {"addresses": [text]} for label, text in addresses.items()}
    trace = checked(made_of("_internet", servers=servers, zones=zones))
    (step,) = [s for s in trace.steps if (s.probe, s.zone) == (Probe.SOA, name("example.net."))]
    kinds = {attempt.address: attempt.meaning.kind for attempt in step.attempts}
    assert kinds == {"198.51.100.66": Kind.TIMEOUT, "198.51.100.53": Kind.ANSWER}


def test_nobody_is_asked_again_where_nobody_was_passed_over() -> None:
    trace = checked_by_name("glueless")
    assert not passed_over_in(trace)
    assert not [step for step in trace.steps if step.zone == name("example.net.") and step.probe]
