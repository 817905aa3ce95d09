"""The closing sentence on resolvers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.model import Fault, Kind, Meaning
from dnstrace.model.compared import Compared, Disagreement, OldRecords
from dnstrace.render.resolver_closing import closing_text
from tests.render import traces
from tests.replies import name

STEP = traces.plain().steps[0]
REPLIED = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
OLD = (OldRecords(name("example."), dns.rdatatype.DS, 60, REPLIED + timedelta(seconds=60), 1),)
HOW: dict[str, tuple[Disagreement, dict[str, Any]]] = {
    "validation": (Disagreement.VALIDATION, {}),
    "keys": (Disagreement.VALIDATION, {"old": OLD}),
    "outage": (Disagreement.FAILS, {}),
    "refusal": (Disagreement.REFUSES, {}),
    "silence": (Disagreement.NO_ANSWER, {}),
    "stale": (Disagreement.STALE, {"ttl": 212}),
    "staler": (Disagreement.STALE, {"ttl": 3600}),
    "undated": (Disagreement.STALE, {}),
    "expired": (Disagreement.STALE, {"ttl": 30, "past_its_ttl": True}),
    "filtered": (Disagreement.FILTERED, {}),
    "split": (Disagreement.SPLIT_HORIZON, {}),
    "other": (Disagreement.OTHER, {}),
    "left": (Disagreement.NOT_COMPARED, {}),
    "same": (Disagreement.SAME, {}),
}


def compared(how: str) -> Compared:
    difference, parts = HOW[how]
    return replace(Compared(STEP, STEP.attempts[0], difference, replied=REPLIED), **parts)


@pytest.mark.parametrize(
    ("hows", "text"),
    [
        (
            "validation validation outage stale same",
            "3 of 5 resolvers give no answer (2 validation, 1 outage); "
            "1 holds the old address until 14:03:32 UTC",
        ),
        ("same same", ""),
        ("", ""),
        ("outage", "the resolver gives no answer (outage)"),
        ("keys", "the resolver gives no answer (old DS or DNSKEY records until 14:01:00 UTC)"),
        (
            "keys validation",
            "2 of 2 resolvers give no answer (1 validation, 1 holding old keys until 14:01:00 UTC)",
        ),
        ("refusal silence", "2 of 2 resolvers give no answer (1 refusal, 1 silence)"),
        ("stale staler same", "2 of 3 resolvers hold the old address until 15:00:00 UTC"),
        ("stale undated", "2 of 2 resolvers hold the old address"),
        ("expired same", "1 of 2 resolvers serves the old address past its TTL"),
        ("filtered split", "1 of 2 resolvers filters the name; 1 has a view of its own (split horizon)"),
        ("other other same", "2 of 3 resolvers give another answer"),
        ("left left outage", "1 of 3 resolvers gives no answer (1 outage); 2 still have an answer"),
    ],
)
def test_what_is_said(hows: str, text: str) -> None:
    assert closing_text([compared(how) for how in hows.split()]) == text


def test_of_a_record_it_says_what_resolvers_held() -> None:
    assert closing_text([compared("stale")], replayed=True).startswith("the resolver held the old address")
    assert "2 of 2 resolvers held" in closing_text([compared("stale"), compared("staler")], replayed=True)


def test_what_is_held_may_be_a_negative_answer_or_no_address() -> None:
    denied = replace(STEP.attempts[0], meaning=Meaning(Kind.NXDOMAIN, 3))
    assert (
        closing_text([replace(compared("undated"), attempt=denied)])
        == "the resolver holds the old negative answer"
    )
    mail = replace(STEP, question=replace(STEP.question, rdtype=dns.rdatatype.MX))
    assert closing_text([replace(compared("undated"), step=mail)]) == "the resolver holds the old answer"


@given(st.lists(st.sampled_from(sorted(HOW)), min_size=2, max_size=9))
def test_each_resolver_that_differs_is_counted_once(hows: list[str]) -> None:
    clauses = [each for each in closing_text([compared(how) for how in hows]).split("; ") if each]
    assert sum(int(clause.split()[0]) for clause in clauses) == len(hows) - hows.count("same")
    assert not clauses or f" of {len(hows)} resolvers " in clauses[0]


def test_silence_is_kept_apart_from_other_faults() -> None:
    silent = compared("silence")
    lost = [
        replace(
            silent,
            attempt=replace(STEP.attempts[0], exchange=replace(STEP.attempts[0].exchange, fault=fault)),
        )
        for fault in (Fault.TIMEOUT, Fault.NETWORK_UNREACHABLE, Fault.MISMATCH, Fault.MALFORMED)
    ]
    assert closing_text(lost) == "4 of 4 resolvers give no answer (1 silence, 1 no route, 2 wrong reply)"
