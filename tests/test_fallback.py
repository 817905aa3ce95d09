"""Asking again in another way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.fallback import another_way, edns_of_try
from dnstrace.model import Edns, Kind, Meaning, Query, Question, Transport
from tests.replies import name

QUERY = Query(Question(name("example.com."), 1), "192.0.2.1")


def test_truncation_leads_to_tcp_once() -> None:
    over_tcp = another_way(QUERY, Meaning(Kind.TRUNCATED))
    assert over_tcp == replace(QUERY, transport=Transport.TCP)
    assert another_way(over_tcp, Meaning(Kind.TRUNCATED)) is None


@pytest.mark.parametrize("kind", [Kind.FORMAT_ERROR, Kind.NOT_IMPLEMENTED, Kind.BAD_VERSION])
def test_a_server_that_does_not_know_edns_is_asked_without(kind: Kind) -> None:
    plain = another_way(QUERY, Meaning(kind))
    assert plain == replace(QUERY, edns=None)
    assert another_way(plain, Meaning(kind)) is None


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.SERVER_FAILURE, Kind.TIMEOUT, Kind.ANSWER])
def test_other_meanings_stand(kind: Kind) -> None:
    assert another_way(QUERY, Meaning(kind)) is None


def test_silence_is_met_with_less_and_less_edns() -> None:
    payloads = [edns and edns.payload for edns in (edns_of_try(Edns(), tries) for tries in range(4))]
    assert payloads == [1232, 512, None, None]
    assert edns_of_try(None, 0) is None and edns_of_try(Edns(payload=600), 1) == Edns(payload=512)
