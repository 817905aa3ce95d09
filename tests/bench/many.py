# ruff: noqa: E501
"""How many names a second `dnstrace -f` traces, on real sockets: 1,000 zones under 10 top-level domains.

    python -m tests.bench.many [--names 100000] [--dead 0.05] [--delay 0.02]

Needs to be root on Linux. A server that is quick (`answering.py`) answers at 51 addresses in a network namespace, each
reply after `--delay`; of the 40 hosts of the zones a share is dead: they take every query and are silent. It shares the
processors with what is measured. Printed are names a second, CPU seconds for 1,000 names of dnstrace and of the
server, the peak of memory of the biggest process, and queries a name; besides, the same with one process,
with --short, and of others: `reference.py`, the least that a tracer on asyncio and dnspython does, with as many
processes; `zdns A --iterative` where it is on PATH; `dig +trace -f` over the first names, with unbound as its
resolver. Names a second are printed as a ratio to the reference too: it holds on other machines.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.bench.answering import HOSTS, ROOT, TLDS, ZONES
from tests.bench.namespaces import enter
from tests.bench.programs import Unbound, use_resolver
from tests.bench.serving import cpu_seconds

_BY_DIG = 100  # names, one after the other


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", type=int, default=20_000, help="how many names to trace (%(default)s)")
    parser.add_argument("--dead", type=float, default=0.0, help="the share of the hosts that is dead")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that a reply takes")
    parser.add_argument("--only", default=None, help="more options of dnstrace; nothing else is measured")
    given = enter(parser)
    for address in (ROOT, *TLDS, *HOSTS):
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    dead = Random(1).sample(HOSTS, round(given.dead * len(HOSTS)))
    with tempfile.TemporaryDirectory() as where, _answering(given.delay, dead) as server:
        names, hints = Path(where, "names"), Path(where, "hints")
        with names.open(
            "w"
        ) as lines:  # not as one text: a child's peak of memory begins with its parent's size
            lines.writelines(f"w{n}.z{n % ZONES}.t{n % ZONES % len(TLDS)}\n" for n in range(given.names))
        hints.write_text(f". 86400 NS a.root.\na.root. 86400 A {ROOT}\n")
        ways = ("--jsonl", "--short", "--jsonl --workers 1", "--jsonl --no-share")
        references = {workers: _reference(names, workers, given.names, server.pid) for workers in (1, 2)}
        for more in ways if given.only is None else (given.only,):
            of = references[1 if "--workers 1" in more else 2]
            _dnstrace(names, hints, given.names, more, server.pid, of)
        if given.only is None:
            _dig(names, hints, min(given.names, _BY_DIG), server.pid)
            if zdns := shutil.which("zdns"):
                _zdns(zdns, names, given.names, server.pid)
    return 0


@contextmanager
def _answering(delay: float, dead: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(Path(__file__).with_name("answering.py")), str(delay), *dead]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            server.stdout.readline()
            yield server
        finally:
            server.kill()


class Took(NamedTuple):
    """What a command took, in words; names a second and CPU seconds a name; what it said on stderr."""

    told: str
    rate: float
    cpu: float
    errors: str = ""

    def ratio(self, of: Took) -> str:
        """How it compares with the reference."""
        rate, cpu = self.rate / of.rate, self.cpu / of.cpu
        return f"{rate:4.2f} x the reference's names/s, {cpu:4.2f} x its CPU"


def _reference(names: Path, workers: int, count: int, server: int) -> Took:
    """What the reference took, which is printed."""
    took = _measured(reference(names, ROOT, workers), count, server)
    print(f"{f'reference, {workers}':<22} {took.told}")
    return took


def reference(names: Path, root: str, workers: int) -> list[str]:
    """The command of the reference."""
    return [sys.executable, "-m", "tests.bench.reference", str(names), root, str(workers)]


def _dnstrace(names: Path, hints: Path, count: int, more: str, server: int, of: Took) -> None:
    out = names.with_name("out")
    command = [str(Path(sys.executable).with_name("dnstrace")), "-f", str(names), "-4", *more.split()]
    command += ["--root-hints", str(hints), "-o", str(out), "--force"]
    took = _measured(command, count, server)
    queries = ""
    if "--jsonl" in more:
        with out.open() as lines:
            queries = (
                f"{sum(json.loads(line)['stats']['queries'] for line in lines) / count:5.2f} queries a name"
            )
    ended = took.errors.splitlines()[0].partition("): ")[2]
    print(f"{more:<22} {took.told}  {queries:<20}  {took.ratio(of)}  {ended}")


def _dig(names: Path, hints: Path, count: int, server: int) -> None:
    few = names.with_name("few")
    few.write_text("".join(names.read_text().splitlines(keepends=True)[:count]))
    use_resolver(names.parent)
    with Unbound(hints, names.parent, "do-ip6: no") as resolver:
        resolver.restart()
        told = _measured(["dig", "-4", "+trace", "-f", str(few)], count, server).told
    print(f"{'dig +trace -f':<22} {told}  {count} names")


def _zdns(program: str, names: Path, count: int, server: int) -> None:
    for threads in (100, 1000):
        command = [program, "A", "--iterative", "--threads", str(threads), "--input-file", str(names)]
        command += ["--output-file", str(names.with_name("zdns")), "--root-servers", ROOT]
        told = _measured(command, count, server).told
        print(f"zdns, {threads} threads {told}")


def _measured(command: list[str], count: int, server: int) -> Took:
    """Run a command."""
    before, served = resource.getrusage(resource.RUSAGE_CHILDREN), cpu_seconds(server)
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - begun
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr)
    after, served = resource.getrusage(resource.RUSAGE_CHILDREN), cpu_seconds(server) - served
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    each = 1000 / count
    told = f"{count / took:7.0f} names/s  {used * each:5.2f} + {served * each:4.2f} CPU s/1,000  {after.ru_maxrss / 1024:4.0f} MiB"
    return Took(told, count / took, used / count, done.stderr)


if __name__ == "__main__":
    sys.exit(main())
