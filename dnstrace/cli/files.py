"""Files that the user names for output: checked before anything is sent, written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from dnstrace.cli.environment import Unwritable
from dnstrace.cli.usage import Usage, shown

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment


def check_file(option: str, path: str, force: bool, environment: Environment, instead: str = "") -> None:
    """Raise Usage where `path`, which follows `option`, is clearly not a file that can be written.

    `instead` is what to do with a file that exists already: `--resume to continue it, or `.
    """
    try:
        why = _obstacle(path, force, environment, instead)
    except (OSError, ValueError) as error:
        why = f"cannot be written: {getattr(error, 'strerror', None) or error}"
    if why:
        raise Usage(f"{option}: {shown(path)} {why}")


def write_file(path: str, octets: bytes, force: bool) -> None:
    """Write a file: at any moment either the old one or the new one is there. Raises Unwritable."""
    from dnstrace.record.files import write

    try:
        write(Path(path), octets, force)
    except FileExistsError as error:
        raise Unwritable(f"{path} was created in the meantime; use --force to overwrite it") from error
    except OSError as error:
        raise Unwritable(f"{path}: {error.strerror or error}") from error


def _obstacle(path: str, force: bool, environment: Environment, instead: str) -> str:
    if path == "-" or _is_output(path, environment):
        return "is where the output goes: give another file"
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return _obstacle_in(os.path.dirname(os.path.realpath(path)))
    if stat.S_ISDIR(mode):
        return "is a directory"
    if not stat.S_ISREG(mode):
        return "" if os.access(path, os.W_OK) else "cannot be written: Permission denied"
    if not force:
        return f"exists already; use {instead}--force to overwrite it"
    return _obstacle_in(os.path.dirname(os.path.realpath(path)))


def _obstacle_in(directory: str) -> str:
    """What prevents a new file in a directory."""
    if not os.path.isdir(directory):
        return "cannot be written: its directory does not exist"
    if not os.access(directory, os.W_OK | os.X_OK):
        return "cannot be written: its directory is not writable"
    return ""


def _is_output(path: str, environment: Environment) -> bool:
    """Whether a path leads to where stdout leads; that does not matter for /dev/null."""
    try:
        there, here = os.stat(path), os.fstat(environment.stdout.fileno()) if environment.stdout else None
        return here is not None and os.path.samestat(there, here) and not os.path.samefile(path, os.devnull)
    except (OSError, ValueError):
        return False
