from __future__ import annotations

import gc
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dnstrace.cli import main
from tests.cli.running import COMMAND, finished, run, silent_server, start

NOWHERE = ["--root-hints", "/nonexistent/hints"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["MX"],
        ["x" * 64],
        [".".join(["x" * 60] * 5)],
        ["a..b"],
        [".a"],
        ["1א☃.example"],
        ["\udcff.example"],
        ["\x1b[2J\n..example"],
        ["--json", "a.", "b."],
        ["a.", "-t", "MXX"],
        ["a.", "MXX"],
        ["a.", "+shrt"],
        ["a.", "--shrt"],
        ["a.", "-4", "-6"],
        ["a.", "-4", "@::1"],
        ["a.", "-6", "-b", "192.0.2.1"],
        ["a.", *NOWHERE],
        ["--lab", *NOWHERE],
        ["--lab=nosuchworld"],
        ["a.", "-p", "0"],
        ["a.", "-p", "70000"],
        ["a.", "--timeout=-1"],
        ["a.", "--timeout=0"],
        ["a.", "--timeout=nan"],
        ["a.", "--tries=0"],
        ["a.", "--bufsize=511"],
        ["a.", "--bufsize=65536"],
        ["a.", "--deadline=0"],
        ["a.", "--max-queries=0"],
        ["a.", "--seed=x"],
        ["a.", "--port"],
        ["a.", "--tcp=1"],
        ["a.", "--\x1b]0;title\x07"],
        ["a.", "+\n\n"],
        ["a.", "@"],
    ],
    ids=lambda arguments: " ".join(arguments)[:40].encode("ascii", "backslashreplace").decode(),
)
def test_wrong_usage_is_one_line_and_nothing_is_sent(arguments: list[str], asked: list[Any]) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out, asked) == (2, "", [])
    assert ran.err.startswith("dnstrace: ")
    assert ran.err.endswith("\n")
    assert ran.err[:-1].isprintable()


def test_octets_that_are_no_text_are_refused_too() -> None:
    ran = subprocess.run([*COMMAND, b"\xff\xfe\x1b[2J"], capture_output=True)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr == b"dnstrace: '\\xff\\xfe\\x1b[2J' is not a valid internationalised name (RFC 5891)\n"


def imported(*arguments: str) -> set[str]:
    """The packages that are imported when a run of the command ends."""
    code = (
        "import sys, json; from dnstrace.cli.command import command; status = command(sys.argv[1:]);"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    return set(json.loads(ran.stderr.splitlines()[-1]))


HEAVY = {"rich", "typer", "pydantic", "cryptography", "tomllib", "dnstrace.lab"}  # none of it is needed


def test_the_version_costs_nothing() -> None:
    assert not imported("--version") & {*HEAVY, "dns", "asyncio", "dnstrace.model"}


@pytest.mark.parametrize("form", ["--json", "--jsonl", "--short"])
def test_only_the_tree_needs_rich(form: str, tmp_path: Path) -> None:
    assert not imported("x.example", form, *refusing(tmp_path)) & HEAVY


def test_the_tree_needs_rich_alone(tmp_path: Path) -> None:
    assert imported("x.example", *refusing(tmp_path)) & HEAVY == {"rich"}


JUDGES = {"dnstrace.checks", "dnstrace.dnssec", "dnstrace.analysis.paths", "dnstrace.analysis.resolvers"}


@pytest.mark.parametrize("form", ["--json", "--short", "--mermaid"])
def test_a_report_on_a_healthy_trace_needs_none_of_those_who_judge(form: str) -> None:
    assert not imported("--lab", form) & JUDGES - (
        {"dnstrace.analysis.paths"} if form == "--mermaid" else set()
    )


def refusing(directory: Path) -> list[str]:
    """Arguments that make the command ask a port on the loopback interface where nobody listens."""
    with silent_server(directory) as server:
        return [*server.arguments]


@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_an_interrupt_leaves_valid_json(form: str, tmp_path: Path) -> None:
    with silent_server(tmp_path) as server:
        process = start("www.example.com", form, *server.arguments)
        server.wait()
        process.send_signal(signal.SIGINT)
        ran = finished(process)
    found = json.loads(ran.out)
    assert (ran.status, ran.err) == (130, "")
    assert found["interrupted"] is True
    assert found["steps"][0]["zone"] == "."


def test_an_interrupt_leaves_the_tree(tmp_path: Path) -> None:
    with silent_server(tmp_path) as server:
        process = start("www.example.com", *server.arguments)
        server.wait()
        process.send_signal(signal.SIGINT)
        ran = finished(process)
    assert (ran.status, ran.err) == (130, "")
    assert "a.root.example." in ran.out
    assert "interrupted" in ran.out


def test_a_full_disk_is_one_line() -> None:
    with open("/dev/full", "w") as full:
        ran = finished(start("--lab", "--json", stdout=full))
    assert (ran.status, ran.err) == (74, "dnstrace: cannot write the output: No space left on device\n")


@pytest.mark.parametrize("arguments", [["--lab", "--json"], ["--help"], ["--version"]])
def test_a_reader_that_has_gone_is_no_error(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as closed:
        ran = finished(start(*arguments, stdout=closed))
    assert (ran.status, ran.err) == (141, "")


@pytest.mark.parametrize(
    ("closed", "status", "err"),
    [
        ("0<&-", 0, ""),
        ("1>&-", 74, "dnstrace: cannot write the output: standard output is closed\n"),
        ("0<&- 1>&- 2>&-", 74, ""),
    ],
)
def test_closed_streams(closed: str, status: int, err: str) -> None:
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, "--lab", "--short"]
    ran = subprocess.run(shell, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (status, err)


def test_wrong_usage_without_stderr_is_still_a_status() -> None:
    shell = ["sh", "-c", 'exec "$@" 2>&-', "sh", *COMMAND, "--nonsense"]
    assert subprocess.run(shell).returncode == 2


def test_a_fault_of_ours_is_not_taken_for_a_negative_answer() -> None:
    broken = "import dnstrace.cli.command as app, dnstrace.cli; app.run = None; dnstrace.cli.main()"
    ran = subprocess.run([sys.executable, "-c", broken], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (70, "")
    assert "TypeError" in ran.stderr


def test_an_interrupt_while_all_is_flushed_has_its_exit_status(monkeypatch: pytest.MonkeyPatch) -> None:
    class Flushed(io.StringIO):
        def flush(self) -> None:
            raise KeyboardInterrupt

    class Ended(Exception):
        pass

    def end(status: int) -> None:
        raise Ended(status)

    monkeypatch.setattr("dnstrace.cli.command.command", lambda environment: 0)
    monkeypatch.setattr("dnstrace.message.deferring.defer", lambda: None)
    monkeypatch.setattr("os._exit", end)
    monkeypatch.setattr("sys.argv", ["dnstrace", "--lab"])
    monkeypatch.setattr("sys.stdout", Flushed())
    try:
        with pytest.raises(Ended, match="130"):
            main()
    finally:
        gc.enable()
