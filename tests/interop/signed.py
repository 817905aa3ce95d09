"""Signed zones on real servers, each signed by its own means, and zones that were broken after signing.

Below a signed root are `bind.` (signed by BIND itself as it serves it: NSEC, ECDSA), `knot.` (by Knot:
NSEC3, Ed25519), `pdns.` (by PowerDNS, live: NSEC3, RSA), `ldns.` (by ldns-signzone: NSEC3 with opt-out,
RSA), all with the same content and a signed zone below; and `good.` and its broken versions (by
ldns-signzone: ECDSA, with NSEC and, where a 3 ends the label, with NSEC3), served by NSD.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.interop import signers
from tests.interop.breaking import BREAKINGS, Breaking
from tests.interop.namespace import Namespace
from tests.interop.servers import Setup, serve, start_resolver

PROGRAMS = (*signers.PROGRAMS, "ldns-keygen", "ldns-signzone", "unbound")
RESOLVER = "127.0.0.53"
_ADDRESSES = {
    "nsd": "198.51.100.1",
    "named": "198.51.100.2",
    "knotd": "198.51.100.3",
    "pdns_server": "198.51.100.4",
}
_SERVER = {"bind.": "named", "knot.": "knotd", "pdns.": "pdns_server"}
SIGNED = ("bind.", "knot.", "pdns.", "ldns.")
_UNSIGNED = "unsigned."
_INSECURE = ("insecure", "deep.hollow")
_MISTAKEN = {"mistaken": "13 2", "unknown": "100 2"}

BROKEN = {
    f"{label}{more}.": Breaking((*breaking.signing, *how), breaking.records, breaking.ds, breaking.bogus)
    for more, how in (("", ()), ("3", ("-n",)))
    for label, breaking in BREAKINGS.items()
} | {"iterations3.": Breaking(("-n", "-t", "500"), bogus=False)}
"""By zone: how it was broken."""

_CONTENT = """\
$ORIGIN {zone}
$TTL 3600
@ SOA ns hostmaster 1 1800 900 604800 300
@ NS ns
ns A {address}
www A 192.0.2.44
www TXT "hello"
alias CNAME www
far CNAME www.ldns.
farther CNAME www.unsigned.
old DNAME new
away DNAME signed.ldns.
host.new A 192.0.2.45
*.wild A 192.0.2.46
*.wild TXT "wild"
below.between A 192.0.2.47
"""
_CUT = "{child} NS ns.{child}\nns.{child} A {address}\n"
_ALIASES = "into CNAME www.signed\nastray CNAME www.mistaken\n"
_BELOW = """\
$ORIGIN {zone}
$TTL 3600
@ SOA ns hostmaster 1 1800 900 604800 300
@ NS ns
ns A {address}
www A 192.0.2.48
*.wild A 192.0.2.49
"""


@dataclass(frozen=True)
class SignedInternet:
    """Where it runs, the hints for its root, and the trust anchor."""

    namespace: Namespace
    hints: Path
    anchor: Path


@contextmanager
def signed_internet(directory: Path, broken: Iterable[str]) -> Iterator[SignedInternet]:
    """Sign all of SIGNED and these of BROKEN, and serve it, beside an Unbound that validates at RESOLVER."""
    make = _Making(directory)
    ds = {zone: make.signed(zone) for zone in SIGNED}
    ds |= {zone: make.broken(zone, BROKEN[zone]) for zone in broken}
    make.write(_UNSIGNED, make.content(_UNSIGNED))
    anchor = make.root(ds)
    hints = directory / "root.hints"
    hints.write_text(f". 86400 NS ns.root.\nns.root. 86400 A {_ADDRESSES['nsd']}\n")
    with ExitStack() as stack:
        namespace = stack.enter_context(Namespace((*_ADDRESSES.values(), RESOLVER)))
        serve(namespace, make.setups(), stack)
        unbound = Setup(
            "unbound", directory / "unbound", (RESOLVER,), (), lambda s: signers.unbound(s, hints, anchor)
        )
        start_resolver(namespace, unbound, stack)
        yield SignedInternet(namespace, hints, anchor)


def _server(zone: str) -> str:
    top = zone.rstrip(".").rpartition(".")[2]
    return _SERVER.get(f"{top}.", "nsd")


def _address(zone: str) -> str:
    return _ADDRESSES[_server(zone)]


class _Making:
    """Zone files and keys in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.files: dict[str, Path] = {}
        self.by_server: set[str] = set()  # the zones that their server signs

    def run(self, *command: str) -> str:
        """What a program prints; raises with what it says where it fails."""
        done = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr}{done.stdout}")
        return done.stdout

    def write(self, zone: str, text: str) -> Path:
        """The file of a zone."""
        self.files[zone] = self.directory / f"{zone}zone"
        self.files[zone].write_text(text)
        return self.files[zone]

    def content(self, zone: str) -> str:
        """A zone with insecure delegations, whose zones it writes too."""
        text = _CONTENT.format(zone=zone, address=_address(zone))
        return text + "".join(self._below(zone, child) for child in _INSECURE)

    def _below(self, zone: str, child: str) -> str:
        """An unsigned zone below `zone`; what delegates it."""
        below = f"{child}.{zone}"
        self.write(below, _BELOW.format(zone=below, address=_address(zone)))
        return _CUT.format(child=child, address=_address(zone))

    def signed(self, zone: str) -> str:
        """A zone that its server signs, or ldns-signzone, and those below it; its DS record."""
        text = self.content(zone) + _ALIASES
        for child, algorithm in _MISTAKEN.items():
            text += f"{self._below(zone, child)}{child} DS 1 {algorithm} {'0' * 64}\n"
        below = f"signed.{zone}"
        child_text = _BELOW.format(zone=below, address=_address(zone))
        cut = _CUT.format(child="signed", address=_address(zone))
        return self._sign(zone, f"{text}{cut}{self._sign(below, child_text)}\n")

    def _sign(self, zone: str, text: str) -> str:
        if (kind := _server(zone)) == "nsd":
            return self.with_ldns(zone, text, "RSASHA256", ("-n", "-p"))
        self.by_server.add(zone)
        return signers.KEYS[kind](self.run, self.directory, zone, self.write(zone, text))

    def with_ldns(self, zone: str, text: str, algorithm: str, how: tuple[str, ...] = ()) -> str:
        """A zone that ldns-signzone signs; its DS record."""
        file = self.write(zone, text)
        size = ("-b", "2048") if algorithm.startswith("RSA") else ()
        keys = [
            self.run("ldns-keygen", "-a", algorithm, *size, *flags, zone).strip() for flags in (("-k",), ())
        ]
        self.run("ldns-signzone", *how, "-f", str(file), "-o", zone, str(file), *keys)
        return (self.directory / f"{keys[0]}.ds").read_text().strip()

    def broken(self, zone: str, breaking: Breaking) -> str:
        """A zone that is signed and then broken; its DS record, which may be broken too."""
        ds = self.with_ldns(zone, self.content(zone), "ECDSAP256SHA256", breaking.signing)
        lines = breaking.records(self.files[zone].read_text().splitlines())
        self.files[zone].write_text("\n".join(lines) + "\n")
        return breaking.ds(" ".join(ds.split()))

    def root(self, ds: dict[str, str]) -> Path:
        """The root zone with these DS records; the file of its trust anchor."""
        delegations = "".join(
            f"{zone} NS ns.{zone}\nns.{zone} A {_address(zone)}\n{ds.get(zone, '')}\n"
            for zone in (*ds, _UNSIGNED)
        )
        apex = "$ORIGIN .\n$TTL 3600\n@ SOA ns.root. hostmaster.root. 1 1800 900 604800 300\n@ NS ns.root.\n"
        text = f"{apex}ns.root. A {_ADDRESSES['nsd']}\n{delegations}"
        anchor = self.directory / "anchor"
        anchor.write_text(self.with_ldns(".", text, "ECDSAP256SHA256") + "\n")
        return anchor

    def setups(self) -> list[Setup]:
        """What each server serves."""
        served: dict[str, list[tuple[str, Path]]] = {kind: [] for kind in _ADDRESSES}
        for zone, file in self.files.items():
            served[_server(zone)].append((zone, file))
        return [
            Setup(
                kind, self.directory / kind, (_ADDRESSES[kind],), tuple(zones),
                signers.signing(kind, self.by_server),
            )
            for kind, zones in served.items()
        ]  # fmt: skip
