"""Live sockets for many names: UDP over a few sockets that are used for a while, chosen at random per query.

The kernel chooses a socket's port, the ID of a query is random among those that are not under way on its
socket, and a reply counts by the same rules as in live.py (RFC 5452 section 9.1). A socket is closed after a
few dozen queries, so that knowing a port of this program is of little use to an attacker.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import Any

from dnstrace.descriptors import has_run_out, most_open
from dnstrace.message.wire import belongs, query_wire
from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.model.heard import came_from
from dnstrace.network.faults import FAULTS, read
from dnstrace.network.first import IP_RECVERR, IPV6_RECVERR, ask_kernel_for_more
from dnstrace.network.live import (
    LiveNetwork,
    datagrams,
    endpoint,
    open_socket,
    since,
    sockaddr,
)
from dnstrace.network.patience import FairTimer, in_its_turn

_SOCKETS = 32  # of each family, and at most the eighth part of the descriptors that may be open
_USES = 64  # queries that a socket sends
_NUMBERS = struct.Struct("@2048H")  # random numbers that the system gives at a time
_SENDS = 4  # attempts to send a query: an error may belong to an earlier datagram
_NO_MORE = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_MSG_ERRQUEUE = 0x2000  # linux/socket.h
_ORIGINAL = 512  # octets of a failed datagram that are read, for its ID
_TELLS_ERROR = (
    [socket.IPPROTO_IP, IP_RECVERR],
    [socket.IPPROTO_IPV6, IPV6_RECVERR],
)
_EXTENDED_ERROR = struct.Struct("@I")  # ee_errno, the first field of linux/errqueue.h's sock_extended_err


class PooledNetwork(LiveNetwork):
    """The port over pooled sockets. `bind` is the source address, or None for the system's choice."""

    def __init__(self, bind: str | None = None) -> None:
        super().__init__(bind)
        self._random = _Random()
        self._most = min(_SOCKETS, max(1, most_open() // 8))
        self._ports: dict[int, list[_Port]] = {4: [], 6: []}

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        """Put `query` to its address; see `dnstrace.port.Network`."""
        if query.transport is not Transport.UDP:
            return await super().exchange(query, timeout)
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            asked = self._port(query).ask(query, self._random)
        except OSError as error:
            if has_run_out(error):
                raise
            return _failed(query, start, 0.0, error)
        timer = FairTimer(timeout, asked.give_up)
        try:
            await asked.ended
        finally:
            timer.cancel()
            asked.port.forget(asked)
        if asked.wire is not None:
            await in_its_turn(asked.wire)
        return asked.exchange(start, loop.time() - start)

    def close(self) -> None:
        """Close each socket as soon as nothing is under way on it."""
        for ports in self._ports.values():
            while ports:
                ports.pop().retire()

    def _port(self, query: Query) -> _Port:
        """A random socket; raises OSError. A used-up one stays in use if no other can be opened."""
        ports = self._ports[query.family]
        place = self._random.number() % self._most
        used = ports[place] if place < len(ports) else None
        if used is not None and used.uses < _USES:
            return used
        try:
            port = _Port(open_socket(query, socket.SOCK_DGRAM, self._bind))
        except OSError as error:
            if not ports or error.errno not in _NO_MORE:
                raise
            return used or ports[self._random.number() % len(ports)]
        if used is None:
            ports.append(port)
        else:
            ports[place] = port
            used.retire()
        return port


class _Random:
    """Random numbers of 16 bits, all of them the system's, which is asked for many at a time."""

    def __init__(self) -> None:
        self._left: list[int] = []

    def number(self) -> int:
        """The next one."""
        if not self._left:
            self._left = [*_NUMBERS.unpack(os.urandom(_NUMBERS.size))]
        return self._left.pop()


class _Asked:
    """A query that is under way, and its result."""

    __slots__ = (
        "elapsed",
        "elsewhere",
        "ended",
        "error",
        "message_id",
        "mismatched",
        "port",
        "query",
        "sent",
        "sent_at",
        "source",
        "wire",
    )

    def __init__(self, port: _Port, query: Query, message_id: int, source: tuple[str, int]) -> None:
        self.port, self.query, self.message_id, self.source = port, query, message_id, source
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.mismatched = 0
        self.elsewhere = ""  # where a reply came from that would have been the right one
        self.wire: bytes | None = None
        self.elapsed = 0.0
        self.error: OSError | None = None
        self.sent, self.sent_at = time.perf_counter(), time.time()

    def reply(self, wire: bytes, arrived: float | None) -> None:
        """Accept the reply; ignore a second one."""
        if self.ended.done():
            return
        self.wire, self.elapsed = wire, since(self.sent, self.sent_at, arrived)
        self.give_up()

    def fail(self, error: OSError) -> None:
        """Note that the datagram failed."""
        self.error = error
        self.give_up()

    def give_up(self) -> None:
        """Stop waiting."""
        if not self.ended.done():
            self.ended.set_result(None)

    def exchange(self, start: float, waited: float) -> Exchange:
        """The result."""
        if self.error is not None and self.wire is None:
            return _failed(self.query, start, waited, self.error, self.mismatched, self.message_id)
        message, elapsed, detail = None, waited, self.elsewhere
        fault: Fault | None = Fault.MISMATCH if self.mismatched else Fault.TIMEOUT
        if self.wire is not None:
            elapsed, detail, (message, fault) = self.elapsed, "", read(self.wire)
        return Exchange(
            self.query, start, elapsed, self.wire, message, fault, detail, self.mismatched, self.message_id
        )


def _failed(
    query: Query,
    start: float,
    elapsed: float,
    error: OSError,
    mismatched: int = 0,
    message_id: int | None = None,
) -> Exchange:
    fault = FAULTS.get(error.errno or 0, Fault.PORT_UNREACHABLE)
    detail = os.strerror(error.errno) if error.errno else ""
    return Exchange(query, start, elapsed, None, None, fault, detail, mismatched, message_id)


class _Port:
    """A socket and the queries that are under way on it, by their IDs.

    IDs of queries that have ended are not reused: a reply to one is late or a duplicate, not wrong.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._asked: dict[int, _Asked] = {}
        self._over: dict[int, tuple[str, int]] = {}
        self.uses, self._retired = 0, False
        ask_kernel_for_more(sock)
        asyncio.get_running_loop().add_reader(sock, self._readable)

    def ask(self, query: Query, random: _Random) -> _Asked:
        """Send a query; raises OSError."""
        self.uses += 1
        while (message_id := random.number()) in self._asked or message_id in self._over:
            continue
        asked = _Asked(self, query, message_id, sockaddr(self._socket, query))
        self._send(query_wire(query, message_id), endpoint(query.address, query.port))
        self._asked[message_id] = asked
        return asked

    def _send(self, wire: bytes, to: tuple[Any, ...]) -> None:
        for left in reversed(range(_SENDS)):
            try:
                self._socket.sendto(wire, to)
                return
            except OSError:  # it may belong to an earlier datagram; the kernel reports each error once
                self._take_errors()
                if not left:
                    raise

    def forget(self, asked: _Asked) -> None:
        """Stop waiting for a query's reply."""
        del self._asked[asked.message_id]
        self._over[asked.message_id] = asked.source
        if self._retired and not self._asked:
            self._close()

    def retire(self) -> None:
        """Close the socket as soon as nothing is under way on it."""
        self._retired = True
        if not self._asked:
            self._close()

    def _close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _readable(self) -> None:
        came = False
        with suppress(OSError):
            for datagram, sender, arrived in datagrams(self._socket):
                came = True
                self._take(datagram, sender, arrived)
        if not came:  # another call may have received the error: it stays in the error queue
            self._take_errors()

    def _take(self, datagram: bytes, sender: tuple[str, int], arrived: float | None) -> None:
        """Give a datagram to the query that it answers; count it as wrong if there is none."""
        message_id = int.from_bytes(datagram[:2])
        if self._over.get(message_id) == sender:
            return
        asked = self._asked.get(message_id)
        if asked is None:
            for each in self._asked.values():
                each.mismatched += sender == each.source
            return
        right = belongs(datagram, asked.query.question, asked.message_id)
        if right and sender == asked.source:
            asked.reply(datagram, arrived)
            return
        asked.mismatched += 1
        if right:
            asked.elsewhere = came_from(*sender[:2], asked.query)

    def _take_errors(self) -> None:
        """Fail the queries whose datagrams met ICMP errors, as ip(7) describes for IP_RECVERR."""
        if sys.platform != "linux":
            return
        while True:
            try:
                original, ancillary, _, to = self._socket.recvmsg(_ORIGINAL, _ORIGINAL, _MSG_ERRQUEUE)
            except OSError:
                return
            asked = self._asked.get(int.from_bytes(original[:2]))
            number = next(
                (_EXTENDED_ERROR.unpack_from(data)[0] for *kind, data in ancillary if kind in _TELLS_ERROR),
                errno.ECONNREFUSED,
            )
            if asked is not None and to[:2] == asked.source:
                asked.fail(OSError(number, os.strerror(number)))
