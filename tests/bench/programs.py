"""The programs that the benchmark compares, and unbound as the resolver that dig asks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.network import ADDRESS, NAME

_DNSTRACE = str(Path(sys.executable).parent / "dnstrace")
_NEEDED = (_DNSTRACE, "unshare", "mount", "ip", "script", "dig", "drill", "unbound")
_RESOLVER = "127.0.0.1"
_TRIES = 200  # of some 20 ms each
_LIMIT = 60.0  # seconds for one run


@dataclass(frozen=True)
class Program:
    """A command that finds the address of a name.

    Its resolver has an empty cache if `cold`, else what the run before left there.
    """

    label: str
    command: tuple[str, ...]
    cold: bool = False
    given: str = ""
    finds: str = ADDRESS


@dataclass(frozen=True)
class Run:
    """Wall time in seconds (the limit, if cut off there), what was printed, whether the address was in it."""

    wall: float
    output: str
    good: bool


def missing() -> list[str]:
    """The programs without which nothing is measured, as far as they are not installed."""
    return [tool for tool in _NEEDED if shutil.which(tool) is None]


def run(program: Program, limit: float = _LIMIT) -> Run:
    """Run the program once, for `limit` seconds at most."""
    start = time.perf_counter()
    try:
        done = subprocess.run(
            program.command, input=program.given, capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return Run(limit, "", False)
    return Run(time.perf_counter() - start, done.stdout, program.finds in done.stdout)


def programs(hints: Path, name: str) -> list[Program]:
    """What is installed to find the address of `name`, in the order to run it: dnstrace, dig and others."""
    trace, drill = ("dig", "+trace", name), ("drill", "-T", "-r", str(hints), name)
    found = [
        Program("dnstrace", (_DNSTRACE, name)),
        Program("dnstrace on a terminal", ("script", "-qec", f"{_DNSTRACE} {name}", "/dev/null")),
        Program("dnstrace --json", (_DNSTRACE, "--json", name)),
        Program("dig, its resolver cold", ("dig", name), cold=True),
        Program("dig +trace, its resolver cold", trace, cold=True),
        Program("dig +trace, its resolver warm", trace),
        Program("drill -T, its resolver cold", drill, cold=True),
        Program("drill -T, its resolver warm", drill),
    ]
    if _delv_walks():
        found.append(Program("delv +ns", ("delv", "-i", "+ns", name)))
    if shutil.which("zdns"):
        found.append(Program("zdns", ("zdns", "A", "--iterative"), given=f"{name}\n"))
    if other := _other_dnstrace():
        found.append(Program("rs/dnstrace", (other, name)))
    if shutil.which("dnstracer"):
        found.append(Program("dnstracer, its resolver warm", ("dnstracer", "-s", "198.41.0.4", "-o", name)))
    return found


def _other_dnstrace() -> str | None:
    """Another program of that name on PATH, which is taken for github.com/rs/dnstrace."""
    own = Path(_DNSTRACE).parent
    others = (each for each in os.environ.get("PATH", "").split(os.pathsep) if Path(each) != own)
    found = shutil.which("dnstrace", path=os.pathsep.join(others))
    is_script = found is not None and Path(found).read_bytes()[:2] == b"#!"  # this one, installed elsewhere
    return None if is_script else found


def patient_programs(hints: Path) -> dict[str, Program]:
    """What is compared where servers are dead, by a short name; each begins at `hints`, with nothing cached.

    dig leaves the resolver the time that it takes.
    """
    found = {
        "dnstrace": Program("dnstrace", (_DNSTRACE, "--json", "--root-hints", str(hints), NAME)),
        "unbound": Program("unbound, cold", ("dig", "+tries=1", "+timeout=60", NAME), cold=True),
        "dig": Program("dig +trace", ("dig", "+trace", NAME), cold=True),
        "drill": Program("drill -T", ("drill", "-T", "-r", str(hints), NAME), cold=True),
    }
    if _delv_walks():
        found["delv"] = Program("delv +ns", ("delv", "-i", "+ns", f"+hint={hints}", NAME))
    return found


def _delv_walks() -> bool:
    """Whether there is a delv that can do without a resolver, as of BIND 9.20."""
    if shutil.which("delv") is None:
        return False
    return "[no]ns " in subprocess.run(["delv", "-h"], capture_output=True, text=True, check=False).stdout


IMPORTS = Program(
    "import dns.message, asyncio", (sys.executable, "-c", "import dns.message, asyncio"), finds=""
)
"""What any asynchronous program on dnspython costs before its first line."""


class Unbound:
    """unbound at 127.0.0.1: a resolver that begins at `hints`, and does not validate.

    `options` are lines for the server section of its configuration.
    """

    def __init__(self, hints: Path, directory: Path, options: str = "") -> None:
        self._configuration = directory / "unbound.conf"
        self._configuration.write_text(f"""
server:
    interface: {_RESOLVER}
    do-daemonize: no
    username: ""
    chroot: ""
    directory: "{directory}"
    pidfile: ""
    use-syslog: no
    logfile: "{directory}/unbound.log"
    module-config: "iterator"
    root-hints: "{hints}"
    {options}
""")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Unbound:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def restart(self) -> None:
        """Begin anew with nothing in the cache; returns when it answers."""
        self.__exit__()
        self._process = subprocess.Popen(["unbound", "-d", "-p", "-c", str(self._configuration)])
        # A question that needs no other server.
        dig = ("dig", "version.bind", "CH", "TXT", "+tries=1", "+timeout=1", f"@{_RESOLVER}")
        for _ in range(_TRIES):
            if subprocess.run(dig, capture_output=True, check=False).returncode == 0:
                return
        raise RuntimeError("unbound does not answer")


def use_resolver(directory: Path) -> None:
    """Make unbound's address the system's resolver, in this mount namespace only."""
    file = directory / "resolv.conf"
    file.write_text(f"nameserver {_RESOLVER}\n")
    subprocess.run(["mount", "--bind", file, os.path.realpath("/etc/resolv.conf")], check=True)
