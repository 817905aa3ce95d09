"""The tree growing in place on a terminal while the walk proceeds.

    with LiveTree(console, report) as live:
        trace = await trace_async(name, on_change=live.update)
    console.print(tree(report(trace)))

Nothing stays on the screen: the caller prints the whole tree once at the end, so the scrollback is correct.
If the tree is taller than the screen, its last lines are shown. There is no thread: an update that comes too
soon after the previous drawing is drawn a little later by the running event loop, if there is one.
"""

from __future__ import annotations

import asyncio
import time
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


class LiveTree:
    """Draws snapshots of a trace. A context manager that restores the terminal.

    Nothing is drawn unless `console` is a terminal. `report` makes the Report of a snapshot that is drawn, as
    `dnstrace.api.report` does. `clock` returns seconds.
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
        self._drawn: float | None = None
        self._later: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        """Prepare to draw; the first drawing hides the cursor."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove the tree from the screen and show the cursor."""
        self._cancel()
        self._live.stop()

    def update(self, trace: Trace) -> None:
        """Draw `trace`: at once, or a little later if the previous drawing is very recent."""
        self._latest = trace
        wait = 0.0 if self._drawn is None else self._drawn + INTERVAL - self._clock()
        if wait <= 0:
            self._draw()
        elif self._later is None:
            self._draw_later(wait)

    def _draw_later(self, wait: float) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._later = loop.call_later(wait, self._draw)

    def _draw(self) -> None:
        self._cancel()
        self._drawn = self._clock()
        if self._latest is None or not self._console.is_terminal:
            return
        report = self._report(self._latest)
        shown = tree(report, verbose=self._verbose, ascii_only=self._ascii_only, explain=self._explain)
        self._live.update(_Tail(shown))
        self._live.start()
        self._live.refresh()

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
