"""File descriptors that have run out: recognised, and reported as what they are."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
from pathlib import Path

import pytest

from dnstrace import trace
from dnstrace.bulk import trace_many
from dnstrace.bulk.plan import NoDescriptors
from dnstrace.clock import run, run_real
from dnstrace.descriptors import TOO_FEW, has_run_out, most_open, require
from dnstrace.lab.world import load
from dnstrace.model import Exchange, Query
from dnstrace.network.recording import RecordingNetwork
from tests.bulk.serving import arguments, server
from tests.cli.running import COMMAND, Ran
from tests.limited import room_for

OUT = OSError(errno.EMFILE, os.strerror(errno.EMFILE))


@pytest.mark.parametrize(
    ("error", "out"),
    [
        (OUT, True),
        (OSError(errno.ENFILE, "Too many open files in system"), True),
        (OSError(errno.ECONNREFUSED, "Connection refused"), False),
        (ImportError("libx.so: cannot open shared object file: Too many open files"), True),
        (ImportError("No module named 'x'"), False),
        (ValueError("Too many open files"), False),
    ],
)
def test_what_says_that_they_have_run_out(error: Exception, out: bool) -> None:
    assert has_run_out(error) is out


def test_what_is_required_is_given_back() -> None:
    require(4)
    with room_for(8):
        require(4)
        with pytest.raises(OSError, match="open files"):
            require(5)
        require(4)
        assert most_open() == resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_no_loop_is_begun_that_cannot_be_made(recwarn: pytest.WarningsRecorder) -> None:
    """Half a loop, and a coroutine that is never awaited, would each add a complaint of their own."""

    async def main() -> None:
        raise AssertionError("it was begun")

    class Sockets:
        async def exchange(self, query: Query, timeout: float) -> Exchange:
            raise AssertionError("it was asked")

    for runner in (run_real, RecordingNetwork(Sockets()).run):
        with room_for(3), pytest.raises(OSError, match="open files"):
            runner(main())
    assert not recwarn.list


class NothingLeft:
    """A network for which no socket can be opened."""

    run = staticmethod(run)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        raise OUT


def test_it_is_never_the_server_that_is_to_blame() -> None:
    with pytest.raises(OSError, match="open files"):
        trace("www.example.com", network=NothingLeft())


def test_many_names_end_with_the_cause() -> None:
    asked = load().question

    async def all_of_them() -> None:
        async for _ in trace_many([asked], network=NothingLeft()):
            raise AssertionError("there is no trace")

    with pytest.raises(NoDescriptors, match="ulimit -n"):
        run(all_of_them())


def limited(descriptors: int, *words: str) -> Ran:
    """The command with a limit on its descriptors."""
    shell = ["sh", "-c", f'ulimit -n {descriptors} && exec "$@"', "sh"]
    ran = subprocess.run([*shell, *COMMAND, *words], capture_output=True, text=True, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.fixture
def names(tmp_path: Path) -> str:
    path = tmp_path / "names"
    path.write_text("".join(f"www.n{number}.example\n" for number in range(300)))
    return str(path)


@pytest.mark.parametrize("descriptors", [5, 6, 7, 8, 9])
def test_too_few_to_begin_with_are_one_line_and_a_status(
    descriptors: int, tmp_path: Path, names: str
) -> None:
    with server() as settings:
        asked = arguments(settings, tmp_path)
        for words in (
            ("www.example.com",),
            ("-f", names),
            ("www.example.com", "--save", str(tmp_path / "kept")),
        ):
            ran = limited(descriptors, *asked, *words)
            assert (ran.status, ran.out, ran.err) == (71, "", f"dnstrace: {TOO_FEW}\n")


def test_few_are_enough_for_many_names(tmp_path: Path, names: str) -> None:
    with server() as settings:
        ran = limited(24, *arguments(settings, tmp_path), "-f", names, "--short", "--workers=1")
    assert ran.status == 0 and ran.out.count("192.0.2.44") == 300


def test_too_few_for_worker_processes_are_named(tmp_path: Path, names: str) -> None:
    with server() as settings:
        ran = limited(13, *arguments(settings, tmp_path), "-f", names, "--short", "--workers=4")
    assert ran.status == 71 and ran.err == f"dnstrace: {TOO_FEW}\n"
