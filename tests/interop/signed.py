"""Signed zones on real servers, each signed by its own means, and zones that were broken after signing.

Below a signed root are `bind.` (signed by BIND itself as it serves it: NSEC, ECDSA), `knot.` (by Knot:
NSEC3, Ed25519), `pdns.` (by PowerDNS, live: NSEC3, RSA), `ldns.` (by ldns-signzone: NSEC3 with opt-out,
RSA), all with the same content, and `good.` and its broken versions (by ldns-signzone: NSEC, ECDSA),
served by NSD.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.interop.namespace import Namespace
from tests.interop.servers import COMMANDS, Setup, serve, start_resolver

PROGRAMS = (
    "dnssec-keygen",
    "dnssec-dsfromkey",
    "keymgr",
    "pdnsutil",
    "ldns-keygen",
    "ldns-signzone",
    "unbound",
)
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
host.new A 192.0.2.45
*.wild A 192.0.2.46
*.wild TXT "wild"
below.between A 192.0.2.47
insecure NS ns.insecure
ns.insecure A {address}
"""
_BELOW = """\
$ORIGIN insecure.{zone}
$TTL 3600
@ SOA ns hostmaster 1 1800 900 604800 300
@ NS ns
ns A {address}
www A 192.0.2.48
"""

Lines = list[str]


def _without(*types: str) -> Callable[[Lines], Lines]:
    """Leave out the records of these types; `RRSIG A` is a signature of A records."""
    return lambda lines: [line for line in lines if not any(f"\tIN\t{rdtype}" in line for rdtype in types)]


def _altered(before: str, after: str, where: str) -> Callable[[Lines], Lines]:
    return lambda lines: [line.replace(before, after) if where in line else line for line in lines]


def _as_it_is(lines: Lines) -> Lines:
    return lines


@dataclass(frozen=True)
class Breaking:
    """One way to break a zone: when it is signed for, what is done to its records and to its DS record."""

    dates: tuple[str, ...] = ()
    records: Callable[[Lines], Lines] = _as_it_is
    ds: Callable[[str], str] = str


def _unsign(lines: Lines) -> Lines:
    return _without("RRSIG", "DNSKEY", "NSEC")(lines)


BREAKINGS = {
    "good.": Breaking(),
    "expired.": Breaking(("-i", "20200101000000", "-e", "20200201000000")),
    "not-yet.": Breaking(("-i", "20400101000000", "-e", "20410101000000")),
    "digest.": Breaking(ds=lambda ds: ds[:-2] + ("00" if ds[-2:] != "00" else "01")),
    "no-key.": Breaking(ds=lambda ds: _with_tag(ds, 1)),
    "unknown.": Breaking(ds=lambda ds: ds.replace(" 13 2 ", " 100 2 ")),
    "no-signature.": Breaking(records=_without("RRSIG\tA ")),
    "keys.": Breaking(records=_without("RRSIG\tDNSKEY")),
    "altered.": Breaking(records=_altered("192.0.2.44", "192.0.2.66", "www.altered.")),
    "signer.": Breaking(records=_altered(" signer. ", " ldns. ", "\tRRSIG\tA ")),
    "no-denial.": Breaking(records=_without("NSEC\t", "RRSIG\tNSEC")),
    "denial.": Breaking(records=_altered("\tNSEC\t", "\tNSEC\tzzz.", "\tNSEC\t")),
    "unsigned-ds.": Breaking(records=_unsign),
}
"""By zone: none of the ways, then the ways."""


def _with_tag(ds: str, tag: int) -> str:
    before, _, after = ds.partition("DS")
    return f"{before}DS {tag} {after.split(maxsplit=1)[1]}"


@dataclass(frozen=True)
class SignedInternet:
    """Where it runs, the hints for its root, and the trust anchor."""

    namespace: Namespace
    hints: Path
    anchor: Path


