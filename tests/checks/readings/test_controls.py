"""A probe shows only what its control does not: the same question to the same address, as usual."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from random import Random

import dns.message
import dns.rcode
import pytest

from dnstrace import Trace, clock, trace
from dnstrace.checks import Level
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.message.reading import read_reply
from dnstrace.model import Exchange, Fault, Query, Question, Settings, Transport
from dnstrace.port import Network
from tests.checks.checking import checked, made_of

CHECK = Settings(all_servers=True, probe=True)
PROBED = {
    "case-not-kept",
    "case-sensitive",
    "drops-edns",
    "edns-option",
    "edns-version",
    "no-edns",
    "no-tcp",
    "open-recursion",
    "open-transfer",
    "type-fails",
}
"""What is found by comparing queries that differ in one thing."""

PLAIN = [
    "refuses",
    "servfail",
    "not-implemented",
    "format-error",
    "silent",
    "unreachable",
    "unreachable=host",
    "lame",
    "upward",
    "garbage",
    "wrong-id",
    "wrong-question",
    "wrong-class",
    "truncates=always",
]
"""What a server does to every query, with or without EDNS, options, capital letters."""


def told(found: Trace) -> set[str]:
    return {finding.code for finding in found.findings or ()}


@pytest.mark.parametrize("does", PLAIN)
def test_what_a_server_does_to_every_query_is_not_said_of_a_probe(does: str) -> None:
    found = checked(made_of("in-domain", servers={"ns1.example.com.": {"does": [does]}}))
    assert told(found) and not told(found) & PROBED


@pytest.mark.parametrize("does", ["silent=SOA", "silent=NS"])
def test_silence_to_the_type_of_a_probe_is_not_said_of_the_option_or_the_version(does: str) -> None:
    found = checked(made_of("in-domain", servers={"ns1.example.com.": {"does": [does]}}))
    assert told(found) & PROBED == {"type-fails"}


class Losing:
    """A network that loses the first `lost` datagrams of each question to each address, whoever asks how."""

    run = staticmethod(clock.run)

    def __init__(self, network: Network, lost: int) -> None:
        self._network, self._lost = network, lost
        self._asked: Counter[tuple[object, ...]] = Counter()

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        edns = query.edns
        options = None if edns is None else (edns.version, edns.options)
        asked = query.address, query.question.name.labels, query.question.rdtype, options
        self._asked[asked] += 1
        if query.transport is Transport.UDP and self._asked[asked] <= self._lost:
            start = asyncio.get_running_loop().time()
            await asyncio.sleep(timeout)
            return Exchange(query, start, timeout, fault=Fault.TIMEOUT)
        return await self._network.exchange(query, timeout)


class Failing:
    """A network in which the servers of example.com return SERVFAIL now and then, to any query over UDP."""

    run = staticmethod(clock.run)

    def __init__(self, network: Network, seed: int, share: float) -> None:
        self._network, self._random, self._share = network, Random(seed), share

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        found = await self._network.exchange(query, timeout)
        of_zone = query.address in {"192.0.2.53", "2001:db8:1::53"}
        if not of_zone or found.wire is None or self._random.random() > self._share:
            return found
        failed = dns.message.from_wire(found.wire)
        failed.set_rcode(dns.rcode.SERVFAIL)
        failed.answer, failed.authority, failed.additional = [], [], []
        wire = failed.to_wire()
        message = read_reply(wire)
        assert not isinstance(message, Fault)
        return replace(found, wire=wire, message=message)


def check(name: str, network: Network) -> Trace:
    world = load(name)
    return trace(
        world.question.name,
        world.question.rdtype,
        settings=CHECK,
        network=network,
        anchors=parse_anchors(world.anchors_text, world.name),
        now=world.now,
        seed=1,
    )


@pytest.mark.parametrize("name", ["in-domain", "dnssec-good"])
def test_lost_datagrams_are_no_fault_of_a_server(name: str) -> None:
    found = check(name, Losing(LabNetwork(load(name), signed=True), 1))
    assert found.stats.timeouts > 100
    assert not [finding for finding in found.findings or () if finding.level is not Level.NOTICE]


@pytest.mark.seeds(10)
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_a_server_that_fails_now_and_then_is_not_said_to_fail_a_probe(seed: int, share: float) -> None:
    network = LabNetwork(load("in-domain"), signed=True)
    assert not told(check("in-domain", Failing(network, seed, share))) & PROBED


class LosingOne:
    """A network that loses datagrams with EDNS and one question to one address, and no others."""

    run = staticmethod(clock.run)

    def __init__(self, network: Network, question: Question) -> None:
        self._network, self._question = network, question

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        lost = query.address == "192.0.2.53" and query.question == self._question
        if lost and query.transport is Transport.UDP and query.edns:
            start = asyncio.get_running_loop().time()
            await asyncio.sleep(timeout)
            return Exchange(query, start, timeout, fault=Fault.TIMEOUT)
        return await self._network.exchange(query, timeout)


def test_a_server_that_answers_other_queries_with_edns_drops_one_question() -> None:
    """At one address this may be chance: it is a warning."""
    world = load("in-domain")
    found = check("in-domain", LosingOne(LabNetwork(world, signed=True), world.question))
    (dropped,) = (each for each in found.findings or () if each.code == "drops-edns")
    assert not dropped.is_error and "for www.example.com A at 192.0.2.53, although" in dropped.message
    whole = [each for each in checked(load("drops-edns")).findings or () if each.code == "drops-edns"]
    assert whole and all(each.is_error and "although" not in each.message for each in whole)
