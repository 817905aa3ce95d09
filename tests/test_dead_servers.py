"""What dead servers cost, to the microsecond, on the virtual clock.

A walk over three cuts (root, test., example.test.), each with so many servers, so many of them silent;
round trips of 20 ms. `COSTS` is the table to look at when the asking of servers changes:
`python -m tests.test_dead_servers` prints it as it is now.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from statistics import median_low

import pytest

from dnstrace import Trace, trace
from dnstrace.model import Exchange, Fault, Kind, Question
from dnstrace.walk.health import FIRST_PATIENCE
from tests.replies import name
from tests.scripted import RTT, Scripted, Server, answers, refers, roots

SEEDS = range(40)
CUTS = ("test.", "example.test.")
SETS = [(count, dead) for count in (2, 4, 13) for dead in sorted({0, 1, count // 2, count - 1})]
COSTS = {
    (2, 0): (60.0, 60.0),
    (2, 1): (120.0, 570.0),
    (4, 0): (60.0, 60.0),
    (4, 1): (110.0, 520.0),
    (4, 2): (460.0, 760.0),
    (4, 3): (735.0, 825.0),
    (13, 0): (60.0, 60.0),
    (13, 1): (60.0, 460.0),
    (13, 6): (460.0, 830.0),
    (13, 12): (945.0, 1055.0),
}
"""Milliseconds by (servers, dead ones) at every cut: of the median seed and of the worst."""


def network(count: int, dead: int, seed: int) -> Scripted:
    """Three cuts, each with servers of its own; which of them are dead differs by cut and seed."""
    random = Random(f"{count} {dead} {seed}")
    servers: dict[str, Server] = {}
    for cut in range(3):
        serve = _refers_to(cut + 1, count) if cut < len(CUTS) else answers()
        alive = random.sample(range(count), count - dead)
        servers |= {address(cut, number): serve for number in alive}
    return Scripted(servers)


def address(cut: int, number: int) -> str:
    return f"10.0.{cut}.{number + 1}"


def _refers_to(cut: int, count: int) -> Server:
    return refers(CUTS[cut - 1], **{f"ns{number}": address(cut, number) for number in range(count)})


def walked(count: int, dead: int, seed: int) -> Trace:
    start = roots(*(address(0, number) for number in range(count)))
    return trace("www.example.test.", network=network(count, dead, seed), roots=start, seed=seed)


def cost(count: int, dead: int) -> tuple[float, float]:
    """Milliseconds of the median seed and of the worst."""
    found = [walked(count, dead, seed) for seed in SEEDS]
    assert {each.outcome for each in found} == {"answer"}
    taken = [round(each.stats.duration * 1000, 3) for each in found]
    return median_low(taken), max(taken)


def cuts_of(found: Trace) -> Iterator[float]:
    """Seconds that each cut took: from its first query to the next cut's, or to the end."""
    begun = [min(attempt.exchange.start for attempt in step.attempts) for step in found.steps]
    ends = [*begun[1:], found.stats.duration]
    return (end - start for start, end in zip(begun, ends, strict=True))


@pytest.mark.parametrize(("count", "dead"), SETS)
def test_what_dead_servers_cost(count: int, dead: int) -> None:
    assert cost(count, dead) == COSTS[count, dead]


def test_all_but_one_of_thirteen_dead_costs_under_a_second_and_a_half_a_cut() -> None:
    for seed in SEEDS:
        assert max(cuts_of(walked(13, 12, seed))) < 1.5


def test_an_address_that_serves_every_cut_is_learnt_to_be_dead_once() -> None:
    """The same two servers from the root down, one of them dead: one patience, wherever it is met."""
    live, dead = "10.0.0.1", "10.0.0.2"

    def serve(question: Question) -> Exchange:
        asked = sum(query.address == live for query in scripted.asked)
        here = refers(CUTS[asked - 1], a=live, b=dead) if asked <= len(CUTS) else answers()
        found = here(question)
        assert isinstance(found, Exchange)
        return found

    costs = set()
    for seed in SEEDS:
        scripted = Scripted({live: serve})
        found = trace("www.example.test.", network=scripted, roots=roots(live, dead), seed=seed)
        assert found.outcome == "answer"
        assert sum(query.address == dead for query in scripted.asked) <= 1
        assert found.stats.duration <= FIRST_PATIENCE + 3 * RTT + 1e-9
        costs.add(any(a.meaning.kind is Kind.ABANDONED for step in found.steps for a in step.attempts))
    assert costs == {True, False}


def without_glue(seed: int) -> Scripted:
    """Thirteen servers a cut, one of them alive; those of the last cut are names in hosts.com."""
    alive = [Random(f"{cut} {seed}").randrange(13) for cut in range(4)]
    com = refers("com.", **{f"ns{n}": address(1, n) for n in range(13)})
    hosts = refers("hosts.com.", **{f"ns{n}": address(2, n) for n in range(13)})
    zone = refers("example.com.", **{f"n{n}__hosts__com": "" for n in range(13)})

    def of_com(question: Question) -> Exchange | Fault | None:
        return (hosts if question.name.is_subdomain(name("hosts.com.")) else zone)(question)

    def of_hosts(question: Question) -> Exchange | Fault | None:
        number = int(question.name.labels[0][1:])
        return answers(address(3, number))(question)

    serving = (com, of_com, of_hosts, answers())
    return Scripted({address(cut, number): serving[cut] for cut, number in enumerate(alive)})


def test_without_glue_one_of_thirteen_alive_is_found_within_the_budget() -> None:
    """What replied is asked before what never did: else each look-up begins among the dead."""
    start = roots(*(address(0, number) for number in range(13)))
    for seed in SEEDS:
        found = trace("www.example.com.", network=without_glue(seed), roots=start, seed=seed)
        assert found.outcome == "answer" and found.stats.queries < 80 and found.stats.duration < 2.5


def _main() -> None:
    print("servers  dead  median ms   worst ms")
    for count, dead in SETS:
        middle, worst = cost(count, dead)
        print(f"{count:7}{dead:6}{middle:11.3f}{worst:11.3f}")


if __name__ == "__main__":
    _main()
