"""The simulated network of the benchmark on real sockets: name servers a fixed round trip away.

What a server replies is the lab's doing, and is worked out once for each query. A reply is held back by a
timer as fine as select(2)'s; asyncio's, on epoll, rounds up to the next millisecond. Over TCP a reply is held
back as long, and the handshake takes no time.
"""

from __future__ import annotations

import heapq
import multiprocessing
import os
import select
import socket
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import chain, count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import dns.message

from dnstrace.lab.authority import Authority, fit
from dnstrace.lab.zone import LabZone
from dnstrace.model import Transport
from tests.bench.network import Scene, addresses, zones

_PORT, _BIGGEST = 53, 65535
_BURST = 64  # datagrams that are taken from a socket before others get their turn
_WAITING = 1024  # connections that may wait to be accepted
_RCVBUFFORCE, _BUFFER = 33, 2**22  # asm-generic/socket.h; octets


def cpu_seconds(pid: int) -> float:
    """The CPU seconds that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """The MiB of memory of a process or of that of its children with most; see proc(5) on Pss."""
    found = [0.0]
    with suppress(OSError, StopIteration):  # it has ended
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        found += [int(next(line for line in rollup if line.startswith("Pss:")).split()[1]) / 1024]
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        found += [memory(int(child)) for child in children]
    return max(found)


class Simulation:
    """The name servers of a scene, all in one process of their own. Use it as a context."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._control, far_end = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_serve, args=(scene, far_end), daemon=True)

    def __enter__(self) -> Simulation:
        own = chain(*addresses(self._scene).values())
        batch = (f"address replace {each} dev lo{' nodad' if ':' in each else ''}" for each in own)
        subprocess.run(["ip", "-batch", "-"], input="\n".join(batch), text=True, check=True)
        self._process.start()
        self._control.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def set_round_trip(self, seconds: float) -> None:
        """Hold every reply back for that long from now on."""
        self._control.send(seconds)
        self._control.recv()

    def silence(self, hosts: frozenset[str]) -> None:
        """Let these name servers, and no others, leave every query unanswered from now on."""
        self._control.send(hosts)
        self._control.recv()

    def queries(self) -> int:
        """How many queries have come since this was asked last."""
        self._control.send(None)
        return int(self._control.recv())

    def cpu(self) -> float:
        """The CPU seconds that the servers have used so far."""
        return cpu_seconds(self._process.pid or 0)


class _Zones:
    """What name servers with the same zones reply: octets in, octets out."""

    def __init__(self, served: list[LabZone]) -> None:
        self._authority = Authority(served)
        self._kept: dict[tuple[Transport, bytes], bytes] = {}

    def reply(self, wire: bytes, transport: Transport) -> bytes:
        key = (transport, wire[2:])
        if key not in self._kept:
            query = dns.message.from_wire(wire)
            self._kept[key] = fit(self._authority.reply(query), query, transport)[2:]
        return wire[:2] + self._kept[key]


class _Place(NamedTuple):
    """An address: the names of those who answer there, and what they reply."""

    hosts: frozenset[str]
    zones: _Zones


class _Serving:
    """The sockets of a scene, and the replies that are held back."""

    def __init__(self, scene: Scene) -> None:
        self.silent: frozenset[str] = frozenset()
        self.round_trip, self.queries = 0.0, 0
        self.poller = select.epoll()
        self._open: dict[int, tuple[socket.socket, Callable[[socket.socket, _Place], None], _Place]] = {}
        self._due: list[tuple[float, int, Callable[[bytes], object], bytes]] = []
        self._numbers = count()
        for address, place in _places(scene).items():
            for kind, take in ((socket.SOCK_DGRAM, self._datagrams), (socket.SOCK_STREAM, self._accept)):
                self._add(_bound(address, kind), take, place)

    def _add(self, sock: socket.socket, take: Callable[[socket.socket, _Place], None], place: _Place) -> None:
        sock.setblocking(False)
        self._open[sock.fileno()] = sock, take, place
        self.poller.register(sock.fileno(), select.EPOLLIN)

    def take(self, descriptor: int) -> None:
        """Read what has come at a socket."""
        sock, take, place = self._open[descriptor]
        take(sock, place)

    def wait(self) -> float | None:
        """Seconds until a reply is due; None where none is held back."""
        return max(0.0, self._due[0][0] - time.monotonic()) if self._due else None

    def send_due(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic():
            _, _, send, reply = heapq.heappop(self._due)
            with suppress(OSError):  # a stream that its client has closed
                send(reply)

    def _answer(
        self, wire: bytes, place: _Place, transport: Transport, send: Callable[[bytes], object]
    ) -> None:
        self.queries += 1
        if not place.hosts & self.silent:
            at = time.monotonic() + self.round_trip
            reply = place.zones.reply(wire, transport)
            heapq.heappush(self._due, (at, next(self._numbers), send, reply))

    def _datagrams(self, sock: socket.socket, place: _Place) -> None:
        for _ in range(_BURST):
            try:
                wire, asker = sock.recvfrom(_BIGGEST)
            except BlockingIOError:
                return
            self._answer(wire, place, Transport.UDP, partial(_send_to, sock, asker))

    def _accept(self, sock: socket.socket, place: _Place) -> None:
        with suppress(BlockingIOError):
            self._add(sock.accept()[0], self._stream, place)

    def _stream(self, sock: socket.socket, place: _Place) -> None:
        """A query over TCP; whoever sends one in pieces is not served here."""
        with suppress(ConnectionError):
            if octets := sock.recv(_BIGGEST):
                self._answer(octets[2:], place, Transport.TCP, partial(_send_framed, sock))
                return
        del self._open[sock.fileno()]
        sock.close()


def _send_to(sock: socket.socket, asker: tuple[str, int], reply: bytes) -> None:
    sock.sendto(reply, asker)


def _send_framed(sock: socket.socket, reply: bytes) -> None:
    sock.send(len(reply).to_bytes(2) + reply)


def _serve(scene: Scene, control: Connection) -> None:
    """Answer until killed. A number received is the new round trip, a set those who are silent; None asks for
    the count of queries, which begins anew with each of the three.
    """
    serving = _Serving(scene)
    serving.poller.register(control.fileno(), select.EPOLLIN)
    control.send("ready")
    while True:
        select.select([serving.poller], [], [], serving.wait())
        for descriptor, _ in serving.poller.poll(0):
            if descriptor != control.fileno():
                serving.take(descriptor)
                continue
            received = control.recv()
            if isinstance(received, frozenset):
                serving.silent = received
            elif received is not None:
                serving.round_trip = received
            control.send(serving.queries)
            serving.queries = 0
        serving.send_due()


def _places(scene: Scene) -> dict[str, _Place]:
    """Who answers at each address."""
    known, served = zones(scene), defaultdict[str, list[str]](list)
    for origin, names in scene.zones.items():
        for name in names:
            served[name].append(origin)
    hosts = defaultdict[str, list[str]](list)
    for name, own in addresses(scene).items():
        for address in own:
            hosts[address].append(name)
    made: dict[tuple[str, ...], _Zones] = {}
    for_all = {}
    for address, names_there in hosts.items():
        origins = tuple(dict.fromkeys(chain.from_iterable(served[name] for name in names_there)))
        replies = made.setdefault(origins, _Zones([known[origin] for origin in origins]))
        for_all[address] = _Place(frozenset(names_there), replies)
    return for_all


def _bound(address: str, kind: socket.SocketKind) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, _PORT))
    if kind is socket.SOCK_STREAM:
        sock.listen(_WAITING)
    else:
        sock.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, _BUFFER)
    return sock
