"""A resolver's answer in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import dns.rdatatype
import pytest

from dnstrace.model import Query, Question, Transport
from dnstrace.model.compared import Compared, Disagreement
from dnstrace.render.resolver_words import reason_text, resolver_text, ttl_left_text
from tests.render import traces
from tests.replies import name

STEP = traces.plain().steps[0]
REPLIED = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)


def compared(difference: Disagreement | None, **parts: Any) -> Compared:
    return replace(Compared(STEP, STEP.attempts[0], difference, replied=REPLIED), **parts)


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ({}, "192.0.2.53"),
        ({"port": 5353}, "192.0.2.53:5353"),
        ({"transport": Transport.TCP}, "192.0.2.53"),
        ({"address": "::1", "port": 54}, "[::1]:54"),
        ({"transport": Transport.TLS, "port": 853, "endpoint": "192.0.2.53"}, "tls://192.0.2.53"),
        ({"transport": Transport.TLS, "port": 853, "endpoint": "a.test"}, "tls://192.0.2.53#a.test"),
        ({"address": "::1", "transport": Transport.TLS, "port": 853, "endpoint": "a"}, "tls://[::1]#a"),
        ({"address": "::1", "transport": Transport.TLS, "port": 9, "endpoint": "a"}, "tls://[::1]:9#a"),
        ({"transport": Transport.HTTPS, "endpoint": "https://a/q", "port": 443}, "https://a/q"),
    ],
)
def test_a_resolver_is_called_what_it_was_given_as(how: dict[str, Any], text: str) -> None:
    query = Query(Question(name("www.example."), dns.rdatatype.A), "192.0.2.53")
    assert resolver_text(replace(query, **how)) == text


@pytest.mark.parametrize("difference", Disagreement)
def test_every_difference_has_a_reason(difference: Disagreement) -> None:
    assert reason_text(compared(difference))


def test_a_resolver_that_is_being_asked_has_no_reason() -> None:
    assert reason_text(compared(None)) == ""


def test_an_old_answer_is_dated_if_the_ttl_shows_its_age() -> None:
    assert reason_text(compared(Disagreement.STALE)) == "stale: an older answer"
    dated = compared(Disagreement.STALE, ttl=60, authoritative_ttl=300)
    assert reason_text(dated) == "stale: cached 4m ago, expires at 14:01:00 UTC"
    undated = compared(Disagreement.STALE, ttl=60)
    assert reason_text(undated) == "stale: an older answer, expires at 14:01:00 UTC"


def test_an_answer_for_a_name_that_does_not_exist_may_be_made_up() -> None:
    text = reason_text(compared(Disagreement.STALE, ttl=60, denied=True))
    assert text.startswith("stale: an older answer, or one that it gives for any name that does not exist, ")


def test_an_answer_with_checking_disabled_is_mentioned() -> None:
    text = reason_text(compared(Disagreement.VALIDATION, unchecked=True))
    assert text.endswith(", but it returns an answer with checking disabled (CD)")


@pytest.mark.parametrize(
    ("ttl", "of_zone", "text"),
    [
        (None, None, ""),
        (60, None, "TTL 1m left"),
        (60, 300, "TTL 1m of 5m, 4m old"),
        (300, 300, "TTL 5m of 5m"),
        (600, 300, "TTL 10m, more than the zone's 5m"),
    ],
)
def test_the_remaining_ttl(ttl: int | None, of_zone: int | None, text: str) -> None:
    assert ttl_left_text(compared(Disagreement.SAME, ttl=ttl, authoritative_ttl=of_zone)) == text


def test_an_old_answer_may_be_that_of_a_server_which_was_not_asked() -> None:
    assert "--check" not in reason_text(compared(Disagreement.STALE))
    assert reason_text(compared(Disagreement.STALE, one_asked=True)).endswith(": --check asks them all")
