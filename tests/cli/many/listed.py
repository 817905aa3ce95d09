"""Files of names, and the world in which they are traced."""

from __future__ import annotations

from pathlib import Path

LAB = ("--lab", "in-domain", "--seed", "1")


def names(path: Path, *lines: str) -> str:
    """A file of these lines; its path."""
    path.write_text("\n".join(lines))
    return str(path)
