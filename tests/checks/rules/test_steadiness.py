"""Servers that answer a query at one time and fail the very same at another."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import dns.message
import dns.rcode
import pytest

from dnstrace import Settings, Trace, clock, trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Exchange, Fault, Outcome, Query, Transport
from dnstrace.model.findings import Level
from tests.checks.checking import checked_by_name

NS1 = frozenset({"192.0.2.53", "2001:db8:1::53"})
BOTH = NS1 | {"198.51.100.53", "2001:db8:2::53"}


class Failing:
    """A network in which some addresses fail queries by chance, with an RCODE or, without one, by silence."""

    run = staticmethod(clock.run)

    def __init__(self, addresses: frozenset[str], chance: float, rcode: str, seed: int) -> None:
        self._network = LabNetwork(load("in-domain"))
        self._addresses, self._chance, self._rcode, self._random = addresses, chance, rcode, Random(seed)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        found = await self._network.exchange(query, timeout)
        if query.address not in self._addresses or self._random.random() >= self._chance:
            return found
        if not self._rcode:
            await clock.elapse(timeout - found.elapsed)
            return Exchange(query, found.start, timeout, fault=Fault.TIMEOUT)
        assert found.wire is not None
        reply = dns.message.make_response(dns.message.from_wire(found.wire[:2] + b"\0\0" + found.wire[4:]))
        reply.set_rcode(dns.rcode.from_text(self._rcode))
        return replace(found, wire=reply.to_wire(), message=reply)


class Narrow(LabNetwork):
    """A world in which some addresses' replies over so many octets are lost; in 512 octets they send less."""

    def __init__(self, addresses: frozenset[str], octets: int) -> None:
        super().__init__(load("dnssec-good"), signed=True)
        self._narrow, self._octets = addresses, octets

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        found = await super().exchange(query, timeout)
        offered = query.edns is not None and query.edns.payload > 512 and query.transport is Transport.UDP
        large = found.wire is not None and len(found.wire) > self._octets
        if not (offered and large and query.address in self._narrow):
            return found
        return await self._timed_out(Exchange(query, found.start, timeout, fault=Fault.TIMEOUT))


def checked(addresses: frozenset[str], chance: float, rcode: str = "", seed: int = 1) -> Trace:
    """A trace with `--check` in such a network."""
    settings = Settings(all_servers=True, probe=True, families=frozenset({4, 6}))
    network = Failing(addresses, chance, rcode, seed)
    return trace("www.example.com", "A", settings=settings, network=network, seed=1)


@pytest.mark.seeds(5)
@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED"])
@pytest.mark.parametrize("chance", [0.1, 0.25, 0.5])
def test_a_server_that_fails_by_chance_is_unreliable_and_nothing_else(
    rcode: str, chance: float, seed: int
) -> None:
    findings = checked(NS1, chance, rcode, seed).findings or ()
    assert [(each.code, str(each.server)) for each in findings] == [("unreliable", "ns1.example.com.")]
    assert rcode in findings[0].message and findings[0].level is Level.WARNING


def test_where_only_datagrams_are_lost_it_is_a_notice() -> None:
    (found,) = checked(NS1, 0.3).findings or ()
    assert (found.code, found.level) == ("unreliable", Level.NOTICE)
    assert "does not reply to some queries" in found.message


def test_a_few_lost_datagrams_are_nothing() -> None:
    assert checked(BOTH, 0.01).findings == ()


@pytest.mark.parametrize("octets", [200, 300])
def test_where_the_large_ones_are_lost_that_is_said(octets: int) -> None:
    settings = Settings(all_servers=True, probe=True, families=frozenset({4, 6}))
    found = trace("www.example.com", "A", settings=settings, network=Narrow(NS1, octets), seed=1)
    assert [(each.code, str(each.server)) for each in found.findings or ()] == [
        ("drops-large-udp", "ns1.example.com.")
    ]


def test_if_the_trace_fails_for_it_it_is_an_error() -> None:
    failed = (checked(BOTH, 0.75, "SERVFAIL", seed) for seed in range(20))
    found = next(each for each in failed if each.outcome is Outcome.FAILED)
    assert {(each.code, each.level) for each in found.findings or ()} == {("unreliable", Level.ERROR)}


def test_the_world_says_it_by_name() -> None:
    (found,) = checked_by_name("unreliable").findings or ()
    assert "ns1.example.com is unreliable" in found.message and found.remedy is not None
