"""A trace in a world of the lab: its clock, its resolvers, its trust anchor, its root servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from dnstrace.clock import SteadyLoop
from dnstrace.model import ROOT, Address, Delegation, NameServer, Source, family_of
from dnstrace.model.anchors import NO_ANCHORS
from dnstrace.model.asked import Resolver
from dnstrace.model.structs import replace
from dnstrace.walk.roots import root_hints

if TYPE_CHECKING:
    from dnstrace.lab.network import LabNetwork
    from dnstrace.lab.world import World
    from dnstrace.model.anchors import Anchors
    from dnstrace.model.tracing import Tracing

T = TypeVar("T")


def validates(world: World) -> bool:
    """Whether a trace in the world validates unless it is said not to: the world is about validation."""
    return world.expect.security is not None


def anchors_of(world: World) -> Anchors:
    """The trust anchors of a world; none if its root is not signed."""
    from dnstrace.dnssec import parse_anchors

    text = world.anchors_text
    return replace(parse_anchors(text, f"world {world.name}"), own=False) if text else NO_ANCHORS


def placed(tracing: Tracing, world: World, *, adot: bool = True) -> Tracing:
    """A way to trace as it is in a world: at its time, with its own resolvers unless others were given.

    Its own resolvers are asked in the address families that are asked at all. Its name servers are asked over
    TLS too if the world says so, unless `adot` is false.
    """
    asked = tracing.settings.families
    own = tuple(Resolver(each) for each in world.resolvers if family_of(each) in asked)
    if tracing.parent_only:
        own = ()
    return replace(
        tracing,
        now=world.now,
        settings=replace(tracing.settings, adot=True) if adot and world.adot else tracing.settings,
        resolvers=tracing.resolvers or own,
        roots=tracing.roots or _roots_of(world),
    )


def _roots_of(world: World) -> Delegation | None:
    """The root servers of a world that has none where the Internet has them; None for these."""
    hinted = {address.text for server in root_hints().servers for address in server.addresses}
    if not hinted.isdisjoint(world.addresses):
        return None
    servers = [each for each in world.servers if any(zone.origin == ROOT for zone in each.zones)]
    found = (NameServer(each.name, tuple(Address(a, Source.HINT) for a in each.rtt)) for each in servers)
    return Delegation(ROOT, tuple(found)) if servers else None


async def on_its_clock(network: LabNetwork, coroutine: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on the clock of the lab, in the background of the loop that runs now."""
    if isinstance(asyncio.get_running_loop(), SteadyLoop):
        return await coroutine()
    return await asyncio.to_thread(lambda: network.run(coroutine()))
