"""What a resolver says beside the walk: pure readings of replies made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import dns.edns
import dns.message
import pytest

from dnstrace.analysis.resolvers import compared, heard
from dnstrace.model import (
    ROOT,
    Attempt,
    Exchange,
    Fault,
    Kind,
    Outcome,
    Purpose,
    Question,
    Step,
    Trace,
)
from dnstrace.model.compared import Compared
from dnstrace.walk.roots import given_server
from tests.replies import name, reply

Parts = dict[str, Any]
STARTED = datetime(2026, 1, 15, 14, tzinfo=UTC)
ASKED = "www.example.com. A"
WWW = "www.example.com. 300 A 192.0.2.44"
SOA = "example.com. {} SOA ns.example.com. host.example.com. 1 2 3 4 300"
FOREIGN = "filter.test. 60 SOA ns.filter.test. host.filter.test. 1 2 3 4 300"
ANSWERED: Parts = {"answer": (WWW,)}
DENIED: Parts = {"rcode": 3, "authority": (SOA.format(300),)}
EMPTY: Parts = {"authority": (SOA.format(300),)}


def said(flags: str = "QR RD RA", codes: tuple[int, ...] = (), **parts: Any) -> Exchange:
    """The reply of a resolver, with these extended errors."""
    exchange = reply(parts.pop("question", ASKED), flags=flags, **parts)
    assert exchange.message is not None
    errors = [dns.edns.EDEOption(dns.edns.EDECode.make(code), "why") for code in codes]
    if errors:
        exchange.message.use_edns(0, 0, 1232, options=list(errors))
    return exchange


def step(number: int, purpose: Purpose, zone: str, *exchanges: Exchange, chosen: int | None) -> Step:
    heard_here = heard if purpose is Purpose.PROBE else _classified
    attempts = tuple(Attempt(ROOT, exchange, heard_here(exchange)) for exchange in exchanges)
    asked = exchanges[0].query.question
    outcome = Outcome.FAILED if chosen is None else Outcome(attempts[chosen].meaning.kind.value)
    servers = given_server(("192.0.2.53",)).servers
    return Step(number, None, purpose, name(zone), asked, servers, attempts, chosen, outcome)


def _classified(exchange: Exchange) -> Any:
    from dnstrace.message.meaning import classify

    return classify(exchange, name("example.com."))


def beside(exchange: Exchange, *more: Exchange, **walked: Any) -> Compared:
    """A resolver that said this, beside a walk that came to what `walked` says."""
    end = reply(walked.pop("question", ASKED), flags="QR AA", **(walked or ANSWERED))
    last = step(1, Purpose.WALK, "example.com.", end, chosen=0)
    asked = step(2, Purpose.PROBE, ".", exchange, *more, chosen=None)
    assert last.meaning is not None and last.outcome is not None
    trace = Trace(last.question, STARTED, 1, last.outcome, 0, last.meaning.answer, (last, asked))
    (found,) = compared(trace)
    return found


def difference(exchange: Exchange, **walked: Any) -> str:
    found = beside(exchange, **walked).difference
    assert found is not None
    return found.value


def www(ttl: int, *addresses: str) -> dict[str, Any]:
    return {"answer": (f"www.example.com. {ttl} A {' | '.join(addresses)}",)}


ALIAS = "www.example.com. 300 CNAME web.example.com."
SAID = [
    # the same
    (said(**www(200, "192.0.2.44")), ANSWERED, "same"),
    (said(**www(301, "192.0.2.44")), ANSWERED, "same"),
    (said("QR AA", **www(300, "192.0.2.44")), ANSWERED, "same"),
    (said(**www(9, "192.0.2.2", "192.0.2.1")), www(9, "192.0.2.1", "192.0.2.2"), "same"),
    (said(**DENIED), DENIED, "same"),
    (said(**EMPTY), EMPTY, "same"),
    (said(rcode=3), DENIED, "same"),
    (said(answer=(ALIAS, "web.example.com. 5 A 192.0.2.44")), ANSWERED, "same"),
    (said(codes=(4,), **www(9, "192.0.2.44")), ANSWERED, "same"),
    (said(codes=(17,), **www(9, "192.0.2.44")), ANSWERED, "same"),
    # from before
    (said(**www(200, "192.0.2.9")), ANSWERED, "stale"),
    (said(**www(9000, "192.0.2.9")), ANSWERED, "stale"),
    (said(**www(200, "192.0.2.9", "192.0.2.44")), ANSWERED, "stale"),
    (said(**www(200, "192.0.2.9")), DENIED, "stale"),
    (said(rcode=3, authority=(SOA.format(200),)), ANSWERED, "stale"),
    (said(authority=(SOA.format(200),)), ANSWERED, "stale"),
    (said(codes=(3,), **www(30, "192.0.2.44")), ANSWERED, "stale"),
    (said(codes=(19,), **DENIED), ANSWERED, "stale"),
    # differing just now: not from before
    (said(**www(300, "192.0.2.9")), ANSWERED, "other"),
    (said(**DENIED), ANSWERED, "other"),
    (said("QR AA", **www(200, "192.0.2.9")), DENIED, "other"),
    (said(**DENIED), EMPTY, "other"),
    # kept from those who ask
    (said(rcode=3), ANSWERED, "filtered"),
    (said(), ANSWERED, "filtered"),
    (said(rcode=3, authority=(FOREIGN,)), ANSWERED, "filtered"),
    (said(**www(300, "0.0.0.0")), ANSWERED, "filtered"),
    (said(**www(300, "127.0.0.1")), DENIED, "filtered"),
    (said(codes=(15,), **www(300, "192.0.2.9")), ANSWERED, "filtered"),
    (said(codes=(18,), **DENIED), ANSWERED, "filtered"),
    (said(codes=(16,), rcode=2), ANSWERED, "filtered"),
    (said(codes=(17,), rcode=5), ANSWERED, "filtered"),
    (said(**www(300, "127.0.0.1")), www(300, "127.0.0.1"), "same"),
    (said(**www(9, "127.0.0.2")), www(300, "127.0.0.1"), "stale"),
    # for those inside
    (said(**www(60, "10.1.2.3")), ANSWERED, "split-horizon"),
    (said(**www(60, "192.168.1.1")), DENIED, "split-horizon"),
    (said(**www(60, "100.64.0.1", "192.0.2.9")), ANSWERED, "split-horizon"),
    (said(**www(60, "10.1.2.3")), www(300, "10.9.9.9"), "stale"),
    # no answer of its own
    (said(codes=(6,), rcode=2), ANSWERED, "validation"),
    (said(codes=(12,), rcode=2), ANSWERED, "validation"),
    (said(codes=(13,), rcode=2), ANSWERED, "fails"),
    (said(rcode=2), ANSWERED, "fails"),
    (said(rcode=4), ANSWERED, "fails"),
    (said("QR RD", rcode=2), ANSWERED, "fails"),
    (said("QR RD", rcode=5), ANSWERED, "refuses"),
    (said(rcode=5, codes=(18,)), ANSWERED, "refuses"),
    (said("QR RD", authority=("com. 9 NS a.test.",)), ANSWERED, "refuses"),
    (said("QR RD"), ANSWERED, "refuses"),
    (said(answer=("www.example.com. 9 CNAME www.example.com.",)), ANSWERED, "fails"),
    (said("QR RD RA TC"), ANSWERED, "fails"),
]


@pytest.mark.parametrize(("exchange", "walked", "expected"), SAID)
def test_how_it_differs_and_why(exchange: Exchange, walked: dict[str, Any], expected: str) -> None:
    assert difference(exchange, **walked) == expected


def test_ipv6_addresses_tell_the_same() -> None:
    asked: Parts = {"question": "www.example.com. AAAA"}
    there = {**asked, "answer": ("www.example.com. 300 AAAA 2001:db8::44",)}
    for address, expected in (("::", "filtered"), ("::1", "filtered"), ("fd00::1", "split-horizon")):
        answer = (f"www.example.com. 300 AAAA {address}",)
        assert difference(said(**asked, answer=answer), **there) == expected


@pytest.mark.parametrize(
    ("addresses", "walked", "expected"),
    [
        (("64:ff9b::c000:22c",), EMPTY, "dns64"),
        (("64:ff9b::c000:22c", "2001:db8::9"), EMPTY, "stale"),
        (("64:ff9b:1::c000:22c",), EMPTY, "stale"),
        (("64:ff9b::c000:22c",), DENIED, "stale"),
    ],
)
def test_addresses_that_dns64_makes_where_there_are_none_are_not_old(
    addresses: tuple[str, ...], walked: Parts, expected: str
) -> None:
    asked: Parts = {"question": "www.example.com. AAAA"}
    answer = tuple(f"www.example.com. 300 AAAA {address}" for address in addresses)
    assert difference(said(**asked, answer=answer), **{**walked, **asked}) == expected


def test_names_are_compared_without_case() -> None:
    asked: Parts = {"question": "example.com. MX"}
    walked: Parts = {**asked, "answer": ("example.com. 300 MX 10 MAIL.example.com.",)}
    assert difference(said(**asked, answer=("example.com. 9 MX 10 mail.Example.com.",)), **walked) == "same"


@pytest.mark.parametrize("rdtype", ["ANY", "RRSIG"])
def test_what_each_server_gives_as_it_likes_is_not_compared(rdtype: str) -> None:
    asked: Parts = {"question": f"www.example.com. {rdtype}"}
    assert difference(said(**asked, **DENIED), **asked, **DENIED) == "not-compared"


def test_without_a_reply_it_has_not_answered() -> None:
    for fault in Fault:
        silent = replace(said(), message=None, wire=None, fault=fault)
        assert difference(silent) == "no-answer"


@pytest.mark.parametrize("outcome", [None, Outcome.FAILED, Outcome.REFERRAL])
@pytest.mark.parametrize(
    ("exchange", "expected"),
    [(said(**www(9, "192.0.2.9")), "not-compared"), (said(codes=(3,), **www(9, "192.0.2.9")), "stale"),
     (said(rcode=2), "fails")],
)  # fmt: skip
def test_where_the_walk_has_nothing_to_compare_with(
    outcome: Outcome | None, exchange: Exchange, expected: str
) -> None:
    asked = step(1, Purpose.PROBE, ".", exchange, chosen=None)
    (found,) = compared(Trace(asked.question, STARTED, 1, outcome, steps=(asked,)))
    assert found.difference == expected


def test_an_answer_with_checking_disabled_shows_that_it_was_validation() -> None:
    unchecked = said(**www(9, "192.0.2.44"))
    unchecked = replace(unchecked, query=replace(unchecked.query, checking_disabled=True))
    found = beside(said(rcode=2), unchecked)
    assert (found.difference, found.unchecked) == ("validation", True)
    failing = said(rcode=2)
    failing = replace(failing, query=replace(failing.query, checking_disabled=True))
    found = beside(said(rcode=2), failing)
    assert (found.difference, found.unchecked) == ("fails", False)


# --- how long still -------------------------------------------------------------------------------


def held(found: Compared) -> tuple[int | None, int | None, int | None, bool]:
    return found.ttl, found.authoritative_ttl, found.age, found.too_long


def test_what_is_left_of_the_ttl_and_for_how_long_it_was_held() -> None:
    found = beside(replace(said(**www(200, "192.0.2.44")), start=1.0, elapsed=0.5))
    assert held(found) == (200, 300, 100, False)
    assert str(found.until) == "2026-01-15 14:03:21.500000+00:00"
    assert held(beside(said(**www(400, "192.0.2.44")))) == (400, 300, None, True)
    assert held(beside(said(codes=(3,), **www(30, "192.0.2.44")))) == (30, 300, None, False)
    assert held(beside(said(rcode=2))) == (None, None, None, False)


def test_of_a_negative_answer_it_is_that_of_the_soa_record() -> None:
    older: Parts = {"rcode": 3, "authority": (SOA.format(120),)}
    assert held(beside(said(**older), **DENIED)) == (120, 300, 180, False)
    assert held(beside(said(**older))) == (120, 300, 180, False)


def test_of_a_chain_it_is_the_link_that_differs_or_else_expires_first() -> None:
    walked: Parts = {"answer": (ALIAS, "web.example.com. 60 A 192.0.2.44")}
    same: Parts = {
        "answer": ("www.example.com. 250 CNAME web.example.com.", "web.example.com. 7 A 192.0.2.44")
    }
    assert held(beside(said(**same), **walked)) == (7, 60, 53, False)
    moved: Parts = {
        "answer": ("www.example.com. 250 CNAME old.example.com.", "old.example.com. 60 A 192.0.2.9")
    }
    assert held(beside(said(**moved), **walked)) == (250, 300, 50, False)


def test_a_filter_has_a_ttl_of_its_own() -> None:
    assert held(beside(said(**www(60, "0.0.0.0")))) == (60, None, None, False)


# --- what one reply means -------------------------------------------------------------------------


def test_a_reply_is_read_whole_whatever_is_beside_the_answer() -> None:
    beside_it = ("example.com. 9 NS ns.example.com.",)
    meaning = heard(said(**www(9, "192.0.2.44"), authority=beside_it))
    assert (meaning.kind, meaning.delegation, meaning.child) == (Kind.ANSWER, None, None)


def test_aliases_are_followed_to_what_the_resolver_found_there() -> None:
    for rcode, kind in ((3, Kind.NXDOMAIN), (0, Kind.NODATA)):
        meaning = heard(said(rcode=rcode, answer=(ALIAS,), authority=(SOA.format(9),)))
        assert (meaning.kind, meaning.target) == (kind, name("web.example.com."))
        assert meaning.soa is not None


def test_what_a_resolver_says_is_no_link_of_the_chain_of_trust() -> None:
    from dnstrace.dnssec.replies import Replies

    asked = step(1, Purpose.PROBE, ".", said(**ANSWERED), chosen=0)
    replies = Replies(Trace(asked.question, STARTED, 1, steps=(asked,)))
    question = Question(name("www.example.com."), asked.question.rdtype)
    assert list(replies.to(question)) == [] and not replies.asked(question)


def test_what_is_under_way_is_not_judged() -> None:
    asked = replace(step(1, Purpose.PROBE, ".", said(rcode=2), chosen=None), outcome=None)
    for attempts in ((), asked.attempts):
        (found,) = compared(Trace(asked.question, STARTED, 1, steps=(replace(asked, attempts=attempts),)))
        assert (found.difference, found.until) == (None, None)
