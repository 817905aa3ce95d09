"""Networks in trouble for a while: what a server does to one query shows nothing about that query.

Each wraps the lab's network, and decides by the virtual clock or by chance, from a seed.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from random import Random

import dns.flags
import dns.message
import dns.name
import dns.rcode

from dnstrace import Settings, Trace, clock, trace
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load
from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.model.structs import replace
from dnstrace.port import Network

SERVERS = frozenset({"192.0.2.53", "2001:db8:1::53", "198.51.100.53", "2001:db8:2::53"})
WALKED = 0.08
"""Seconds after which the servers of the zone have been asked in the walk, and not yet for anything else."""

Does = Callable[[Exchange], str]
"""What happens to an exchange: `lost`, `rejected`, `truncated`, or answered with that RCODE; else empty."""


class Troubled:
    """A network in which something happens to some exchanges."""

    run = staticmethod(clock.run)

    def __init__(self, network: Network, does: Does) -> None:
        self._network, self._does = network, does

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        start = asyncio.get_running_loop().time()
        what = self._does(Exchange(query, start, 0.0, fault=Fault.TIMEOUT))
        if what == "lost":
            await clock.elapse(timeout)
            return Exchange(query, start, timeout, fault=Fault.TIMEOUT)
        if what == "rejected":
            return Exchange(query, start, 0.0, fault=Fault.PORT_UNREACHABLE)
        found = await self._network.exchange(query, timeout)
        return replied(found, what) if what and found.message is not None else found


def replied(found: Exchange, what: str) -> Exchange:
    """An exchange with a truncated reply, or with one that has this RCODE, in place of its own."""
    assert found.wire is not None
    asked = dns.message.from_wire(found.wire[:2] + b"\0\0" + found.wire[4:], ignore_trailing=True)
    reply = dns.message.make_response(asked)
    if what == "truncated":
        if found.query.transport is Transport.TCP:
            return found
        reply.flags |= dns.flags.TC | dns.flags.AA
    else:
        reply.set_rcode(dns.rcode.from_text(what))
    return replace(found, wire=reply.to_wire(), message=reply)


def dies(at: float, what: str, addresses: frozenset[str] | None = None) -> Does:
    """From a moment on some addresses, or all, do that to everything."""
    return lambda each: what if each.start >= at and _is_among(each, addresses) else ""


def restarts(at: float, until: float, what: str, addresses: frozenset[str] | None = None) -> Does:
    """For a while some addresses, or all, do that to everything."""
    return lambda each: what if at <= each.start < until and _is_among(each, addresses) else ""


def loses(share: float, seed: int) -> Does:
    """So many of all datagrams are lost, by chance; TCP sends them again."""
    random = Random(seed)
    return lambda each: "lost" if _is_udp(each) and random.random() < share else ""


def limits_rate(most: int, what: str, slip: int, addresses: frozenset[str] | None = None) -> Does:
    """Each address answers so many queries over UDP in a second; to others it does that, or truncates.

    Every `slip`th of these is truncated (0: none), as response rate limiting does.
    """
    second: dict[str, list[float]] = defaultdict(list)
    over: Counter[str] = Counter()

    def does(each: Exchange) -> str:
        address, now = each.query.address, each.start
        second[address] = [when for when in second[address] if when > now - 1.0]
        if not (_is_udp(each) and _is_among(each, addresses)) or len(second[address]) < most:
            second[address].append(now)
            return ""
        over[address] += 1
        return "truncated" if slip and over[address] % slip == 0 else what

    return does


def limits_alike(most: int, owner: str, addresses: frozenset[str] | None = None) -> Does:
    """Each address answers so many queries over UDP at and below a name in a second, and is silent to others.

    Those that it does not answer count too, for as much as the limit lets through in 15 seconds.
    """
    credit: dict[str, tuple[float, float]] = {}
    above = dns.name.from_text(owner)

    def does(each: Exchange) -> str:
        if not (
            _is_udp(each) and _is_among(each, addresses) and each.query.question.name.is_subdomain(above)
        ):
            return ""
        left, since = credit.get(each.query.address, (float(most), each.start))
        left = min(float(most), left + most * (each.start - since)) - 1
        credit[each.query.address] = max(left, -15.0 * most), each.start
        return "lost" if left < 0 else ""

    return does


def _is_udp(each: Exchange) -> bool:
    return each.query.transport is Transport.UDP


def _is_among(each: Exchange, addresses: frozenset[str] | None) -> bool:
    return addresses is None or each.query.address in addresses


class Changing:
    """A network that is another one for some queries: machines behind one address, or a zone that changes."""

    run = staticmethod(clock.run)

    def __init__(self, one: Network, other: Network, is_other: Callable[[Query, float], bool]) -> None:
        self._one, self._other, self._is_other = one, other, is_other

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        now = asyncio.get_running_loop().time()
        network = self._other if self._is_other(query, now) else self._one
        return await network.exchange(query, timeout)


def in_trouble(name: str | World, does: Does) -> Trace:
    """A trace with `--check` of a world while something happens to its network."""
    world = load(name) if isinstance(name, str) else name
    return trace(
        world.question.name,
        world.question.rdtype,
        settings=Settings(all_servers=True, probe=True, families=frozenset({4, 6})),
        network=Troubled(LabNetwork(world, signed=True), does),
        anchors=parse_anchors(world.anchors_text, world.name),
        now=world.now,
        seed=1,
    )
