"""Which names that records point to are probed."""

from __future__ import annotations

from dnstrace.model import Probe
from dnstrace.walk.targets import targets_to_probe
from tests.checks.checking import checked, checked_by_name, made_of
from tests.replies import name


def test_only_names_that_may_lack_their_dot_are_asked_for_once_each() -> None:
    found = checked_by_name("mx-without-dot")
    (step,) = [s for s in found.steps if s.question.name == name("mail.example.com.example.com.")]
    assert {attempt.server for attempt in step.attempts} == {server.name for server in step.servers}
    assert len(step.attempts) == 2 and not targets_to_probe(found, [])


def test_no_more_than_a_few_names_are_asked_for() -> None:
    add = "".join(f"@ MX 5 mx{number}.example.com\n" for number in range(12))
    found = checked(made_of("in-domain", question="example.com. MX", zones={"example.com.": {"add": add}}))
    asked = {s.question.name for s in found.steps if len(s.question.name) == 6 and s.probe is Probe.TYPE}
    assert len(asked) == 8
