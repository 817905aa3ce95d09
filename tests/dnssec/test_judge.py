from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import dns.message
import pytest
from dns.rdata import Rdata
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.dnssec import EffortLimits, Security, judge
from dnstrace.message.meaning import classify
from dnstrace.message.reading import read_reply
from dnstrace.model import Attempt, Exchange, Outcome, Purpose, Query, Step, Trace
from dnstrace.model.anchors import Anchors
from tests.dnssec.tampering import Spoil, altered, drop, emptied, when
from tests.dnssec.worlds import SECOND, Tamper, World, journey, question
from tests.dnssec.zones import NOW, Key, Name, Zone, name


@pytest.mark.parametrize("denial", ["nsec", "nsec3", "opt-out"])
@pytest.mark.parametrize("algorithm", [5, 7, 8, 10, 13, 14, 15, 16])
def test_a_good_chain_in_each_algorithm(algorithm: int, denial: str) -> None:
    world = journey(algorithm, denial)
    assert world.judged("www.example.com.")[0].security is Security.SECURE
    assert world.judged("www.unsigned.com.")[0].security is Security.INSECURE


def test_two_keys_of_two_algorithms() -> None:
    zone = Zone(name("example.com."), "www A 192.0.2.1", [Key(13), Key(15, 1, 256)])
    world = World.of(Zone(name("."), "example.com. NS ns.example.com."), zone)
    assert world.judged("www.example.com.")[0].security is Security.SECURE


def test_it_is_a_function_of_what_is_recorded() -> None:
    world = journey()
    anchors = world.anchors()
    judgement, trace = world.judged("www.example.com.")
    world.zones.clear()
    assert judge(trace, anchors, NOW) == judgement


def test_time_is_passed_in() -> None:
    world = journey()
    _, trace = world.judged("www.example.com.")
    verdicts = [judge(trace, world.anchors(), at).security for at in (NOW - 10**7, NOW, NOW + 10**7)]
    assert verdicts == [Security.BOGUS, Security.SECURE, Security.BOGUS]


def test_the_answer_is_made_of_the_steps_named() -> None:
    judgement, trace = journey().judged("alias.example.com.")
    steps = {step.id: step for step in trace.steps}
    assert [str(steps[number].question) for number in judgement.answers] == [
        "alias.example.com. A",
        "www.example.com. A",
    ]


def _recorded() -> Iterator[tuple[Anchors, Trace]]:
    """A judged trace of each kind, to be spoilt."""
    for denial in ("nsec", "nsec3"):
        world = journey(denial=denial)
        for owner, rdtype in (("www", "A"), ("nope", "A"), ("x.wild", "A"), ("www.d", "A"), ("", "ANY")):
            yield world.anchors(), world.judged(f"{owner}.example.com.".lstrip("."), rdtype)[1]


RECORDED = list(_recorded())


