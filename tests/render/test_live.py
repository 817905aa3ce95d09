import asyncio
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from typing import Any

import pyte
import pytest
from rich.console import Console

from dnstrace.api import report
from dnstrace.model import Trace
from dnstrace.model.report import Report
from dnstrace.model.taken import Waiting
from dnstrace.render.live import INTERVAL, TICK, LiveTree
from dnstrace.render.tree import tree
from tests.render import traces
from tests.render.looks import console

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


class Clock:
    """Time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def written(terminal: Console) -> str:
    assert isinstance(terminal.file, StringIO)
    return terminal.file.getvalue()


def screen_after(text: str, rows: int = 25) -> tuple[list[str], pyte.Screen]:
    screen = pyte.HistoryScreen(80, rows, history=1000)
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    return [line.rstrip() for line in screen.display], screen


def test_it_grows_in_place() -> None:
    terminal, clock = console(80, color=True), Clock()
    with LiveTree(terminal, report, clock=clock) as live:
        live.update(traces.under_way())
        clock.now += 1
        live.update(traces.looking_up())
        display, _ = screen_after(written(terminal))
    assert display[0] == "www.example.com. A" and display[1] == ""
    assert "\n".join(display).count("www.example.com. A") == 1
    assert any("has no usable glue: asking" in line for line in display)


def test_nothing_stays_and_the_cursor_is_shown_again() -> None:
    terminal = console(80, color=True)
    with LiveTree(terminal, report) as live:
        live.update(traces.under_way())
    terminal.print(tree(report(traces.plain())))
    display, screen = screen_after(written(terminal))
    assert display[0] == "www.example.com. A"
    assert "\n".join(display).rstrip().endswith("14:04:12 UTC")
    assert "asking" not in "\n".join(display)
    assert written(terminal).rindex(SHOW) > written(terminal).rindex(HIDE)
    assert not screen.cursor.hidden


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, asyncio.CancelledError])
def test_the_cursor_is_shown_again_whatever_happens(error: type[BaseException]) -> None:
    terminal = console(80, color=True)
    with pytest.raises(error), LiveTree(terminal, report) as live:
        live.update(traces.under_way())
        raise error
    assert written(terminal).rindex(SHOW) > written(terminal).rindex(HIDE)


def test_a_tree_taller_than_the_screen_shows_its_tail_and_leaves_nothing_behind() -> None:
    terminal, clock = console(80, color=True, height=10), Clock()
    with LiveTree(terminal, report, clock=clock) as live:
        for count in range(3, 40):
            live.update(traces.deep(count))
            clock.now += 1
        display, _ = screen_after(written(terminal), rows=10)
        assert display[8].startswith("an answer cached now lives until")
    display, screen = screen_after(written(terminal), rows=10)
    assert isinstance(screen, pyte.HistoryScreen)
    assert "".join(display) == "" and len(screen.history.top) == 0


def test_after_the_window_has_narrowed_there_is_one_frame_and_nothing_else() -> None:
    """Whatever the terminal did with the lines that no longer fitted."""
    terminal, clock, size = console(80, color=True), Clock(), [80, 25]
    screen = pyte.HistoryScreen(80, 25, history=1000)
    stream, fed = pyte.Stream(screen), 0
    with LiveTree(terminal, report, clock=clock, size=lambda: (size[0], size[1])) as live:
        for columns, lines in ((80, 25), (50, 25), (40, 12), (90, 30)):
            size[:] = columns, lines
            screen.resize(lines, columns)
            live.update(traces.deep(6))
            clock.now += 1
            stream.feed(written(terminal)[fed:].replace("\n", "\r\n"))
            fed = len(written(terminal))
            display = [line.rstrip() for line in screen.display]
            assert sum("so far" in line or "cached now" in line for line in display) == 1
            assert "\n".join(display).count("www.example.com. A") <= 1
            assert max(map(len, display)) <= columns
        assert len(screen.history.top) == 0


def test_who_is_asked_and_for_how_long_is_below_the_tree() -> None:
    terminal, clock = console(80, color=True), Clock()
    server = traces.plain().steps[0].servers[0].name
    asked = Waiting(server, "198.41.0.4", 0.0, 2.0, 1, 3)
    trace = replace(traces.under_way(), waiting=(asked,))
    with LiveTree(terminal, report, clock=clock) as live:
        for _ in range(2):
            live.update(trace)
            clock.now += 1
        display, _ = screen_after(written(terminal))
    last = [line for line in display if line][-1]
    assert last.startswith("asking a.root-servers.net 198.41.0.4 · ") and last.endswith(
        " s of 2 s · try 1 of 3"
    )


def test_it_ticks_while_nothing_changes() -> None:
    terminal, clock, loop = console(80, color=True), Clock(), Loop()

    async def run() -> None:
        with LiveTree(terminal, report, clock=clock) as live:
            live.update(traces.under_way())
            for count in (1, 2, 3):
                while len(loop.later) < count:
                    await asyncio.sleep(0)
                assert loop.later[-1][0] == TICK
                clock.now += TICK
                loop.later[-1][1]()

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(run())
    assert written(terminal).count("asking ...") == 4


def test_a_trace_that_is_quicker_than_anybody_can_read_is_not_drawn() -> None:
    terminal, clock = console(80, color=True), Clock()
    with LiveTree(terminal, report, delay=0.3, clock=clock) as live:
        live.update(traces.under_way())
        assert written(terminal) == ""
        clock.now += 0.4
        live.update(traces.under_way())
        assert "asking ..." in written(terminal)


def test_a_signal_that_ends_the_process_gives_the_screen_back_first(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, sent = console(80, color=True), list[str]()
    monkeypatch.setattr("os.kill", lambda _, number: sent.append(written(terminal)))
    with LiveTree(terminal, report) as live:
        live.update(traces.under_way())
        handler = signal.getsignal(signal.SIGTERM)
        assert callable(handler)
        handler(signal.SIGTERM, None)
    assert len(sent) == 1 and sent[0].endswith("\x1b[?1049l") and SHOW in sent[0]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_it_is_drawn_twelve_times_a_second_at_most() -> None:
    terminal, clock = console(80, color=True), Clock()
    with LiveTree(terminal, report, clock=clock) as live:
        for _ in range(100):
            live.update(traces.under_way())
            clock.now += INTERVAL / 10
        drawings = written(terminal).count("asking ...")
    assert 9 <= drawings <= 11


class Loop(asyncio.SelectorEventLoop):
    """A loop whose timers are called by the test."""

    def __init__(self) -> None:
        super().__init__()
        self.later: list[tuple[float, Callable[[], object]]] = []

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        self.later.append((delay, lambda: callback(*args)))
        return super().call_later(3600.0, lambda: None)


async def drawn(terminal: Console, words: str) -> None:
    """Wait until these words are on the terminal: another thread draws."""
    while words not in written(terminal):
        await asyncio.sleep(0)


def test_the_last_of_many_updates_is_drawn_a_little_later() -> None:
    terminal, clock, loop = console(80, color=True), Clock(), Loop()

    async def run() -> None:
        with LiveTree(terminal, report, clock=clock) as live:
            live.update(traces.under_way())
            await drawn(terminal, "asking ...")
            live.update(traces.looking_up())
            live.update(traces.looking_up())
            while not loop.later or loop.later[-1][0] == TICK:
                await asyncio.sleep(0)
            assert "has no usable glue" not in written(terminal)
            delay, draw = loop.later[-1]
            assert 0 < delay <= INTERVAL
            draw()
            await drawn(terminal, "has no usable glue")

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(run())


def test_the_loop_runs_while_it_draws() -> None:
    """A drawing that waits for the loop to go on: in the loop's own thread it would never end."""
    terminal, going_on = console(80, color=True), threading.Event()

    def slow(trace: Trace) -> Report:
        assert going_on.wait(60.0)
        return report(trace)

    async def run() -> None:
        with LiveTree(terminal, slow) as live:
            live.update(traces.under_way())
            await asyncio.sleep(0)
            going_on.set()
        assert "asking ..." in written(terminal)

    asyncio.run(run())


