"""A small Internet: four name servers, five zones, and who serves what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.interop.namespace import Namespace
from tests.interop.servers import COMMANDS, Setup, serve

ADDRESSES = {
    "root": ("198.41.0.4", "2001:503:ba3e::2:30"),
    "tld": ("192.5.6.30", "2001:503:a83e::2:30"),
    "zone": ("205.251.195.199", "2600:9000:5303:c700::1"),
    "other": ("208.78.70.14", "2001:500:90:1::14"),
}
"""The addresses of the server in each role. That of example.net (`other`) has no glue: it is named in
example.com."""

_PROGRAMS = [*COMMANDS]
LAYOUTS = tuple(
    dict(zip(ADDRESSES, _PROGRAMS[first:] + _PROGRAMS[:first], strict=True))
    for first in range(len(_PROGRAMS))
)
"""Role to program: each program once in every role."""

MANY_STRINGS = tuple(f"{number:02} {'x' * 57}" for number in range(40))
"""The records of many.example.com: 40 of 60 octets, more than fit into 1232 octets of UDP."""

_ROOT = "a.root-servers.net."
_SOA = "@ SOA ns.example.com. hostmaster.example.com. 1 1800 900 604800 300"
_SERVES = {"root": (".",), "tld": ("com.", "net."), "zone": ("example.com.",), "other": ("example.net.",)}


def _addresses(name: str, role: str) -> str:
    ipv4, ipv6 = ADDRESSES[role]
    return f"{name} 86400 A {ipv4}\n{name} 86400 AAAA {ipv6}\n"


_ZONES = {
    ".": f"@ NS {_ROOT}\ncom. NS a.gtld-servers.net.\nnet. NS a.gtld-servers.net.\n"
    + _addresses(_ROOT, "root")
    + _addresses("a.gtld-servers.net.", "tld"),
    "com.": "@ NS a.gtld-servers.net.\nexample NS ns1.example\n" + _addresses("ns1.example", "zone"),
    "net.": "@ NS a.gtld-servers.net.\nexample NS ns.example.com.\n" + _addresses("a.gtld-servers", "tld"),
    "example.com.": "@ NS ns1\n"
    + _addresses("ns1", "zone")
    + _addresses("ns", "other")
    + """
www 300 A 192.0.2.44
alias 300 CNAME web.example.net.
old 300 DNAME new.example.net.
*.wild 300 A 192.0.2.45
below.between 300 A 192.0.2.46
"""
    + "".join(f'many 300 TXT "{string}"\n' for string in MANY_STRINGS),
    "example.net.": "@ NS ns.example.com.\nweb 300 A 192.0.2.47\nhost.new 300 A 192.0.2.48\n",
}


@dataclass(frozen=True)
class Internet:
    """A small Internet that runs: where it is, and the hints for its root."""

    namespace: Namespace
    hints: Path


@contextmanager
def internet(layout: dict[str, str], directory: Path) -> Iterator[Internet]:
    """Run the small Internet on the programs that `layout` names, its files in `directory`."""
    files = {origin: _master_file(directory, origin) for origin in _ZONES}
    with ExitStack() as stack:
        namespace = stack.enter_context(Namespace(address for own in ADDRESSES.values() for address in own))
        setups = [
            Setup(kind, directory / role, ADDRESSES[role], tuple((z, files[z]) for z in _SERVES[role]))
            for role, kind in layout.items()
        ]
        serve(namespace, setups, stack)
        hints = directory / "root.hints"
        hints.write_text(f". 86400 NS {_ROOT}\n{_addresses(_ROOT, 'root')}")
        yield Internet(namespace, hints)


def _master_file(directory: Path, origin: str) -> Path:
    path = directory / f"{origin.rstrip('.') or 'root'}.zone"
    path.write_text(f"$ORIGIN {origin}\n$TTL 86400\n{_SOA}\n{_ZONES[origin]}")
    return path
