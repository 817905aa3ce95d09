"""Options and markers that every test may use.

A test marked `seeds(every)` takes the argument `seed`. With `--all` it runs once for each seed from 0 to
`every` - 1, otherwise with one of them. Which one follows from the sources, so each change tests another
seed and the same sources always the same:

    @pytest.mark.seeds(6)
    def test_the_textbook_is_answered(seed: int) -> None: ...

To repeat what failed while the sources change, run every seed of it: `tests/run --all -k 'answered and 4'`.

Measuring coverage (`--cov`) doubles the time of a test. It is left out where it adds next to nothing: random
or endless input, long runs over every world of the lab, and the installed command on real name servers.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

if sys.platform == "win32":  # the default event loop cannot tell when a socket is readable
    asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())

# The developer's own configuration file is not one of the tests'.
os.environ["XDG_CONFIG_HOME"] = str(Path(tempfile.gettempdir()) / "dnstrace-tests")

HERE = Path(__file__).parent
SOURCES = HERE.parent / "dnstrace"
UNMEASURED = {
    "fuzz",
    "interop",
    "test_bounds.py",
    "test_broken_networks.py",
    "test_replay.py",
    "test_tree.py",
    "test_worlds.py",
}


# A machine that is busy with other work makes examples slow: that is no fault of a test.
settings.register_profile("dnstrace", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dnstrace")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run tests with every seed, not with one a change")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "seeds(every): run with one seed below `every`, with --all with each")


def pytest_report_header(config: pytest.Config) -> str:
    if config.getoption("all"):
        return "seeds: all"
    return f"seeds: one a test, from {drawn()}, the digest of the sources (all with --all)"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test marked `seeds` its seeds."""
    marker = metafunc.definition.get_closest_marker("seeds")
    if marker is not None:
        (every,) = marker.args
        metafunc.parametrize("seed", range(every) if metafunc.config.getoption("all") else [drawn() % every])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the coverage of some tests out; `no_cover` is a marker of pytest-cov."""
    if config.pluginmanager.hasplugin("_cov"):
        for item in items:
            if UNMEASURED & {*item.path.relative_to(HERE).parts}:
                item.add_marker("no_cover")


@cache
def drawn() -> int:
    """A number that changes with every change of the sources and worlds."""
    digest = hashlib.sha256()
    for file in sorted(SOURCES.rglob("*")):
        if file.suffix in (".py", ".toml"):
            digest.update(f"{file.relative_to(SOURCES).as_posix()}\n{file.read_text('utf-8')}".encode())
    return int.from_bytes(digest.digest()[:4])
