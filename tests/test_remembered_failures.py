"""Failures are remembered: in networks where nothing can be found, queries grow with the number of names.

A made-up network is com. with zones below it. Each zone has two addresses in the referral, which fail, and
name servers without glue in zones of the same network, perhaps itself. Nobody has an answer, so everything is
tried, and nothing may be tried twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnstrace import Settings, Trace, trace
from dnstrace.model import Exchange, Fault, Purpose, Question
from dnstrace.model.limits import Limits
from tests.replies import name, reply
from tests.scripted import Scripted, Server, answers, fails, refers, roots

ROOT, COM = "10.0.0.1", "10.0.0.2"
WIDE = Limits(max_queries=20_000, deadline=3600.0, lookups=5000, lookups_per_delegation=1000, depth=100)
REFUSES: Server = fails(5)
HEDGED, SURVEY = Settings(), Settings(all_servers=True)


@dataclass(frozen=True)
class Network:
    """Which zones the name servers without glue of each zone are in, and whether addresses are silent."""

    zones: tuple[tuple[int, ...], ...]
    silent: bool = False

    def servers(self) -> dict[str, Server]:
        failing: Server = (lambda question: None) if self.silent else REFUSES
        below = {f"10.1.{zone}.{n}": failing for zone in range(len(self.zones)) for n in (1, 2)}
        return {ROOT: refers("com.", ns=COM), COM: self._refer, **below}

    def _refer(self, question: Question) -> Exchange | Fault | None:
        zone = int(question.name.labels[-3][1:])
        named = {f"{label}.{homes}": "" for label, homes in self.hosts(zone)}
        glue = {f"g{n}.z{zone}.com.": f"10.1.{zone}.{n}" for n in (1, 2)}
        return _refers(f"z{zone}.com.", named | glue)(question)

    def hosts(self, zone: int) -> Iterator[tuple[str, str]]:
        """The name servers of a zone that have no glue: each a name of its own for each mention."""
        for home, count in Counter(self.zones[zone]).items():
            yield from ((f"ns{n}", f"z{home}.com.") for n in range(count))

    @property
    def names(self) -> int:
        """The number of name servers without glue."""
        return len({host for zone in range(len(self.zones)) for host in self.hosts(zone)})


def _refers(zone: str, servers: dict[str, str]) -> Server:
    glue = tuple(f"{host} 3600 A {address}" for host, address in servers.items() if address)
    named = f"{zone} 3600 NS " + " | ".join(servers)
    return lambda question: reply(str(question), authority=(named,), additional=glue)


def walked(network: Network, limits: Limits = WIDE, how: Settings = HEDGED, seed: int = 1) -> Trace:
    """The trace of a name in zone 0."""
    servers = Scripted(network.servers())
    found = trace("www.z0.com.", network=servers, roots=roots(ROOT), limits=limits, settings=how, seed=seed)
    assert found.outcome == "failed" and found.stats.queries == len(servers.asked)
    return found


def crowd(count: int, silent: bool = False) -> Network:
    """One zone with so many name servers inside itself."""
    return Network(((0,) * count,), silent)


def knot(count: int) -> Network:
    """So many zones, each of which has a name server in every other."""
    return Network(tuple(tuple(n for n in range(count) if n != zone) for zone in range(count)))


networks = st.integers(1, 7).flatmap(
    lambda count: st.builds(
        Network,
        st.tuples(*[st.lists(st.integers(0, count - 1), max_size=6).map(tuple)] * count),
        st.booleans(),
    )
)


# --- what is asked --------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(networks, st.integers(0, 100))
def test_no_name_is_looked_up_twice_in_the_same_way(network: Network, seed: int) -> None:
    found = walked(network, seed=seed)
    looked_up = Counter((s.question, s.zone) for s in found.steps if s.purpose is Purpose.NS_ADDRESS)
    assert set(looked_up.values()) <= {1}


@settings(max_examples=60, deadline=None)
@given(networks, st.integers(0, 100), st.booleans())
def test_queries_are_linear_in_the_names(network: Network, seed: int, survey: bool) -> None:
    """Of a name two families are asked for: of two addresses, and either for a referral or of the parent."""
    found = walked(network, how=SURVEY if survey else HEDGED, seed=seed)
    tries = Settings().tries if network.silent else 1
    main = 2 + 2 * tries
    assert found.stats.queries <= main + network.names * 2 * (2 * tries + 1) + len(network.zones)


@pytest.mark.parametrize("how", [HEDGED, SURVEY])
@pytest.mark.parametrize("make", [crowd, knot])
def test_twice_as_many_names_cost_twice_as_many_queries(make: type, how: Settings) -> None:
    costs = {n: walked(make(n), how=how).stats.queries for n in (2, 4, 8, 16)}
    for n in (2, 4, 8):
        assert costs[2 * n] <= 2 * costs[n]


def test_what_a_crowd_of_names_inside_the_zone_costs() -> None:
    """For each name A and AAAA of two servers and of the parent's; it was 166, 726 and 1,222 once."""
    assert [walked(crowd(n)).stats.queries for n in (2, 4, 6)] == [16, 28, 40]


