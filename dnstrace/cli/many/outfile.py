"""The file for the results of many names, and which results it already has."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import stat
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, BinaryIO

import dns.rdatatype

from dnstrace.cli.environment import Unwritable
from dnstrace.cli.usage import Usage, shown
from dnstrace.render.text import name_text

if TYPE_CHECKING:
    from dnstrace.bulk.plan import Item
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.lists import Many

_BEGINS = b'{"schema"'  # every result
_ABOUT_CUT = b'{"schema": "dnstrace/1-cut"'
_MOST_CUTS = 10_000  # remembered as written; one that is not is written again


class Writer:
    """Writes results to a file, or to stdout without one: whole lines, handed to the system at once.

    The old content of a file stays until the first results arrive; with `adds` they are appended to it.
    """

    def __init__(
        self, environment: Environment, file: BinaryIO | None = None, path: str = "", adds: bool = False
    ) -> None:
        self._environment, self._file, self._path, self._old = environment, file, path, not adds

    @property
    def to_terminal(self) -> bool:
        """Whether the results appear on a terminal."""
        return self._file is None and self._environment.is_terminal

    def write(self, text: str) -> None:
        """Write lines; an empty text only removes the old content. Raises Unwritable, BrokenPipeError."""
        if self._file is None:
            self._environment.write(text)
            return
        octets = memoryview(text.encode())
        try:
            if self._old and stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
                self._file.truncate(0)
            self._old = False
            while octets:
                octets = octets[self._file.write(octets) :]
        except OSError as error:
            raise Unwritable(f"{self._path}: {error.strerror}") from error


def writer(
    many: Many, force: bool, environment: Environment, stack: ExitStack, continued: bool = False
) -> Writer:
    """The file that the user named, or stdout; `continued` says whether it can be later. Raises Usage."""
    if many.out is None:
        return Writer(environment)
    if not many.resume:
        from dnstrace.cli.files import check_file

        instead = "--resume to continue it, or " if continued else ""
        check_file("-o", many.out, force, environment, instead)
    return Writer(environment, opened(many.out, "ab", "-o", stack), many.out, many.resume)


def opened(path: str, mode: str, option: str, stack: ExitStack) -> BinaryIO:
    """A file that is open for as long as the stack. Raises Usage."""
    try:
        file: Any = open(path, mode, buffering=-1 if mode == "rb" else 0)  # noqa: SIM115  # the stack closes it
    except OSError as error:
        raise Usage(f"{option}: {shown(path)} cannot be opened: {error.strerror}") from error
    found: BinaryIO = stack.enter_context(file)
    return found


class Cuts:
    """The lines about zone cuts that were written: each once, and again only if the cut has changed."""

    def __init__(self) -> None:
        self._written: OrderedDict[str, str] = OrderedDict()

    def new(self, cuts: Iterable[tuple[str, str]]) -> str:
        """The lines to be written before a result with these cuts, each of which is the zone and its line."""
        found = ""
        for zone, line in cuts:
            if self._written.get(zone) != line:
                found += f"{line}\n"
            self._written[zone] = line
            self._written.move_to_end(zone)
            if len(self._written) > _MOST_CUTS:
                self._written.popitem(last=False)
        return found


class Done:
    """The questions whose results a file already has, kept as digests to save memory.

    A last result that was cut off by a kill is removed, and with `retries` the results of walks that failed
    for want of replies. Raises Usage if the file cannot be read, or has other content, which is left alone.
    """

    def __init__(self, path: str, retries: bool = False) -> None:
        self._digests: Counter[bytes] = Counter()
        self._failed: list[int] = []  # where such a result begins in the file
        self.unheard = 0  # results of that kind that are left in
        try:
            with open(path, "rb") as file:
                whole = self._read(path, file, retries)
            os.truncate(path, whole)
            if self._failed:
                self._take_out(os.path.realpath(path))
        except FileNotFoundError:
            return
        except OSError as error:
            raise Usage(f"--resume: {shown(path)} cannot be read: {error.strerror}") from error

    def _read(self, path: str, file: BinaryIO, retries: bool) -> int:
        """Read the results; the size of those that are whole, in octets."""
        whole = 0
        for number, line in enumerate(file, 1):
            if _is_cut_off(line):
                break
            if line.startswith(_ABOUT_CUT):
                whole += len(line)
                continue
            if (found := _result_of(line)) is None:
                raise Usage(f"--resume: {shown(path)} has lines that are not results: see line {number}")
            key, unheard = found
            if retries and unheard:
                self._failed.append(whole)
            else:
                self._digests[_digest(key)] += 1
                self.unheard += unheard
            whole += len(line)
        return whole

    def _take_out(self, path: str) -> None:
        """Take the failed results out of the file: at any moment the old file or the new one is there."""
        new, failed, place = f"{path}.{secrets.token_hex(4)}", set(self._failed), 0
        try:
            with open(path, "rb") as old, open(new, "xb") as kept:
                shutil.copymode(path, new)
                for line in old:
                    if place not in failed:
                        kept.write(line)
                    place += len(line)
                kept.flush()
                os.fsync(kept.fileno())
            os.replace(new, path)
        except BaseException:  # Ctrl-C too: what is half written must not stay
            with suppress(FileNotFoundError):
                os.unlink(new)
            raise

    def left(self, wanted: Iterable[Item]) -> Iterator[Item]:
        """The questions without a result."""
        for question in wanted:
            digest = _digest(f"{name_text(question.name)} {dns.rdatatype.to_text(question.rdtype)}")
            if self._digests[digest]:
                self._digests[digest] -= 1
            else:
                yield question


def _is_cut_off(line: bytes) -> bool:
    """Whether the last line is the beginning of a result, or zeros that a crash of the system left."""
    return not line.endswith(b"\n") and (
        line[: len(_BEGINS)] == _BEGINS[: len(line)] or not line.strip(b"\0")
    )


def _result_of(line: bytes) -> tuple[str, bool] | None:
    """The question of a result, and whether it failed for want of replies; None if it is not a result."""
    try:
        found = json.loads(line)
        asked = found["question"]
        return f"{asked['name']} {asked['type']}", found.get("unheard", found.get("outcome") == "failed")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=12).digest()
