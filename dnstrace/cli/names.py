"""The names of a file, one line each: a name and, if it has any, types. What is wrong is told by line."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from dnstrace.cli import values
from dnstrace.cli.usage import Usage
from dnstrace.model import Question

if TYPE_CHECKING:
    from dns.rdatatype import RdataType

_LONGEST = 4096  # octets of a line: a name has 1004 at most, written with every octet escaped
_AHEAD = 1000  # questions that are read before they can be traced
_BOM = b"\xef\xbb\xbf"

Told = Callable[[int, str], None]


def questions(file: BinaryIO, types: tuple[RdataType, ...], wrong: Told) -> Iterator[Question]:
    """The questions of a file as they are read; `types` are for lines that say none.

    A line may end with CR LF; blank ones, and what follows `#` or `;`, are nothing. For each line that
    cannot be traced `wrong` is called with its number and why.
    """
    for number, line in enumerate(_lines(file), 1):
        if number == 1:
            line = line.removeprefix(_BOM)
        if len(line) > _LONGEST:
            wrong(number, f"longer than {_LONGEST} octets")
            continue
        try:
            yield from _asked(line.decode("utf-8"), types)
        except UnicodeDecodeError:
            wrong(number, "is not UTF-8")
        except Usage as error:
            wrong(number, str(error))


def _asked(line: str, types: tuple[RdataType, ...]) -> Iterator[Question]:
    words = line.split("#")[0].split(";")[0].split()
    if not words:
        return
    if "\0" in line:
        raise Usage("holds a NUL octet")
    name, *kinds = words
    subject = values.subject(name)
    for word in kinds:
        if not values.is_type(word):
            raise Usage(f"{word!r} is no record type")
    wanted = [values.rdtype(word) for word in kinds] or list(types) or [subject.rdtype]
    for rdtype in wanted:
        yield Question(subject.name, rdtype)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long only the beginning, so that none fills the memory."""
    while line := file.readline(_LONGEST + 1):
        whole = line
        while len(line) > _LONGEST and not line.endswith(b"\n"):
            line = file.readline(_LONGEST + 1)
        yield whole


async def as_they_come(wanted: Iterator[Question]) -> AsyncIterator[Question]:
    """What an iterator gives that may wait for a pipe or a terminal: a thread waits, the loop goes on."""
    loop = asyncio.get_running_loop()
    got: asyncio.Queue[Question | None] = asyncio.Queue()
    room = threading.Semaphore(_AHEAD)

    def read() -> None:
        try:
            for question in wanted:
                room.acquire()
                loop.call_soon_threadsafe(got.put_nowait, question)
        finally:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(got.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while (question := await got.get()) is not None:
        room.release()
        yield question