def test_a_crowd_costs_no_more_with_the_usual_limits() -> None:
    for network in (crowd(16), crowd(16, silent=True), knot(8)):
        found = walked(network, limits=Limits())
        assert "limit" not in found.error and "deadline" not in found.error


# --- dead addresses -------------------------------------------------------------------------------

DEAD = tuple(f"10.9.0.{n}" for n in range(1, 5))


def on_dead_servers(count: int, alive_for: int | None = None) -> Scripted:
    """A zone whose name servers are in so many zones, all on four servers: alive for one zone at most."""

    def com(question: Question) -> Exchange | Fault | None:
        if (label := question.name.labels[-3]) == b"z0":
            return _refers("z0.com.", {f"ns.d{n}.com.": "" for n in range(count)})(question)
        zone = f"{label.decode()}.com."
        return _refers(zone, {f"ns{n}.{zone}": address for n, address in enumerate(DEAD)})(question)

    def dead(question: Question) -> Exchange | Fault | None:
        if alive_for is None or not question.name.is_subdomain(name(f"d{alive_for}.com.")):
            return None
        return answers("10.9.1.1")(question)

    servers = {ROOT: refers("com.", ns=COM), COM: com, "10.9.1.1": answers()}
    return Scripted(servers | dict.fromkeys(DEAD, dead))


def test_what_was_found_dead_is_asked_once_more_for_each_further_zone() -> None:
    for count in (4, 8, 12):
        network = on_dead_servers(count)
        found = trace("www.z0.com.", network=network, roots=roots(ROOT), seed=1)
        assert found.outcome == "failed" and "deadline" not in found.error
        asked = Counter((q.address, q.question.name) for q in network.asked if q.address in DEAD)
        tries = sorted(Counter(who for _, who in asked.elements()).values(), reverse=True)
        assert max(tries) <= len(DEAD) * Settings().tries
        assert tries[2:] == [len(DEAD)] * (count - 2)  # two names are looked up at once


def test_what_is_dead_for_one_zone_may_be_alive_for_another() -> None:
    """Some servers drop what is not theirs: so they are asked again, but when nothing else is left."""
    for alive_for in range(4):
        network = on_dead_servers(4, alive_for)
        found = trace("www.z0.com.", network=network, roots=roots(ROOT), seed=1)
        assert found.outcome == "answer"


def test_a_dead_address_is_the_last_resort() -> None:
    """The second zone has it, and a live server that is found by a look-up: that comes first."""
    dead = DEAD[0]

    def com(question: Question) -> Exchange | Fault | None:
        first = _refers("z0.com.", {"ns.d0.com.": "", "ns.d1.com.": ""})
        cuts = {
            b"z0": first,
            b"d0": _refers("d0.com.", {"ns.d0.com.": dead}),
            b"d1": _refers("d1.com.", {"a.d1.com.": dead, "b.d2.com.": ""}),
            b"d2": _refers("d2.com.", {"b.d2.com.": "10.9.1.2"}),
        }
        return cuts[question.name.labels[-3]](question)

    servers: dict[str, Server] = {ROOT: refers("com.", ns=COM), COM: com, "10.9.1.1": answers()}
    servers["10.9.1.2"] = lambda q: answers("10.9.1.2" if q.name == name("b.d2.com.") else "10.9.1.1")(q)
    network = Scripted(servers)
    found = trace("www.z0.com.", network=network, roots=roots(ROOT), seed=1)
    assert found.outcome == "answer"
