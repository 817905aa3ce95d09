"""Which names that records point to are probed."""

from __future__ import annotations

from dnstrace.model import Probe, Purpose
from dnstrace.walk.targets import meant_to_look_up, names_above_to_probe, targets_to_probe
from tests.checks.checking import checked, checked_by_name, made_of
from tests.replies import name


def test_only_names_that_may_lack_their_dot_are_asked_for_once_each() -> None:
    found = checked_by_name("mx-without-dot")
    (step,) = [s for s in found.steps if s.question.name == name("mail.example.com.example.com.")]
    assert {attempt.server for attempt in step.attempts} == {server.name for server in step.servers}
    assert len(step.attempts) == 2 and not targets_to_probe(found, [])


def test_a_meant_name_is_looked_up_only_where_nothing_else_of_the_zone_is_there() -> None:
    add = (
        "@ MX 1 a.mail.example.com\n@ MX 2 b.office.test\nwww.office.test A 192.0.2.9\n@ MX 3 c.d.test.net\n"
    )
    found = checked(made_of("in-domain", question="example.com. MX", zones={"example.com.": {"add": add}}))
    sought = {str(s.question.name) for s in found.steps if s.purpose is Purpose.NS_ADDRESS}
    assert sought == {"a.mail.example.com.", "c.d.test.net."}
    assert not meant_to_look_up(found, []) and not names_above_to_probe(found, [])


def test_no_more_than_a_few_names_are_asked_for() -> None:
    add = "".join(f"@ MX 5 mx{number}.example.com\n" for number in range(12))
    found = checked(made_of("in-domain", question="example.com. MX", zones={"example.com.": {"add": add}}))
    asked = {s.question.name for s in found.steps if len(s.question.name) == 6 and s.probe is Probe.TYPE}
    assert len(asked) == 8
