from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

from dnstrace.cli.environment import Environment
from dnstrace.cli.places.progress import PlacesProgress
from dnstrace.model.places import HERE, Stage
from tests.cli.running import Terminal
from tests.places.lab import TOKYO


def progress(environment: Environment) -> PlacesProgress:
    chosen: Any = SimpleNamespace(places=(HERE, TOKYO))
    return PlacesProgress(chosen, environment)


def test_each_place_has_a_line_in_which_nothing_from_there_does_anything() -> None:
    with progress(Environment(Terminal(), Terminal(), {})) as shown:
        shown.update(TOKYO, Stage("tracing", "com\x1b[2J", 3))
        assert shown.lines() == ["here", "tokyo  tracing, asking com\\027[2J, 3 queries"]


def test_the_lines_are_drawn_on_a_terminal_only() -> None:
    terminal, plain = Terminal(), io.StringIO()
    with progress(Environment(Terminal(), terminal, {"TERM": "xterm"})) as shown:
        shown.update(HERE, Stage("tracing", "com", 3))
    assert terminal.getvalue() == "here   tracing, asking com, 3 queries\ntokyo\n\x1b[2F\x1b[J"
    with progress(Environment(io.StringIO(), plain, {})) as shown:
        shown.update(HERE, Stage("tracing", "com", 3))
    assert plain.getvalue() == ""
