"""Every misbehaviour, as the network sees it and as the classifier names it."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace import Settings, trace
from dnstrace.lab.misbehaviour import MISBEHAVIOURS
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.message.meaning import classify
from dnstrace.model import Attempt, Edns, Exchange, Kind, Query, Question, Transport
from tests.lab.made import misbehaving
from tests.replies import name

QUESTION = Question(name("www.example."), dns.rdatatype.A)
UDP, TCP, PLAIN = Query(QUESTION, "192.0.2.1"), Query(QUESTION, "192.0.2.1", transport=Transport.TCP), Query(
    QUESTION, "192.0.2.1", edns=None
)  # fmt: skip
UNCHECKED = Query(QUESTION, "192.0.2.1", checking_disabled=True)


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
    ("zone-version", UDP, Kind.ANSWER),
    ("report-channel=reports.example.net", UDP, Kind.ANSWER),
    ("unlike-with-option=AA", UDP, Kind.ANSWER),
    ("unlike-dname=www.example.net.", UDP, Kind.ANSWER),
    ("no-udp", UDP, Kind.TIMEOUT),
    ("no-udp", TCP, Kind.ANSWER),
    ("no-tcp", UDP, Kind.ANSWER),
    ("no-tcp", TCP, Kind.PORT_UNREACHABLE),
    ("no-tcp=REFUSED", UDP, Kind.ANSWER),
    ("no-tcp=REFUSED", TCP, Kind.REFUSED),
    ("loses-tcp", UDP, Kind.ANSWER),
    ("loses-tcp", TCP, Kind.CONNECTION_LOST),
    ("drops-edns", UDP, Kind.TIMEOUT),
    ("drops-edns", PLAIN, Kind.ANSWER),
    ("drops-large-udp", UDP, Kind.ANSWER),
    ("drops-large-udp=40", UDP, Kind.TIMEOUT),
    ("drops-large-udp=40", TCP, Kind.ANSWER),
    ("denies-as-apex", UDP, Kind.ANSWER),
    ("fails-below=www.example. SERVFAIL", UDP, Kind.SERVER_FAILURE),
    ("fails-below=web.example. SERVFAIL", UDP, Kind.ANSWER),
    ("slow", UDP, Kind.ANSWER),
    ("at-times=1 SERVFAIL", UDP, Kind.SERVER_FAILURE),
    ("at-times=1 silent", UDP, Kind.TIMEOUT),
    ("alternates=3", UDP, Kind.ANSWER),
    ("serial-grows=1", UDP, Kind.ANSWER),
    ("alternates=3 www.example.", UDP, Kind.NXDOMAIN),
    ("stops-after=1", UDP, Kind.ANSWER),
    ("stops-after=0", UDP, Kind.TIMEOUT),
    ("stops-after=0 REFUSED", UDP, Kind.REFUSED),
    ("refuses", UDP, Kind.REFUSED),
    ("servfail", UDP, Kind.SERVER_FAILURE),
    ("not-implemented", UDP, Kind.NOT_IMPLEMENTED),
    ("no-edns", UDP, Kind.FORMAT_ERROR),
    ("no-edns=NOTIMP", UDP, Kind.NOT_IMPLEMENTED),
    ("no-edns", PLAIN, Kind.ANSWER),
    ("bad-version", UDP, Kind.BAD_VERSION),
    ("bad-version", PLAIN, Kind.ANSWER),
    ("format-error", UDP, Kind.FORMAT_ERROR),
    ("format-error", PLAIN, Kind.FORMAT_ERROR),
    ("bad-cookie", UDP, Kind.BAD_COOKIE),
    ("bad-cookie", PLAIN, Kind.ANSWER),
    ("glue-on-request", UDP, Kind.ANSWER),
    ("empty", UDP, Kind.EMPTY),
    ("wrong-class", UDP, Kind.WRONG_CLASS),
    ("other-name", UDP, Kind.OTHER_NAME),
    ("cname-and-data", UDP, Kind.ANSWER),
    ("cname-and-data=TXT", UDP, Kind.ALIAS),
    ("lame", UDP, Kind.EMPTY),
    ("recursive", UDP, Kind.LAME),
    ("recursive=example.", UDP, Kind.LAME),
    ("recursive=other.", UDP, Kind.ANSWER),
    ("no-aa", UDP, Kind.ANSWER),
    ("upward", UDP, Kind.UPWARD_REFERRAL),
    ("upward=other.", UDP, Kind.SIDEWAYS_REFERRAL),
    ("upward=example.", UDP, Kind.SELF_REFERRAL),
    ("strips-signatures", UDP, Kind.ANSWER),
    ("truncates", UDP, Kind.TRUNCATED),
    ("truncates", TCP, Kind.ANSWER),
    ("truncates=always", UDP, Kind.TRUNCATED),
    ("truncates=always", TCP, Kind.TRUNCATED_OVER_TCP),
    ("wrong-id", UDP, Kind.MISMATCH),
    ("wrong-question", UDP, Kind.MISMATCH),
    ("spoofed", UDP, Kind.ANSWER),
    ("elsewhere", UDP, Kind.MISMATCH),
    ("elsewhere", TCP, Kind.ANSWER),
    ("garbage", UDP, Kind.MALFORMED),
    ("endless=example.", UDP, Kind.REFERRAL),
    ("endless-aliases=example.", UDP, Kind.ALIAS),
    ("denies-empty=www", UDP, Kind.NXDOMAIN),
    ("bare-negative", UDP, Kind.ANSWER),
    ("gives-up=0", UDP, Kind.ANSWER),
    ("huge", UDP, Kind.TRUNCATED),
    ("huge", TCP, Kind.ANSWER),
    ("drip", UDP, Kind.ANSWER),
    ("drip=1", TCP, Kind.ANSWER),
    ("drip", TCP, Kind.TIMEOUT),
    ("resolver", UDP, Kind.LAME),
    ("explains=15 a text", UDP, Kind.ANSWER),
    ("explains=15", PLAIN, Kind.ANSWER),
    ("blocks", UDP, Kind.NXDOMAIN),
    ("blocks=0.0.0.0", UDP, Kind.ANSWER),
    ("finds-bogus", UDP, Kind.SERVER_FAILURE),
    ("finds-bogus", UNCHECKED, Kind.ANSWER),
    ("extra-glue=ns.example. 192.0.2.9", UDP, Kind.ANSWER),
    ("authoritative-referrals", UDP, Kind.ANSWER),
    ("no-soa", UDP, Kind.ANSWER),
    ("recurses", UDP, Kind.ANSWER),
    ("gives-zone", UDP, Kind.ANSWER),
    ("lowers-case", UDP, Kind.ANSWER),
    ("echoes-options", UDP, Kind.ANSWER),
    ("intercepts", UDP, Kind.LAME),
    ("silent-version", UDP, Kind.ANSWER),
    ("sparse-any", UDP, Kind.ANSWER),
    ("sparse-signatures", UDP, Kind.ANSWER),
    ("two-soas", UDP, Kind.ANSWER),
    ("knows-types=TXT", UDP, Kind.NOT_IMPLEMENTED),
    ("knows-types=A", UDP, Kind.ANSWER),
    ("case-sensitive", UDP, Kind.ANSWER),
    ("cname-and-data=CNAME", UDP, Kind.ALIAS),
    ("only-type=www.example. TXT", UDP, Kind.NXDOMAIN),
    ("nxdomain-for-nodata=example.", UDP, Kind.ANSWER),
    ("nxdomain-with-answer=www.example.", UDP, Kind.ANSWER),
    ("denies-name=www.example. example.", UDP, Kind.NXDOMAIN),
    ("drops-denials", UDP, Kind.ANSWER),
    ("foreign-soa=test.", UDP, Kind.LAME),
    ("ds-from-child=www.example.", UDP, Kind.ANSWER),
    ("no-apex-ns=NXDOMAIN example.", UDP, Kind.ANSWER),
    ("left-over=www.example. 192.0.2.66", UDP, Kind.ANSWER),
    ("alias-for=www.example. A web.example.", UDP, Kind.ALIAS),
    ("soa-in-referrals=example.", UDP, Kind.ANSWER),
    ("refers=www.example. ns.test.", UDP, Kind.REFERRAL),
]


ROWS: list[tuple[object, ...]] = [getattr(row, "values", row) for row in SEEN]


@pytest.mark.parametrize(("does", "query", "kind"), SEEN)
def test_it_is_seen_for_what_it_is(does: str, query: Query, kind: Kind) -> None:
    assert classify(met(query, does), name("example.")).kind is kind


def test_none_is_left_out() -> None:
    assert {str(does).partition("=")[0] for does, *_ in ROWS} == set(MISBEHAVIOURS)


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


def test_the_cookie_that_a_server_wants_can_be_given_back() -> None:
    """A client's part of eight octets, then the server's (RFC 7873 section 5.3)."""
    client = bytes(range(8))
    refused = met(Query(QUESTION, "192.0.2.1", edns=Edns(options=((10, client),))), "bad-cookie")
    assert refused.message is not None
    (given,) = (option.to_wire() for option in refused.message.options)
    assert given is not None and given[:8] == client and len(given) == 16
    answered = met(Query(QUESTION, "192.0.2.1", edns=Edns(options=((10, given),))), "bad-cookie")
    assert classify(answered, name("example.")).kind is Kind.ANSWER


def test_a_huge_reply_is_as_large_as_a_message_can_be() -> None:
    wire = met(TCP, "huge").wire
    assert wire is not None and 65535 - 16 < len(wire) <= 65535


# --- in worlds -----------------------------------------------------------------------------------

SEEDS, USUAL = range(8), Settings()
WORLDS = [
    ("silent", {Kind.ABANDONED}),
    ("unreachable", {Kind.PORT_UNREACHABLE}),
    ("host-unreachable", {Kind.HOST_UNREACHABLE}),
    ("garbage", {Kind.MALFORMED}),
    ("wrong-id", {Kind.ABANDONED}),
    ("wrong-question", {Kind.ABANDONED}),
    ("refuses", {Kind.REFUSED}),
    ("servfail", {Kind.SERVER_FAILURE}),
    ("not-implemented", {Kind.NOT_IMPLEMENTED}),
    ("format-error", {Kind.FORMAT_ERROR}),
    ("bad-cookie", {Kind.BAD_COOKIE}),
    ("lame", {Kind.EMPTY}),
    ("upward", {Kind.UPWARD_REFERRAL}),
    ("sideways", {Kind.SIDEWAYS_REFERRAL}),
    ("self-referral", {Kind.SELF_REFERRAL}),
    ("empty", {Kind.EMPTY}),
    ("wrong-class", {Kind.WRONG_CLASS}),
    ("other-name", {Kind.OTHER_NAME}),
    ("truncated-over-tcp", {Kind.TRUNCATED, Kind.TRUNCATED_OVER_TCP}),
    ("loses-tcp", {Kind.TRUNCATED, Kind.CONNECTION_LOST}),
    ("drip", {Kind.TRUNCATED, Kind.ABANDONED}),
    # where both servers do it: all that is seen at the zone's servers
    ("recursive", {Kind.LAME}),
    ("no-aa", {Kind.ANSWER}),
    ("bad-version", {Kind.BAD_VERSION, Kind.ANSWER}),
    ("no-edns", {Kind.FORMAT_ERROR, Kind.ANSWER}),
    ("referral-loop", {Kind.UPWARD_REFERRAL}),
    ("all-empty", {Kind.EMPTY}),
    ("all-silent", {Kind.TIMEOUT}),
    ("all-mismatch", {Kind.MISMATCH}),
    ("all-refuse", {Kind.REFUSED}),
    ("all-drip", {Kind.TRUNCATED, Kind.TIMEOUT}),
    ("alias-loop", {Kind.ALIAS_LOOP}),
    ("endless-dname", {Kind.YXDOMAIN}),
    ("endless-aliases", {Kind.ALIAS}),
    ("endless", {Kind.REFERRAL}),
    ("cname-and-data", {Kind.ANSWER}),
    ("cname-and-text", {Kind.ALIAS, Kind.ANSWER}),
    ("huge", {Kind.TRUNCATED, Kind.ANSWER}),
]
"""Worlds, and every meaning that is seen, by one seed or another, at those servers that misbehave there."""


def at_the_faulty(world: str, seed: int, settings: Settings = USUAL) -> list[Attempt]:
    """What a trace of a world met at those addresses of it that misbehave, or at the zone's if none does."""
    loaded = load(world)
    faulty = {address for server in loaded.servers if server.does for address in server.rtt}
    asked = loaded.question
    found = trace(asked.name, asked.rdtype, network=LabNetwork(loaded), seed=seed, settings=settings)
    return [
        attempt
        for step in found.steps
        for attempt in step.attempts
        if (attempt.address in faulty if faulty else step.zone == name("example.com."))
    ]


