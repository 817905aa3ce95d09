"""The names of a file, one line each: a name and, if it has any, types. What is wrong is told by line."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from dnstrace.cli.line import names, rdtypes
from dnstrace.cli.usage import Usage
from dnstrace.model import Question

if TYPE_CHECKING:
    from dns.rdatatype import RdataType

_LONGEST = 4096  # octets of a line: a name has 1004 at most, written with every octet escaped
_AHEAD = 1000  # questions that are read before they can be traced
_REMARK = re.compile(r"(?<!\\)[#;].*", re.DOTALL)  # a character after a backslash is part of a name
_BOM = b"\xef\xbb\xbf"

Told = Callable[[int, str], None]


def questions(
    file: BinaryIO, types: tuple[RdataType, ...], wrong: Told, unreadable: Told
) -> Iterator[Question]:
    """The questions of a file as they are read; `types` are for lines that say none.

    A line may end with CR LF; blank ones, and what follows `#` or `;` without a backslash, are nothing. For
    each line that cannot be traced `wrong` is called with its number and why; `unreadable` for the one at
    which the file ends since it cannot be read.
    """
    number, lines = 0, _bounded_lines(file)
    while True:
        number += 1
        try:
            line = next(lines, None)
        except OSError as error:
            unreadable(number, error.strerror or str(error))
            return
        if line is None:
            return
        if number == 1:
            line = line.removeprefix(_BOM)
        if len(line) > _LONGEST:
            wrong(number, f"longer than {_LONGEST} octets")
            continue
        try:
            yield from _questions_in(line.decode("utf-8"), types)
        except UnicodeDecodeError:
            wrong(number, "is not UTF-8")
        except Usage as error:
            wrong(number, str(error))


def _questions_in(line: str, types: tuple[RdataType, ...]) -> Iterator[Question]:
    words = _REMARK.sub("", line).split()
    if not words:
        return
    if "\0" in line:
        raise Usage("holds a NUL octet")
    name, *kinds = words
    subject = names.subject(name)
    for word in kinds:
        if not rdtypes.is_type(word):
            raise Usage(f"{word!r} is no record type")
    wanted = [rdtypes.rdtype(word) for word in kinds] or list(types) or [subject.rdtype]
    for rdtype in wanted:
        yield Question(subject.name, rdtype)


def _bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long only the beginning, so that none fills the memory."""
    while line := file.readline(_LONGEST + 1):
        whole = line
        while len(line) > _LONGEST and not line.endswith(b"\n"):
            line = file.readline(_LONGEST + 1)
        yield whole


class AsTheyCome:
    """What an iterator gives that may wait for a pipe or a terminal: a thread waits, the loop goes on."""

    def __init__(self, wanted: Iterator[Question]) -> None:
        self._wanted, self._loop = wanted, asyncio.get_running_loop()
        self._got: asyncio.Queue[Question | None] = asyncio.Queue()
        self._room = threading.Semaphore(_AHEAD)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with suppress(RuntimeError):  # the loop has ended
            try:
                for question in self._wanted:
                    self._room.acquire()
                    self._loop.call_soon_threadsafe(self._got.put_nowait, question)
            finally:
                self._loop.call_soon_threadsafe(self.stop)

    def stop(self) -> None:
        """Give nothing that comes from now on."""
        self._got.put_nowait(None)

    async def __aiter__(self) -> AsyncGenerator[Question]:
        """The questions."""
        while (question := await self._got.get()) is not None:
            self._room.release()
            yield question
