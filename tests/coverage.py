"""Which share of the lines of dnstrace the tests run, of what `tests/run --coverage` has measured.

A line counts if it ran in one of the processes of the tests themselves, with the seeds and cases of this run.
Branches do not, nor what the command does in a process of its own. The same sources give the same figure.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FLOOR = 97
"""Percent, a little less than there are, so that code without tests is found out."""
_SHOWN = 5


def share(measured: dict[str, Any]) -> float:
    """The percentage of lines that ran, of what SlipCover measured."""
    ran, missing = (int(measured["summary"][key]) for key in ("covered_lines", "missing_lines"))
    return 100 * ran / ((ran + missing) or 1)


def said(measured: dict[str, Any]) -> str:
    """The figure, and the files with the most lines that did not run."""
    missing = {file: len(found["missing_lines"]) for file, found in measured["files"].items()}
    most = sorted(missing, key=lambda file: (-missing[file], file))[:_SHOWN]
    lines = [f"coverage: {share(measured):.1f} % of the lines of dnstrace ran in the processes of the tests"]
    return "\n".join([*lines, *(f"  {missing[file]} lines of {file} did not" for file in most)])


if __name__ == "__main__":
    found = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    print(said(found))
    if share(found) < FLOOR:
        sys.exit(f"coverage: at least {FLOOR:g} % is needed (tests/coverage.py)")
