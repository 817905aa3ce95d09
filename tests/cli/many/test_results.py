"""What is written and counted of many traces."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dnstrace.cli.exits import Exit
from dnstrace.cli.line.choices import Display
from dnstrace.cli.line.forms import Output
from dnstrace.cli.many import results
from dnstrace.cli.many.results import Result, Tally, result
from tests.checks.checking import walked

ANSWERED = Result("", "answer", Exit.ANSWER, "", (), (("com.", 0.02), ("example.com.", 0.3)), ())
FAILED = Result(
    "",
    "failed",
    Exit.FAILED,
    "example.org.",
    ("ns.example.org. 192.0.2.1",),
    (("org.", 0.1),),
    ("lame-server",),
)


def test_an_answer_is_a_line_in_each_form() -> None:
    found = walked("in-domain")
    (line,) = result(found, Display()).text.splitlines()
    assert line.split() == ["www.example.com.", "A", "answer", "53", "ms", "192.0.2.44"]
    assert result(found, Display(Output.SHORT)).text == "www.example.com. A 192.0.2.44\n"
    assert json.loads(result(found, Display(Output.JSONL)).text)["outcome"] == "answer"


def test_what_counts_of_an_answer() -> None:
    found = result(walked("in-domain"), Display())
    assert (found.outcome, found.status, found.failed_in, found.troubled) == ("answer", Exit.ANSWER, "", ())
    assert [zone for zone, _ in found.times] == [".", "com.", "example.com."]
    assert sum(took for _, took in found.times) == pytest.approx(walked("in-domain").stats.duration)


def test_what_counts_of_a_failure() -> None:
    found = result(walked("all-refuse"), Display())
    assert (found.outcome, found.status, found.failed_in) == ("failed", Exit.FAILED, "example.com.")
    assert len(found.troubled) == 4 and all(" " in each for each in found.troubled)
    assert "gave a usable answer" in found.text


def test_servers_that_only_a_choice_of_ours_left_out_are_not_in_trouble() -> None:
    trace = walked("silent")
    untold = replace(trace, steps=tuple(replace(step, attempts=()) for step in trace.steps))
    assert result(untold, Display()).troubled == ()


def test_all_in_a_few_lines() -> None:
    tally = Tally()
    for each in (ANSWERED, ANSWERED, FAILED):
        tally.add(each)
    assert (tally.ended, tally.status) == (3, Exit.FAILED)
    first, wrong, failed, troubled, found, slowest = tally.summary(2)
    assert first.startswith("3 names in ") and first.endswith(": 2 answer, 1 failed")
    assert wrong.startswith("2 ") and failed == "failed in example.org. (1)"
    assert troubled == "in trouble: ns.example.org. 192.0.2.1 (1)" and found == "found: lame-server (1)"
    assert slowest == "slowest: example.com. 300 ms, org. 100 ms, com. 20 ms"
    tally.add(ANSWERED._replace(times=(("com.", 0.4), ("example.com.", 0.1))))
    assert [*tally.summary(0)][-1] == "slowest: com. 400 ms, example.com. 300 ms, org. 100 ms"


def test_nothing_at_all_is_said_to_be_nothing() -> None:
    (only,) = Tally().summary(0)
    assert only.startswith("0 names") and only.endswith(": nothing")


def test_of_very_many_zones_the_frequent_and_the_slow_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "_REMEMBERED", 10)
    tally = Tally()
    for number in range(100):
        tally.add(FAILED._replace(failed_in=f"z{number}.", times=((f"z{number}.", number / 100),)))
        tally.add(FAILED)
    lines = "\n".join(tally.summary(0))
    assert "failed in example.org. (100)" in lines and "slowest: z99. " in lines
    assert len(tally._failing) <= 20 and len(tally._slowest) <= 11


def test_progress_says_how_far_it_is_where_that_is_known() -> None:
    tally = Tally()
    tally.add(FAILED)
    assert tally.progress(None).startswith("1 ") and tally.progress(None).endswith(" · 1 failed")
    assert tally.progress(0.5).startswith("━" * 10 + " ") and " 50% · 1 " in tally.progress(0.5)
