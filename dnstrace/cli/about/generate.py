"""Writes the files that are made from the tables: `python -m dnstrace.cli.about.generate completions`.

These are the completion scripts, into the directory given, and the page of the manual in the package.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dnstrace.cli.about import completion, manual


def generate(directory: Path, page: Path) -> None:
    """Write the completion script of each shell into `directory`, and the page of the manual to `page`."""
    for shell, name in completion.FILES.items():
        (directory / name).write_text(completion.script(shell), encoding="utf-8")
    page.write_text(manual.page(), encoding="utf-8")


if __name__ == "__main__":
    generate(Path(sys.argv[1]), Path(str(manual.kept())))
