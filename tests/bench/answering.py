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
    question, names = query[12 : at + 5], [label for _, label in labels]
    if not labels or names[-1] == b"root":
        return _root(query[:2], question, len(labels))
    if len(labels) < min(place, 1) + 1:
        return query[:2] + b"\x84\x03\0\1\0\0\0\0\0\0" + question
    answers = place == 2 or (place == 1 and names[0][:2] == b"ns" and len(names) == 2)
    below = labels[-2:] if place else labels[-1:]
    cut = _POINTER | (labels[-1][0] if place == 1 and answers else below[0][0])
    if place == 0 or (place == 1 and answers):
        servers: tuple[str, ...] = (TLDS[int(names[-1][1:])],)
    else:
        servers = hosts_of(int(names[-2][1:]))
    records, glue, end = b"", b"", at + 5
    if answers and question[-3] == _A:
        address = servers[int(names[0][2:])] if names[0][:2] == b"ns" else ANSWER
        records += _RECORD.pack(_POINTER | 12, _A, _IN, 300, 4) + socket.inet_aton(address)
    counts = struct.pack("!HHHH", 1, bool(records), len(servers), len(servers) + 1)
    for number, address in enumerate(servers):
        name = end + len(records) + _RECORD.size
        records += _RECORD.pack(cut, _NS, _IN, _TTL, 6) + b"\3ns%d" % number + cut.to_bytes(2)
        glue += _RECORD.pack(_POINTER | name, _A, _IN, _TTL, 4) + socket.inet_aton(address)
    return query[:2] + (b"\x84\0" if answers else b"\x80\0") + counts + question + records + glue + _OPT


def _root(message_id: bytes, question: bytes, labels: int) -> bytes:
    """The reply about the root, which has one server, and about that server's name, `a.root.`."""
    name = b"\1a\4root\0"
    servers = b"\0" + struct.pack("!HHIH", _NS, _IN, _TTL, len(name)) + name
    address = name + struct.pack("!HHIH", _A, _IN, _TTL, 4) + socket.inet_aton(ROOT)
    of_server = labels == 2 and question[-3] == _A
    answer, beside = (servers, address) if not labels else (address if of_server else b"", b"")
    counts = struct.pack("!HHHH", 1, bool(answer), 0, bool(beside) + 1)
    return message_id + b"\x84\0" + counts + question + answer + beside + _OPT


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
    late: deque[tuple[float, socket.socket, bytes, tuple[str, int]]] = deque()
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
