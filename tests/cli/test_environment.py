from __future__ import annotations

import concurrent.futures
import errno
import fcntl
import io
import os
import resource
import subprocess
from pathlib import Path

import pytest

from dnstrace.cli.environment import Environment, Unwritable
from tests.cli.running import COMMAND, Terminal


def environment(terminal: bool = True, encoding: str = "utf-8", **variables: str) -> Environment:
    kind = type("Stream", (Terminal if terminal else io.StringIO,), {"encoding": encoding})
    return Environment(kind(), io.StringIO(), variables)


@pytest.mark.parametrize(
    ("choice", "terminal", "variables", "colored"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": ""}, False),
        ("auto", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("always", True, {"TERM": "dumb"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colors(choice: str, terminal: bool, variables: dict[str, str], colored: bool) -> None:
    there = environment(terminal, **variables)
    assert there.in_color(choice) is colored
    text = io.StringIO()
    there.console(choice, text).print("x", style="red")
    assert ("\x1b[31m" in text.getvalue()) is colored


@pytest.mark.parametrize(
    ("encoding", "term", "expected"),
    [
        ("utf-8", "xterm", False),
        ("UTF8", "", False),
        ("iso-8859-1", "xterm", True),
        ("ascii", "", True),
        ("utf-8", "dumb", True),
    ],
)
def test_characters(encoding: str, term: str, expected: bool) -> None:
    assert environment(encoding=encoding, TERM=term).ascii_only is expected


@pytest.mark.parametrize(
    ("columns", "width"),
    [("132", 132), ("60", 60), ("1", 40), ("", 80), ("0", 80), ("x", 80), ("-5", 80), ("\uff19", 80)],
)
def test_width(columns: str, width: int) -> None:
    there = environment(COLUMNS=columns)
    assert there.width == width
    assert there.console("auto", io.StringIO()).width == width


def test_what_cannot_be_encoded_is_written_as_an_escape() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "iso-8859-1")
    Environment(stream, io.StringIO(), {}).write("ü 書 \udcff\n")
    assert stream.buffer.getvalue() == b"\xfc \\u66f8 \\udcff\n"


def test_a_closed_stdout_is_no_place_to_write() -> None:
    there = environment()
    there.stdout = None
    with pytest.raises(Unwritable, match="standard output is closed"):
        there.check_writable()


def test_a_pipe_that_is_full_is_waited_for() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    filled = b"-" * fcntl.fcntl(writing, fcntl.F_GETPIPE_SZ)
    assert os.write(writing, filled) == len(filled)
    wanted, got = "0123456789" * 20_000, io.BytesIO()
    with (
        open(writing, "w", encoding="utf-8", closefd=False) as stream,
        concurrent.futures.ThreadPoolExecutor() as pool,
    ):
        written = pool.submit(Environment(stream, io.StringIO(), {}).write, wanted)
        while got.tell() < len(filled) + len(wanted):
            got.write(os.read(reading, 4096))
        written.result()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stream, pytest.raises(BrokenPipeError):
        Environment(stream, io.StringIO(), {}).write("x")
    assert got.getvalue() == filled + wanted.encode()


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_fits_no_more_is_not_passed_over(tmp_path: Path, unbuffered: str) -> None:
    with open(tmp_path / "out", "wb") as file:
        ran = subprocess.run(
            [*COMMAND, "--schema"],
            stdout=file,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
        )
    assert (ran.returncode, ran.stderr) == (74, "dnstrace: cannot write the output: File too large\n")


class Full(io.StringIO):
    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_why_nothing_can_be_written() -> None:
    with pytest.raises(Unwritable, match=r"^No space left on device$"):
        Environment(Full(), io.StringIO(), {}).write("x")


def test_a_remark_is_one_harmless_line_and_never_an_error() -> None:
    there = environment()
    there.remark("a\x1b[2Jb\nc")
    assert isinstance(there.stderr, io.StringIO)
    assert there.stderr.getvalue() == "dnstrace: a\\x1b[2Jb\\x0ac\n"
    there.stderr.close()
    there.remark("unseen")
    there.stderr = None
    there.remark("unseen")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LC_ALL": "C"}, True),
        ({"LC_ALL": "POSIX"}, True),
        ({"LC_ALL": "C", "PYTHONIOENCODING": "utf-8"}, False),
        ({"LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),  # as Python starts where LANG alone is set
        ({"LANG": "C", "LC_CTYPE": "en_GB.UTF-8"}, False),
        ({"LANG": "C", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "en_GB.UTF-8", "LC_CTYPE": "POSIX"}, True),
        ({"LC_CTYPE": "C.UTF-8"}, False),
        ({}, False),
    ],
)
def test_in_the_c_locale_it_is_ascii(variables: dict[str, str], expected: bool) -> None:
    assert environment(True, "utf-8", **variables).ascii_only is expected


def test_whatever_is_written_is_ascii_then() -> None:
    there = environment(True, "utf-8", LANG="C")
    there.write("① · a… ✓ ❌ é\n")
    assert isinstance(there.stdout, io.StringIO)
    assert there.stdout.getvalue() == "(1) - a... + :x: \\xe9\n"


def test_links_are_for_terminals_that_are_known_to_show_them() -> None:
    for known in ({"VTE_VERSION": "7006"}, {"TERM": "xterm-kitty"}, {"TERM_PROGRAM": "vscode"}):
        assert environment(True, "utf-8", **known).has_links
        assert not environment(False, "utf-8", **known).has_links
    for other in ({}, {"VTE_VERSION": "4600"}, {"TERM": "xterm"}, {"TERM": "dumb", "WT_SESSION": "1"}):
        assert not environment(True, "utf-8", **other).has_links


def test_an_interrupted_write_is_reported() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise KeyboardInterrupt

    there = Environment(Full(), err := io.StringIO(), {})
    with pytest.raises(KeyboardInterrupt):
        there.write("{}")
    assert err.getvalue() == "dnstrace: stopped by the user while the output was written: it is cut short\n"
