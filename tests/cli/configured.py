"""A configuration file for a test."""

from __future__ import annotations

from pathlib import Path


def configure(directory: Path, text: str) -> str:
    """Write the file; what XDG_CONFIG_HOME has to be for it."""
    path = directory / "dnstrace" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(directory)
