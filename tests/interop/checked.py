"""An Internet to check: two healthy zones and a broken one, on BIND, NSD, Knot and PowerDNS.

Below a signed root and a signed `com.` are `plain.com.` (not signed), `signed.com.` (signed by
ldns-signzone) and `broken.com.`, of which DEFECTS says what is wrong with it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.interop import signers
from tests.interop.namespace import Namespace
from tests.interop.servers import COMMANDS, Setup, serve, start_resolver

PROGRAMS = ("ldns-keygen", "ldns-signzone", "unbound", "kresd")
ROOT = ("198.41.0.4", "2001:503:ba3e::2:30")
TLD = (("192.5.6.30", "2001:503:a83e::2:30"), ("192.33.14.30", "2001:503:231d::2:30"))
SERVERS = {
    "named": ("205.251.195.199", "2600:9000:5303:c700::1"),
    "nsd": ("208.78.70.14", "2001:500:90:1::14"),
    "knotd": ("204.13.250.14", "2001:500:94:1::14"),
    "pdns_server": ("208.80.124.2", "2620:0:2d0:1::2"),
}
"""ns1 to ns4 of each zone, in this order."""
DEAD = "208.80.126.2"
STALE = "2001:500:90:1::99"
"""The address that the parent has for ns2 of broken.com. where the zone has another; nobody answers there."""
UNBOUND, KNOT_RESOLVER = "127.0.0.53", "127.0.0.54"
"""Resolvers that validate; the second one keeps `filtered.plain.com.` from those who ask it."""
FILTERED = "filtered.plain.com."
RESOLVING = "204.13.251.14"
"""A BIND that serves broken.com. too, as ns7, and resolves for everybody."""

DEFECTS = {
    "unreachable": "ns5, which the parent names, does not answer",
    "refuses": "ns3 (Knot) was never told of the zone",
    "ns-differs": "the zone names ns4, its parent does not",
    "glue-differs": "the parent has another IPv6 address for ns2 than the zone",
    "soa-differs": "ns2 (NSD) is a serial behind",
    "soa-timers": "the zone expires before a second try is made to refresh it",
    "open-transfer": "ns1 (BIND) gives the zone away",
    "open-recursion": "ns7 resolves for everybody",
    "ds-without-dnskey": "the parent has a DS record, the zone is not signed",
}
"""What is wrong with broken.com."""


@dataclass(frozen=True)
class CheckedInternet:
    """Where it runs, the hints for its root, and the trust anchor."""

    namespace: Namespace
    hints: Path
    anchor: Path


@contextmanager
def checked_internet(directory: Path) -> Iterator[CheckedInternet]:
    """Sign and write everything, and serve it."""
    files = Files(directory)
    files.write("plain.com.", f"{_zone()}filtered 300 A 192.0.2.45\n")
    signed = files.sign("signed.com.", _zone(3))
    files.write("broken.com.", _broken(2))
    (directory / "behind").mkdir()
    behind = files.write("broken.com.", _broken(1), directory / "behind")
    com = files.sign("com.", _com(signed))
    anchor = directory / "anchor"
    anchor.write_text(files.sign(".", _root(com)) + "\n")
    hints = directory / "root.hints"
    hints.write_text(f". 86400 NS a.root.\n{address_records('a.root.', ROOT)}")
    addresses = [*ROOT, *(a for own in (*TLD, *SERVERS.values()) for a in own), RESOLVING, DEAD, STALE]
    addresses += [UNBOUND, KNOT_RESOLVER]
    with ExitStack() as stack:
        namespace = stack.enter_context(Namespace(addresses))
        _hold_still(namespace, stack)
        serve(namespace, _setups(directory, files.paths, behind, hints), stack)
        for setup in _resolvers(directory, hints, anchor):
            start_resolver(namespace, setup, stack)
        yield CheckedInternet(namespace, hints, anchor)


def _setups(directory: Path, paths: dict[str, Path], behind: Path, hints: Path) -> list[Setup]:
    """What each server serves."""
    healthy = [(zone, paths[zone]) for zone in ("plain.com.", "signed.com.")]
    broken = ("broken.com.", paths["broken.com."])
    zones = {
        "named": (*healthy, broken),
        "nsd": (*healthy, ("broken.com.", behind)),
        "knotd": tuple(healthy),
        "pdns_server": (healthy[0], broken),  # it serves a zone as signed only once it has signed it itself
    }
    commands = {"named": _named_that_gives_one_zone_away}
    return [
        Setup("nsd", directory / "root", ROOT, ((".", paths["."]),)),
        Setup("nsd", directory / "tld", tuple(a for own in TLD for a in own), (("com.", paths["com."]),)),
        *(
            Setup(kind, directory / kind, SERVERS[kind], own, commands.get(kind))
            for kind, own in zones.items()
        ),
        Setup("named", directory / "resolving", (RESOLVING,), (broken,), _resolving(hints)),
    ]


def _resolvers(directory: Path, hints: Path, anchor: Path) -> list[Setup]:
    return [
        Setup("unbound", directory / "unbound", (UNBOUND,), (), lambda s: signers.unbound(s, hints, anchor)),
        Setup(
            "kresd",
            directory / "kresd",
            (KNOT_RESOLVER,),
            (),
            lambda s: signers.kresd(s, hints, anchor, FILTERED),
        ),
    ]


_SILENCE = f"""
import socket, sys
held = []
for address in {(DEAD, STALE)!r}:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        held.append(socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind))
        held[-1].bind((address, 53))
        if kind == socket.SOCK_STREAM:
            held[-1].listen()
