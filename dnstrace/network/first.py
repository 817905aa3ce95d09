"""The first query of a trace, sent before anything is imported that would ask it in the usual way.

Only what the interpreter has at hand is imported here. `ahead.py` takes the exchange up for the walk.
"""

from __future__ import annotations

import _socket
import _thread
import errno
import os
import select
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LINUX = sys.platform == "linux"
IP_RECVERR, IPV6_RECVERR, SO_TIMESTAMPNS = 11, 25, 35  # linux/in.h, linux/in6.h, asm-generic/socket.h
NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPERM})
"""The errors that say of a whole address family that nothing can be sent; the last is a firewall's."""
_PORT = 53
_WATCHED = 1.0  # seconds: importing takes less


class Sent:
    """A query that was sent over `socket`, or the `error` for which it could not be.

    `wire` are its octets; `at` is of `time.perf_counter`, `wall` in seconds since the epoch. `noticed`, as
    `at`, is when something had come back: the kernel knows that better, but may not have begun to look yet.
    """

    def __init__(self, address: str, port: int, wire: bytes) -> None:
        self.address, self.port, self.wire = address, port, wire
        self.noticed: float | None = None
        self.socket: _socket.socket | None = None
        self.error: OSError | None = None
        try:
            self.socket = _socket.socket(family_of(address), _socket.SOCK_DGRAM)
            self.socket.setblocking(False)
            ask_kernel_for_more(self.socket)
            self.at, self.wall = time.perf_counter(), time.time()
            self.socket.sendto(wire, (address, port))
            _thread.start_new_thread(self._watch, (self.socket.fileno(),))
        except OSError as error:
            self.at, self.wall = time.perf_counter(), time.time()
            self.error = error
            self.close()

    def _watch(self, descriptor: int) -> None:
        """Note when something arrives, while modules are imported."""
        try:
            if select.select([descriptor], [], [], _WATCHED)[0]:
                self.noticed = time.perf_counter()
        except (OSError, ValueError):  # closed, or beyond what `select` takes
            return

    def close(self) -> None:
        """Give up the query."""
        if self.socket is not None:
            self.socket.close()


class First:
    """The first query as it was `sent`, after what had no route, and the `seed` by which it was chosen."""

    def __init__(self, seed: int, sent: tuple[Sent, ...]) -> None:
        self.seed, self.sent = seed, sent


def send(addresses: Iterable[str], rest: bytes, port: int = _PORT) -> tuple[Sent, ...]:
    """Send a query, its octets without ID, to the first of the addresses to whose family there is a route.

    Those to which there is none come before it in what is returned, as the walk would meet them. Empty where
    it cannot be said what the walk would do.
    """
    done: list[Sent] = []
    closed = set[int]()
    for address in addresses:
        if family_of(address) in closed:
            continue
        done.append(sent := Sent(address, port, os.urandom(2) + rest))
        if sent.error is None:
            break
        if sent.error.errno not in NO_ROUTE:
            return ()
        closed.add(family_of(address))
    return tuple(done)


def family_of(address: str) -> int:
    """The family of the socket for an address."""
    return _socket.AF_INET6 if ":" in address else _socket.AF_INET


def ask_kernel_for_arrivals(sock: _socket.socket) -> None:
    """Ask the system for the times at which octets arrive, where it has them."""
    if LINUX:
        sock.setsockopt(_socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)


def ask_kernel_for_more(sock: _socket.socket) -> None:
    """Ask the system for arrival times and ICMP errors, where it has them."""
    if not LINUX:
        return
    ask_kernel_for_arrivals(sock)
    if sock.family == _socket.AF_INET6:
        sock.setsockopt(_socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
    else:
        sock.setsockopt(_socket.IPPROTO_IP, IP_RECVERR, 1)
