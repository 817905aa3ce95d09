"""BIND, NSD, Knot and PowerDNS as children in the foreground: the least configuration that serves zones."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.interop.namespace import Namespace

_TRIES = 400  # of about 20 ms, each the time dig takes to start and be refused
_PATIENCE = 10.0  # seconds to end


@dataclass(frozen=True)
class Setup:
    """What one server is to serve: `zones` are (origin with the final dot, master file).

    `command` configures the server in place of the function in COMMANDS.
    """

    kind: str
    directory: Path
    addresses: tuple[str, ...]
    zones: tuple[tuple[str, Path], ...]
    command: Callable[[Setup], list[str]] | None = None

    def write(self, name: str, text: str) -> Path:
        """Write a configuration file into the server's own directory."""
        path = self.directory / name
        path.write_text(text)
        return path


def _named(setup: Setup) -> list[str]:
    ipv4 = [address for address in setup.addresses if ":" not in address]
    ipv6 = [address for address in setup.addresses if ":" in address]
    configuration = f"""
controls {{}};
options {{
    directory "{setup.directory}"; pid-file none; session-keyfile none;
    listen-on {{ {"; ".join(ipv4)}; }}; listen-on-v6 {{ {"; ".join(ipv6) or "none"}; }};
    recursion no; dnssec-validation no; notify no;
}};
{_bind_zones(setup)}"""
    return ["named", "-g", "-n", "1", "-c", str(setup.write("named.conf", configuration))]


def _bind_zones(setup: Setup) -> str:
    """The zones in the syntax of named.conf, which PowerDNS reads too (4.7 knows no `type primary`)."""
    return "".join(f'zone "{origin}" {{ type master; file "{file}"; }};\n' for origin, file in setup.zones)


def _nsd(setup: Setup) -> list[str]:
    configuration = f"""
server:
    {" ".join(f"ip-address: {address}" for address in setup.addresses)}
    username: ""
    server-count: 1
    database: ""
    zonesdir: "{setup.directory}"
    xfrdir: "{setup.directory}"
    pidfile: "{setup.directory}/nsd.pid"
    zonelistfile: "{setup.directory}/zone.list"
    xfrdfile: "{setup.directory}/xfrd.state"
remote-control:
    control-enable: no
""" + "".join(f'zone:\n    name: "{origin}"\n    zonefile: "{file}"\n' for origin, file in setup.zones)
    return ["nsd", "-d", "-c", str(setup.write("nsd.conf", configuration))]


def _knotd(setup: Setup) -> list[str]:
    listen = ", ".join(f'"{address}@53"' for address in setup.addresses)
    configuration = f"""
server:
    rundir: "{setup.directory}"
    listen: [ {listen} ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{setup.directory}"
zone:
""" + "".join(f'  - domain: "{origin}"\n    file: "{file}"\n' for origin, file in setup.zones)
    return ["knotd", "-c", str(setup.write("knot.conf", configuration))]


def _pdns(setup: Setup) -> list[str]:
    configuration = f"""
launch=bind
bind-config={setup.write("zones.conf", _bind_zones(setup))}
local-address={",".join(setup.addresses)}
socket-dir={setup.directory}
dname-processing=yes
receiver-threads=1
distributor-threads=1
"""
    setup.write("pdns.conf", configuration)
    return ["pdns_server", f"--config-dir={setup.directory}", "--daemon=no", "--guardian=no"]


COMMANDS: dict[str, Callable[[Setup], list[str]]] = {
    "named": _named,
    "nsd": _nsd,
    "knotd": _knotd,
    "pdns_server": _pdns,
}
"""The servers by the name of their program: each function writes the configuration and gives the command."""


def missing() -> list[str]:
    """The programs needed here that are not installed."""
    return [program for program in (*COMMANDS, "dig") if shutil.which(program) is None]


def serve(namespace: Namespace, setups: Iterable[Setup], stack: ExitStack) -> None:
    """Start a server for each setup and wait until every zone is answered for; `stack` ends them."""
    setups = tuple(setups)
    running = [_start(namespace, setup, stack) for setup in setups]
    for setup, process in zip(setups, running, strict=True):
        for origin, _ in setup.zones:
            for address in setup.addresses:
                _await(namespace, process, setup, address, origin, "flags: qr aa")


def _start(namespace: Namespace, setup: Setup, stack: ExitStack) -> subprocess.Popen[bytes]:
    setup.directory.mkdir()
    log = stack.enter_context((setup.directory / "log").open("wb"))
    command = namespace.inside((setup.command or COMMANDS[setup.kind])(setup))
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    stack.callback(_end, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def start_resolver(namespace: Namespace, setup: Setup, stack: ExitStack) -> None:
    """Start a resolver and wait until it answers for the root."""
    process = _start(namespace, setup, stack)
    for address in setup.addresses:
        _await(namespace, process, setup, address, ".", "ra")


def _await(
    namespace: Namespace,
    process: subprocess.Popen[bytes],
    setup: Setup,
    address: str,
    origin: str,
    flags: str,
) -> None:
    """Ask for the SOA of `origin` until it is answered with these flags."""
    dig = [
        "dig",
        "+recurse" if flags == "ra" else "+norecurse",
        "+tries=1",
        "+timeout=1",
        "+noall",
        "+comments",
        f"@{address}",
        origin,
        "SOA",
    ]
    for _ in range(_TRIES):
        if process.poll() is not None:
            break
        said = subprocess.run(namespace.inside(dig), capture_output=True, text=True, check=False).stdout
        if "status: NOERROR" in said and flags in said:
            return
    log = (setup.directory / "log").read_text(errors="replace")
    raise RuntimeError(f"{setup.kind} does not serve {origin} at {address}:\n{log}")
