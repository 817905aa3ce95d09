"""Options and markers that every test may use.

A test marked `seeds(every)` takes the argument `seed`. With `--all` it runs once for each seed from 0 to
`every` - 1, otherwise with one of them. Which one follows from the sources, so each change tests another
seed and the same sources always the same:

    @pytest.mark.seeds(6)
    def test_the_textbook_is_answered(seed: int) -> None: ...

A test marked `share(every)` runs one in so many of its cases, with `--all` all of them. Here too each change
tries others. Marked are tests of a property that hundreds of worlds have to have. What one world declares of
itself is tested in every run.

    @pytest.mark.share(4)
    @pytest.mark.parametrize("world", names())
    def test_every_world_can_be_drawn(world: str) -> None: ...

To repeat what failed while the sources change, run all: `tests/run --all -k 'answered and 4'`.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.once import shared

if sys.platform == "win32":  # the default event loop cannot tell when a socket is readable
    asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())

# The developer's own configuration file is not one of the tests'.
os.environ["XDG_CONFIG_HOME"] = str(Path(tempfile.gettempdir()) / "dnstrace-tests")

HERE = Path(__file__).parent
SOURCES = HERE.parent / "dnstrace"
SLOWEST = {
    "bulk/test_cluster.py",
    "bulk/test_processes.py",
    "bulk/test_together.py",
    "checks/test_worlds.py",
    "interop/test_chain_of_trust.py",
    "interop/test_check.py",
    "interop/test_real_servers.py",
    "interop/test_sound.py",
    "network/test_replay.py",
    "render/test_html_page.py",
    "test_bounds.py",
    "test_chance.py",
    "test_linear.py",
    "test_packages.py",
    "test_stalls.py",
    "walk/test_heard.py",
}
"""The files that take longest, which are first: at the end, no processor waits for one that began late."""


# A machine that is busy with other work makes examples slow: that is no fault of a test.
settings.register_profile("dnstrace", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dnstrace")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run every seed and case, not some a change")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "seeds(every): run with one seed below `every`, with --all with each")
    config.addinivalue_line("markers", "share(every): run one in `every` of the cases, with --all each")
    if config.getoption("numprocesses", default=None) and not hasattr(config, "workerinput"):
        sharing = ExitStack()
        sharing.enter_context(shared())
        config.add_cleanup(sharing.close)


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
    """Leave out the cases of other shares, and put the slowest files first."""
    if not config.getoption("all") and not any("[" in argument for argument in config.args):  # one case
        left_out = {*_not_in_the_share(items)}
        config.hook.pytest_deselected(items=[*left_out])
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: item.path.relative_to(HERE).as_posix() not in SLOWEST)


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Look for no garbage among the tests that are collected: they all stay."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives as long as the run: it takes a tenth of the time."""
    from dnstrace.bulk.garbage import collect_rarely

    gc.collect()
    collect_rarely()


def _not_in_the_share(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Of worlds, all tests take the same ones, so that they look at the same traces."""
    cases: Counter[str] = Counter()
    for item in items:
        marker = item.get_closest_marker("share")
        if marker is not None:
            (every,) = marker.args
            test = item.nodeid.partition("[")[0]
            given = [each for each in item.callspec.params.values() if isinstance(each, str)]  # type: ignore[attr-defined]
            number = next((PLACES[each] for each in given if each in PLACES), cases[test])
            if (number + drawn()) % every:
                yield item
            cases[test] += 1


PLACES = {file.stem: place for place, file in enumerate(sorted((SOURCES / "lab" / "worlds").glob("*.toml")))}


@cache
def drawn() -> int:
    """A number that changes with every change of the sources and worlds."""
    digest = hashlib.sha256()
    for file in sorted(SOURCES.rglob("*")):
        if file.suffix in (".py", ".toml"):
            digest.update(f"{file.relative_to(SOURCES).as_posix()}\n{file.read_text('utf-8')}".encode())
    return int.from_bytes(digest.digest()[:4])
