"""Record files: written whole or not at all, read up to a limit."""

from __future__ import annotations

import os
import secrets
import stat
import zlib
from pathlib import Path

LARGEST = 64 * 2**20
"""Octets of a file, unpacked; the largest traces that the default bounds allow come to a quarter of it."""

MOST_VALUES = 2**20
"""Values of JSON in a file; a trace has one in about 20 octets, and in memory each takes 50 or more."""

_GZIP = b"\x1f\x8b"
_BEFORE_VALUES = (b"[", b"{", b",")
_GZIP_WINDOW = 31  # tells zlib to expect a gzip header


class RecordError(ValueError):
    """The record cannot be used; the message is one line that says why, without the file's name."""


def read(path: Path) -> bytes:
    """The octets of a file, unpacked if it is a gzip file. Raises RecordError."""
    try:
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
    except OSError as error:
        raise RecordError(f"cannot be read: {error.strerror}") from error
    return unpacked(octets)


def unpacked(octets: bytes) -> bytes:
    """The octets of a record, unpacked if they are those of a gzip file. Raises RecordError."""
    if octets.startswith(_GZIP):
        octets = _gunzipped(octets)
    if len(octets) > LARGEST:
        raise RecordError(f"is larger than any record: more than {LARGEST >> 20} MiB")
    if sum(map(octets.count, _BEFORE_VALUES)) > MOST_VALUES:  # at least as many as there are values
        raise RecordError(f"is larger than any record: more than {MOST_VALUES:,} values")
    return octets


def _gunzipped(octets: bytes) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = unpacking.decompress(octets, LARGEST + 1)
    except zlib.error as error:
        raise RecordError("is damaged: gzip cannot unpack it") from error
    if not unpacking.eof and len(unpacked) <= LARGEST:
        raise RecordError("is cut off: the end of the gzip data is missing")
    return unpacked


def write(path: Path, octets: bytes, force: bool) -> None:
    """Write a file so that at any moment either the old or the new one exists whole, or raise OSError.

    Without `force` an existing file raises FileExistsError. Anything other than a regular file, such as a
    pipe or a terminal, is written to directly.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(octets)
        return
    path = Path(os.path.realpath(path))
    if path.exists() and not force:
        raise FileExistsError(f"{path} exists")
    new = path.with_name(f".dnstrace-{secrets.token_hex(8)}.tmp")
    try:
        _write_through(new, octets, path)
        if force:
            new.replace(path)
        else:
            _name_first(new, path)
    finally:
        new.unlink(missing_ok=True)
    _flush_directory(path.parent)


def _write_through(new: Path, octets: bytes, old: Path) -> None:
    """Write a new file through to the disk, with the permissions of the old one."""
    binary = getattr(os, "O_BINARY", 0)  # Windows: the octets as they are
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary
    with open(os.open(new, flags, 0o666), "wb") as file:
        if old.exists():
            os.chmod(new, stat.S_IMODE(old.stat().st_mode))
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


def _name_first(new: Path, path: Path) -> None:
    """Name a file, and fail if the name is taken, even at the same moment."""
    try:
        path.hardlink_to(new)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # a file system, or an operating system, without hard links
        if path.exists():
            raise FileExistsError(f"{path} exists") from None
        new.rename(path)


def _flush_directory(directory: Path) -> None:
    try:
        opened = os.open(directory, os.O_RDONLY)
    except OSError:
        return  # Windows opens no directory
    try:
        os.fsync(opened)
    except OSError:
        return  # not every file system can; the file itself is on the disk
    finally:
        os.close(opened)
