"""Live sockets: DNS over UDP (RFC 1035 section 4.2.1) and TCP (RFC 7766), IPv4 and IPv6.

Each query has a socket of its own, and with it a fresh source port of the kernel's choosing, and a
fresh random ID (RFC 5452 section 9.2). A reply counts only if source address, source port, ID and
question are right; anything else is counted and discarded while the wait continues.

On Linux the kernel reports when a datagram or a segment arrived and how long a handshake took, so that a
round-trip time does not include delays of this program, and it reports ICMP errors on the unconnected socket.
Elsewhere octets count as arrived when they are read, and an unreachable port looks like silence.

TLS and HTTPS with resolvers are in encrypted.py, TLS with name servers is in opportunistic.py.

Not supported: reuse of TCP connections, multicast.
"""

from __future__ import annotations

import _socket
import asyncio
import errno
import os
import socket
import struct
import time
from collections.abc import Awaitable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from dnstrace.descriptors import has_run_out
from dnstrace.message.wire import belongs, query_wire
from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.model.heard import came_from
from dnstrace.network.faults import FAULTS, read
from dnstrace.network.first import LINUX, SO_TIMESTAMPNS, Sent, ask_kernel_for_arrivals, ask_kernel_for_more
from dnstrace.network.patience import Patience, in_its_turn

_ENCRYPTED = {Transport.TLS, Transport.HTTPS}
_BIGGEST = 65535
_BURST = 64  # datagrams read before other tasks get their turn
_TCP_INFO = 11  # linux/tcp.h
_TIMESPEC = struct.Struct("@ll")
_TCPI_RTT = struct.Struct("@68xI")  # linux/tcp.h: the smoothed round-trip time, in microseconds
_ANCILLARY = 64  # octets of what the system says of a datagram
_NANOSECONDS = 1e9

Datagram = tuple[bytes, tuple[str, int], float | None]
"""Octets, source address and port, and when it arrived in seconds since the epoch, where that is known."""


