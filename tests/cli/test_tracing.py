from __future__ import annotations

import gc
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dnstrace import Tracing
from dnstrace.cli.exits import Exit
from dnstrace.cli.status import status
from dnstrace.lab.world import DEFAULT
from dnstrace.model import Outcome, Settings, Trace
from tests.cli.running import run
from tests.render.traces import plain

Instead = Callable[[Callable[..., Trace]], None]


def test_an_interrupted_trace_is_said_to_be_one() -> None:
    failed, stopped = (
        replace(plain(), outcome=Outcome.FAILED),
        replace(plain(), outcome=None, interrupted=True),
    )
    assert status([failed, stopped]) is Exit.INTERRUPTED
    assert status([replace(plain(), outcome=None)]) is Exit.FAILED


def test_what_was_chosen_is_asked(tracing: Instead, tmp_path: Path) -> None:
    hints = tmp_path / "hints"
    hints.write_text(". NS a.root.example.\na.root.example. A 192.0.2.1\n")
    asked: list[tuple[Any, ...]] = []

    def traced(name: Any, rdtype: Any, *, on_change: Any, **how: Any) -> Trace:
        asked.append((name.to_text(), rdtype.name, how))
        return plain()

    tracing(traced)
    ran = run(
        "a.example", "b.example", "MX", "-4", "--seed=7", f"--root-hints={hints}", "--jsonl", "@192.0.2.9"
    )
    assert ran.status == 0
    assert [each[:2] for each in asked] == [("a.example.", "MX"), ("b.example.", "MX")]
    how: Tracing = asked[0][2]["tracing"]
    assert how.settings == Settings(families=frozenset({4}))
    assert (how.seed, how.server) == (7, "192.0.2.9")
    assert how.roots is not None and how.roots.servers[0].addresses[0].text == "192.0.2.1"
    assert asked[0][2]["network"] is None


def test_the_lab_traces_its_own_question_at_its_own_time() -> None:
    ran = run("--lab", "--json", "--seed=1")
    found = json.loads(ran.out)
    assert (ran.status, ran.err) == (0, "")
    assert found["question"]["name"] == "www.example.com."
    assert found["answer"][0]["rdata"] == ["192.0.2.44"]
    assert run("--lab", "--json", "--seed=1").out == ran.out


@pytest.mark.parametrize(
    ("arguments", "expected", "out"),
    [
        (["--lab", "--short"], 0, "192.0.2.44\n"),
        ([f"--lab={DEFAULT}", "www.example.com", "+short"], 0, "192.0.2.44\n"),
        (["--lab", "MX", "--short"], 1, ""),
        (["--lab", "nowhere.example.com", "--short"], 1, ""),
        (["--lab", "www.example.com", "nowhere.example.com", "--short"], 0, "192.0.2.44\n"),
    ],
)
def test_the_lab_end_to_end(arguments: list[str], expected: int, out: str) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out, ran.err) == (expected, out, "")


def test_a_failure_is_a_remark_where_the_output_cannot_say_it() -> None:
    ran = run("--lab", "--short", "-p", "54", "--deadline=1")
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith("dnstrace: www.example.com. A: ")


def test_each_question_is_a_line_of_jsonl() -> None:
    ran = run("--lab", "--jsonl", "www.example.com", "A", "MX")
    assert [json.loads(line)["question"]["type"] for line in ran.out.splitlines()] == ["A", "MX"]


def interrupted_after(snapshots: list[Trace]) -> Callable[..., Trace]:
    def traced(*_: Any, on_change: Callable[[Trace], None], **__: Any) -> Trace:
        for snapshot in snapshots:
            on_change(snapshot)
        raise KeyboardInterrupt

    return traced


@pytest.mark.parametrize("form", ["--jsonl", "--short", "-v"])
def test_what_was_found_before_an_interrupt_is_printed(tracing: Instead, form: str) -> None:
    partial = replace(plain(), outcome=None, steps=plain().steps[:1], answer=())
    tracing(interrupted_after([partial]))
    ran = run("--lab", form, "www.example.com", "a.example")
    assert ran.status == 130
    if "json" in form:
        (line,) = ran.out.splitlines()
        assert json.loads(line)["interrupted"] is True
    elif form == "-v":
        assert "interrupted" in ran.out
    else:
        assert ran.err == "dnstrace: www.example.com. A: interrupted\n"


def test_an_interrupt_before_the_first_step_prints_nothing(tracing: Instead) -> None:
    tracing(interrupted_after([]))
    ran = run("--lab", "--json")
    assert (ran.status, ran.out, ran.err) == (130, "", "")


def test_garbage_is_collected_where_there_are_several_questions(tracing: Instead) -> None:
    tracing(lambda *_, **__: plain())
    gc.disable()
    try:
        run("a.")
        assert not gc.isenabled()
        run("a.", "b.")
        assert gc.isenabled()
    finally:
        gc.enable()
