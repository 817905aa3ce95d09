"""The names in a file: on each line a name, types, and what is expected of it. Errors name the line."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Protocol

from dnstrace.cli.expecting import check_expected
from dnstrace.cli.line import names, rdtypes, values
from dnstrace.cli.usage import Usage
from dnstrace.model import Question
from dnstrace.model.expectations import Expecting

if TYPE_CHECKING:
    from dns.rdatatype import RdataType

    from dnstrace.bulk.plan import Item
    from dnstrace.model.expectations import Expectation

_LONGEST = 4096  # octets of a line: a name has at most 1004, with every octet escaped
_AHEAD = 1000  # questions that are read ahead
_MEANT = re.compile(r'(?:="(?:\\.|[^"\\])*"|\\.|[^#;\\]|\\$)*', re.DOTALL)  # what is not a remark
_WORD = re.compile(r"(?:\\.|\S)+")  # a character after a backslash is part of a name
_EXPECTS = re.compile(r"[A-Za-z][A-Za-z0-9-]*\s*(!=|>=|<=|=|<|>)")  # as `expectations` reads it
_BOM = b"\xef\xbb\xbf"


class Told(Protocol):
    """Who is told about lines, by number and text."""

    def wrong(self, number: int, why: str) -> None:
        """A line that cannot be traced."""

    def peculiar(self, number: int, remark: str) -> None:
        """A line with a name that is not read as it stands."""

    def unreadable(self, number: int, why: str) -> None:
        """The line from which on the file cannot be read."""

    def read(self, number: int, question: Item) -> None:
        """A question, and the line that it is on."""


def questions(
    file: BinaryIO, types: tuple[RdataType, ...], told: Told, expected: tuple[Expectation, ...] = ()
) -> Iterator[Item]:
    """The questions of a file as they are read; `types` are for lines without a type.

    A line may end with CR LF. Blank lines, and anything after `#` or `;` without a backslash, are ignored.
    `expected` is expected of each name, in addition to what its line says: `www.example.com A a=192.0.2.44`.
    Lines that cannot be traced are `told` and left out.
    """
    number, lines = 0, _bounded_lines(file)
    while True:
        number += 1
        try:
            line = next(lines, None)
        except OSError as error:
            told.unreadable(number, error.strerror or str(error))
            return
        if line is None:
            return
        if number == 1:
            line = line.removeprefix(_BOM)
        if len(line) > _LONGEST:
            told.wrong(number, f"longer than {_LONGEST} octets")
            continue
        try:
            remark, found = _questions_in(line.decode("utf-8"), types, expected)
        except UnicodeDecodeError:
            told.wrong(number, "is not UTF-8")
        except Usage as error:
            told.wrong(number, str(error))
        else:
            if remark:
                told.peculiar(number, remark)
            for question in found:
                told.read(number, question)
                yield question


def beginning(octets: bytes, types: tuple[RdataType, ...]) -> list[Item]:
    """The questions in the lines with which a file begins; the last one may be cut off."""
    found: list[Item] = []
    for line in octets.removeprefix(_BOM).splitlines():
        with suppress(UnicodeDecodeError, Usage):
            found += _questions_in(line.decode("utf-8"), types, ())[1]
    return found


def _questions_in(
    line: str, types: tuple[RdataType, ...], expected: tuple[Expectation, ...]
) -> tuple[str, list[Item]]:
    """What a line asks, and a remark on its name or an empty string."""
    meant = _MEANT.match(line)
    words = [*_WORD.finditer(meant[0] if meant else "")]
    if not words:
        return "", []
    if "\0" in line:
        raise Usage("contains a NUL octet")
    name, *kinds = words
    subject = names.subject(name[0])
    rdtypes_typed: list[RdataType] = []
    of_line: tuple[Expectation, ...] = ()
    for word in kinds:
        if _EXPECTS.match(name.string, word.start()):
            of_line = values.expectations(name.string[word.start() :].strip())
            break
        rdtypes_typed.append(rdtypes.rdtype(word[0]))
    wanted = [Question(subject.name, each) for each in rdtypes_typed or types or (subject.rdtype,)]
    check_expected(tuple(wanted), of_line, "")
    return subject.remark, [_with_expected(question, of_line + expected) for question in wanted]


def _with_expected(question: Question, expected: tuple[Expectation, ...]) -> Item:
    concerning = tuple(each for each in expected if each.concerns(question))
    return Expecting(question, concerning) if concerning else question


def _bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; only the beginning of a line that is too long, so that none fills the memory."""
    while line := file.readline(_LONGEST + 1):
        whole = line
        while len(line) > _LONGEST and not line.endswith(b"\n"):
            line = file.readline(_LONGEST + 1)
        yield whole


class AsTheyCome:
    """The items of an iterator that may wait for a pipe or a terminal: a thread waits, the loop goes on."""

    def __init__(self, wanted: Iterator[Item]) -> None:
        self._wanted, self._loop = wanted, asyncio.get_running_loop()
        self._got: asyncio.Queue[Item | None] = asyncio.Queue()
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

    async def __aiter__(self) -> AsyncGenerator[Item]:
        """The questions."""
        while (question := await self._got.get()) is not None:
            self._room.release()
            yield question
