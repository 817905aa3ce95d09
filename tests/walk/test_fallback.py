"""Asking again in another way."""

from __future__ import annotations

from dataclasses import replace

import dns.edns
import dns.message
import dns.rdatatype
import pytest

from dnstrace.model import Attempt, Cause, Edns, Exchange, Kind, Meaning, Query, Question, Transport
from dnstrace.walk.fallback import another_way, cause, edns_of_try, suspected
from tests.replies import name

QUERY = Query(Question(name("example.com."), dns.rdatatype.A), "192.0.2.1")


def again(query: Query, kind: Kind, message: dns.message.Message | None = None) -> Query | None:
    return another_way(Exchange(query, 0.0, 0.0, message=message), Meaning(kind))


def test_truncation_leads_to_tcp_once() -> None:
    over_tcp = again(QUERY, Kind.TRUNCATED)
    assert over_tcp == replace(QUERY, transport=Transport.TCP)
    assert over_tcp is not None
    assert again(over_tcp, Kind.TRUNCATED_OVER_TCP) is None


@pytest.mark.parametrize("kind", [Kind.FORMAT_ERROR, Kind.NOT_IMPLEMENTED, Kind.BAD_VERSION])
def test_a_server_that_does_not_know_edns_is_asked_without(kind: Kind) -> None:
    plain = again(QUERY, kind)
    assert plain == replace(QUERY, edns=None)
    assert plain is not None
    assert again(plain, kind) is None


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.SERVER_FAILURE, Kind.TIMEOUT, Kind.ANSWER])
def test_other_meanings_stand(kind: Kind) -> None:
    assert again(QUERY, kind) is None


def test_silence_is_met_with_less_and_less_edns() -> None:
    payloads = [edns and edns.payload for edns in (edns_of_try(Edns(), tries) for tries in range(4))]
    assert payloads == [1232, 512, None, None]
    assert edns_of_try(None, 0) is None and edns_of_try(Edns(payload=600), 1) == Edns(payload=512)


def test_a_server_that_wants_its_cookie_back_gets_it_once() -> None:
    client, server = b"clientck", b"servercookie"
    query = replace(QUERY, edns=Edns(options=((10, client), (3, b""))))
    message = dns.message.make_query("example.com.", "A")
    message.use_edns(0, options=[dns.edns.GenericOption(dns.edns.OptionType.COOKIE, client + server)])
    second = again(query, Kind.BAD_COOKIE, message)
    assert second is not None and second.edns is not None
    assert second.edns.options == ((10, client + server), (3, b""))
    assert again(second, Kind.BAD_COOKIE, message) is None
    message.use_edns(0, options=[dns.edns.GenericOption(dns.edns.OptionType.COOKIE, b"anotherc" + server)])
    assert again(query, Kind.BAD_COOKIE, message) is None  # not for us


def tried(query: Query, kind: Kind) -> Attempt:
    """An attempt that ended so: silence for the kinds that mean it, a reply for the others."""
    message = None if kind in (Kind.TIMEOUT, Kind.PORT_UNREACHABLE) else dns.message.make_query(".", "A")
    return Attempt(name("ns."), Exchange(query, 0.0, 0.0, message=message), Meaning(kind))


SMALL, PLAIN = replace(QUERY, edns=Edns(payload=512)), replace(QUERY, edns=None)
OVER_TCP = replace(QUERY, transport=Transport.TCP)


@pytest.mark.parametrize(
    ("before", "latest", "expected"),
    [
        ([(QUERY, Kind.FORMAT_ERROR)], (PLAIN, Kind.ANSWER), Cause.NO_EDNS),
        ([(QUERY, Kind.BAD_VERSION)], (PLAIN, Kind.NXDOMAIN), Cause.NO_EDNS),
        ([(QUERY, Kind.FORMAT_ERROR)], (PLAIN, Kind.REFUSED), None),  # nor does it answer without
        ([(QUERY, Kind.FORMAT_ERROR)], (PLAIN, Kind.FORMAT_ERROR), None),  # it was not the EDNS
        ([(QUERY, Kind.TIMEOUT), (SMALL, Kind.TIMEOUT)], (PLAIN, Kind.ANSWER), Cause.DROPS_EDNS),
        ([(QUERY, Kind.TIMEOUT)], (SMALL, Kind.TRUNCATED), Cause.DROPS_LARGE_UDP),
        ([(QUERY, Kind.TIMEOUT)], (SMALL, Kind.ANSWER), None),  # it would have fitted: it was lost, no more
        ([(QUERY, Kind.TRUNCATED)], (OVER_TCP, Kind.TIMEOUT), Cause.NO_TCP),
        ([(QUERY, Kind.TRUNCATED)], (OVER_TCP, Kind.PORT_UNREACHABLE), Cause.NO_TCP),
        ([(QUERY, Kind.TRUNCATED)], (OVER_TCP, Kind.ANSWER), None),
        ([], (OVER_TCP, Kind.TIMEOUT), None),
        ([], (PLAIN, Kind.ANSWER), None),
    ],
)
def test_what_works_tells_what_was_wrong(
    before: list[tuple[Query, Kind]], latest: tuple[Query, Kind], expected: Cause | None
) -> None:
    earlier, last = [tried(*each) for each in before], tried(*latest)
    assert cause(earlier, last) is expected
    assert cause([*earlier, replace(last, cause=expected)], last) is None  # it is said once


def test_the_usual_way_is_tried_again_where_it_may_have_been_lost_by_chance() -> None:
    usual, heard = Edns(), dns.message.make_query("example.com.", "A")

    def by(edns: Edns | None, tries: int, kind: Kind, transport: Transport = Transport.UDP) -> Edns | None:
        query = replace(QUERY, edns=edns, transport=transport)
        return suspected(usual, tries, Exchange(query, 0.0, 0.0, message=heard), Meaning(kind))

    small = replace(usual, payload=512)
    assert by(small, 1, Kind.TRUNCATED) == usual
    assert by(None, 2, Kind.ANSWER) == small
    assert by(usual, 0, Kind.TRUNCATED) is by(small, 1, Kind.ANSWER) is by(None, 0, Kind.ANSWER) is None
    assert by(small, 1, Kind.TRUNCATED, Transport.TCP) is None
    assert suspected(usual, 1, Exchange(replace(QUERY, edns=small), 0.0, 0.0), Meaning(Kind.TIMEOUT)) is None
