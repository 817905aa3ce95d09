"""Which share of the lines of dnstrace the tests run: `python -m tests.coverage FILE`, as `tests/run --coverage` does.

Counted are lines that ran in the processes of the tests themselves, with the seeds and cases of this run: not
branches, nor what the command does in processes that the tests start. The same sources give the same figure.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FLOOR = 90.0
"""Percent, a little less than there are: whoever adds code without tests finds out."""
_SHOWN = 5


def said(measured: dict[str, Any]) -> str:
    """The figure, and the files with the most lines that did not run."""
    summary, files = measured["summary"], measured["files"]
    lines = summary["covered_lines"] + summary["missing_lines"]
    worst = sorted(files, key=lambda file: (-len(files[file]["missing_lines"]), file))[:_SHOWN]
    return "\n".join(
        [
            f"coverage: {percent(measured):.1f} % of {lines} lines of dnstrace ran in the processes of the tests",
            *(
                f"  {len(files[file]['missing_lines'])} did not in {file}"
                for file in worst
                if files[file]["missing_lines"]
            ),
        ]
    )


def percent(measured: dict[str, Any]) -> float:
    """The share of lines that ran."""
    summary = measured["summary"]
    ran = summary["covered_lines"]
    return 100 * ran / ((ran + summary["missing_lines"]) or 1)


if __name__ == "__main__":
    found = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    print(said(found))
    if percent(found) < FLOOR:
        sys.exit(f"coverage: less than the {FLOOR:g} % that tests/coverage.py asks for")
