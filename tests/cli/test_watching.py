"""`--watch`: repeated until something changes, or until it is as expected."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dnstrace import Trace
from dnstrace.cli.choosing import choose
from dnstrace.cli.environment import Environment
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage
from dnstrace.cli.watching import watch
from dnstrace.model import Outcome
from tests.checks.checking import checked_by_name, walked
from tests.cli.running import Ran, Terminal, run
from tests.lab.worlds import own

Instead = Callable[[Callable[..., Trace]], None]


class Watched:
    """Traces in turn, and how long was waited between them."""

    def __init__(self, *traces: Trace) -> None:
        self._left = list(traces)
        self.waited: list[float] = []
        self.out = ""
        self.err = ""
        self.status = -1

    def __call__(self, *arguments: str) -> Watched:
        where = Environment(io.StringIO(), io.StringIO(), {})
        chosen = choose(parse([*arguments, "www.example.com"]), {})
        later = iter(
            [replace(t, started=t.started + timedelta(seconds=10 * n)) for n, t in enumerate(self._left)]
        )
        self.status = watch(chosen, where, trace=lambda: next(later), sleep=self.waited.append)
        assert isinstance(where.stdout, io.StringIO)
        assert isinstance(where.stderr, io.StringIO)
        self.out, self.err = where.stdout.getvalue(), where.stderr.getvalue()
        return self


def test_it_watches_until_something_changes() -> None:
    same, gone = own("in-domain", 1), walked("all-refuse")
    seen = Watched(same, own("in-domain", 2), same, gone)("--watch", "10")
    assert (seen.status, seen.waited) == (5, [10.0] * 3)
    first, second, *_ = seen.out.splitlines()
    assert first == "14:00:00 UTC www.example.com. A: 192.0.2.44"
    assert second.startswith(
        "14:00:30 UTC the outcome changed from answer to failed: no name server of example.com"
    )


def test_it_watches_until_what_is_expected_has_come_to_be() -> None:
    seen = Watched(walked("all-refuse"), walked("silent"), own("in-domain", 1))(
        "--watch", "5", "--expect", "a=192.0.2.44"
    )
    assert (seen.status, len(seen.waited)) == (0, 1)
    never = Watched(own("in-domain", 1))
    with pytest.raises(StopIteration):
        never("--watch", "5", "--expect", "a=192.0.2.99")


def test_it_watches_until_all_is_well_whatever_changes_before() -> None:
    lame, both, well = (checked_by_name(each) for each in ("lame", "glue", "in-domain"))
    refused = walked("all-refuse")
    seen = Watched(refused, lame, replace(lame, findings=()), well)("--watch", "5", "--until", "ok")
    assert (seen.status, len(seen.waited)) == (0, 2)
    seen = Watched(lame, both, well)("--watch", "5", "--until", "ok", "--check", "--fail-on", "warning")
    assert (seen.status, len(seen.waited)) == (0, 2)
    assert seen.out.splitlines()[0].endswith("A: 192.0.2.44; lame-server")
    assert seen.err.endswith("ok: no error or warning found\n")
    seen = Watched(refused, own("in-domain", 1))("--watch", "5", "--until", "ok")
    assert seen.err.endswith("ok: nothing failed; without --check no findings are waited for\n")
    seen = Watched(lame, both)("--watch", "5", "--until", "ok", "--check")
    assert (seen.status, len(seen.waited)) == (0, 1)  # only warnings are left
    assert "ok: no error found; 3 warnings: --fail-on warning waits for those too" in seen.err
    wanted = ("--until", "ok", "--expect", "a=192.0.2.44")
    assert Watched(refused, well)("--watch", "5", *wanted).status == 0
    assert Watched(well, refused)("--watch", "5", "--expect", "a=192.0.2.44", "--until", "change").status == 5
    assert "--until needs --watch" in run("--lab", "--until", "ok").err


def test_wrong_ways_to_watch() -> None:
    assert "once a second" in run("--lab", "--watch", "0.5").err
    assert run("--lab", "--watch", "0.5").status == 2
    found: Ran = run("--lab", "--watch", "5")
    assert found.status == 0 and "nothing changes in the lab" in found.err
    assert run("--lab", "--watch", "5", "--expect", "a=192.0.2.44").status == 0
    with pytest.raises(Usage, match="one question"):
        watch(choose(parse(["--watch", "5", "a.example", "b.example"]), {}), None)  # type: ignore[arg-type]


def test_a_watched_trace_that_failed_is_told() -> None:
    assert walked("all-refuse").outcome is Outcome.FAILED
    seen = Watched(walked("all-refuse"), own("in-domain", 1))("--watch", "1")
    assert seen.out.splitlines()[0].endswith(
        "failed: no name server of example.com gave a usable answer: 4 refused"
    )
    assert "the outcome changed from failed to answer" in seen.out


def test_on_a_terminal_the_tree_is_drawn_anew_each_time() -> None:
    where = Environment(Terminal(), io.StringIO(), {})
    chosen = choose(parse(["--watch", "10", "www.example.com"]), {})
    later = iter([own("in-domain", 1), walked("all-refuse")])
    assert watch(chosen, where, trace=lambda: next(later), sleep=lambda _: None) == 5
    assert isinstance(where.stdout, io.StringIO)
    screens = where.stdout.getvalue().split("\x1b[H\x1b[2J\x1b[3J")
    assert screens[0] == "" and len(screens) == 3
    assert ["again in 10 s (Ctrl-C ends it)" in screen for screen in screens[1:]] == [True, False]


def test_as_json_each_trace_is_a_line() -> None:
    seen = Watched(own("in-domain", 1), walked("all-refuse"))("--watch", "10", "--jsonl")
    assert [json.loads(line)["outcome"] for line in seen.out.splitlines()] == ["answer", "failed"]


def test_what_was_found_is_printed_when_the_first_trace_is_stopped(tracing: Instead) -> None:
    def stopped(*_: Any, on_change: Callable[[Trace], None], **__: Any) -> Trace:
        on_change(walked("in-domain"))
        raise KeyboardInterrupt

    tracing(stopped)
    ran = run("--lab", "--watch", "5", "www.example.com")
    assert ran.status == 130 and "192.0.2.44" in ran.out and "interrupted" in ran.out
