"""Who fails every probe, or the control in the end, is asked what it answered in the walk."""

from __future__ import annotations

from dnstrace import Trace
from dnstrace.model import Kind, Probe, Step
from tests.checks.checking import checked, checked_by_name, made_of
from tests.troubled import SERVERS, WALKED, dies, in_trouble, restarts


def again(found: Trace) -> list[Step]:
    """The steps in which the walk's own question was put once more."""
    return [step for step in found.steps if step.probe is Probe.TYPE and step.question == found.question]


def test_a_server_that_fails_all_is_asked_the_walks_question_and_the_others_are_not() -> None:
    few = frozenset({"192.0.2.53"})
    (step,) = again(in_trouble("in-domain", dies(WALKED, "lost", few)))
    assert {attempt.address for attempt in step.attempts} == few
    assert {attempt.meaning.kind for attempt in step.attempts} == {Kind.TIMEOUT} and len(step.attempts) > 2
    assert not again(checked_by_name("in-domain"))


def test_one_that_fails_its_control_in_the_end_is_asked_too() -> None:
    found = checked(made_of("in-domain", servers={"ns1.example.com.": {"does": ["stops-after=8"]}}))
    (step,) = again(found)
    assert {str(attempt.server) for attempt in step.attempts} == {"ns1.example.com."}
    assert [each.code for each in found.findings or ()] == ["stopped-answering"]


def test_one_that_is_back_gets_all_probes_again() -> None:
    found = in_trouble("in-domain", restarts(WALKED, 5.0, "lost", SERVERS))
    assert {each.code for each in found.findings or ()} == {"unreliable"}
    probes = [s for s in found.steps if s.probe in (Probe.SOA, Probe.NS, Probe.CDS) and len(s.zone) == 3]
    assert probes and all(any(a.meaning.usable for a in step.attempts) for step in probes)


def test_where_datagrams_are_lost_the_silent_above_are_asked_once_more() -> None:
    found = checked(made_of("packet-loss", question="example.com. NS"))
    above = [step for step in again(found) if len(step.zone) < 3]
    assert {len(step.zone) for step in above} == {2}
    assert all({a.meaning.kind for a in step.attempts} == {Kind.REFERRAL} for step in above)
    assert [each.code for each in found.findings or ()] == ["packet-loss"]
