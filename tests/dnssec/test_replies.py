from __future__ import annotations

from dataclasses import replace

import dns.rdatatype

from dnstrace.dnssec.replies import Replies
from dnstrace.model import Attempt, Exchange, Fault, Kind, Meaning, Outcome, Purpose, Query, Trace
from tests.dnssec.worlds import SECOND, World, question
from tests.dnssec.zones import Zone, name

WORLD = World.of(
    Zone(name("."), "@ NS ns.\nexample. NS ns.example.\n"), Zone(name("example."), "www A 192.0.2.1\n")
)
WWW = question("www.example.")


def replies(trace: Trace | None = None) -> Replies:
    return Replies(trace or WORLD.walk(WWW))


def test_referrals_are_found_by_the_zone_they_name() -> None:
    found = list(replies().referring_to(name("example.")))
    assert [reply.step.id for reply in found] == [1]
    assert not list(replies().referring_to(name("www.example.")))
    assert replies().is_cut(name("example.")) and not replies().is_cut(WWW.name)


def test_only_what_answers_is_a_reply_to_a_question() -> None:
    assert [reply.step.id for reply in replies().to(WWW)] == [2]


def test_a_referral_on_the_way_does_not_mean_asked() -> None:
    trace = WORLD.walk(WWW)
    assert Replies(trace).asked(WWW)
    assert not Replies(replace(trace, steps=trace.steps[:1])).asked(WWW)
    ds = question("example.", "DS")
    assert not Replies(trace).asked(ds)
    assert Replies(WORLD.ask(trace, name("."), ds, Purpose.DS)).asked(ds)


def test_a_step_under_way_is_asked_and_not_ended() -> None:
    trace = WORLD.walk(WWW)
    trace = replace(trace, steps=(replace(trace.steps[0], purpose=Purpose.DS, outcome=None),))
    assert Replies(trace).asked(WWW) and Replies(trace).under_way(WWW)


def test_the_chosen_reply_comes_first_and_the_others_after() -> None:
    trace = WORLD.walk(WWW)
    last = trace.steps[-1]
    failed = Attempt(
        name("ns."), Exchange(Query(WWW, SECOND), 0, 0, fault=Fault.TIMEOUT), Meaning(Kind.TIMEOUT)
    )
    other = last.attempts[0]
    step = replace(last, attempts=(failed, other, other), chosen=2)
    found = list(Replies(replace(trace, steps=(step,))).to(WWW))
    assert len(found) == 2
    assert found[0].message is step.attempts[2].exchange.message


def test_cut_above_is_the_deepest_one_known() -> None:
    assert replies().cut_above(name("a.www.example."), name(".")) == name("example.")
    assert replies().cut_above(name("example."), name(".")) == name(".")
    assert replies().cut_above(name("a.org."), name(".")) == name(".")


def test_untried_as_long_as_an_address_or_a_name_is_left() -> None:
    trace = WORLD.walk(WWW)
    last = trace.steps[-1]
    assert Replies(trace).untried(last)
    second = replace(last.attempts[0], exchange=replace(last.attempts[0].exchange, query=Query(WWW, SECOND)))
    again = replace(last, id=9, attempts=(second,))
    assert not Replies(replace(trace, steps=(*trace.steps, again))).untried(last)
    given_up = Exchange(second.exchange.query, 0, 0, fault=Fault.ABANDONED)
    not_awaited = replace(second, exchange=given_up, meaning=Meaning(Kind.ABANDONED))
    also = replace(again, attempts=(not_awaited,))
    assert Replies(replace(trace, steps=(*trace.steps, also))).untried(last)
    failed = replace(last, id=9, attempts=(), chosen=None, outcome=Outcome.FAILED)
    assert not Replies(replace(trace, steps=(*trace.steps, failed))).untried(last)


def test_main_steps_are_those_of_the_walk() -> None:
    trace = WORLD.ask(WORLD.walk(WWW), name("."), question("example.", "DS"), Purpose.DS)
    assert [step.id for step in Replies(trace).main()] == [1, 2]
    assert trace.steps[-1].question.rdtype == dns.rdatatype.DS


def test_a_zone_was_heard_where_data_of_it_or_below_came() -> None:
    assert replies().heard(name("example.")) and replies().heard(name("."))
    first = replace(WORLD.walk(WWW), steps=WORLD.walk(WWW).steps[:1])
    assert not replies(first).heard(name("example.")) and replies(first).heard(name("."))
    ds = replace(WORLD.walk(question("example.", "DS")), outcome=Outcome.NODATA)
    assert not replies(ds).heard(name("example."))  # a DS RRset is data of the parent
