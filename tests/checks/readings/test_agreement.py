"""Whether two replies to one question can both be right."""

from __future__ import annotations

from itertools import product

import pytest

from dnstrace.checks.readings.agreement import conflict, groups
from dnstrace.checks.readings.replies import HeardReply
from dnstrace.message.meaning import classify
from dnstrace.model import Attempt, Purpose, Question, Step
from tests.replies import name, reply

QUESTION = "www.example.com. A"
SOA = "example.com. 900 SOA ns. host. 1 2 3 4 5"
HERE, THERE = "www.example.com. 300 A 192.0.2.1", "www.example.com. 300 A 192.0.2.2"
ALIAS = "www.example.com. 300 CNAME web.example.com."
REPLIES: dict[str, dict[str, object]] = {
    "here": {"flags": "QR AA", "answer": (HERE,)},
    "there": {"flags": "QR AA", "answer": (THERE,)},
    "alias": {"flags": "QR AA", "answer": (ALIAS,)},
    "alias and more": {"flags": "QR AA", "answer": (ALIAS, "web.example.com. 300 A 192.0.2.9")},
    "nodata": {"flags": "QR AA", "authority": (SOA,)},
    "nxdomain": {"flags": "QR AA", "rcode": 3, "authority": (SOA,)},
    "www": {"authority": ("www.example.com. 300 NS ns.example.net.",)},
    "www elsewhere": {"authority": ("www.example.com. 300 NS ns.example.org.",)},
}
ALIKE = [{"alias", "alias and more"}, {"www", "www elsewhere"}]


def heard(which: str) -> HeardReply:
    return as_heard(QUESTION, REPLIES[which])


def of_any(what: dict[str, object]) -> HeardReply:
    return as_heard("www.example.com. ANY", what)


def as_heard(asked: str, what: dict[str, object]) -> HeardReply:
    exchange = reply(asked, **what)  # type: ignore[arg-type]
    zone = name("example.com.")
    question = Question(zone, exchange.query.question.rdtype)
    step = Step(1, None, Purpose.WALK, zone, question=exchange.query.question or question, servers=())
    return HeardReply(step, Attempt(name("ns."), exchange, classify(exchange, zone)))


@pytest.mark.parametrize(("one", "other"), list(product(REPLIES, REPLIES)))
def test_two_replies_agree_only_where_both_can_be_right(one: str, other: str) -> None:
    alike = one == other or {one, other} in ALIKE
    assert conflict(heard(one), heard(other)) is not alike


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ((HERE,), (f"{HERE}", 'www.example.com. 300 TXT "x"'), True),
        ((HERE,), ('www.example.com. 3789 HINFO "RFC8482" ""',), True),
        (('www.example.com. 9 HINFO "any" ""',), ('www.example.com. 3789 HINFO "RFC8482" ""',), True),
        ((HERE,), (THERE,), False),
    ],
)
def test_replies_to_any_may_have_different_types(
    one: tuple[str, ...], other: tuple[str, ...], agree: bool
) -> None:
    """RFC 8482 sections 4.1 and 4.2."""
    both = [of_any({"flags": "QR AA", "answer": answer}) for answer in (one, other)]
    assert conflict(*both) is not agree and conflict(*reversed(both)) is not agree


def test_replies_that_agree_are_together_and_the_most_come_first() -> None:
    found = groups(map(heard, ("there", "here", "here", "nxdomain")))
    assert [len(group) for group in found] == [2, 1, 1]
