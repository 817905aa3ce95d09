"""Files of records: read up to a bound, written whole or not at all."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from dnstrace.record import RecordError, load
from dnstrace.record.files import write


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(2**40)  # of holes
    with pytest.raises(RecordError, match="larger"):
        load(path)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing", tmp_path / ("x" * 300), Path("/proc/self/mem")):
        with pytest.raises(RecordError, match="cannot be read: "):
            load(path)


@pytest.mark.parametrize("force", [False, True])
def test_a_file_is_written_where_the_system_links_none_and_opens_no_directory(
    force: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.open

    def as_windows(path: Any, flags: int, mode: int = 0o777) -> int:
        if os.path.isdir(path):
            raise PermissionError(13, "Permission denied")
        return really(path, flags, mode)

    def unlinked(path: Path, target: Path) -> None:
        raise NotImplementedError("hardlink_to() is unsupported on this system")

    monkeypatch.setattr("os.open", as_windows)
    monkeypatch.setattr(Path, "hardlink_to", unlinked)
    write(tmp_path / "x", b"one\n", force)
    assert [each.name for each in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_bytes() == b"one\n"
    with nullcontext() if force else pytest.raises(FileExistsError):
        write(tmp_path / "x", b"two\n", force)
    assert (tmp_path / "x").read_bytes() == (b"two\n" if force else b"one\n")