def check_source(address: str) -> None:
    """Raise OSError if this machine cannot send from `address`, for example if it has no such address."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(endpoint(address, 0))


class Wait:
    """The result of a wait for a reply: its octets, when they came, how many others were discarded."""

    def __init__(self) -> None:
        self.wire: bytes | None = None
        self.elapsed = 0.0
        self.mismatched = 0
        self.elsewhere = ""  # where a reply came from that would have been the right one
        self.source: tuple[str, int] | None = None


class LiveNetwork:
    """The port over real sockets. `bind` is the source address, or None for the system's choice."""

    def __init__(self, bind: str | None = None) -> None:
        self._bind = bind
        self._under_way = 0
        self._waiting: list[asyncio.Future[None]] = []  # for the descriptor of an exchange under way

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address, however it travels; see `dnstrace.port.Network`.

        Where no file descriptor is left it waits until another exchange has ended, which is not counted as
        time that the server takes. Raises OSError if there is no other.
        """
        while True:
            self._under_way += 1
            try:
                found = await self._exchange_once(query, timeout)
            except OSError:
                if self._under_way == 1:
                    self._wake()
                    raise
                found = None
            except asyncio.CancelledError:
                self._wake()
                raise
            finally:
                self._under_way -= 1
            if found is not None:
                self._wake()
                return found
            self._waiting.append(asyncio.get_running_loop().create_future())
            await self._waiting[-1]

    def _wake(self) -> None:
        """Have those try again that wait for a descriptor."""
        for each in self._waiting:
            if not each.done():
                each.set_result(None)
        self._waiting.clear()

    async def _exchange_once(self, query: Query, timeout: float) -> Exchange:
        """As `exchange`; raises OSError if no file descriptor is left."""
        if query.opportunistic:
            from dnstrace.network import opportunistic

            return await opportunistic.exchange(query, timeout, self._bind)
        if query.transport in _ENCRYPTED:
            from dnstrace.network import encrypted  # few traces need what it imports

            return await encrypted.exchange(query, timeout, self._bind)
        message_id, wait = int.from_bytes(os.urandom(2)), Wait()
        carry = self._tcp if query.transport is Transport.TCP else self._udp
        carried = carry(query, query_wire(query, message_id), message_id, wait)
        start = asyncio.get_running_loop().time()
        return await concluded(query, message_id, start, wait, carried, timeout)

    async def _udp(self, query: Query, wire: bytes, message_id: int, wait: Wait) -> None:
        with open_socket(query, socket.SOCK_DGRAM, self._bind) as sock:
            ask_kernel_for_more(sock)
            sent = time.perf_counter(), time.time()
            sock.sendto(wire, endpoint(query.address, query.port))
            wait.source = own_address(sock, query)
            await until_reply(sock, query, message_id, wait, sent)

    async def _tcp(self, query: Query, wire: bytes, message_id: int, wait: Wait) -> None:
        loop, began = asyncio.get_running_loop(), time.perf_counter()
        with open_socket(query, socket.SOCK_STREAM, self._bind) as sock:
            ask_kernel_for_arrivals(sock)
            try:
                await loop.sock_connect(sock, endpoint(query.address, query.port))
            finally:
                wait.source = own_address(sock, query)
            handshake = _handshake(sock, time.perf_counter() - began)
            sent, sent_at = time.perf_counter(), time.time()
            await loop.sock_sendall(sock, struct.pack("!H", len(wire)) + wire)
            while wait.wire is None:
                head, _ = await _exactly(sock, 2)
                message, arrived = await _exactly(sock, int.from_bytes(head))
                if belongs(message, query.question, message_id):
                    wait.wire, wait.elapsed = message, handshake + since(sent, sent_at, arrived)
                else:
                    wait.mismatched += 1


async def concluded(
    query: Query, message_id: int, start: float, wait: Wait, carried: Awaitable[None], timeout: float
) -> Exchange:
    """The exchange once it is carried, or the time is over. Raises OSError if no file descriptor is left."""
    fault, detail = None, ""
    try:
        async with Patience(timeout):
            await carried
    except TimeoutError:
        fault = Fault.MISMATCH if wait.mismatched else Fault.TIMEOUT
        detail = wait.elsewhere
    except OSError as error:
        if has_run_out(error):
            raise
        fault = FAULTS.get(error.errno or 0, Fault.PORT_UNREACHABLE)
        detail = os.strerror(error.errno) if error.errno else "the connection was closed"
    elapsed, message = asyncio.get_running_loop().time() - start, None
    if wait.wire is not None:
        elapsed, (message, fault) = wait.elapsed, read(await in_its_turn(wait.wire))
    return Exchange(
        query, start, elapsed, wait.wire, message, fault, detail, wait.mismatched, message_id, wait.source
    )


async def until_reply(
    sock: socket.socket,
    query: Query,
    message_id: int,
    wait: Wait,
    sent: tuple[float, float],
    early: Iterable[Datagram] = (),
) -> None:
    """Wait for the reply to a query that was `sent` at these times, see `since`; `early` was read before."""
    source, found = sockaddr(sock, query), early
    while True:
        for datagram, sender, arrived in found:
            right = belongs(datagram, query.question, message_id)
            if sender == source and right:
                wait.wire, wait.elapsed = datagram, since(*sent, arrived)
                return
            wait.mismatched += 1
            wait.elsewhere = came_from(*sender[:2], query) if right else wait.elsewhere
        await _until_readable(sock)
        found = datagrams(sock)


def since(sent: float, sent_at: float, arrived: float | None) -> float:
    """The seconds between sending and arrival, without what this program took to read what had arrived.

    `sent` is of `time.perf_counter`, `sent_at` and `arrived` are in seconds since the epoch.
    """
    elapsed = time.perf_counter() - sent
    return elapsed if arrived is None else min(elapsed, max(0.0, arrived - sent_at))


def _handshake(sock: socket.socket, measured: float) -> float:
    """The seconds that the handshake took; the system knows it without the delays of this program."""
    if not LINUX:
        return measured
    information = sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _TCPI_RTT.size)
    (microseconds,) = _TCPI_RTT.unpack(information) if len(information) == _TCPI_RTT.size else (0,)
    return min(measured, microseconds / 1e6) if microseconds else measured


def open_socket(query: Query, kind: socket.SocketKind, bind: str | None) -> socket.socket:
    """A socket that does not block, of the family of the query's address; raises OSError."""
    sock = socket.socket(socket.AF_INET6 if ":" in query.address else socket.AF_INET, kind)
    sock.setblocking(False)
    try:
        if bind is not None:
            sock.bind(endpoint(bind, 0))
    except OSError:
        sock.close()
        raise
    return sock


