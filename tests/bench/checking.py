"""How many names a second `dnstrace -f --check` checks, on real sockets.

    python -m tests.bench.checking [--names 500] [--zones 1000] [--delay 0.02] [--signed] [--only one-zone]

Needs to be root on Linux. In a network namespace are the 13 root servers, com on 13 servers, and below it
zones with two name servers each, which share 40 addresses and have glue. What they reply is the lab's doing,
worked out once for each query: a first run, which is not counted, sees to that. The server shares the
processors with what is measured. Two rows:

    one zone      so many names of one zone, with one worker
    many zones    one name of each of so many zones, with two workers

`reference.py`, which only walks, is run over the same names with as many processes. Printed are names a
second, and as a ratio to the reference, which holds on other machines too; CPU seconds for 1,000 names of
dnstrace and of the server, the most memory of any process (its proportional set size: what several processes
share is counted once), and the queries that came to the servers, for each name. Names with an error or a
warning are counted too: all zones are healthy. The root and com are signed; with --signed so are the zones.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import dns.name

from dnstrace.lab.keys import Key, ds
from dnstrace.lab.plan import KEYS
from dnstrace.lab.zone import Sign
from tests.bench.many import reference
from tests.bench.namespaces import enter
from tests.bench.network import COMMON, ROOT, Scene
from tests.bench.serving import Simulation, memory

_POOL = 40
_LOOK = 0.2  # seconds between two looks at the memory that is used
_KEY = Key(dns.name.root, Sign().algorithm, KEYS[Sign().keys][0])  # the root's that signs its keys


class Row(NamedTuple):
    """Names of a scene that are checked with so many workers."""

    label: str
    scene: Scene
    workers: int

    @property
    def names(self) -> list[str]:
        return [name for names in self.scene.names.values() for name in names]


class Figures(NamedTuple):
    """What a run took: seconds, CPU seconds of dnstrace and of the server, MiB, queries."""

    seconds: float
    cpu: float
    served: float
    memory: float
    queries: int


def scene(zones: int, names: int, signed: bool) -> Scene:
    """So many zones below com, with so many names each."""
    origins = [f"z{number:04}.com." for number in range(zones)]
    hosts = {origin: (f"ns1.{origin}", f"ns2.{origin}") for origin in origins}
    inside = {origin: tuple(f"w{number}.{origin}" for number in range(names)) for origin in origins}
    both = frozenset([*COMMON, *(origins if signed else ())])
    return Scene("", 3, COMMON | hosts, ipv6=False, pool=_POOL, names=inside, signed=both)


def main() -> int:
    """Measure both rows in namespaces of their own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", type=int, default=500, help="names of the one zone (%(default)s)")
    parser.add_argument("--zones", type=int, default=1000, help="how many zones (%(default)s)")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that a reply takes")
    parser.add_argument("--signed", action="store_true", help="sign the zones too")
    parser.add_argument("--only", choices=("one-zone", "many-zones"), help="only this row")
    parser.add_argument("--more", default="", help="more options of dnstrace, in one word")
    given = enter(parser)
    rows = {
        "one-zone": Row("one zone", scene(1, given.names, given.signed), 1),
        "many-zones": Row("many zones", scene(given.zones, 1, given.signed), 2),
    }
    for key, row in rows.items():
        if given.only in (None, key):
            measure(row, given.delay, given.more.split())
    return 0


def measure(row: Row, delay: float, more: Sequence[str]) -> None:
    """Run twice, and print a line about the second."""
    with tempfile.TemporaryDirectory() as where, Simulation(row.scene) as network:
        names, out = Path(where, "names"), Path(where, "out")
        with names.open("w") as lines:
            lines.writelines(f"{name}\n" for name in row.names)
        command = [str(Path(sys.executable).with_name("dnstrace")), "-f", str(names), "-4", "--check"]
        command += ["--jsonl", "-o", str(out), "--force", "--workers", str(row.workers), *more]
        anchor = Path(where, "anchor")
        anchor.write_text(f". 172800 IN DS {ds(_KEY)}\n")
        command += ["--trust-anchor", str(anchor)]
        _run(command, network)
        network.set_round_trip(delay)
        least = _run(reference(names, ROOT, row.workers), network)
        took = _run(command, network)
        count, each = len(row.names), 1000 / len(row.names)
        used = f"{took.cpu * each:7.2f} + {took.served * each:5.2f} CPU s/1,000  {took.memory:4.0f} MiB"
        queries = f"{took.queries / count:6.1f} queries a name"
        ratio = f"1/{took.seconds / least.seconds:.0f} of the reference's names/s"
        print(
            f"{row.label:<12}{count / took.seconds:7.1f} names/s  {used}  {queries}  {ratio}  {_found(out)}"
        )


def _run(command: list[str], network: Simulation) -> Figures:
    network.queries()
    before, served = resource.getrusage(resource.RUSAGE_CHILDREN), network.cpu()
    begun, most = time.perf_counter(), 0.0
    with tempfile.TemporaryFile("w+") as remarks:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=remarks)
        while process.poll() is None:
            most = max(most, memory(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK)
        seconds = time.perf_counter() - begun
        if process.returncode not in (0, 5):
            remarks.seek(0)
            raise SystemExit(remarks.read())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Figures(seconds, used, network.cpu() - served, most, network.queries())


def _found(out: Path) -> str:
    """The outcomes, and how many findings there are of each code that is more than a notice."""
    outcomes, codes = Counter[str](), Counter[str]()
    with out.open() as lines:
        for line in lines:
            trace = json.loads(line)
            outcomes[trace["outcome"]] += 1
            codes.update(each["code"] for each in trace["findings"] if each["level"] != "notice")
    return " ".join(f"{number} {what}" for what, number in (outcomes + codes).items())


if __name__ == "__main__":
    sys.exit(main())