@pytest.mark.parametrize(("world", "kinds"), WORLDS)
def test_a_world_shows_each_fault_as_what_it_is_and_as_nothing_else(world: str, kinds: set[Kind]) -> None:
    assert {attempt.meaning.kind for seed in SEEDS for attempt in at_the_faulty(world, seed)} == kinds


def test_a_family_without_a_route_is_seen_as_such_and_once() -> None:
    loaded = load("no-ipv6")
    for seed in SEEDS:
        found = trace(loaded.question.name, network=LabNetwork(loaded), seed=seed)
        kinds = [attempt.meaning.kind for step in found.steps for attempt in step.attempts]
        assert kinds.count(Kind.NETWORK_UNREACHABLE) <= 1 and found.outcome == "answer"


def test_a_server_that_wants_its_cookie_answers_when_it_has_it() -> None:
    settings = Settings(edns=Edns(options=((10, bytes(8)),)))
    kinds = [[a.meaning.kind for a in at_the_faulty("bad-cookie", seed, settings)] for seed in SEEDS]
    assert [Kind.BAD_COOKIE, Kind.ANSWER] in kinds


def test_data_beside_an_alias_is_told() -> None:
    notes = {attempt.meaning.note for attempt in at_the_faulty("cname-and-text", 1)}
    assert any("other data at the same name" in note for note in notes)


def test_an_alias_beside_the_data_asked_for_is_told() -> None:
    notes = {attempt.meaning.note for attempt in at_the_faulty("cname-and-data", 1)}
    assert any("other data at the same name" in note for note in notes)


def test_silence_over_tcp_says_nothing_of_edns_or_of_large_datagrams() -> None:
    causes = {attempt.cause for attempt in at_the_faulty("all-drip", 1)}
    assert causes == {None, "no-tcp"}
