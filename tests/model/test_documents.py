"""Tests of documents."""

from __future__ import annotations

from pathlib import Path

import dnstrace

HOME = Path(dnstrace.__file__).parent


def test_what_is_passed_about_within_the_program_is_no_dictionary_of_anything() -> None:
    """Only documents are, under their names: an argument has a type, and a value that is read is a Struct."""
    spelt = [file for file in HOME.rglob("*.py") if "dict[str, Any]" in file.read_text("utf-8")]
    assert [file.relative_to(HOME).as_posix() for file in spelt] == ["model/documents.py"]
