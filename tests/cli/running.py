"""The command run within the test, or as a process of its own: arguments in, status and streams out."""

from __future__ import annotations

import io
import os
import pty
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyte

from dnstrace.cli.command import command
from dnstrace.cli.environment import Environment

COMMAND = [sys.executable, "-c", "from dnstrace.cli import main; main()"]
PATIENCE = 300  # seconds after which a test gives up on a process that hangs


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def run(*arguments: str, **variables: str) -> Ran:
    """Run the command within this process."""
    return _run(io.StringIO(), arguments, variables)


def run_on_terminal(*arguments: str, **variables: str) -> Ran:
    """Run the command within this process, its output on a terminal."""
    return _run(Terminal(), arguments, variables)


def _run(out: io.StringIO, arguments: tuple[str, ...], variables: dict[str, str]) -> Ran:
    err = io.StringIO()
    status = command(arguments, Environment(out, err, variables))
    return Ran(status, out.getvalue(), err.getvalue())


def run_with(variables: Mapping[str, str], *arguments: str) -> Ran:
    """Run the command within this process, in an environment with these variables."""
    return run(*arguments, **variables)


def start(*arguments: str, **how: Any) -> subprocess.Popen[str]:
    """Start the command as a process; its streams are pipes unless `how` says otherwise."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([*COMMAND, *arguments], preexec_fn=_heed_interrupts, **streams | how)


def _heed_interrupts() -> None:
    """As a shell starts what runs in the foreground; a run of the tests in the background ignores SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finished(process: subprocess.Popen[str]) -> Ran:
    """What a process came to."""
    out, err = process.communicate(timeout=PATIENCE)
    return Ran(process.returncode, out or "", err or "")


@dataclass(frozen=True)
class SilentServer:
    """A root server on the loopback interface that gets queries and answers none."""

    socket: socket.socket
    arguments: tuple[str, ...]

    def wait(self) -> None:
        """Return when a query has come."""
        self.socket.recv(4096)


@contextmanager
def silent_server(directory: Path) -> Iterator[SilentServer]:
    """A silent server, with the arguments that make the command ask it."""
    hints = directory / "hints"
    hints.write_text(". NS a.root.example.\na.root.example. A 127.0.0.1\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(PATIENCE)
        port = str(listening.getsockname()[1])
        yield SilentServer(
            listening, ("--root-hints", str(hints), "-p", port, "--timeout=500", "--deadline=500")
        )


class InTerminal:
    """A process on a terminal of its own, of 24 lines and 80 columns; `seen` is what it wrote so far."""

    def __init__(self, *arguments: str, **variables: str) -> None:
        self.seen = b""
        self._screen = pyte.Screen(80, 24)
        self._feed = pyte.ByteStream(self._screen).feed
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            _heed_interrupts()
            os.environ.update({"TERM": "xterm", "COLUMNS": "80", "LINES": "24"} | variables)
            os.execvp(arguments[0], arguments)

    @property
    def shown(self) -> str:
        """The lines on the screen, after a line end each."""
        return "".join(f"\n{line}" for line in self._screen.display)

    @property
    def cursor_hidden(self) -> bool:
        return bool(self._screen.cursor.hidden)

    def read_until_shown(self, expected: str) -> None:
        """Read until `expected` is on the screen."""
        while expected not in self.shown:
            assert self._read(), self.shown

    def send(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def signal(self, number: signal.Signals) -> None:
        os.kill(self._pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.end()

    def end(self) -> int:
        """Read what is left; the exit status."""
        while self._read():
            pass
        _, status = os.waitpid(self._pid, 0)
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(status)

    def _read(self) -> bool:
        """Take in what comes next; False if nothing more will."""
        ready, _, _ = select.select([self._terminal], [], [], PATIENCE)
        try:
            octets = os.read(self._terminal, 65536) if ready else b""
        except OSError:  # Linux's way to say that the other side is closed
            return False
        self.seen += octets
        self._feed(octets)
        return bool(octets)