def endpoint(address: str, port: int) -> tuple[Any, ...]:
    """Where to send, as sockets take it: the zone of a link-local address as a number. Raises OSError.

    A zone in the text would have the system look for it under the names of hosts where there is no such link.
    """
    host, _, zone = address.partition("%")
    if not zone:
        return host, port
    try:
        index = int(zone) if zone.isdigit() else socket.if_nametoindex(zone)
    except OSError as error:
        raise OSError(errno.ENETUNREACH, "no such network interface") from error
    return host, port, 0, index


def sockaddr(sock: _socket.socket, query: Query | Sent) -> tuple[str, int]:
    """The address a reply must come from, in the form in which the socket reports it."""
    return _reported(sock.family, query.address), query.port


@lru_cache(4096)
def _reported(family: int, address: str) -> str:
    """An address without its zone, as the system writes it."""
    return socket.inet_ntop(family, socket.inet_pton(family, address.partition("%")[0]))


def own_address(sock: socket.socket, query: Query) -> tuple[str, int] | None:
    """The address and port from which a socket sends to that of `query`; None if that is not known.

    The socket of a datagram has only a port: another one, connected and never used, has the address.
    """
    try:
        address, port = sock.getsockname()[:2]
        if port and not any(socket.inet_pton(sock.family, address.partition("%")[0])):
            with socket.socket(sock.family, socket.SOCK_DGRAM) as route:
                route.connect(endpoint(query.address, query.port))
                address = route.getsockname()[0]
    except OSError:
        return None
    return (address, port) if port else None


def datagrams(sock: _socket.socket) -> Iterator[Datagram]:
    """What has arrived, up to a limit. Raises OSError after what came before the error."""
    for _ in range(_BURST):
        try:
            yield _received(sock)
        except BlockingIOError:
            return


def _received(sock: _socket.socket) -> Datagram:
    if hasattr(sock, "recvmsg"):
        datagram, ancillary, _, sender = sock.recvmsg(_BIGGEST, _ANCILLARY)
        return datagram, _plain(sender), arrival(ancillary)
    try:  # Windows
        datagram, sender = sock.recvfrom(_BIGGEST)
    except ConnectionResetError as error:  # what it makes of an ICMP error, whichever
        raise ConnectionRefusedError(errno.ECONNREFUSED, error.strerror) from error
    return datagram, _plain(sender), None


def _plain(sender: tuple[Any, ...]) -> tuple[str, int]:
    """Address and port of a sender, without the zone of a link-local address."""
    return sender[0].partition("%")[0], sender[1]


def arrival(ancillary: list[tuple[int, int, bytes]]) -> float | None:
    """When octets arrived, in seconds since the epoch, by what the system adds to them; None if nothing."""
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS) and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return float(seconds + nanoseconds / _NANOSECONDS)
    return None


async def _until_readable(sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(sock, _resolve, ready)
    try:
        await ready
    finally:
        loop.remove_reader(sock)


def _resolve(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


async def _exactly(sock: socket.socket, length: int) -> tuple[bytes, float | None]:
    """Read `length` octets, and when the last of them came; ConnectionError if the stream ends first."""
    octets, arrived = b"", None
    while len(octets) < length:
        await _until_readable(sock)  # also while octets are at hand: no timer would fire otherwise
        try:
            part, arrived = _part(sock, length - len(octets))
        except BlockingIOError:
            continue
        if not part:
            raise ConnectionResetError(errno.ECONNRESET, "the stream ended")
        octets += part
    return octets, arrived


def _part(sock: socket.socket, most: int) -> tuple[bytes, float | None]:
    if hasattr(sock, "recvmsg"):
        part, ancillary, _, _ = sock.recvmsg(most, _ANCILLARY)
        return part, arrival(ancillary)
    return sock.recv(most), None
