"""The inputs of one judgement, and the questions and steps that it collects."""

from __future__ import annotations

from dataclasses import replace

import dns.rdatatype

from dnstrace.dnssec.case import Case, Zone
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.records import signed
from dnstrace.dnssec.replies import Replies
from dnstrace.model import Outcome, Purpose, Trace
from dnstrace.model.judgement import EffortLimits, Need, SecurityStatus
from dnstrace.model.security import Security
from tests.dnssec.worlds import SECOND, journey, question
from tests.dnssec.zones import NOW, name

WORLD = journey()
WWW, ROOT_KEYS = question("www.example.com."), question(".", "DNSKEY")
ROOT = name(".")


def case(trace: Trace, needs: int = 16) -> Case:
    return Case(Replies(trace), WORLD.anchors(), NOW, Effort(EffortLimits(needs=needs)))


def walked() -> Trace:
    return WORLD.walk(WWW)


def asked(**parts: object) -> Trace:
    """The walk, and after it the question for the root's keys."""
    trace = WORLD.ask(walked(), ROOT, ROOT_KEYS, Purpose.DNSKEY)
    return replace(trace, steps=(*trace.steps[:-1], replace(trace.steps[-1], **parts)))  # type: ignore[arg-type]


def test_a_question_is_needed_once_and_not_if_it_was_asked() -> None:
    found = case(walked())
    found.need(ROOT, ROOT_KEYS)
    found.need(ROOT, ROOT_KEYS)
    assert list(found.missing) == [Need(ROOT, ROOT_KEYS)]
    already = case(asked())
    already.need(ROOT, ROOT_KEYS)
    assert not already.missing


def test_no_more_questions_are_needed_than_allowed() -> None:
    found = case(walked(), needs=2)
    for rdtype in ("DNSKEY", "DS", "NS"):
        found.need(ROOT, question("com.", rdtype))
    assert len(found.missing) == 2


def test_a_question_is_fully_asked_once_every_server_had_its_chance() -> None:
    assert not case(walked()).fully_asked(ROOT_KEYS)
    assert case(asked()).fully_asked(ROOT_KEYS)
    assert not case(asked(outcome=None)).fully_asked(ROOT_KEYS)
    assert not case(asked(limited=True, note="the budget is spent")).fully_asked(ROOT_KEYS)


def test_the_reason_why_something_was_not_fetched_is_the_limit() -> None:
    spent = case(asked(limited=True, note="the budget is spent"))
    assert spent.unasked("the key of x", ROOT_KEYS) == SecurityStatus(
        Security.INDETERMINATE, "the key of x could not be fetched: the budget is spent"
    )
    assert case(walked()).unasked("the key of x", ROOT_KEYS).reason == "the key of x could not be fetched"


def test_only_steps_with_a_further_server_are_worth_a_retry_and_those_of_the_walk_first() -> None:
    trace = asked()
    *_, last, keys = trace.steps
    found = case(trace)
    found.retry(keys)
    found.retry(last)
    assert found.worth_retrying() == (last.id, keys.id)
    failed = replace(keys, outcome=Outcome.FAILED)
    exhausted = case(replace(trace, steps=(*trace.steps[:-1], failed)))
    exhausted.retry(failed)
    assert SECOND and exhausted.worth_retrying() == ()


def test_a_presumed_zone_accepts_what_claims_to_be_signed_by_it() -> None:
    attempt = walked().steps[-1].attempts[0]
    message = attempt.exchange.message
    assert message is not None
    (data,) = signed(message.answer, (dns.rdatatype.A,))
    reason = SecurityStatus(Security.INDETERMINATE, "keys are missing")
    presumed = Zone(name("example.com."), reason, keys=None, open=True)
    assert presumed.presumed and not presumed.secure
    found = case(walked())
    assert found.check(data, presumed, attempt).valid
    other = found.check(data, Zone(name("com."), reason, keys=None, open=True), attempt)
    assert not other.valid and other.reason == "keys are missing"
    keyed = Zone(name("example.com."), SecurityStatus(Security.SECURE), keys=(), open=True)
    assert keyed.secure and not found.check(data, keyed, attempt).valid
