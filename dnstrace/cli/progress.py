"""While a trace is under way, its tree grows, and modules that are needed later are imported.

The first query must not wait for modules that only the output needs, such as rich: a thread imports them
while the first reply is on its way and the process has nothing else to do.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

from dnstrace.cli.line.forms import Output
from dnstrace.cli.output import NEEDS, REPLIES

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.model import Trace
    from dnstrace.render.live import LiveTree

# Seconds for which the importing thread may delay a reply; the default is 5 ms.
_SWITCH_INTERVAL = 0.0005
# Seconds without a change after which a query is sent, and its reply waited for.
_QUIET = 0.001
# Seconds in which most traces end: nobody could read a tree that grows in them.
_UNSEEN = 0.3


class Progress:
    """Follows the traces of one run, each within a `with`.

    `latest` is the last snapshot of the trace that is under way, None before its first step.
    """

    def __init__(self, chosen: Choices, environment: Environment) -> None:
        self.latest: Trace | None = None
        self._chosen, self._environment = chosen, environment
        self._grows = chosen.shown.output is Output.TREE and environment.is_terminal
        self._importing: Thread | None = None
        self._imported = False
        self._tree: LiveTree | None = None

    def __enter__(self) -> Progress:
        self.latest = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._tree is not None:
            self._tree.__exit__(None, None, None)
            self._tree = None

    def update(self, snapshot: Trace) -> None:
        """Take in a snapshot; the walk calls this at every change."""
        self.latest = snapshot
        if not self._chosen.is_live:  # it takes no time
            return
        if self._importing is None:
            loop = asyncio.get_running_loop()
            self._importing = Thread(target=self._import, args=(loop,), daemon=True)
            loop.call_later(_QUIET, self._import_when_quiet, loop, None)
        self._draw()

    def _import_when_quiet(self, loop: asyncio.AbstractEventLoop, before: Trace | None) -> None:
        """Begin to import once nothing has changed since `before`: the first reply may be there at once."""
        if self._importing is not None and self.latest is before:
            self._importing.start()
        else:
            loop.call_later(_QUIET, self._import_when_quiet, loop, self.latest)

    def _import(self, loop: asyncio.AbstractEventLoop) -> None:
        sys.setswitchinterval(_SWITCH_INTERVAL)
        live = ("dnstrace.render.live",) if self._grows else ()
        if self._chosen.shown.output is Output.TREE and self._environment.in_color(self._chosen.shown.color):
            live = ("rich.console", *live)
        for module in (*REPLIES, *NEEDS[self._chosen.shown.output], *live):
            import_module(module)
        self._imported = True
        with suppress(RuntimeError):  # the trace has ended, and its loop with it
            loop.call_soon_threadsafe(self._draw)

    def _draw(self) -> None:
        if not (self._grows and self._imported and self.latest):
            return
        if self._tree is None:
            from dnstrace.api import report
            from dnstrace.render.live import LiveTree

            self._tree = LiveTree(
                self._environment.console(self._chosen.shown.color),
                report,
                verbose=self._chosen.shown.verbose,
                explain=self._chosen.shown.explain_steps,
                ascii_only=self._environment.ascii_only,
                delay=_UNSEEN,
                size=self._environment.size,
            )
            self._tree.__enter__()
        self._tree.update(self.latest)
