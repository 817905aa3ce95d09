"""Files that the user names for output; what each option makes of them is in `test_saving.py`."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from dnstrace.cli.environment import Environment, Unwritable
from dnstrace.cli.files import check_file, write_file
from dnstrace.cli.usage import Usage

SOMEWHERE = Environment(io.StringIO(), io.StringIO(), {})


def refused(path: str, force: bool = False, environment: Environment = SOMEWHERE) -> str:
    with pytest.raises(Usage) as error:
        check_file("--save", path, force, environment)
    return str(error.value)


def test_a_file_that_can_be_written_is_left_as_it_is(tmp_path: Path) -> None:
    check_file("--save", str(tmp_path / "new"), False, SOMEWHERE)
    check_file("--save", os.devnull, False, SOMEWHERE)
    assert os.listdir(tmp_path) == []
    (tmp_path / "old").write_text("mine")
    check_file("--save", str(tmp_path / "old"), True, SOMEWHERE)
    assert (tmp_path / "old").read_text() == "mine"


def test_what_stands_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("mine")
    old, nowhere = str(tmp_path / "old"), str(tmp_path / "no" / "new")
    assert refused(old) == f"--save: '{old}' exists already; use --force to overwrite it"
    assert refused(str(tmp_path)).endswith(" is a directory")
    assert refused(nowhere).endswith(" cannot be written: its directory does not exist")
    assert refused("a\0b").startswith("--save: 'a\\x00b' cannot be written: ")
    assert refused("-").endswith(" is where the output goes: give another file")


def test_the_file_that_the_output_goes_to_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as stdout:
        said = refused(str(tmp_path / "out"), True, Environment(stdout, io.StringIO(), {}))
    assert said.endswith(" is where the output goes: give another file")


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_file(str(tmp_path / "x"), b"one", False)
    assert (tmp_path / "x").read_bytes() == b"one"
    with pytest.raises(Unwritable, match="was created in the meantime; use --force to overwrite it"):
        write_file(str(tmp_path / "x"), b"two", False)
    write_file(str(tmp_path / "x"), b"two", True)
    assert (tmp_path / "x").read_bytes() == b"two" and os.listdir(tmp_path) == ["x"]


def test_what_the_system_says_is_passed_on() -> None:
    with pytest.raises(Unwritable, match=r"^/dev/full: No space left on device$"):
        write_file("/dev/full", b"x", False)
