"""The README's table of findings: `python -m tests.checks.table` writes it anew."""

from __future__ import annotations

from pathlib import Path

from dnstrace.checks import CATALOGUE

BEGIN, END = "<!-- findings -->", "<!-- end of findings -->"


def table() -> str:
    """The findings in Markdown: code, level, what it is."""
    rows = "\n".join(f"| `{rule.code}` | {rule.levels} | {rule.title} |" for rule in CATALOGUE.values())
    return f"| finding | level | what it is |\n|---|---|---|\n{rows}\n"


if __name__ == "__main__":
    path = Path(__file__).parents[2] / "README.md"
    before, _, rest = path.read_text("utf-8").partition(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{table()}{END}{rest.partition(END)[2]}", "utf-8")