print("there", flush=True)
sys.stdin.read()
"""


def _hold_still(namespace: Namespace, stack: ExitStack) -> None:
    """Take what is sent to the dead addresses, and never reply."""
    command = namespace.inside([sys.executable, "-c", _SILENCE])
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    stack.callback(process.communicate)
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"


def _named_that_gives_one_zone_away(setup: Setup) -> list[str]:
    command = COMMANDS["named"](setup)
    configuration = setup.directory / "named.conf"
    text = configuration.read_text().replace("notify no;", "notify no; allow-transfer { none; };")
    given = 'zone "broken.com." { allow-transfer { any; };'
    configuration.write_text(text.replace('zone "broken.com." {', given))
    return command


def _resolving(hints: Path) -> Callable[[Setup], list[str]]:
    def command(setup: Setup) -> list[str]:
        started = COMMANDS["named"](setup)
        configuration = setup.directory / "named.conf"
        text = configuration.read_text().replace(
            "recursion no;", "recursion yes; allow-recursion { any; }; allow-query-cache { any; };"
        )
        text = text.replace("notify no;", "notify no; allow-transfer { none; };")
        configuration.write_text(f'{text}zone "." {{ type hint; file "{hints}"; }};\n')
        return started

    return command


class Files:
    """Zone files and keys in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.paths: dict[str, Path] = {}

    def write(self, zone: str, text: str, directory: Path | None = None) -> Path:
        path = (directory or self._directory) / f"{zone}zone"
        path.write_text(f"$ORIGIN {zone}\n$TTL 86400\n{text}")
        if directory is None:
            self.paths[zone] = path
        return path

    def sign(self, zone: str, text: str) -> str:
        """Sign a zone; its DS record."""
        path = self.write(zone, text)
        keys = [
            self.run("ldns-keygen", "-a", "ECDSAP256SHA256", *flags, zone).strip() for flags in (("-k",), ())
        ]
        self.run("ldns-signzone", "-f", str(path), "-o", zone, str(path), *keys)
        return (self._directory / f"{keys[0]}.ds").read_text().strip()

    def read(self, name: str) -> str:
        """What a file says."""
        return (self._directory / name).read_text().strip()

    def run(self, *command: str) -> str:
        return subprocess.run(command, cwd=self._directory, capture_output=True, text=True, check=True).stdout


# --- the zones ------------------------------------------------------------------------------------


def address_records(name: str, addresses: tuple[str, ...]) -> str:
    return "".join(f"{name} 86400 {'AAAA' if ':' in each else 'A'} {each}\n" for each in addresses)


def soa(timers: str = "7200 1800 1209600 300", serial: int = 1) -> str:
    return f"@ SOA ns1 hostmaster {serial} {timers}\n"


def own_servers(suffix: str = "", count: int = 4) -> str:
    """ns1 to ns4, or so many, and their addresses."""
    return "".join(
        f"{suffix or '@'} NS ns{number}{suffix and '.' + suffix}\n"
        + address_records(f"ns{number}{suffix and '.' + suffix}", own)
        for number, own in enumerate(list(SERVERS.values())[:count], 1)
    )


def _zone(count: int = 4) -> str:
    return f"{soa()}{own_servers('', count)}www 300 A 192.0.2.44\nwww 300 AAAA 2001:db8::44\n"


def _broken(serial: int) -> str:
    addresses = list(SERVERS.values())
    names = "".join(f"@ NS ns{number}\n" for number in (1, 2, 3, 4, 5, 7))
    known = "".join(address_records(f"ns{number}", own) for number, own in enumerate(addresses, 1))
    return (
        soa("7200 1800 3600 300", serial)
        + names
        + known
        + f"ns5 A {DEAD}\nns7 A {RESOLVING}\nwww 300 A 192.0.2.44\n"
    )


def _com(ds: str) -> str:
    servers = "".join(
        f"@ NS {name}.nic\n{address_records(f'{name}.nic', own)}" for name, own in zip("ab", TLD, strict=True)
    )
    named, nsd, knotd, _ = SERVERS.values()
    broken = "".join(f"broken NS ns{number}.broken\n" for number in (1, 2, 3, 5, 7))
    glue = (
        address_records("ns1.broken", named)
        + address_records("ns2.broken", (nsd[0], STALE))
        + address_records("ns3.broken", knotd)
        + address_records("ns5.broken", (DEAD,))
        + address_records("ns7.broken", (RESOLVING,))
    )
    return (
        "@ SOA a.nic hostmaster.nic 1 1800 900 604800 86400\n"
        f"{servers}{own_servers('plain')}{own_servers('signed', 3)}{ds}\n{broken}{glue}"
        f"broken DS 12345 13 2 {'7E0A' * 16}\n"
    )


def _root(ds: str) -> str:
    servers = "".join(
        f"com. NS {name}.nic.com.\n{address_records(f'{name}.nic.com.', own)}"
        for name, own in zip("ab", TLD, strict=True)
    )
    return (
        "@ SOA a.root. hostmaster.root. 1 1800 900 604800 86400\n"
        f"@ NS a.root.\n{address_records('a.root.', ROOT)}{servers}{ds}\n"
    )
