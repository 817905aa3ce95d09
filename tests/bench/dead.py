"""What dead name servers cost dnstrace, dig +trace, drill -T, delv and a cold unbound, live.

    python -m tests.bench.dead [--rounds N] [--programs dnstrace,unbound,dig,drill,delv]

Needs what run.py needs. Three cuts on the way to www.example.com (root, com, example.com), each with 2, 4
or 13 name servers, of which 0, 1, half or all but one are dead: they take every query and are silent.
Without glue for example.com, the cuts on the way to the addresses of its name servers are as dead. Every
server has one IPv4 address, 20 ms a round trip away. Which are dead differs by zone and by round, and is
the same for all programs. Times are of whole processes, in seconds: the median and the worst of all
rounds, those that failed included, which are counted behind; `> 30` stands for a run that was cut off.
A program whose runs took more than 75 s together is spared the rounds that are left.

    dnstrace         whole process; `its network time` is the part of it from the first query to the end
    unbound, cold    a resolver just started, as dig that asks it with one patient query sees it
    dig +trace       and drill -T ask such a resolver for the addresses of name servers
    delv +ns         where there is one of BIND 9.20 or later; an older one asks a resolver for everything

unbound would drop a reply that took it more than 1.9 s (discard-timeout) and wait to be asked again; here
it is told not to. dnstrace, and every program where no server is dead, runs alone. The others then only
wait, and so each runs beside others, in a network namespace of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random
from statistics import median

from tests.bench.namespaces import enter, new_network
from tests.bench.network import Scene, hints, same_sized
from tests.bench.programs import Run, Unbound, patient_programs, run, use_resolver
from tests.bench.serving import Simulation

ROUND_TRIP, LIMIT = 0.02, 30.0  # seconds
ALWAYS_REPLY = "discard-timeout: 0"  # unbound 1.20, and Debian's 1.17.1
QUICK, NETWORK_TIME = "dnstrace", "its network time"
ENOUGH = 75.0  # seconds of one program in one case
SIDE_BY_SIDE = 20
WIDTH = 24


@dataclass(frozen=True)
class Case:
    """A network with so many name servers for every zone, so many of them dead."""

    glue: bool
    servers: int
    dead: int

    @property
    def scene(self) -> Scene:
        """The network, all its name servers alive."""
        return same_sized(self.servers)[0 if self.glue else 1]

    def silent(self, number: int) -> frozenset[str]:
        """The names of those that are dead in this round; zones with the same servers share the dead ones."""
        sets = {*self.scene.zones.values()}
        drawn = (Random(f"{hosts} {self.dead} {number}").sample(hosts, self.dead) for hosts in sets)
        return frozenset(chain(*drawn))


CASES = tuple(
    Case(glue, servers, dead)
    for glue in (True, False)
    for servers in (2, 4, 13)
    for dead in sorted({0, 1, servers // 2, servers - 1})
)


@dataclass(frozen=True)
class Job:
    """One program, by its short name, in one case for so many rounds at most."""

    case: Case
    program: str
    rounds: int


Measured = dict[tuple[Case, str], list[Run]]
"""The runs by case and the short name of the program."""


def main() -> int:
    """Measure everything in namespaces of its own, then print the tables."""
    known = patient_programs(Path())
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--rounds", type=int, default=10, metavar="N", help="runs of each program (%(default)s)"
    )
    parser.add_argument(
        "--programs", default=",".join(known), metavar="NAME,...", help="those to run (%(default)s)"
    )
    arguments = enter(parser)
    wanted = arguments.programs.split(",")
    if unknown := ", ".join(set(wanted) - set(known)):
        parser.error(f"not to be had here: {unknown}; only {', '.join(known)}")
    with tempfile.TemporaryDirectory() as directory:
        use_resolver(Path(directory))
        measured = measure([Job(case, name, arguments.rounds) for case in CASES for name in wanted])
    for glue in (True, False):
        report([case for case in CASES if case.glue == glue], wanted, measured)
    if "delv" not in known:
        print("\ndelv is left out: there is none of BIND 9.20 or later, which can do without a resolver")
    return 0


def measure(jobs: list[Job]) -> Measured:
    """The runs of each job: first of those that need the machine, one by one; then of those that wait."""
    alone = [job for job in jobs if job.program == QUICK or job.case.dead == 0]
    waiting = [job for job in jobs if job not in alone]
    return _measured(alone, 1) | _measured(waiting, SIDE_BY_SIDE)


def _measured(jobs: list[Job], at_once: int) -> Measured:
    with ProcessPoolExecutor(at_once) as pool:
        return {
            (job.case, job.program): runs for job, runs in zip(jobs, pool.map(perform, jobs), strict=True)
        }


def perform(job: Job) -> list[Run]:
    """Do a job in a network namespace of its own; a first run with no server dead is not counted."""
    new_network()
    scene = job.case.scene
    runs: list[Run] = []
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (file := directory / "root.hints").write_text(hints(scene))
        program = patient_programs(file)[job.program]
        with Simulation(scene) as network, Unbound(file, directory, ALWAYS_REPLY) as resolver:
            network.set_round_trip(ROUND_TRIP)
            for number in range(job.rounds + 1):
                if sum(each.wall for each in runs) > ENOUGH:
                    break
                network.silence(job.case.silent(number) if number else frozenset())
                if program.cold:
                    resolver.restart()
                runs.append(run(program, LIMIT))
    return runs[1:]


def report(cases: list[Case], wanted: list[str], measured: Measured) -> None:
    """Print the table of the cases of one network."""
    labels = {name: program.label for name, program in patient_programs(Path()).items()}
    scene = cases[0].scene
    print(f"\n{scene.title}: {scene.round_trips} round trips of {ROUND_TRIP * 1000:g} ms; times in s")
    heads = [head for name in wanted for head in [labels[name], *[NETWORK_TIME] * (name == QUICK)]]
    print(f"  {'':13}" + "".join(f"{head:>{WIDTH}}" for head in heads))
    print("  servers  dead" + "".join(f"{'median':>{WIDTH - 16}}{'worst':>8}{'failed':>8}" for _ in heads))
    for case in cases:
        cells = [cell for name in wanted for cell in _cells(name, measured[case, name])]
        print(f"  {case.servers:7}{case.dead:6}" + "".join(cells))


def _cells(name: str, runs: list[Run]) -> list[str]:
    """What is said of a program's runs: of the whole process; for dnstrace of its network time too."""
    failed = sum(not each.good for each in runs)
    cells = [_cell([each.wall for each in runs], f"{failed}/{len(runs)}")]
    if name == QUICK:
        printed = [json.loads(each.output)["stats"]["duration_ms"] / 1000 for each in runs if each.output]
        cells.append(_cell(printed, "") if printed else " " * WIDTH)
    return cells


def _cell(seconds: list[float], failed: str) -> str:
    return f"{_shown(median(seconds)):>{WIDTH - 16}}{_shown(max(seconds)):>8}{failed:>8}"


def _shown(seconds: float) -> str:
    return f"> {LIMIT:g}" if seconds >= LIMIT else f"{seconds:.3f}"


if __name__ == "__main__":
    sys.exit(main())
