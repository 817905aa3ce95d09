"""The README shows what the program prints."""

from __future__ import annotations

import re
from pathlib import Path

from tests.picture import PICTURE, draw, recorded

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_picture_is_what_the_program_prints() -> None:
    assert PICTURE.read_text(encoding="utf-8") == draw(), "draw it anew: python -m tests.picture"


def test_the_lines_that_the_readme_explains_are_what_the_program_prints() -> None:
    shown = recorded().export_text()
    explained = re.findall(r"^\| `([^`]+?)` \|", README.partition("<!-- findings -->")[0], re.MULTILINE)
    assert len(explained) == 6
    for line in explained:
        assert line in shown
