"""A root server on the loopback interface that has an address for every name: workers can ask it."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.flags
import dns.message
import dns.rrset

from dnstrace.model import ROOT, Address, Delegation, NameServer, Settings, Source

SERVER = Delegation(ROOT, (NameServer(ROOT, (Address("127.0.0.1", Source.HINT),)),))


@contextmanager
def server() -> Iterator[Settings]:
    """The settings with which the server is asked."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_answer, args=(listening,), daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        try:
            yield Settings(port=port, families=frozenset({4}))
        finally:
            listening.sendto(b"", ("127.0.0.1", port))  # the end
            thread.join()


def _answer(listening: socket.socket) -> None:
    while query := listening.recvfrom(4096):
        if not query[0]:
            return
        message = dns.message.make_response(dns.message.from_wire(query[0]))
        message.flags |= dns.flags.AA
        name = message.question[0].name
        message.answer.append(dns.rrset.from_text(name, 300, "IN", "A", "192.0.2.44"))
        listening.sendto(message.to_wire(), query[1])


def arguments(settings: Settings, directory: Path) -> tuple[str, ...]:
    """The arguments with which the command asks the server."""
    hints = directory / "hints"
    hints.write_text(". NS a.root.example.\na.root.example. A 127.0.0.1\n")
    return ("--root-hints", str(hints), "-p", str(settings.port), "-4")


def workers_of(pid: int) -> list[int]:
    """The worker processes that a process has started and that live, where /proc tells."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children if _is_worker(child)]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _is_worker(pid: str) -> bool:
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()


def end(pid: int) -> None:
    """End a process as `kill -9` does, if it still is there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