@contextmanager
def signed_internet(directory: Path) -> Iterator[SignedInternet]:
    """Sign everything, and serve it, beside an Unbound that validates at RESOLVER."""
    make = _Making(directory)
    ds = {zone: make.with_server(zone) for zone in _SERVER}
    ds["ldns."] = make.with_ldns("ldns.", "RSASHA256", ("-n", "-p"))
    for zone, breaking in BREAKINGS.items():
        ds[zone] = make.broken(zone, breaking)
    make.write(_UNSIGNED, _content(_UNSIGNED))
    anchor = make.root(ds)
    hints = directory / "root.hints"
    hints.write_text(f". 86400 NS ns.root.\nns.root. 86400 A {_ADDRESSES['nsd']}\n")
    with ExitStack() as stack:
        namespace = stack.enter_context(Namespace((*_ADDRESSES.values(), RESOLVER)))
        serve(namespace, make.setups(), stack)
        unbound = Setup("unbound", directory / "unbound", (RESOLVER,), (), _unbound(hints, anchor))
        start_resolver(namespace, unbound, stack)
        yield SignedInternet(namespace, hints, anchor)


def _content(zone: str) -> str:
    return _CONTENT.format(zone=zone, address=_address(zone))


def _address(zone: str) -> str:
    return _ADDRESSES[_SERVER.get(zone, "nsd")]


class _Making:
    """Zone files and keys in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.files: dict[str, Path] = {}

    def run(self, *command: str) -> str:
        """What a program prints; raises with what it says where it fails."""
        done = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr}{done.stdout}")
        return done.stdout

    def write(self, zone: str, text: str) -> Path:
        """The file of a zone, and that of the unsigned one below it."""
        self.files[zone] = self.directory / f"{zone}zone"
        self.files[zone].write_text(text)
        if zone != ".":
            below = f"insecure.{zone}"
            self.files[below] = self.directory / f"{below}zone"
            self.files[below].write_text(_BELOW.format(zone=zone, address=_address(zone)))
        return self.files[zone]

    def with_server(self, zone: str) -> str:
        """A zone that its server signs; its DS record."""
        self.write(zone, _content(zone))
        return {"bind.": self._bind, "knot.": self._knot, "pdns.": self._pdns}[zone](zone)

    def _bind(self, zone: str) -> str:
        keys = [
            self.run("dnssec-keygen", "-q", "-a", "13", *flags, zone).strip() for flags in (("-f", "KSK"), ())
        ]
        return self.run("dnssec-dsfromkey", "-2", keys[0]).strip()

    def _knot(self, zone: str) -> str:
        configuration = self.directory / "keymgr.conf"
        configuration.write_text(_knot_configuration(self.directory, ""))
        manage = ("keymgr", "-c", str(configuration), zone)
        self.run(*manage, "generate", "algorithm=ed25519", "ksk=yes", "zsk=yes")
        return next(line for line in self.run(*manage, "ds").splitlines() if " 15 2 " in line)

    def _pdns(self, zone: str) -> str:
        (self.directory / "pdnsutil").mkdir()
        self.directory.joinpath("pdns.zones").write_text(
            f'zone "{zone}" {{ type master; file "{self.files[zone]}"; }};\n'
        )
        (self.directory / "pdnsutil" / "pdns.conf").write_text(_pdns_configuration(self.directory))
        manage = ("pdnsutil", f"--config-dir={self.directory / 'pdnsutil'}")
        self.run(*manage, "create-bind-db", str(self.directory / "pdns.db"))
        self.run(*manage, "add-zone-key", zone, "ksk", "2048", "active", "rsasha256")
        self.run(*manage, "add-zone-key", zone, "zsk", "2048", "active", "rsasha256")
        self.run(*manage, "set-nsec3", zone, "1 0 0 -")
        return next(
            line for line in self.run(*manage, "export-zone-ds", zone).splitlines() if " 8 2 " in line
        )

    def with_ldns(self, zone: str, algorithm: str, how: tuple[str, ...] = (), text: str = "") -> str:
        """A zone that ldns-signzone signs; its DS record."""
        file = self.write(zone, text or _content(zone))
        size = ("-b", "2048") if algorithm.startswith("RSA") else ()
        keys = [
            self.run("ldns-keygen", "-a", algorithm, *size, *flags, zone).strip() for flags in (("-k",), ())
        ]
        self.run("ldns-signzone", *how, "-f", str(file), "-o", zone, str(file), *keys)
        return (self.directory / f"{keys[0]}.ds").read_text().strip()

    def broken(self, zone: str, breaking: Breaking) -> str:
        """A zone that is signed and then broken; its DS record, which may be broken too."""
        ds = self.with_ldns(zone, "ECDSAP256SHA256", breaking.dates)
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
        text = f"{apex}ns.root. A {_ADDRESSES['nsd']}\n"
        anchor = self.directory / "anchor"
        anchor.write_text(self.with_ldns(".", "ECDSAP256SHA256", (), text + delegations) + "\n")
        return anchor

    def setups(self) -> list[Setup]:
        """What each server serves."""
        by_server: dict[str, list[tuple[str, Path]]] = {kind: [] for kind in _ADDRESSES}
        for zone, file in self.files.items():
            kind = _SERVER.get(zone.removeprefix("insecure."), "nsd")
            by_server[kind].append((zone, file))
        return [
            Setup(kind, self.directory / kind, (_ADDRESSES[kind],), tuple(zones), _SIGNING.get(kind))
            for kind, zones in by_server.items()
        ]


# --- the servers that sign ------------------------------------------------------------------------


def _named(setup: Setup) -> list[str]:
    command = COMMANDS["named"](setup)
    configuration = setup.directory / "named.conf"
    signing = (
        f'zone "bind." {{ inline-signing yes; auto-dnssec maintain; key-directory "{setup.directory.parent}";'
    )
    configuration.write_text(configuration.read_text().replace('zone "bind." {', signing))
    return command


def _knot_configuration(storage: Path, rest: str) -> str:
    return f"""
{rest}
database:
    storage: "{storage}"
