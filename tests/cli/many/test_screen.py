"""What is on the screen at any moment: whole results, whole remarks, and below them the progress."""

from __future__ import annotations

import io
from random import Random

import pyte
import pytest

from dnstrace.cli.environment import Environment
from dnstrace.cli.many import screen as module
from dnstrace.cli.many.outfile import Writer
from dnstrace.cli.many.screen import Screen, folded
from tests.cli.running import Terminal


class Shared(Terminal):
    """A terminal for both streams."""

    def __init__(self) -> None:
        super().__init__()
        self._screen = pyte.Screen(80, 100)
        self._feed = pyte.Stream(self._screen).feed

    def write(self, text: str) -> int:
        self._feed(text.replace("\n", "\r\n"))
        return len(text)

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self._screen.display if line.strip()]


def test_results_remarks_and_progress_never_share_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EVERY", 0.0)
    terminal, random, expected = Shared(), Random(2), list[str]()
    environment = Environment(terminal, terminal, {"TERM": "xterm"})
    screen = Screen(environment, Writer(environment))
    for number in range(80):
        progress = f"progress {number} {'long ' * random.randrange(40)}"
        if random.random() < 0.3:
            screen.remark(f"remark {number}")
            expected.append(f"dnstrace: remark {number}")
        else:
            text = "" if random.random() < 0.2 else f"result {number}\n"
            screen.write(text, lambda text=progress: text)  # type: ignore[misc]
            expected += [text.rstrip()] if text else []
            assert terminal.lines == [*expected, progress[:79].rstrip()]
    screen.close()
    assert terminal.lines == expected


def test_results_that_go_elsewhere_leave_the_progress_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EVERY", 0.0)
    out, err = io.StringIO(), Terminal()
    environment = Environment(out, err, {"TERM": "xterm"})
    screen = Screen(environment, Writer(environment))
    for _ in range(5):
        screen.write("result\n", lambda: "progress")
    assert (out.getvalue(), err.getvalue()) == ("result\n" * 5, "\r\x1b[Kprogress")


def test_of_remarks_of_one_kind_only_the_first_are_shown() -> None:
    environment = Environment(io.StringIO(), io.StringIO(), {})
    screen = Screen(environment, Writer(environment))
    for number in range(50):
        screen.remark(f"line {number}", "peculiar")
        screen.remark("other")
    assert isinstance(environment.stderr, io.StringIO)
    lines = environment.stderr.getvalue().splitlines()
    assert lines.count("dnstrace: other") == 50 and len(lines) == 50 + 20


def test_a_result_that_is_too_wide_is_continued_before_a_finding_and_loses_nothing() -> None:
    red = "\x1b[31m✗ lame-server ns1.example.com\x1b[0m"
    line = f"www.example.com. A answer 9 ms  192.0.2.44  {red}  ! no-edns  · open-transfer"
    assert folded(f"{line}\n", 200) == f"{line}\n"
    first, second, third = folded(f"{line}\n", 44).splitlines()
    assert first == "www.example.com. A answer 9 ms  192.0.2.44"
    assert (second, third) == (f"    {red}  ! no-edns", "    · open-transfer")


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_a_long_result_is_continued_between_words_and_loses_nothing(columns: int) -> None:
    hosts = ", ".join(f"ns-{number}.awsdns-{number}.co.uk." for number in range(2048, 2052))
    wrong = "\x1b[31m✗ ttl>=600 at ns2: it is 300\x1b[0m"
    line = f"example.com.             NS    answer      91 ms  {hosts}  {wrong}"
    lines = folded(f"{line}\n", columns).splitlines()
    assert all(len(each.replace("\x1b[31m", "").replace("\x1b[0m", "")) <= columns for each in lines)
    assert [word for each in lines for word in each.split()] == line.split()
    assert all(each.startswith("    ") for each in lines[1:]) and lines[0].startswith("example.com.  ")
