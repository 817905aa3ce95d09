"""The Pythons that are supported and at hand on this machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def python(version: str) -> str | None:
    """A Python of that version, which may be where pyenv keeps it; None if there is none."""
    for place in (None, *Path.home().glob(f".pyenv/versions/{version}.*/bin")):
        found = shutil.which(f"python{version}", path=place)
        if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
            return found
    return None


AT_HAND = [found for version in VERSIONS if (found := python(version))]
