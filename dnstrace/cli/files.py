"""Files that the user names to be written: looked at before anything is sent, written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from dnstrace.cli.environment import Unwritable
from dnstrace.cli.usage import Usage, shown

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment


def check_file(option: str, path: str, force: bool, environment: Environment) -> None:
    """Raise Usage where `path`, which follows `option`, can be seen to be no file to write."""
    try:
        why = _hindrance(path, force, environment)
    except (OSError, ValueError) as error:
        why = f"cannot be written: {getattr(error, 'strerror', None) or error}"
    if why:
        raise Usage(f"{option}: {shown(path)} {why}")


def write_file(path: str, octets: bytes, force: bool) -> None:
    """Write a file: at any moment there is the old one or the new one. Raises Unwritable."""
    from dnstrace.record.files import write

    try:
        write(Path(path), octets, force)
    except FileExistsError as error:
        raise Unwritable(f"{path} has come to be there; --force writes over it") from error
    except OSError as error:
        raise Unwritable(f"{path}: {error.strerror or error}") from error


def _hindrance(path: str, force: bool, environment: Environment) -> str:
    if path == "-" or _is_output(path, environment):
        return "is where the output goes: name another file"
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return _hindrance_in(os.path.dirname(os.path.realpath(path)))
    if stat.S_ISDIR(mode):
        return "is a directory"
    if not stat.S_ISREG(mode):
        return "" if os.access(path, os.W_OK) else "cannot be written: Permission denied"
    if not force:
        return "is there already; --force writes over it"
    return _hindrance_in(os.path.dirname(os.path.realpath(path)))


def _hindrance_in(directory: str) -> str:
    """What hinders a new file in a directory."""
    if not os.path.isdir(directory):
        return "cannot be written: there is no such directory"
    if not os.access(directory, os.W_OK | os.X_OK):
        return "cannot be written: its directory takes no file"
    return ""


def _is_output(path: str, environment: Environment) -> bool:
    """Whether a path leads to where stdout leads; /dev/null takes anything."""
    try:
        there, here = os.stat(path), os.fstat(environment.stdout.fileno()) if environment.stdout else None
        return here is not None and os.path.samestat(there, here) and not os.path.samefile(path, os.devnull)
    except (OSError, ValueError):
        return False
