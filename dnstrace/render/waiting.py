"""Who is being asked while a trace is under way, for how long already, and which try that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.model import ROOT
from dnstrace.model.naming import plain
from dnstrace.render.text import count_text, harmless
from dnstrace.render.wording import QUIET, joined

if TYPE_CHECKING:
    from dnstrace.model import Trace
    from dnstrace.model.taken import Waiting

_MOST = 3  # queries that have a line each


def waiting_lines(trace: Trace, age: float) -> list[Text]:
    """A line for each query that has no reply yet, those first that wait longest.

    `age` is how many seconds ago the snapshot was made.
    """
    now = trace.stats.duration + age
    oldest = sorted(trace.waiting, key=lambda each: each.start)
    lines = [_line(each, now - each.start) for each in oldest[:_MOST]]
    if rest := len(oldest) - _MOST:
        lines += [Text(f"and {count_text(rest, 'other query', 'other queries')}", QUIET)] if rest > 0 else []
    return lines


def _line(asked: Waiting, waited: float) -> Text:
    """`asking ns1.dead.com 203.0.113.200 · 1.4 s of 2 s · try 1 of 3`."""
    name = "" if asked.server == ROOT else f"{harmless(plain(asked.server))} "
    who = f"asking {name}{asked.address}"
    time = f"{min(max(waited, 0.0), asked.timeout):.1f} s of {asked.timeout:g} s"
    return joined([who, time, f"try {asked.tries} of {max(asked.most, asked.tries)}"])
