from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dnstrace.cli.exits import Exit
from dnstrace.cli.tracing import status
from dnstrace.lab.world import DEFAULT
from dnstrace.model import Outcome, Settings, Trace
from tests.cli.running import run
from tests.render.traces import plain

Instead = Callable[[Callable[..., Trace]], None]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ("answer", Exit.ANSWER),
        ("nodata", Exit.NEGATIVE),
        ("nxdomain", Exit.NEGATIVE),
        ("failed", Exit.FAILED),
        ("answer answer", Exit.ANSWER),
        ("answer nxdomain nodata", Exit.ANSWER),
        ("nxdomain nodata", Exit.ANSWER),
        ("answer failed nxdomain", Exit.FAILED),
    ],
)
def test_the_exit_status(outcomes: str, expected: Exit) -> None:
    trace = plain()
    assert status(replace(trace, outcome=Outcome(each)) for each in outcomes.split()) is expected


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
    how = asked[0][2]
    assert how["settings"] == Settings(families=frozenset({4}))
    assert (how["seed"], how["server"]) == (7, "192.0.2.9")
    assert how["roots"].servers[0].addresses[0].text == "192.0.2.1"
    assert "network" not in how


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        ("", "names no root server"),
        ("www.example.com. A 192.0.2.1\n", "names no root server"),
        (". NS a.root.example.\n", "no address"),
        ("<html>\n", "line 1"),
        ("\udcff\x1b[2J\n", ""),
    ],
)
def test_wrong_hints(asked: list[Any], tmp_path: Path, content: str | None, why: str) -> None:
    hints = tmp_path / "hints\x1b[2J\n"
    if content is not None:
        hints.write_bytes(content.encode(errors="surrogateescape"))
    ran = run("x", "--root-hints", str(hints))
    assert ran.status == 2
    assert ran.err.startswith("dnstrace: --root-hints: ")
    assert why in ran.err
    assert ran.err.count("\n") == 1
    assert ran.err.rstrip("\n").isprintable()
    assert asked == []


def test_a_directory_is_no_hints_file(asked: list[Any], tmp_path: Path) -> None:
    ran = run("x", "--root-hints", str(tmp_path))
    assert (ran.status, asked) == (2, [])
    assert "Is a directory" in ran.err


def test_a_source_address_that_this_machine_lacks(asked: list[Any]) -> None:
    ran = run("x", "-b", "192.0.2.9")
    assert (ran.status, asked) == (2, [])
    assert ran.err.startswith("dnstrace: -b 192.0.2.9: this machine cannot send from it (")


@pytest.mark.parametrize("arguments", [["x", "--dnssec"], ["--lab", "--dnssec"], ["--lab", "dnssec-good"]])
def test_validation_needs_cryptography(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    ran = run(*arguments)
    assert (ran.status, asked) == (2, [])
    assert "needs the Python package cryptography: pip install" in ran.err and ran.err.count("\n") == 1


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


@pytest.mark.parametrize("form", ["--json", "--jsonl", "--short", "-v"])
def test_what_was_found_before_an_interrupt_is_printed(tracing: Instead, form: str) -> None:
    partial = replace(plain(), outcome=None, steps=plain().steps[:1], answer=())
    tracing(interrupted_after([partial]))
    ran = run("--lab", form, "www.example.com", "a.example", *(["--jsonl"] if form == "--json" else []))
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


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--expect", "a=192.0.2.44"], 0),
        (["--expect", "a=192.0.2.45"], 5),
        (["--expect", "a=192.0.2.44", "--expect", "ttl>=301"], 5),
        (["MX", "--expect", "zone=example.com"], 1),
        (["MX", "--expect", "zone=example.org"], 5),
        (["MX", "--expect", "outcome=nodata"], 0),
        (["MX", "--expect", "outcome!=answer"], 1),
        (["nowhere.example.com", "--expect", "rcode=nxdomain"], 0),
        (["MX", "--expect", "rcode=noerror"], 1),
        (["MX", "--expect", "outcome=nodata,ttl>=100000"], 5),
        (["--max-queries=1", "--expect", "a=192.0.2.44"], 3),
        (["--max-queries=1", "--expect", "outcome=failed"], 0),
        (["A", "AAAA", "--expect", "a=192.0.2.44"], 0),
        (["www.example.com", "nowhere.example.com", "--expect", "a=192.0.2.44"], 5),
    ],
)
def test_the_exit_status_by_what_is_expected(arguments: list[str], expected: int) -> None:
    assert run("--lab", "--seed=1", *arguments).status == expected


@pytest.mark.parametrize(
    ("expected", "status"),
    [
        ("security=bogus", 0),
        ("security=secure", 4),
        ("security!=secure", 4),
        ("security=bogus,a=192.0.2.9", 5),
    ],
)
def test_an_answer_that_does_not_validate_may_be_what_is_expected(expected: str, status: int) -> None:
    ran = run("--lab", "dnssec-expired", "--expect", expected, "--json")
    assert (ran.status, json.loads(ran.out)["security"]) == (status, "bogus")


def test_the_short_form_says_on_stderr_what_is_not_as_expected() -> None:
    ran = run("--lab", "--short", DNSTRACE_EXPECT="a=192.0.2.44 ttl>=301")
    assert (ran.status, ran.out) == (5, "192.0.2.44\n")
    assert ran.err == "dnstrace: www.example.com. A: expected ttl>=301, it is 300\n"


def test_what_no_question_can_tell_is_not_to_be_expected(asked: list[Any]) -> None:
    ran = run("x", "MX", "--expect", "a=192.0.2.44")
    assert (ran.status, asked) == (2, [])
    assert ran.err == "dnstrace: --expect 'a=192.0.2.44': no A record is asked for; add the type A\n"


def test_nothing_is_expected_of_an_interrupted_trace(tracing: Instead) -> None:
    tracing(lambda *_, **__: replace(plain(), outcome=None, interrupted=True))
    ran = run("x", "--json", "--expect", "a=192.0.2.45")
    assert (ran.status, json.loads(ran.out)["expectations"]) == (130, None)


def test_only_the_parent_is_heard() -> None:
    ran = run("--lab", "--parent-only", "--seed=1", "example.com", "--json", "--expect", "outcome=referral")
    found = json.loads(ran.out)
    assert (ran.status, found["question"]["type"], found["outcome"]) == (0, "NS", "referral")
    assert found["delegation"]["zone"] == "example.com." and len(found["delegation"]["ns"]) == 4
    assert run("--lab", "+parent-only", "example.com", "--short").out.count("\n") == 4
    assert run("--lab", "--parent-only", "nosuch.com").status == 1


def test_what_is_said_to_ask_the_parent_only_replaces_the_environment() -> None:
    assert run("--lab", "--parent-only", "example.com", DNSTRACE_DNSSEC="1").status == 0
    assert "delegated to" not in run("--lab", "--dnssec", "example.com", DNSTRACE_PARENT_ONLY="1").out
