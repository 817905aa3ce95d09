"""The files beside the output: when one can be written, and what is in it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from dnstrace.api import report
from dnstrace.cli.choosing import choose
from dnstrace.cli.environment import Environment, Unwritable
from dnstrace.cli.exporting import check_exports, export
from dnstrace.cli.line.choices import Files
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage
from tests.lab.worlds import own

BEGINS = {"pcap": b"\x4d\x3c\xb2\xa1", "svg": b"<?xml", "html": b"<!doctype html>"}


def named(paths: dict[str, Any]) -> Files:
    return Files(**paths)


def checked(*arguments: str, questions: int = 1) -> str:
    """What is remarked where the files can be written."""
    err = io.StringIO()
    check_exports(choose(parse(arguments), {}), questions, Environment(io.StringIO(), err, {}))
    return err.getvalue()


@pytest.mark.parametrize("kind", BEGINS)
def test_each_file_is_of_its_kind(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    export(report(own("in-domain", 1)), named({kind: str(path)}))
    assert path.read_bytes().startswith(BEGINS[kind])


def test_all_are_written_and_none_that_was_not_asked_for(tmp_path: Path) -> None:
    files = named({kind: str(tmp_path / kind) for kind in BEGINS})
    export(report(own("in-domain", 1)), files)
    assert {path.name for path in tmp_path.iterdir()} == set(BEGINS)
    export(report(own("in-domain", 1)), Files())


def test_a_file_that_was_made_in_the_meantime_is_kept(tmp_path: Path) -> None:
    (path := tmp_path / "file").write_text("mine")
    with pytest.raises(Unwritable):
        export(report(own("in-domain", 1)), Files(svg=str(path)))
    assert path.read_text() == "mine"
    export(report(own("in-domain", 1)), Files(svg=str(path), force=True))
    assert path.read_bytes().startswith(BEGINS["svg"])


@pytest.mark.parametrize("kind", BEGINS)
def test_a_file_holds_one_trace(tmp_path: Path, kind: str) -> None:
    with pytest.raises(Usage, match=f"--{kind} shows one trace, and these are 2"):
        checked("a.example", f"--{kind}={tmp_path / 'file'}", questions=2)
    assert checked("a.example", f"--{kind}={tmp_path / 'file'}") == ""


def test_packets_within_tls_are_said_to_be_missing(tmp_path: Path) -> None:
    asked = ("a.example", f"--pcap={tmp_path / 'file'}", "--resolver")
    assert checked(*asked, "192.0.2.1") == ""
    assert "TLS and HTTPS" in checked(*asked, "tls://192.0.2.1")
