"""Options and markers that every test may use.

A test marked `seeds(few, every)` takes the argument `seed` and runs once for each seed from 0 to `few` - 1,
with `--all` from 0 to `every` - 1:

    @pytest.mark.seeds(3, 100)
    def test_the_textbook_is_answered(seed: int) -> None: ...
"""

from __future__ import annotations

import asyncio
import sys

import pytest

if sys.platform == "win32":  # the default event loop cannot tell when a socket is readable
    asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run every seed of tests that otherwise run a few")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "seeds(few, every): run with `few` seeds, or with --all with `every`")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test marked `seeds` its seeds."""
    marker = metafunc.definition.get_closest_marker("seeds")
    if marker is not None:
        few, every = marker.args
        metafunc.parametrize("seed", range(every if metafunc.config.getoption("all") else few))
