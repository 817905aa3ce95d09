"""A trace in a world: its time, resolvers, trust anchor and root servers; and its clock in another loop."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from dnstrace import Tracing, clock
from dnstrace.api.in_lab import anchors_of, on_its_clock, placed, validates
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, names
from dnstrace.model import Settings
from dnstrace.model.anchors import NO_ANCHORS
from dnstrace.model.asked import Resolver
from tests.lab.made import world
from tests.scripted import roots


def test_what_is_of_the_world() -> None:
    found = load("resolver-stale")
    assert placed(Tracing(), found) == Tracing(now=found.now, resolvers=tuple(map(Resolver, found.resolvers)))
    given = Tracing(resolvers=(Resolver("192.0.2.1"),), roots=roots("192.0.2.2"))
    assert placed(given, found) == replace(given, now=found.now)
    assert placed(Tracing(parent_only=True), found).resolvers == ()


def test_a_world_says_whether_servers_are_asked_over_tls_unless_that_is_refused() -> None:
    world, asked = load("adot"), Tracing(settings=Settings(adot=True))
    assert placed(Tracing(), world).settings.adot and placed(asked, load()).settings.adot
    assert (
        not placed(Tracing(), world, adot=False).settings.adot and not placed(Tracing(), load()).settings.adot
    )


def test_worlds_on_the_internet_keep_its_root_servers() -> None:
    assert {placed(Tracing(), load(name)).roots for name in names()} == {None}


def test_a_root_of_ones_own() -> None:
    apex = "@ SOA ns.example. host.example. 1 2 3 4 5\n@ NS ns.example.\nns.example. A 192.0.2.1"
    found = placed(Tracing(), world(zones={".": {"text": apex}})).roots
    assert found is not None and str(found.servers[0].name) == "ns.example."
    assert [each.text for each in found.servers[0].addresses] == ["192.0.2.1", "2001:db8::1"]


def test_the_trust_anchor_and_whether_it_is_used() -> None:
    assert (validates(load("dnssec-good")), validates(load("textbook"))) == (True, False)
    assert anchors_of(load("textbook")).zones and anchors_of(world()) == NO_ANCHORS


def test_it_runs_on_a_virtual_clock_whichever_loop_there_is() -> None:
    async def waited() -> float:
        await asyncio.sleep(1_000_000)
        return asyncio.get_running_loop().time()

    async def within() -> float:
        return await on_its_clock(LabNetwork(load()), waited)

    assert asyncio.run(within()) == clock.run(within()) == 1_000_000


def test_its_resolvers_are_asked_in_the_families_that_are_asked_at_all() -> None:
    found = load("resolver-same")
    for family, address in ((4, "192.0.2.153"), (6, "2001:db8:9::53")):
        only = Tracing(settings=Settings(families=frozenset({family})))
        assert [each.address for each in placed(only, found).resolvers] == [address]
