"""Servers that answered before and were asked in vain now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dnstrace.analysis.unheard import unheard
from tests.cli.running import run


def document(*attempts: tuple[str, str, float], purpose: str = "walk") -> dict[str, Any]:
    """What is read of a trace: a step at example.com with attempts of address, meaning and milliseconds."""
    made = [
        {
            "server": "ns1.example.com.",
            "address": address,
            "meaning": meaning,
            "result": "response" if meaning in ("answer", "refused") else meaning,
            "rtt_ms": took,
        }
        for address, meaning, took in attempts
    ]
    return {"steps": [{"purpose": purpose, "zone": "example.com.", "attempts": made}]}


@pytest.mark.parametrize(
    ("before", "now", "is_unheard"),
    [
        (("answer", 15.0), ("abandoned", 113.0), True),
        (("answer", 15.0), ("timeout", 2000.0), True),
        (("answer", 15.0), ("abandoned", 60.0), False),  # hardly more than it took before
        (("answer", 800.0), ("abandoned", 1200.0), False),  # it was that slow before
        (("answer", 15.0), ("answer", 900.0), False),
        (("answer", 15.0), ("refused", 15.0), False),  # heard, though not as before
        (("answer", 15.0), ("network-unreachable", 0.0), False),  # not asked
        (("timeout", 2000.0), ("timeout", 2000.0), False),
        (("refused", 15.0), ("abandoned", 400.0), True),
    ],
)
def test_silence_counts_where_it_is_long(
    before: tuple[str, float], now: tuple[str, float], is_unheard: bool
) -> None:
    old, new = (document(("192.0.2.1", *each), ("192.0.2.2", "answer", 20.0)) for each in (before, now))
    found = [*unheard(old, new)]
    assert [each.address for each in found] == ["192.0.2.1"] * is_unheard
    assert not [*unheard(old, old)] or before[0] == "timeout"


def test_an_address_that_answered_after_all_was_heard() -> None:
    old = document(("192.0.2.1", "answer", 15.0))
    new = document(("192.0.2.1", "timeout", 2000.0), ("192.0.2.1", "answer", 15.0))
    assert not [*unheard(old, new)] and not [*unheard(old, document())]


def test_an_address_that_did_not_answer_each_time_before_may_do_so_again() -> None:
    old = document(("192.0.2.1", "timeout", 2000.0), ("192.0.2.1", "answer", 15.0))
    assert not [*unheard(old, document(("192.0.2.1", "timeout", 2000.0)))]


def test_only_the_walk_itself_counts() -> None:
    old = document(("192.0.2.1", "answer", 15.0))
    new = document(("192.0.2.1", "timeout", 2000.0), purpose="probe")
    assert not [*unheard(old, new)]


def test_a_walk_says_so_and_not_of_a_server_that_is_known_to_be_dead(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text(run("--lab", "in-domain", "--seed", "1", "--json").out)
    found = run("--diff", str(old), "--lab", "in-domain", "--drop", "192.0.2.53", "--short")
    said = "example.com: ns1.example.com (192.0.2.53) answered in 15 ms before and was not heard in "
    assert found.status == 5 and found.out.startswith(said) and found.out.count("\n") == 1
    assert run("--diff", str(old), "--lab", "in-domain").status == 0
    every = ("--drop", "ns1.example.com", "--drop", "ns2.example.com")
    dead = run("--diff", str(old), "--lab", "in-domain", *every, "--short").out
    assert "(192.0.2.53) no longer answers" in dead and "was not heard" not in dead
