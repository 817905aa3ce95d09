"""Every misbehaviour, as the network sees it and as the classifier names it."""

from __future__ import annotations

import pytest

from dnstrace.lab.misbehaviour import MISBEHAVIOURS
from dnstrace.lab.network import LabNetwork
from dnstrace.meaning import classify
from dnstrace.model import Edns, Exchange, Kind, Query, Question, Transport
from tests.lab.made import misbehaving
from tests.replies import name

QUESTION = Question(name("www.example."), 1)
UDP, TCP, PLAIN = Query(QUESTION, "192.0.2.1"), Query(QUESTION, "192.0.2.1", transport=Transport.TCP), Query(
    QUESTION, "192.0.2.1", edns=None
)  # fmt: skip


def met(query: Query, *does: str) -> Exchange:
    network = LabNetwork(misbehaving(*does))
    return network.run(network.exchange(query, 5.0))


SEEN = [
    ("silent", UDP, Kind.TIMEOUT),
    ("silent=A", UDP, Kind.TIMEOUT),
    ("silent=AAAA", UDP, Kind.ANSWER),
    ("unreachable", UDP, Kind.PORT_UNREACHABLE),
    ("unreachable", TCP, Kind.PORT_UNREACHABLE),
    ("unreachable=host", UDP, Kind.HOST_UNREACHABLE),
    ("no-udp", UDP, Kind.TIMEOUT),
    ("no-udp", TCP, Kind.ANSWER),
    ("no-tcp", UDP, Kind.ANSWER),
    ("no-tcp", TCP, Kind.PORT_UNREACHABLE),
    ("loses-tcp", UDP, Kind.ANSWER),
    ("loses-tcp", TCP, Kind.CONNECTION_LOST),
    ("drops-edns", UDP, Kind.TIMEOUT),
    ("drops-edns", PLAIN, Kind.ANSWER),
    ("drops-large-udp", UDP, Kind.ANSWER),
    ("drops-large-udp=40", UDP, Kind.TIMEOUT),
    ("drops-large-udp=40", TCP, Kind.ANSWER),
    ("slow", UDP, Kind.ANSWER),
    ("refuses", UDP, Kind.REFUSED),
    ("servfail", UDP, Kind.SERVER_FAILURE),
    ("not-implemented", UDP, Kind.NOT_IMPLEMENTED),
    ("no-edns", UDP, Kind.FORMAT_ERROR),
    ("no-edns=NOTIMP", UDP, Kind.NOT_IMPLEMENTED),
    ("no-edns", PLAIN, Kind.ANSWER),
    ("bad-version", UDP, Kind.BAD_VERSION),
    ("bad-version", PLAIN, Kind.ANSWER),
    ("lame", UDP, Kind.EMPTY),
    ("recursive", UDP, Kind.LAME),
    ("no-aa", UDP, Kind.ANSWER),
    ("upward", UDP, Kind.UPWARD_REFERRAL),
    ("upward=other.", UDP, Kind.SIDEWAYS_REFERRAL),
    ("upward=example.", UDP, Kind.SELF_REFERRAL),
    ("truncates", UDP, Kind.TRUNCATED),
    ("truncates", TCP, Kind.ANSWER),
    ("truncates=always", TCP, Kind.TRUNCATED),
    ("wrong-id", UDP, Kind.MISMATCH),
    ("wrong-question", UDP, Kind.MISMATCH),
    ("spoofed", UDP, Kind.ANSWER),
    ("garbage", UDP, Kind.MALFORMED),
]


ROWS: list[tuple[object, ...]] = [getattr(row, "values", row) for row in SEEN]


@pytest.mark.parametrize(("does", "query", "kind"), SEEN)
def test_it_is_seen_for_what_it_is(does: str, query: Query, kind: Kind) -> None:
    assert classify(met(query, does), name("example.")).kind is kind


def test_none_is_left_out() -> None:
    assert {seen[0].partition("=")[0] for seen in ROWS} == set(MISBEHAVIOURS)


def test_every_one_says_what_it_is() -> None:
    assert all((function.__doc__ or "").strip() for function in MISBEHAVIOURS.values())


@pytest.mark.parametrize(("does", "elapsed"), [("slow", 0.92), ("slow=30", 0.05), ("slow=0.5", 0.0205)])
def test_slow_is_late_by_so_much(does: str, elapsed: float) -> None:
    assert met(UDP, does).elapsed == pytest.approx(elapsed, abs=1e-9)


def test_an_answer_without_authority_is_marked_so() -> None:
    assert classify(met(UDP), name("example.")).authoritative
    assert not classify(met(UDP, "no-aa"), name("example.")).authoritative


def test_false_replies_are_counted() -> None:
    assert met(UDP, "spoofed=20").mismatched == 20


def test_a_server_without_edns_replies_without_it() -> None:
    reply = met(UDP, "no-edns").message
    assert reply is not None and reply.edns == -1


def test_several_apply_in_order() -> None:
    both = met(UDP, "slow=10", "refuses")
    assert both.elapsed == pytest.approx(0.03) and classify(both, name("example.")).kind is Kind.REFUSED
    assert met(UDP, "refuses", "slow=10").elapsed == pytest.approx(0.02)  # the first is outermost
    assert met(Query(QUESTION, "192.0.2.1", edns=Edns()), "no-tcp", "no-aa").message is not None
