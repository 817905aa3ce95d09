"""One place: the process that leads there, its streams, and what it may say in which time.

Whatever a place does, here it is an answer or `Unreachable`: silence, the prompt of a shell, far too much.
The process is in a session of its own, and is ended with everything that it started there. What has left that
session has its streams closed and is left alone: the shared connection of ssh does so (ControlPersist).
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
from asyncio import SubprocessTransport
from asyncio.subprocess import PIPE, Process, SubprocessStreamProtocol
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from dnstrace import __version__
from dnstrace.model.places import Place, Stage, Way
from dnstrace.places.asking import LARGEST, Request, written
from dnstrace.places.boot import script
from dnstrace.places.bundle import zipapp
from dnstrace.places.frames import GREETING, LONGEST_LINE, FrameError, framed, heading
from dnstrace.places.reaching import command, variables
from dnstrace.record.encoding import FORMAT

NOISE = 2**16
"""Octets that a login shell may print before the greeting."""

_SAID = 4096  # octets of standard error that are kept
_SHOWN = 300  # characters of a text from a place
_AT_LEISURE = 1.0  # seconds for a place to end by itself
_OnStage = Callable[[Stage], None]


class Unreachable(Exception):
    """A place gives no trace; why, in words that read on after its name. They may hold text from there."""


class Session:
    """A place that has answered: it traces, several requests at a time."""

    def __init__(self, process: Process, on_stage: _OnStage) -> None:
        self._process, self._on_stage = process, on_stage
        self._wanted: dict[int, asyncio.Future[bytes]] = {}
        self._said = bytearray()
        self._listening: list[asyncio.Task[None]] = [asyncio.ensure_future(self._keep_errors())]
        self.by = ""

    async def trace(self, request: Request) -> bytes:
        """The octets of the record for a request. Raises Unreachable."""
        number = request.number
        self._wanted[number] = asyncio.get_running_loop().create_future()
        try:
            if self._listening[-1].done():
                raise Unreachable(await self.last_words())
            await self._send(framed("request", written(request)))
            return await self._wanted[number]
        finally:
            self._wanted.pop(number).cancel()

    async def greeted(self) -> None:
        """Wait for the greeting, and give the place what it lacks. Raises Unreachable."""
        token, sent = secrets.token_hex(8), False
        self._on_stage(Stage("connecting"))
        await self._send(script(token, __version__, FORMAT))
        while (words := await self._greeting(token))[0] != "hello":
            if words[0] == "again" and not sent:
                sent = True
                await self._send(script(token, __version__, FORMAT))
            elif words[0] == "zipapp":
                self._on_stage(Stage("sending dnstrace"))
                await self._send(framed("zipapp", await asyncio.to_thread(zipapp)))
                break
            else:
                raise Unreachable(_without_python(words))
        self._listening.append(asyncio.ensure_future(self._listen()))

    async def close(self) -> None:
        """End the process, and all that it started."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self.by:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _AT_LEISURE)
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)

    async def last_words(self) -> str:
        """Why the place says nothing more: its status, and the last line of its standard error."""
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._listening[0]), _AT_LEISURE)
            await asyncio.wait_for(self._process.wait(), _AT_LEISURE)
        lines = bytes(self._said).decode("utf-8", "replace").split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "")
        status = self._process.returncode
        why = "ended" if status is None else f"ended with status {status}"
        return f"{why}: {said[:_SHOWN]}" if said else f"{why} and said nothing"

    async def _send(self, octets: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(octets)
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionError) as error:
            raise Unreachable(await self.last_words()) from error

    async def _greeting(self, token: str) -> list[str]:
        """The words of the next greeting after the token, past what the shell prints. Raises Unreachable."""
        passed = 0
        while passed < NOISE:
            line = await self._line()
            words = line.split()
            if words[:2] == [GREETING.encode(), token.encode()] and len(words) > 2:
                return [word.decode("ascii", "replace")[:_SHOWN] for word in words[2:]]
            passed += len(line)
        raise Unreachable(f"sent {NOISE >> 10} KiB of something else and no trace")

    async def _line(self) -> bytes:
        assert self._process.stdout is not None
        try:
            line = await self._process.stdout.readline()
        except ValueError as error:  # longer than the reader takes
            raise Unreachable(f"sent {NOISE >> 10} KiB of something else and no trace") from error
        if not line:
            raise Unreachable(await self.last_words())
        return line

    async def _listen(self) -> None:
        """Take in frames until the place ends or sends something else."""
        try:
            while True:
                line = await self._line()
                word, length = heading(line[: LONGEST_LINE + 1], LARGEST)
                assert self._process.stdout is not None
                self._take(word, await self._process.stdout.readexactly(length))
        except (Unreachable, FrameError) as error:
            self._give_up(str(error))
        except asyncio.IncompleteReadError:
            self._give_up("stopped in the middle of its trace")
        except (ArithmeticError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
            self._give_up("sent something that is not a part of a trace")

    def _take(self, word: str, payload: bytes) -> None:
        """Take in a frame. Raises one of the errors that `_listen` knows for a frame that nobody sends."""
        if word == "record":
            number, _, octets = payload.partition(b" ")
            self._settle(int(number), octets)
        elif word == "failure":
            found = json.loads(payload)
            self._settle(int(found["number"]), Unreachable(f"cannot trace: {_text(found['why'])}"))
        elif word == "progress":
            found = json.loads(payload)
            self._on_stage(Stage("tracing", _text(found["zone"]), int(found["queries"])))
        elif word == "hello":
            self.by = _text(json.loads(payload)["by"])
            self._on_stage(Stage("tracing"))
        else:
            raise ValueError(word)

    def _settle(self, number: int, found: bytes | Unreachable) -> None:
        future = self._wanted.get(number)
        if future is None or future.done():
            return
        if isinstance(found, bytes):
            future.set_result(found)
        else:
            future.set_exception(found)

    def _give_up(self, why: str) -> None:
        for number in [*self._wanted]:
            self._settle(number, Unreachable(why))

    async def _keep_errors(self) -> None:
        """Keep the end of standard error, and let the place write as much as it likes."""
        assert self._process.stderr is not None
        while octets := await self._process.stderr.read(_SAID):
            self._said += octets
            del self._said[:-_SAID]


@asynccontextmanager
async def session(place: Place, within: float, on_stage: _OnStage) -> AsyncIterator[Session]:
    """A session with a place, which has `within` seconds to answer. Raises Unreachable."""
    transport, process = await _started(place)
    found = Session(process, on_stage)
    try:
        try:
            async with asyncio.timeout(within):
                await found.greeted()
        except TimeoutError as error:
            raise Unreachable(f"did not answer within {within:g} s") from error
        yield found
    finally:
        try:
            await found.close()
        finally:
            _kill(process)
            await _reaped(transport, process)


async def _started(place: Place) -> tuple[SubprocessTransport, Process]:
    words, loop = command(place), asyncio.get_running_loop()
    try:
        transport, protocol = await loop.subprocess_exec(
            lambda: SubprocessStreamProtocol(NOISE, loop),
            words[0],
            *words[1:],
            env=variables(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=sys.platform != "win32",
        )
        return transport, Process(transport, protocol, loop)
    except (OSError, ValueError) as error:
        what = "ssh" if place.way is Way.SSH else words[0]
        raise Unreachable(f"cannot start {what}: {getattr(error, 'strerror', None) or error}") from error


async def _reaped(transport: SubprocessTransport, process: Process) -> None:
    """Wait for a process that was ended. Nobody reads what is left in its pipes: they are closed first."""
    for number in range(3):
        if (pipe := transport.get_pipe_transport(number)) is not None:
            pipe.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _AT_LEISURE)
    transport.close()


def _text(value: object) -> str:
    """A text from a place, cut to what is shown. Raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(value)
    return value[:_SHOWN]


def _kill(process: Process) -> None:
    """End a process and its session, whether or not it still runs."""
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform != "win32":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _without_python(words: list[str]) -> str:
    if words[0] == "too-old" and len(words) > 1:
        return f"has Python {words[1]}: install Python 3.11 or later there, or dnstrace"
    return "sent something that is not a part of a trace"
