"""Asking again in another way."""

from __future__ import annotations

from dataclasses import replace

import dns.edns
import dns.message
import pytest

from dnstrace.fallback import another_way, edns_of_try
from dnstrace.model import Edns, Exchange, Kind, Meaning, Query, Question, Transport
from tests.replies import name

QUERY = Query(Question(name("example.com."), 1), "192.0.2.1")


def again(query: Query, kind: Kind, message: dns.message.Message | None = None) -> Query | None:
    return another_way(Exchange(query, 0.0, 0.0, message=message), Meaning(kind))


def test_truncation_leads_to_tcp_once() -> None:
    over_tcp = again(QUERY, Kind.TRUNCATED)
    assert over_tcp == replace(QUERY, transport=Transport.TCP)
    assert over_tcp is not None
    assert again(over_tcp, Kind.TRUNCATED) is None


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
