"""The tree growing on a terminal while the walk proceeds, with who is being asked and for how long.

    with LiveTree(console, report) as live:
        trace = await trace_async(name, on_change=live.update)
    console.print(tree(report(trace)))

It is drawn on the alternate screen, so that nothing stays in the scrollback, however often the window changes
its size: the caller prints the whole tree once at the end. If the tree is taller than the screen, its last
lines are shown. Within an event loop a thread draws, at every change and a few times a second; an update that
comes too soon after the previous drawing is drawn a little later.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from dnstrace.render.layout import ASCII, UNICODE, Node, rows
from dnstrace.render.tree import tree
from dnstrace.render.waiting import waiting_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

    from rich.console import Console
    from rich.text import Text

    from dnstrace.model import Trace
    from dnstrace.model.report import Report

INTERVAL = 1 / 12  # minimum seconds between two drawings
TICK = 0.2  # seconds after which it is drawn again although nothing has changed: the clock goes on
SHARE = 9  # times as long as it took: how long nothing is drawn after a drawing
_ENTER = "\x1b[?1049h\x1b[?25l"  # the alternate screen, without a cursor (xterm's control sequences)
_LEAVE = "\x1b[H\x1b[J\x1b[?25h\x1b[?1049l"
_HOME, _LINE_END, _BELOW = "\x1b[H", "\x1b[K", "\x1b[J"
_LEFT = ("SIGTERM", "SIGTSTP", "SIGHUP")  # signals that end or stop the process: the screen is left first


class LiveTree:
    """Draws snapshots of a trace. A context manager that restores the terminal.

    Nothing is drawn unless `console` is a terminal, nor in the first `delay` seconds. `report` makes the
    Report of a snapshot that is drawn, as `dnstrace.api.report` does. `size` returns the columns and
    rows of the terminal as they are now, by default those of `console`. `clock` returns seconds.

    Within an event loop a thread draws, so that replies are read meanwhile, and drawing takes at most a tenth
    of the time, however large the tree.
    """

    def __init__(
        self,
        console: Console,
        report: Callable[[Trace], Report],
        *,
        verbose: bool = False,
        explain: bool = False,
        ascii_only: bool = False,
        delay: float = 0.0,
        size: Callable[[], tuple[int, int]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console, self._ascii_only, self._clock = console, ascii_only, clock
        self._report, self._verbose, self._explain = report, verbose, explain
        self._size = size or (lambda: (console.width, console.height))
        self._latest: tuple[Trace, float] | None = None  # and when it came
        self._drawn: Trace | None = None
        self._next = clock() + delay  # when the next drawing is due
        self._later: asyncio.TimerHandle | None = None
        self._drawing: threading.Thread | None = None
        self._entered = self._over = False
        self._handled: list[int] = []

    def __enter__(self) -> Self:
        """Prepare to draw; the first drawing takes the screen."""
        if self._console.is_terminal and threading.current_thread() is threading.main_thread():
            present = (getattr(signal, name) for name in _LEFT if hasattr(signal, name))
            self._handled = [number for number in present if signal.getsignal(number) is signal.SIG_DFL]
            for number in self._handled:
                signal.signal(number, self._leave_first)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give the screen back as it was, with the cursor."""
        self._cancel()
        self._over = True
        if self._drawing is not None:
            self._drawing.join()
        self._leave()
        for number in self._handled:
            signal.signal(number, signal.SIG_DFL)

    def update(self, trace: Trace) -> None:
        """Draw `trace`: at once, or a little later if the previous drawing is very recent."""
        if not self._console.is_terminal:
            return
        self._latest = trace, self._clock()
        if self._drawing is None:
            self._draw_in(self._next - self._clock())

    # --- when to draw -------------------------------------------------------------------------------

    def _draw_in(self, wait: float) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            if wait <= 0 and self._latest is not None:
                self._draw(*self._latest)
            return
        self._cancel()
        if wait <= 0:
            self._start(loop)
        else:
            self._later = loop.call_later(wait, self._start, loop)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._cancel()
        if self._latest is not None:
            self._drawing = threading.Thread(target=self._draw_aside, args=(*self._latest, loop), daemon=True)
            self._drawing.start()

    def _draw_aside(self, trace: Trace, came: float, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self._draw(trace, came)
        finally:
            with suppress(RuntimeError):  # the trace has ended, and its loop with it
                loop.call_soon_threadsafe(self._ended)

    def _ended(self) -> None:
        self._drawing = None
        if self._over or self._latest is None:
            return
        wait = self._next - self._clock()
        self._draw_in(wait if self._latest[0] is not self._drawn else max(wait, TICK))

    def _cancel(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None

    # --- what to draw -------------------------------------------------------------------------------

    def _draw(self, trace: Trace, came: float) -> None:
        began = self._clock()
        report = self._report(trace)
        shown = tree(report, verbose=self._verbose, ascii_only=self._ascii_only, explain=self._explain)
        width, height = self._size()
        guides = ASCII if self._ascii_only else UNICODE
        waiting = waiting_lines(trace, self._clock() - came)
        lines = [*shown.rows(width), *(row for line in waiting for row in rows(Node(line), width, guides))]
        self._frame(lines[-max(height - 1, 1) :], width)
        self._drawn, ended = trace, self._clock()
        self._next = max(began + INTERVAL, ended + SHARE * (ended - began))

    def _frame(self, lines: list[Text], width: int) -> None:
        """Write lines over what is on the screen, and nothing below them."""
        with self._console.capture() as captured:
            for line in lines:
                self._console.print(line, width=width, crop=True, soft_wrap=False)
        drawn = f"{_LINE_END}\n".join(captured.get().split("\n"))
        self._write(f"{'' if self._entered else _ENTER}{_HOME}{drawn}{_BELOW}")
        self._entered = True

    def _leave(self) -> None:
        if self._entered:
            self._entered = False
            self._write(_LEAVE)

    def _leave_first(self, number: int, _: FrameType | None) -> None:
        """Give the screen back before a signal ends or stops the process; after that it is drawn on again."""
        self._leave()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self._leave_first)

    def _write(self, text: str) -> None:
        self._console.file.write(text)
        self._console.file.flush()