def test_a_tree_that_takes_long_to_draw_is_drawn_more_rarely() -> None:
    """Drawing takes a tenth of the time at most."""
    terminal, clock = console(80, color=True), Clock()

    def slow(trace: Trace) -> Report:
        clock.now += 0.5
        return report(trace)

    began, updates, trace = clock.now, 0, traces.under_way()
    with LiveTree(terminal, slow, clock=clock) as live:
        while clock.now < began + 100:
            live.update(trace)
            clock.now += 0.01
            updates += 1
        drawings = written(terminal).count("asking ...")
    assert updates > 5000 and 18 <= drawings <= 21


def test_nothing_is_drawn_after_the_end() -> None:
    terminal, clock = console(80, color=True), Clock()

    async def run() -> None:
        with LiveTree(terminal, report, clock=clock) as live:
            live.update(traces.under_way())
            live.update(traces.looking_up())
        ended = written(terminal)
        await asyncio.sleep(0)
        assert written(terminal) == ended

    asyncio.run(run())


def test_on_anything_but_a_terminal_nothing_is_drawn() -> None:
    file = console(80)
    with LiveTree(file, report) as live:
        live.update(traces.under_way())
    assert written(file) == ""


def test_without_an_update_nothing_is_written() -> None:
    terminal = console(80, color=True)
    with LiveTree(terminal, report):
        pass
    assert written(terminal) == ""
