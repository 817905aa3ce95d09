"""Sound zones of every kind, each on BIND, NSD, Knot and PowerDNS: a check has nothing to say of them.

Below a signed root and a signed `com.` are zones that ldns-signzone has signed with NSEC, NSEC3, opt-out, and
two algorithms; `multi.com.`, which two providers sign with keys of their own (RFC 8901 model 2), one on BIND
and NSD, the other on Knot and PowerDNS; and `plain.com.`, which is not signed.

PowerDNS does not serve the zone with opt-out. From a presigned zone it takes the signatures, but makes the
NSEC3 records itself: with opt-out it skips a delegation without a DS record, which ldns-signzone does not,
and the signature of the record before does not fit.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.interop.checked import (
    ROOT,
    SERVERS,
    TLD,
    CheckedInternet,
    Files,
    address_records,
    own_servers,
    soa,
)
from tests.interop.namespace import Namespace
from tests.interop.servers import COMMANDS, Setup, serve

PROGRAMS = ("ldns-keygen", "ldns-signzone", "ldns-key2ds", "pdnsutil")
ECDSA, RSA = "ECDSAP256SHA256", "RSASHA256"
OPT_OUT = "optout.com."
SIGNED = {
    "nsec.com.": ((ECDSA,), ()),
    "nsec3.com.": ((ECDSA,), ("-n", "-t", "0")),
    OPT_OUT: ((ECDSA,), ("-n", "-t", "0", "-p")),
    "rsa.com.": ((RSA,), ("-n", "-t", "0")),
    "two.com.": ((ECDSA, RSA), ()),
}
"""The algorithms of the keys, and how ldns-signzone is told to sign."""
MULTI, PLAIN = "multi.com.", "plain.com."
_CONTENT = """\
www 300 A 192.0.2.44
www 300 AAAA 2001:db8::44
@ MX 10 mail
mail A 192.0.2.25
alias CNAME www
*.wild A 192.0.2.46
below.between A 192.0.2.47
"""
_CUT = "child NS ns1.child\nchild NS ns2.child\nns1.child A 192.0.2.60\nns2.child A 198.51.100.60\n"


@contextmanager
def sound_internet(directory: Path) -> Iterator[CheckedInternet]:
    """Sign and write everything, and serve it."""
    files = Files(directory)
    files.write(PLAIN, _zone(PLAIN))
    ds = [each for zone, (kinds, how) in SIGNED.items() for each in _signed(files, zone, kinds, how)]
    ds += _signed_by_two(files, directory)
    com = files.sign("com.", _com(ds))
    anchor = directory / "anchor"
    anchor.write_text(files.sign(".", _root(com)) + "\n")
    hints = directory / "root.hints"
    hints.write_text(f". 86400 NS a.root.\n{address_records('a.root.', ROOT)}")
    addresses = [*ROOT, *(a for own in (*TLD, *SERVERS.values()) for a in own)]
    with ExitStack() as stack:
        namespace = stack.enter_context(Namespace(addresses))
        serve(namespace, _setups(directory, files.paths), stack)
        yield CheckedInternet(namespace, hints, anchor)


def _servers_of(zone: str) -> int:
    return len(SERVERS) - (zone == OPT_OUT)


def _zone(zone: str) -> str:
    return soa() + own_servers("", _servers_of(zone)) + _CONTENT + _CUT


def _keys(files: Files, zone: str, algorithm: str) -> list[str]:
    """A key-signing and a zone-signing key; the names of their files."""
    size = ("-b", "2048") if algorithm == RSA else ()
    return [files.run("ldns-keygen", "-a", algorithm, *size, *flags, zone).strip() for flags in (("-k",), ())]


def _signed(files: Files, zone: str, kinds: tuple[str, ...], how: tuple[str, ...]) -> list[str]:
    """Sign a zone with two keys of each algorithm; its DS records."""
    path = files.write(zone, _zone(zone))
    keys = [key for algorithm in kinds for key in _keys(files, zone, algorithm)]
    files.run("ldns-signzone", *how, "-f", str(path), "-o", zone, str(path), *keys)
    return [files.read(f"{key}.ds") for key in keys[::2]]


def _signed_by_two(files: Files, directory: Path) -> list[str]:
    """Sign a zone once for each provider; each has the keys of both in its DNSKEY RRset."""
    keys = {provider: _keys(files, MULTI, ECDSA) for provider in ("", "other")}
    (directory / "other").mkdir()
    for provider, own in keys.items():
        foreign = next(names for each, names in keys.items() if each != provider)
        both = _zone(MULTI) + "".join(f"{files.read(f'{name}.key')}\n" for name in foreign)
        path = files.write(MULTI, both, directory / provider if provider else None)
        files.run("ldns-signzone", "-f", str(path), "-o", MULTI, str(path), *own)
    return [files.read(f"{own[0]}.ds") for own in keys.values()]


def _setups(directory: Path, paths: dict[str, Path]) -> list[Setup]:
    def served(kind: str) -> list[tuple[str, Path]]:
        own = list(SERVERS).index(kind) + 1
        return [(zone, paths[zone]) for zone in (PLAIN, *SIGNED) if own <= _servers_of(zone)]

    first, second = (MULTI, paths[MULTI]), (MULTI, directory / "other" / f"{MULTI}zone")
    zones = {"named": first, "nsd": first, "knotd": second, "pdns_server": second}
    return [
        Setup("nsd", directory / "root", ROOT, ((".", paths["."]),)),
        Setup("nsd", directory / "tld", tuple(a for each in TLD for a in each), (("com.", paths["com."]),)),
        *(
            Setup(kind, directory / kind, SERVERS[kind], (*served(kind), multi), _COMMANDS.get(kind))
            for kind, multi in zones.items()
        ),
    ]


def _named_that_transfers_nothing(setup: Setup) -> list[str]:
    command = COMMANDS["named"](setup)
    configuration = setup.directory / "named.conf"
    text = configuration.read_text()
    configuration.write_text(text.replace("notify no;", "notify no; allow-transfer { none; };"))
    return command


def _pdns_that_signs_nothing(setup: Setup) -> list[str]:
    """It serves a signed zone as it is only if that is known to be signed already."""
    command = COMMANDS["pdns_server"](setup)
    configuration, database = setup.directory / "pdns.conf", setup.directory / "signed.db"
    configuration.write_text(f"{configuration.read_text()}bind-dnssec-db={database}\n")
    manage = ["pdnsutil", f"--config-dir={setup.directory}"]
    _run([*manage, "create-bind-db", str(database)])
    for zone, _ in setup.zones:
        if zone != PLAIN:
            _run([*manage, "set-presigned", zone])
        if "-n" in SIGNED.get(zone, ((), ()))[1]:
            _run([*manage, "set-nsec3", zone, "1 0 0 -"])
    return command


_COMMANDS = {"named": _named_that_transfers_nothing, "pdns_server": _pdns_that_signs_nothing}


def _run(command: list[str]) -> None:
    subprocess.run(command, capture_output=True, text=True, check=True)


def _com(ds: list[str]) -> str:
    servers = "".join(
        f"@ NS {name}.nic\n{address_records(f'{name}.nic', own)}" for name, own in zip("ab", TLD, strict=True)
    )
    zones = "".join(
        own_servers(zone.removesuffix(".com."), _servers_of(zone)) for zone in (PLAIN, MULTI, *SIGNED)
    )
    records = "\n".join(ds)
    return f"@ SOA a.nic hostmaster.nic 1 1800 900 604800 86400\n{servers}{zones}{records}\n"


def _root(ds: str) -> str:
    servers = "".join(
        f"com. NS {name}.nic.com.\n{address_records(f'{name}.nic.com.', own)}"
        for name, own in zip("ab", TLD, strict=True)
    )
    return (
        "@ SOA a.root. hostmaster.root. 1 1800 900 604800 86400\n"
        f"@ NS a.root.\n{address_records('a.root.', ROOT)}{servers}{ds}\n"
    )
