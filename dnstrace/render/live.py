"""The tree growing in place on a terminal while the walk proceeds.

    with LiveTree(console, report) as live:
        trace = await trace_async(name, on_change=live.update)
    console.print(tree(report(trace)))

Nothing stays on the screen: the caller prints the whole tree once at the end, so the scrollback is correct.
If the tree is taller than the screen, its last lines are shown. Within an event loop a thread draws, and an
update that comes too soon after the previous drawing is drawn a little later.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Self

from rich.live import Live

from dnstrace.render.tree import Tree, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from rich.console import Console, ConsoleOptions, RenderResult

    from dnstrace.model import Trace
    from dnstrace.model.report import Report

INTERVAL = 1 / 12  # minimum seconds between two drawings
SHARE = 9  # times as long as it took: how long nothing is drawn after a drawing


class LiveTree:
    """Draws snapshots of a trace. A context manager that restores the terminal.

    Nothing is drawn unless `console` is a terminal. `report` makes the Report of a snapshot that is drawn, as
    `dnstrace.api.report` does. `clock` returns seconds.

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
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console, self._ascii_only, self._clock = console, ascii_only, clock
        self._report, self._verbose, self._explain = report, verbose, explain
        self._live = Live(
            console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._latest: Trace | None = None
        self._next = float("-inf")  # when the next drawing is due
        self._later: asyncio.TimerHandle | None = None
        self._drawing: Thread | None = None
        self._over = False

    def __enter__(self) -> Self:
        """Prepare to draw; the first drawing hides the cursor."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove the tree from the screen and show the cursor."""
        self._cancel()
        self._over = True
        if self._drawing is not None:
            self._drawing.join()
        self._live.stop()

    def update(self, trace: Trace) -> None:
        """Draw `trace`: at once, or a little later if the previous drawing is very recent."""
        if not self._console.is_terminal:
            return
        self._latest = trace
        if self._drawing is None and self._later is None:
            self._draw_in(self._next - self._clock())

    def _draw_in(self, wait: float) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            if wait <= 0:
                self._draw(self._latest)
            return
        if wait <= 0:
            self._start(loop)
        else:
            self._later = loop.call_later(wait, self._start, loop)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._cancel()
        drawn, self._latest = self._latest, None
        self._drawing = Thread(target=self._draw_aside, args=(drawn, loop), daemon=True)
        self._drawing.start()

    def _draw_aside(self, drawn: Trace | None, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self._draw(drawn)
        finally:
            with suppress(RuntimeError):  # the trace has ended, and its loop with it
                loop.call_soon_threadsafe(self._ended)

    def _ended(self) -> None:
        self._drawing = None
        if self._latest is not None and not self._over:
            self._draw_in(self._next - self._clock())

    def _draw(self, drawn: Trace | None) -> None:
        if drawn is None:
            return
        began = self._clock()
        report = self._report(drawn)
        shown = tree(report, verbose=self._verbose, ascii_only=self._ascii_only, explain=self._explain)
        self._live.update(_Tail(shown))
        self._live.start()
        self._live.refresh()
        ended = self._clock()
        self._next = max(began + INTERVAL, ended + SHARE * (ended - began))

    def _cancel(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None


class _Tail:
    """The last lines of a tree that fit on the screen, minus one for the cursor."""

    def __init__(self, whole: Tree) -> None:
        self._whole = whole

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = list(self._whole.rows(options.max_width))
        yield from lines[-max(options.size.height - 1, 1) :]
