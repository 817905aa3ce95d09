from __future__ import annotations

from pathlib import Path

from dnstrace.cli.about import manual
from dnstrace.cli.about.completion import FILES, script
from dnstrace.cli.about.generate import generate


def test_every_file_is_written(tmp_path: Path) -> None:
    generate(tmp_path, tmp_path / "page.1")
    assert {each.name for each in tmp_path.iterdir()} == {*FILES.values(), "page.1"}
    assert (tmp_path / FILES["zsh"]).read_text(encoding="utf-8") == script("zsh")
    assert (tmp_path / "page.1").read_text(encoding="utf-8") == manual.page()
