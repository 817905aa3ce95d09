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
import dns.rcode
import dns.rdatatype

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
"""What happens: `lost`, `rejected`, `no-route`, `truncated`, or answered with that RCODE; else empty."""


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
        if what == "no-route":
            return Exchange(query, start, 0.0, fault=Fault.NETWORK_UNREACHABLE)
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


def _is_udp(each: Exchange) -> bool:
    return each.query.transport is Transport.UDP


def _is_among(each: Exchange, addresses: frozenset[str] | None) -> bool:
    return addresses is None or each.query.address in addresses


class Limiting:
    """A network in which some addresses limit how many replies that are alike they send in a second (RRL).

    Alike are answers to one question, and denials of a name, or of any in the zone if `of_zone`. Queries that
    are not answered count too, for as much as the limit lets through in 15 seconds. Every `slip`th of these
    gets a truncated reply (0: none).
    """

    run = staticmethod(clock.run)

    def __init__(
        self,
        network: Network,
        most: int,
        slip: int,
        of_zone: bool = False,
        among: frozenset[str] | None = None,
    ) -> None:
        self._network, self._most, self._slip = network, float(most), slip
        self._of_zone, self._among = of_zone, among
        self._credit: dict[object, tuple[float, float]] = {}
        self._over: Counter[object] = Counter()

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        found = await self._network.exchange(query, timeout)
        if found.message is None or not (_is_udp(found) and _is_among(found, self._among)):
            return found
        key = query.address, self._kind(found)
        if self._has_credit(key, found.start):
            return found
        self._over[key] += 1
        if self._slip and self._over[key] % self._slip == 0:
            return replied(found, "truncated")
        await clock.elapse(timeout - found.elapsed)
        return Exchange(query, found.start, timeout, fault=Fault.TIMEOUT)

    def _kind(self, found: Exchange) -> object:
        """What replies that are alike have in common."""
        assert found.message is not None
        name, soa = found.query.question.name.canonicalize(), dns.rdatatype.SOA
        zones = [rrset.name for rrset in found.message.authority if rrset.rdtype == soa]
        if found.message.answer or not zones:
            return found.message.rcode(), name, found.query.question.rdtype
        of_zone = self._of_zone or found.message.rcode() == dns.rcode.NXDOMAIN
        return zones[0] if of_zone else name

    def _has_credit(self, key: object, now: float) -> bool:
        left, since = self._credit.get(key, (self._most, now))
        left = min(self._most, left + self._most * (now - since)) - 1
        self._credit[key] = max(left, -15.0 * self._most), now
        return left >= 0


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
    return traced_over(name, lambda network: Troubled(network, does))


def traced_over(name: str | World, over: Callable[[Network], Network]) -> Trace:
    """A trace with `--check` of a world over what is made of its network."""
    world = load(name) if isinstance(name, str) else name
    return trace(
        world.question.name,
        world.question.rdtype,
        settings=Settings(all_servers=True, probe=True, families=frozenset({4, 6})),
        network=over(LabNetwork(world, signed=True)),
        anchors=parse_anchors(world.anchors_text, world.name),
        now=world.now,
        seed=1,
    )