@given(
    st.integers(0, len(RECORDED) - 1),
    st.integers(0, 5),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_no_octets_can_raise_nor_make_more_of_an_answer_than_it_is(
    number: int, index: int, changes: list[tuple[int, int]]
) -> None:
    """Whatever is altered in a recorded reply: a verdict comes out, secure only for what was there before."""
    anchors, trace = RECORDED[number]
    step = trace.steps[index % len(trace.steps)]
    heard = step.attempts[0].exchange.message
    assert heard is not None
    wire = bytearray(heard.to_wire(want_shuffle=False))
    for place, octet in changes:
        wire[place % len(wire)] = octet
    message = read_reply(bytes(wire))
    if not isinstance(message, dns.message.Message):
        return
    exchange = Exchange(step.attempts[0].exchange.query, 0, 0, message=message)
    attempt = Attempt(name("ns."), exchange, classify(exchange, step.zone))
    spoilt = replace(step, attempts=(attempt,), chosen=0 if attempt.meaning.usable else None)
    steps = tuple(spoilt if one.id == step.id else one for one in trace.steps)
    judgement = judge(replace(trace, steps=steps), anchors, NOW)
    if judgement.security is Security.SECURE:
        before = _answer(trace, judgement.answers)
        assert all(part in before for part in _answer(replace(trace, steps=steps), judgement.answers))


def _answer(trace: Trace, numbers: tuple[int, ...]) -> list[tuple[Name, int, set[Rdata]]]:
    rrsets = [
        r for s in trace.steps if s.id in numbers and s.meaning for r in s.meaning.answer if not r.covers
    ]
    return [(rrset.name, rrset.rdtype, set(rrset)) for rrset in rrsets]


# --- another server -----------------------------------------------------------------------------


def spoilt(tamper: Tamper) -> World:
    world = journey()
    world.tamper = tamper
    return world


def second_server(world: World, trace: Trace, step: Step) -> Trace:
    """The trace with the question of `step` put to the other server, which is in order."""
    world.tamper = lambda zone, question, reply: reply
    trace = world.ask(trace, step.zone, step.question, step.purpose)
    last = trace.steps[-1]
    exchange = replace(last.attempts[0].exchange, query=Query(step.question, SECOND))
    return replace(
        trace,
        steps=(*trace.steps[:-1], replace(last, attempts=(replace(last.attempts[0], exchange=exchange),))),
    )


@pytest.mark.parametrize(
    ("owner", "rdtype", "spoil"),
    [
        ("www.example.com.", "A", drop("RRSIG")),
        ("www.example.com.", "A", altered("A", "192.0.2.66")),
        ("example.com.", "DNSKEY", emptied),
        ("example.com.", "DNSKEY", drop("RRSIG")),
    ],
)
def test_a_server_that_was_not_asked_may_have_it_right(owner: str, rdtype: str, spoil: Spoil) -> None:
    world = spoilt(when(owner, rdtype, spoil, "example.com."))
    judgement, trace = world.judged("www.example.com.")
    assert judgement.security is Security.BOGUS
    number = judgement.retry[0]
    step = next(step for step in trace.steps if step.id == number)
    assert (step.question, step.zone) == (question(owner, rdtype), name("example.com."))
    trace = second_server(world, trace, step)
    judgement = judge(trace, world.anchors(), NOW)
    assert judgement.security is Security.SECURE and not judgement.retry and not judgement.missing
    if rdtype == "A":
        assert judgement.answers == (trace.steps[-1].id,)


def test_no_retry_when_every_server_was_asked() -> None:
    world = spoilt(when("www.example.com.", "A", drop("RRSIG"), "example.com."))
    judgement, trace = world.judged("www.example.com.")
    step = next(step for step in trace.steps if step.id == judgement.retry[0])
    tamper, fixed = world.tamper, second_server(world, trace, step)
    world.tamper = tamper
    bad = world.ask(trace, step.zone, step.question, step.purpose).steps[-1]
    bad = replace(
        bad,
        attempts=(
            replace(
                bad.attempts[0],
                exchange=replace(bad.attempts[0].exchange, query=Query(step.question, SECOND)),
            ),
        ),
    )
    judgement = judge(replace(fixed, steps=(*trace.steps, bad)), world.anchors(), NOW)
    assert step.id not in judgement.retry and bad.id not in judgement.retry


def test_no_retry_when_the_fault_lies_elsewhere() -> None:
    world = journey()
    world.tamper = when("com.", "DNSKEY", emptied, "com.")
    judgement, trace = world.judged("www.example.com.")
    assert [str(step.question) for step in trace.steps if step.id in judgement.retry] == ["com. DNSKEY"]


def test_other_attempts_of_a_step_count_for_keys() -> None:
    world = journey()
    judgement, trace = world.judged("www.example.com.")
    step = next(step for step in trace.steps if str(step.question) == "example.com. DNSKEY")
    heard = step.attempts[0].exchange.message
    assert heard is not None
    bare = dns.message.from_wire(heard.to_wire())
    drop("RRSIG")(bare)
    exchange = Exchange(Query(step.question, SECOND), 0, 0, message=bare)
    worse = Attempt(name("ns2."), exchange, classify(exchange, step.zone))
    both = replace(step, attempts=(worse, *step.attempts), chosen=0)
    steps = tuple(both if one.id == step.id else one for one in trace.steps)
    judgement = judge(replace(trace, steps=steps), world.anchors(), NOW)
    assert judgement.security is Security.SECURE and not judgement.retry


# --- walks that failed --------------------------------------------------------------------------


def test_nothing_answered_is_indeterminate() -> None:
    world = journey()
    trace = world.walk(question("www.example.com."))
    failed = replace(trace.steps[-1], attempts=(), chosen=None, outcome=Outcome.FAILED)
    trace = replace(trace, outcome=Outcome.FAILED, steps=(*trace.steps[:-1], failed))
    for zone in (".", "com.", "example.com."):
        trace = world.ask(trace, name(zone), question(zone, "DNSKEY"), Purpose.DNSKEY)
    judgement = judge(trace, world.anchors(), NOW)
    assert judgement.security is Security.INDETERMINATE and not judgement.missing


def test_a_broken_chain_shows_where_nothing_answered() -> None:
    world = journey()
    trace = world.walk(question("www.example.com."))
    failed = replace(trace.steps[-1], attempts=(), chosen=None, outcome=Outcome.FAILED)
    trace = replace(trace, outcome=Outcome.FAILED, steps=(*trace.steps[:-1], failed))
    world.tamper = when("com.", "DNSKEY", drop("DNSKEY"))
    for zone in (".", "com.", "example.com."):
        trace = world.ask(trace, name(zone), question(zone, "DNSKEY"), Purpose.DNSKEY)
    assert judge(trace, world.anchors(), NOW).security is Security.BOGUS


def test_an_alias_whose_target_failed_is_not_secure() -> None:
    world = journey()
    judgement, trace = world.judged("alias.example.com.")
    last = judgement.answers[-1]
    steps = tuple(
        replace(step, attempts=(), chosen=None, outcome=Outcome.FAILED) if step.id == last else step
        for step in trace.steps
    )
    judgement = judge(replace(trace, outcome=Outcome.FAILED, steps=steps), world.anchors(), NOW)
    assert judgement.security is Security.INDETERMINATE


def test_an_empty_trace_is_indeterminate() -> None:
    world = journey()
    trace = replace(world.walk(question("www.example.com.")), steps=(), outcome=None)
    assert judge(trace, world.anchors(), NOW).security is Security.INDETERMINATE


def test_work_is_bounded_and_the_bound_named() -> None:
    world = journey()
    _, trace = world.judged("www.example.com.")
    judgement = judge(trace, world.anchors(), NOW, EffortLimits(verifications=2))
    assert judgement.security is Security.BOGUS and "the limit on signature verifications" in judgement.reason


def test_needs_are_bounded() -> None:
    world = journey()
    owner = ".".join(["a"] * 60) + ".example.com."
    world.tamper = when(owner, "A", drop("RRSIG", "NSEC"), "example.com.")
    trace = world.walk(question(owner))
    assert len(judge(trace, world.anchors(), NOW, EffortLimits(needs=5)).missing) == 5
