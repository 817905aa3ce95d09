"""dnstrace beside dig +trace, drill -T and other tracers, on one simulated network, in one run.

    python -m tests.bench.run [--rounds N] [--rtt 0,5,20,80]

Needs Linux, root, the command installed beside this Python, and Debian's bind9-dnsutils, ldnsutils (drill)
and unbound; delv where it has +ns, zdns, dnstracer and another program called dnstrace, which is taken for
github.com/rs/dnstrace, are measured too where they are on PATH. Everything happens in network, mount and
process namespaces that end with the run.

The network has the 13 root servers at their real addresses, com on 13 servers, and www.example.com on
four: once with glue (3 round trips: root, com, example.com), once without, under com, net, org and uk (5:
root, com, com and awsdns-64.com for the address of the nearest, example.com), once as an alias of a name in
another zone below com (5), and once there is a name ten zones below the root (11). Every server is the same
round trip away. In each round the programs run in turn; the figures are medians:

    wall      the whole process, in ms, from its start to its end
    over      how much of that is beyond the critical path (round trips x round-trip time); less than
              nothing where a warm resolver knew the addresses already
    queries   that came to the simulated servers, those of the program's resolver included

dig, drill and dnstracer ask the system's resolver for addresses of name servers: here unbound, started
anew for a run (cold), or as the run before left it (warm). dnstrace and delv +ns ask no resolver.

The targets, at each round-trip time: the whole process with the tree printed takes at most 1.15 times
the critical path plus `python -c "import dns.message, asyncio"`; from 5 ms on, the time from the first
query to the last reply is within 5 % of the critical path (both from --json, the latter as measured), and
the whole process is ahead of dig +trace with a cold resolver. Exits 1 when one is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from statistics import median

from tests.bench.namespaces import enter
from tests.bench.network import SCENES, Scene
from tests.bench.programs import IMPORTS, Program, Run, Unbound, programs, run, use_resolver
from tests.bench.serving import Simulation

TREE, JSON, DIG = "dnstrace", "dnstrace --json", "dig +trace, its resolver cold"
NETWORK_TARGET, PROCESS_TARGET, AHEAD_FROM = 1.05, 1.15, 0.005


@dataclass
class Figures:
    """What one program did in all rounds: wall times in seconds, queries, what it printed when good."""

    walls: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    failed: int = 0

    def add(self, done: Run, queries: int) -> None:
        self.walls.append(done.wall)
        self.queries.append(queries)
        if done.good:
            self.outputs.append(done.output)
        else:
            self.failed += 1

    @property
    def wall(self) -> float:
        """The median, in seconds."""
        return median(self.walls)

    def stat(self, key: str) -> float:
        """The median of one of the statistics that --json prints."""
        return median(float(json.loads(output)["stats"][key]) for output in self.outputs)


def main() -> int:
    """Re-run this program in a namespace of its own, or measure there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--rounds", type=int, default=10, metavar="N", help="runs of each program (%(default)s)"
    )
    parser.add_argument("--rtt", default="0,5,20,80", metavar="MS,...", help="round-trip times (%(default)s)")
    arguments = enter(parser)
    round_trips = [float(ms) / 1000 for ms in arguments.rtt.split(",")]
    with tempfile.TemporaryDirectory() as directory:
        use_resolver(Path(directory))
        met = [
            good for scene in SCENES for good in bench(scene, round_trips, arguments.rounds, Path(directory))
        ]
    return 0 if all(met) else 1


def bench(scene: Scene, round_trips: list[float], rounds: int, directory: Path) -> list[bool]:
    """Measure and print everything for one scene; whether each target is met."""
    print(f"\n{scene.title}")
    hints, met = directory / "root.hints", []
    hints.write_text((resources.files("dnstrace") / "data" / "root.hints").read_text(encoding="ascii"))
    with Simulation(scene) as network, Unbound(hints, directory) as resolver:
        for round_trip in round_trips:
            network.set_round_trip(round_trip)
            measured = measure(network, resolver, programs(hints, scene.name), rounds)
            met += report(measured, round_trip, scene.round_trips * round_trip)
    return met


def measure(network: Simulation, resolver: Unbound, found: list[Program], rounds: int) -> dict[str, Figures]:
    """The figures of each program by its label; the first round, which warms caches, is not counted."""
    figures = {program.label: Figures() for program in (*found, IMPORTS)}
    for number in range(rounds + 1):
        for program in (*found, IMPORTS):
            if program.cold:
                resolver.restart()
            network.queries()
            done = run(program)
            if number:
                figures[program.label].add(done, network.queries())
    return figures


def report(measured: dict[str, Figures], round_trip: float, path: float) -> list[bool]:
    """Print the table of one round-trip time, and what became of each target."""
    print(f"\n  {round_trip * 1000:g} ms a round trip, critical path {path * 1000:g} ms")
    print(f"  {'':34}{'wall':>9}{'over':>9}{'queries':>9}")
    for label, figures in measured.items():
        if label == IMPORTS.label:
            print(f"  {label:34}{figures.wall * 1000:9.1f}")
            continue
        over, failed = (figures.wall - path) * 1000, f"   failed: {figures.failed}" if figures.failed else ""
        print(f"  {label:34}{figures.wall * 1000:9.1f}{over:9.1f}{median(figures.queries):9g}{failed}")
    return targets(measured, round_trip) if measured[JSON].outputs else [False]


def targets(measured: dict[str, Figures], round_trip: float) -> list[bool]:
    """Print how dnstrace does against its targets; whether it meets each."""
    critical, duration = measured[JSON].stat("critical_path_ms"), measured[JSON].stat("duration_ms")
    floor = critical + measured[IMPORTS.label].wall * 1000
    process = measured[TREE].wall * 1000
    met = [_target("whole process / (critical path + imports)", process, floor, PROCESS_TARGET)]
    if round_trip >= AHEAD_FROM:
        met.append(_target("network time / critical path", duration, critical, NETWORK_TARGET))
        met.append(_target(f"whole process / {DIG}", process, measured[DIG].wall * 1000, 1.0))
    return met


def _target(what: str, value: float, base: float, limit: float) -> bool:
    """Print and judge one ratio of times in ms."""
    good = value <= limit * base
    ratio = f"{value:.1f} / {base:.1f} = {value / base:.3f}"
    print(f"    {'met   ' if good else 'MISSED'} {what}: {ratio}, at most {limit:g}")
    return good


if __name__ == "__main__":
    sys.exit(main())