policy:
  - id: ours
    manual: on
    single-type-signing: on
    algorithm: ed25519
    nsec3: on
zone:
  - domain: "knot."
    dnssec-policy: ours
"""


def _knotd(setup: Setup) -> list[str]:
    server = f'server:\n    rundir: "{setup.directory}"\n    listen: [ "{setup.addresses[0]}@53" ]'
    text = _knot_configuration(setup.directory.parent, server)
    for origin, file in setup.zones:
        signed = origin == "knot."
        own = f'    file: "{file}"\n    zonefile-sync: -1\n    journal-content: none\n'
        text += f"{own}    dnssec-signing: on\n" if signed else f'  - domain: "{origin}"\n{own}'
    return ["knotd", "-c", str(setup.write("knot.conf", text))]


def _pdns_configuration(directory: Path) -> str:
    return f"launch=bind\nbind-config={directory / 'pdns.zones'}\nbind-dnssec-db={directory / 'pdns.db'}\n"


def _pdns(setup: Setup) -> list[str]:
    command = COMMANDS["pdns_server"](setup)
    configuration = setup.directory / "pdns.conf"
    configuration.write_text(
        f"{configuration.read_text()}bind-dnssec-db={setup.directory.parent / 'pdns.db'}\n"
    )
    return command


_SIGNING: dict[str, Callable[[Setup], list[str]]] = {"named": _named, "knotd": _knotd, "pdns_server": _pdns}


def _unbound(hints: Path, anchor: Path) -> Callable[[Setup], list[str]]:
    def command(setup: Setup) -> list[str]:
        text = f"""
server:
    interface: {RESOLVER}
    access-control: 127.0.0.0/8 allow
    directory: "{setup.directory}"
    username: ""
    chroot: ""
    pidfile: ""
    use-syslog: no
    do-daemonize: no
    do-ip6: no
    do-not-query-localhost: no
    root-hints: "{hints}"
    trust-anchor-file: "{anchor}"
    aggressive-nsec: no
    cache-max-ttl: 0
    qname-minimisation: no
remote-control:
    control-enable: no
"""
        return ["unbound", "-d", "-p", "-c", str(setup.write("unbound.conf", text))]

    return command
