"""The servers that sign what they serve, and the keys they do it with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.interop.servers import COMMANDS, Setup

PROGRAMS = ("dnssec-keygen", "dnssec-dsfromkey", "keymgr", "pdnsutil")
Run = Callable[..., str]
"""Runs a program in the directory of the zones and keys; gives what it prints."""


def bind_keys(run: Run, directory: Path, zone: str, file: Path) -> str:
    """Two ECDSA keys of a zone that BIND is to sign; its DS record."""
    key_signing, _ = (
        run("dnssec-keygen", "-q", "-a", "13", *flags, zone).strip() for flags in (("-f", "KSK"), ())
    )
    return run("dnssec-dsfromkey", "-2", key_signing).strip()


def knot_keys(run: Run, directory: Path, zone: str, file: Path) -> str:
    """The one Ed25519 key of a zone that Knot is to sign; its DS record."""
    configuration = directory / "keymgr.conf"
    configuration.write_text(f"{_knot_policy(directory)}zone:\n{_knot_zone(zone)}")
    manage = ("keymgr", "-c", str(configuration), zone)
    run(*manage, "generate", "algorithm=ed25519", "ksk=yes", "zsk=yes")
    return next(line for line in run(*manage, "ds").splitlines() if " 15 2 " in line)


def pdns_keys(run: Run, directory: Path, zone: str, file: Path) -> str:
    """Two RSA keys of a zone that PowerDNS is to sign, with NSEC3 where it is a TLD; its DS record."""
    with (directory / "pdns.zones").open("a") as zones:
        zones.write(f'zone "{zone}" {{ type master; file "{file}"; }};\n')
    database = directory / "pdns.db"
    (directory / "pdns.conf").write_text(
        f"launch=bind\nbind-config={directory / 'pdns.zones'}\nbind-dnssec-db={database}\n"
    )
    manage = ("pdnsutil", f"--config-dir={directory}")
    if not database.exists():
        run(*manage, "create-bind-db", str(database))
    for kind in ("ksk", "zsk"):
        run(*manage, "add-zone-key", zone, kind, "2048", "active", "rsasha256")
    if zone.count(".") == 1:
        run(*manage, "set-nsec3", zone, "1 0 0 -")
    return next(line for line in run(*manage, "export-zone-ds", zone).splitlines() if " 8 2 " in line)


KEYS = {"named": bind_keys, "knotd": knot_keys, "pdns_server": pdns_keys}
"""By the name of the server's program."""


def signing(kind: str, signed: set[str]) -> Callable[[Setup], list[str]] | None:
    """What configures a server to sign these of its zones, with the keys beside its directory."""
    commands = {"named": _named, "knotd": _knotd, "pdns_server": _pdns}
    return (lambda setup: commands[kind](setup, signed)) if kind in commands else None


def _named(setup: Setup, signed: set[str]) -> list[str]:
    command = COMMANDS["named"](setup)
    configuration = setup.directory / "named.conf"
    text = configuration.read_text()
    keys = f'inline-signing yes; auto-dnssec maintain; key-directory "{setup.directory.parent}";'
    for zone in signed:
        text = text.replace(f'zone "{zone}" {{', f'zone "{zone}" {{ {keys}')
    configuration.write_text(text)
    return command


def _knot_policy(storage: Path) -> str:
    return f"""
database:
    storage: "{storage}"
policy:
  - id: ours
    manual: on
    single-type-signing: on
    algorithm: ed25519
    nsec3: on
"""


def _knot_zone(zone: str) -> str:
    return f'  - domain: "{zone}"\n    dnssec-policy: ours\n'


def _knotd(setup: Setup, signed: set[str]) -> list[str]:
    server = f'server:\n    rundir: "{setup.directory}"\n    listen: [ "{setup.addresses[0]}@53" ]'
    zones = ""
    for origin, file in setup.zones:
        zones += f"{_knot_zone(origin)}    dnssec-signing: {'on' if origin in signed else 'off'}\n"
        zones += f'    file: "{file}"\n    zonefile-sync: -1\n    journal-content: none\n'
    text = f"{server}{_knot_policy(setup.directory.parent)}zone:\n{zones}"
    return ["knotd", "-c", str(setup.write("knot.conf", text))]


def _pdns(setup: Setup, signed: set[str]) -> list[str]:
    """Not shuffled: Unbound 1.17 drops a DNAME that comes behind its CNAME with a record between."""
    command = COMMANDS["pdns_server"](setup)
    configuration = setup.directory / "pdns.conf"
    more = f"no-shuffle=yes\nbind-dnssec-db={setup.directory.parent / 'pdns.db'}\n"
    configuration.write_text(configuration.read_text() + more)
    return command


def unbound(setup: Setup, hints: Path, anchor: Path) -> list[str]:
    """An Unbound that validates from this anchor, and keeps nothing beyond the second."""
    text = f"""
server:
    interface: {setup.addresses[0]}
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


def kresd(setup: Setup, hints: Path, anchor: Path, denied: str) -> list[str]:
    """A Knot Resolver that validates from this anchor, and keeps the name `denied` from who asks it."""
    text = f"""
net.listen('{setup.addresses[0]}', 53, {{ kind = 'dns' }})
net.ipv6 = false
cache.size = 10 * MB
modules = {{ 'hints', 'policy' }}
hints.root_file('{hints}')
trust_anchors.add_file('{anchor}', true)
policy.add(policy.suffix(policy.DENY, {{ todname('{denied}') }}))
"""
    return ["kresd", "-n", "-c", str(setup.write("kresd.conf", text)), str(setup.directory)]
