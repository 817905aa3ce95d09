"""A quick server of 1,000 zones below 10 top-level domains: replies are put together from octets.

The root at one address refers to the top-level domains, each at an address of its own, and these to zones
that are spread over 40 hosts: two for each zone, with glue. Every name in a zone has one address. Replies
are as NSD's: compressed, with the zone's NS records and their addresses beside the answer.
"""

from __future__ import annotations

import select
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Collection

ROOT = "10.53.0.1"
TLDS = [f"10.53.1.{n + 1}" for n in range(10)]
HOSTS = [f"10.53.2.{n + 1}" for n in range(40)]
ZONES = 1000
ANSWER = "192.0.2.44"

_RECORD = struct.Struct("!HHHIH")  # a pointer to the owner, TYPE, CLASS, TTL, RDLENGTH
_OPT = b"\0\0\x29\x04\xd0\0\0\x80\0\0\0"
_NS, _A, _IN, _TTL = 2, 1, 1, 86400
_POINTER = 0xC000
_BURST = 64  # datagrams that are taken from a socket before others get their turn
_RCVBUFFORCE = 33  # asm-generic/socket.h


def hosts_of(zone: int) -> tuple[str, str]:
    """The two servers of a zone."""
    return HOSTS[zone % len(HOSTS)], HOSTS[(zone + 7) % len(HOSTS)]


def reply(query: bytes, place: int) -> bytes:
    """The reply to a query at the root (0), a top-level domain (1) or a host (2)."""
    labels, at = [], 12
    while length := query[at]:
        labels.append((at, query[at + 1 : at + 1 + length]))
        at += length + 1
    question = query[12 : at + 5]
    below = labels[-1 - place :] if place < 2 else labels[-2:]
    if len(below) < min(place, 1) + 1:
        return query[:2] + b"\x84\x03\0\1\0\0\0\0\0\0" + question
    cut = _POINTER | below[0][0]
    servers = [TLDS[int(labels[-1][1][1:])]] if place == 0 else hosts_of(int(labels[-2][1][1:]))
    records, glue, end = b"", b"", at + 5
    if place == 2:
        records += _RECORD.pack(_POINTER | 12, _A, _IN, 300, 4) + socket.inet_aton(ANSWER)
    for number, address in enumerate(servers):
        name = end + len(records) + _RECORD.size
        records += _RECORD.pack(cut, _NS, _IN, _TTL, 6) + b"\3ns%d" % number + cut.to_bytes(2)
        glue += _RECORD.pack(_POINTER | name, _A, _IN, _TTL, 4) + socket.inet_aton(address)
    counts = struct.pack("!HHHH", 1, int(place == 2), len(servers), len(servers) + 1)
    return query[:2] + (b"\x84\0" if place == 2 else b"\x80\0") + counts + question + records + glue + _OPT


def serve(dead: Collection[str], delay: float) -> None:
    """Answer for ever at every address; those in `dead` take queries and are silent."""
    every = {ROOT: 0, **dict.fromkeys(TLDS, 1), **dict.fromkeys(HOSTS, 2)}
    poll, sockets = select.epoll(), {}
    for address, place in every.items():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, 2**22)
        sock.bind((address, 53))
        sock.setblocking(False)
        sockets[sock.fileno()] = sock, place, address in dead
        poll.register(sock, select.EPOLLIN)
    print("ready", flush=True)
    late: deque[tuple[float, socket.socket, bytes, object]] = deque()
    while True:
        timeout = max(0.0, late[0][0] - time.monotonic()) if late else -1
        for number, _ in poll.poll(timeout):
            sock, place, silent = sockets[number]
            for _ in range(_BURST):
                try:
                    query, asker = sock.recvfrom(4096)
                except BlockingIOError:
                    break
                if not silent:
                    late.append((time.monotonic() + delay, sock, reply(query, place), asker))
        while late and late[0][0] <= time.monotonic():
            _, sock, octets, asker = late.popleft()
            sock.sendto(octets, asker)


if __name__ == "__main__":
    serve(sys.argv[2:], float(sys.argv[1]))
