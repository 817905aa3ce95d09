"""Equal replies have one meaning, whoever sent them, and unequal ones have their own."""

from __future__ import annotations

import dns.flags
import dns.rdatatype

from dnstrace.analysis.ordering import in_one_order
from dnstrace.message.meaning import classify
from dnstrace.model import Fault, Kind
from dnstrace.model.structs import replace
from dnstrace.walk.meanings import MOST, meanings
from tests.checks.documented import checked_world
from tests.replies import name


def test_a_meaning_is_what_the_classifier_says_and_one_for_equal_replies() -> None:
    """Of every reply in a trace: the 26 servers of com send three different ones."""
    steps = checked_world("textbook").steps
    heard = [(step.zone, attempt.exchange) for step in steps for attempt in step.attempts]
    found = [meanings.of(exchange, zone) for zone, exchange in heard]
    for (zone, exchange), meaning in zip(heard, found, strict=True):
        assert meaning == in_one_order(classify(exchange, zone))
    assert len({id(meaning) for meaning in found}) < len(found) / 4


def test_another_zone_question_or_way_of_asking_is_another_meaning() -> None:
    (step,) = (step for step in checked_world("textbook").steps if step.id == 1)
    exchange = step.attempts[0].exchange
    usual = meanings.of(exchange, step.zone)
    assert meanings.of(replace(exchange, message_id=1), step.zone) is usual
    assert meanings.of(exchange, name("com.")) is not usual
    other = replace(exchange.query, question=replace(exchange.query.question, rdtype=dns.rdatatype.MX))
    assert meanings.of(replace(exchange, query=other), step.zone) is not usual
    assert exchange.wire is not None
    cut = bytearray(exchange.wire)
    cut[2] |= dns.flags.TC >> 8
    assert meanings.of(replace(exchange, wire=bytes(cut)), step.zone) is not usual


def test_a_referral_means_the_same_for_every_name_below_its_cut_and_nothing_else_does() -> None:
    """Of each reply to the walk: asked about another name, it is what the classifier says of that name."""
    ends, fresh = [], type(meanings)()
    for step in (step for step in checked_world("textbook").steps if step.main):
        exchange = step.attempts[0].exchange
        for label in ("other", "WWW"):
            question = replace(exchange.query.question, name=name(f"{label}.example.com."))
            asked = replace(exchange, query=replace(exchange.query, question=question))
            found = fresh.of(asked, step.zone)
            assert found == in_one_order(classify(asked, step.zone))
            ends.append((found.kind, found is fresh.of(exchange, step.zone)))
    assert set(ends) == {(Kind.REFERRAL, True), (Kind.ANSWER, False), (Kind.OTHER_NAME, False)}, ends


def test_silence_has_a_meaning_too_and_what_is_remembered_has_a_bound() -> None:
    (step,) = (step for step in checked_world("textbook").steps if step.id == 1)
    exchange = step.attempts[0].exchange
    silent = replace(exchange, wire=None, message=None, fault=Fault.TIMEOUT)
    assert meanings.of(silent, step.zone) == classify(silent, step.zone)
    usual = meanings.of(exchange, step.zone)
    for number in range(MOST):
        assert exchange.wire is not None
        meanings.of(replace(exchange, wire=exchange.wire + number.to_bytes(2)), step.zone)
    assert meanings.of(exchange, step.zone) is not usual
