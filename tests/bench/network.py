"""The simulated network of the benchmark: name servers on real sockets, a fixed round trip away.

It is for a network namespace of its own: the servers' addresses are put on its loopback interface. Those
of the root are the real ones, for programs that have them compiled in; the others are of the ranges set
aside for benchmarks (RFC 2544, RFC 5180). What a server replies is the lab's doing. A reply is held back
by a timer as fine as select(2)'s; asyncio's, on epoll, rounds up to the next millisecond. UDP only: all
replies that the programs need fit.
"""

from __future__ import annotations

import heapq
import multiprocessing
import select
import socket
import subprocess
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from itertools import chain, cycle
from multiprocessing.connection import Connection
from string import ascii_lowercase

import dns.message
import dns.name

from dnstrace.lab.authority import Authority, fit
from dnstrace.lab.zone import LabZone
from dnstrace.model import Transport
from dnstrace.walk.roots import root_hints

NAME, ADDRESS = "www.example.com", "192.0.2.44"
_PORT, _BIGGEST = 53, 65535
_IPV4, _IPV6 = IPv4Address("198.18.0.0"), IPv6Address("2001:2::")

Hosts = tuple[str, ...]
"""The names of a zone's name servers."""


# --- what there is ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """A network: the name servers of each zone, and how many round trips NAME takes in it."""

    title: str
    round_trips: int
    zones: dict[str, Hosts]
    ipv6: bool = True


def _hosts(pattern: str, each: str) -> Hosts:
    return tuple(pattern.format(one) for one in each)


_ROOT = {str(server.name): tuple(a.text for a in server.addresses) for server in root_hints().servers}
_GTLD = _hosts("{}.gtld-servers.net.", ascii_lowercase[:13])
_COMMON = {
    ".": (*_ROOT,),
    "root-servers.net.": (*_ROOT,),
    "gtld-servers.net.": _GTLD,
    "com.": _GTLD,
    "net.": _GTLD,
}
_TLDS = ("org.", "uk.")
_OWN_HOSTS = ("awsdns-64.com.", "awsdns-65.net.", "awsdns-66.org.", "awsdns-67.co.uk.")

SCENES = (
    Scene(
        "With glue: example.com on four name servers of its own; root, com, example.com",
        3,
        _COMMON | {"example.com.": _hosts("ns{}.example.com.", "1234")},
    ),
    Scene(
        "Without glue: example.com on four name servers under com, net, org and uk; root, com, com and"
        " awsdns-64.com for the address of the nearest, example.com",
        5,
        _COMMON
        | {zone: _hosts("{}.nic." + zone, "abcd") for zone in _TLDS}
        | {zone: _hosts("g-ns-{}." + zone, "1234") for zone in _OWN_HOSTS}
        | {"example.com.": tuple(f"ns-{2048 + n}.{zone}" for n, zone in enumerate(_OWN_HOSTS))},
    ),
)


def same_sized(servers: int) -> tuple[Scene, Scene]:
    """The two networks with so many name servers, 13 at most, for every zone.

    Each has one address, an IPv4 one: so it costs the same to find it dead everywhere, and all replies fit
    512 octets, for programs that do without EDNS.
    """
    letters = ascii_lowercase[:servers]
    common = {zone: hosts[:servers] for zone, hosts in _COMMON.items()}
    with_glue = common | {"example.com.": _hosts("ns{}.example.com.", letters)}
    without = common | {zone: _hosts("{}.nic." + zone, letters) for zone in _TLDS}
    without |= {zone: _hosts("g{}." + zone, letters) for zone in _OWN_HOSTS}
    under = zip(range(servers), cycle(_OWN_HOSTS), strict=False)
    without["example.com."] = tuple(f"ns-{2048 + n}.{zone}" for n, zone in under)
    return Scene("With glue", 3, with_glue, ipv6=False), Scene("Without glue", 5, without, ipv6=False)


def addresses(scene: Scene) -> dict[str, tuple[str, ...]]:
    """The addresses of each name server: IPv4, and IPv6 where the scene has it."""
    hosts = dict.fromkeys(chain(*scene.zones.values()))
    others = (host for host in hosts if host not in _ROOT)
    numbered = {host: (str(_IPV4 + n), str(_IPV6 + n)) for n, host in enumerate(others, 1)}
    both = {host: _ROOT.get(host) or numbered[host] for host in hosts}
    return {host: tuple(a for a in own if scene.ipv6 or ":" not in a) for host, own in both.items()}


