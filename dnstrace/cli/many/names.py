"""The names in a file: on each line a name and optionally types. Errors are reported by line."""

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

_LONGEST = 4096  # octets of a line: a name has at most 1004, with every octet escaped
_AHEAD = 1000  # questions that are read ahead
_REMARK = re.compile(r"(?<!\\)[#;].*", re.DOTALL)  # a character after a backslash is part of a name
_WORD = re.compile(r"(?:\\.|\S)+")  # so is a blank
_BOM = b"\xef\xbb\xbf"

Told = Callable[[int, str], None]


def questions(
    file: BinaryIO,
    types: tuple[RdataType, ...],
    wrong: Told,
    unreadable: Told,
    read: Callable[[int, Question], None] | None = None,
) -> Iterator[Question]:
    """The questions of a file as they are read; `types` are for lines without a type.

    A line may end with CR LF. Blank lines, and anything after `#` or `;` without a backslash, are ignored.
    For each line that cannot be traced, `wrong` is called with its number and the reason; `unreadable` is
    called for the line from which on the file cannot be read, and `read` for each question with its line.
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
            for question in _questions_in(line.decode("utf-8"), types):
                if read is not None:
                    read(number, question)
                yield question
        except UnicodeDecodeError:
            wrong(number, "is not UTF-8")
        except Usage as error:
            wrong(number, str(error))


def _questions_in(line: str, types: tuple[RdataType, ...]) -> Iterator[Question]:
    words = _WORD.findall(_REMARK.sub("", line))
    if not words:
        return
    if "\0" in line:
        raise Usage("contains a NUL octet")
    name, *kinds = words
    subject = names.subject(name)
    for word in kinds:
        if not rdtypes.is_type(word):
            raise Usage(f"{word!r} is not a record type")
    wanted = [rdtypes.rdtype(word) for word in kinds] or list(types) or [subject.rdtype]
    for rdtype in wanted:
        yield Question(subject.name, rdtype)


def _bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; only the beginning of a line that is too long, so that none fills the memory."""
    while line := file.readline(_LONGEST + 1):
        whole = line
        while len(line) > _LONGEST and not line.endswith(b"\n"):
            line = file.readline(_LONGEST + 1)
        yield whole


class AsTheyCome:
    """The items of an iterator that may wait for a pipe or a terminal: a thread waits, the loop goes on."""

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
        """Yield nothing that arrives from now on."""
        self._got.put_nowait(None)

    async def __aiter__(self) -> AsyncGenerator[Question]:
        """The questions."""
        while (question := await self._got.get()) is not None:
            self._room.release()
            yield question
