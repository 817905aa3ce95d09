from __future__ import annotations

import asyncio
import io
import signal
from pathlib import Path

import pytest

from dnstrace.cli.choosing import choose
from dnstrace.cli.environment import Environment
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.progress import Progress
from tests.cli.running import COMMAND, InTerminal, Terminal, silent_server
from tests.render.traces import plain, under_way


def test_the_tree_grows_and_is_printed_once_at_the_end(tmp_path: Path) -> None:
    with silent_server(tmp_path) as server:
        process = InTerminal(*COMMAND, "www.example.com", *server.arguments)
        server.wait()
        process.read_until_shown("asking")
        assert process.cursor_hidden
        process.signal(signal.SIGINT)
        assert process.end() == 130
    assert not process.cursor_hidden
    assert process.shown.count("www.example.com. A") == 1
    assert "interrupted" in process.shown


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {}])
def test_nothing_grows_where_nothing_can(tmp_path: Path, variables: dict[str, str]) -> None:
    with silent_server(tmp_path) as server:
        process = InTerminal(
            *COMMAND, "www.example.com", *([] if variables else ["--json"]), *server.arguments, **variables
        )
        server.wait()
        process.signal(signal.SIGINT)
        assert process.end() == 130
    assert b"\x1b" not in process.seen


def test_each_change_is_drawn() -> None:
    out = Terminal()
    progress = Progress(choose(parse(["x"]), {}), Environment(out, io.StringIO(), {"COLUMNS": "80"}))
    before, after = under_way(), plain()

    async def shows(expected: str) -> None:
        while expected not in out.getvalue():
            await asyncio.sleep(0)

    async def walk() -> None:
        progress.update(before)
        await shows("asking")
        progress.update(after)
        await shows("192.0.2.44")

    with progress:
        asyncio.run(walk())
        assert progress.latest is after
    with progress:
        assert progress.latest is None