def hints(scene: Scene) -> str:
    """The root servers as a root hints file (RFC 9609 section 2.1)."""
    known = addresses(scene)
    lines = (f". 3600000 NS {host}\n" + _address_records(host, known[host]) for host in scene.zones["."])
    return "".join(lines)


def zones(scene: Scene) -> dict[str, LabZone]:
    """Every zone with its delegations, glue, and the addresses of the name servers that are named in it."""
    known = addresses(scene)
    text = {origin: f"{origin} 900 SOA ns. hostmaster. 1 1800 900 604800 900\n" for origin in scene.zones}
    for origin, hosts in scene.zones.items():
        ns = "".join(f"{origin} 172800 NS {host}\n" for host in hosts)
        text[origin] += ns
        if origin != ".":
            parent = _enclosing(scene, origin.partition(".")[2] or ".")
            glue = [host for host in hosts if parent == "." or host.endswith(f".{origin}")]
            text[parent] += ns + "".join(_address_records(host, known[host]) for host in glue)
    for host, own in known.items():
        text[_enclosing(scene, host)] += _address_records(host, own)
    text["example.com."] += f"{NAME}. 300 A {ADDRESS}\n"
    return {origin: LabZone(dns.name.from_text(origin), records) for origin, records in text.items()}


def _enclosing(scene: Scene, name: str) -> str:
    """The deepest zone that `name` lies in."""
    while name not in scene.zones:
        name = name.partition(".")[2] or "."
    return name


def _address_records(host: str, own: tuple[str, ...]) -> str:
    return "".join(f"{host} 172800 {'AAAA' if ':' in address else 'A'} {address}\n" for address in own)


# --- on real sockets --------------------------------------------------------------------------


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


class _Host:
    """A name server: octets in, octets out; the same query is thought about once."""

    def __init__(self, name: str, served: list[LabZone]) -> None:
        self.name = name
        self._authority = Authority(served)
        self._kept: dict[bytes, bytes] = {}

    def reply(self, wire: bytes) -> bytes:
        rest = wire[2:]
        if rest not in self._kept:
            query = dns.message.from_wire(wire)
            self._kept[rest] = fit(self._authority.reply(query), query, Transport.UDP)[2:]
        return wire[:2] + self._kept[rest]


def _serve(scene: Scene, control: Connection) -> None:
    """Answer until killed. A number received is the new round trip, a set those who are silent; None asks for
    the count of queries, which begins anew with each of the three.
    """
    sockets = _sockets(scene)
    poller = select.epoll()
    for descriptor in (control.fileno(), *sockets):
        poller.register(descriptor, select.EPOLLIN)
    control.send("ready")
    due: list[tuple[float, int, socket.socket, bytes, tuple[str, int]]] = []
    silent: frozenset[str] = frozenset()
    round_trip, queries, sent = 0.0, 0, 0
    while True:
        wait = max(0.0, due[0][0] - time.monotonic()) if due else None
        select.select([poller], [], [], wait)
        for descriptor, _ in poller.poll(0):
            if descriptor == control.fileno():
                told = control.recv()
                silent = told if isinstance(told, frozenset) else silent
                round_trip = told if isinstance(told, float) else round_trip
                control.send(queries)
                queries = 0
                continue
            sock, host = sockets[descriptor]
            wire, asker = sock.recvfrom(_BIGGEST)
            at = time.monotonic() + round_trip
            queries, sent = queries + 1, sent + 1
            if host.name in silent:
                continue
            heapq.heappush(due, (at, sent, sock, host.reply(wire), asker))
        while due and due[0][0] <= time.monotonic():
            _, _, sock, reply, asker = heapq.heappop(due)
            sock.sendto(reply, asker)


def _sockets(scene: Scene) -> dict[int, tuple[socket.socket, _Host]]:
    """A socket for each address, by its file descriptor, with the name server that answers there."""
    known, sockets = zones(scene), {}
    for name, own in addresses(scene).items():
        host = _Host(name, [known[origin] for origin, hosts in scene.zones.items() if name in hosts])
        for address in own:
            sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((address, _PORT))
            sockets[sock.fileno()] = sock, host
    return sockets
