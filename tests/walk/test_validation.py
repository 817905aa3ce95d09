"""Beside the walk: what the chain of trust needs is asked when and where it costs nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from dnstrace import Trace, clock, trace
from dnstrace.analysis.reached import last_step
from dnstrace.dnssec import Security, judge, parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World as InTheLab
from dnstrace.lab.world import load, names, read
from dnstrace.lab.worldfile import build
from dnstrace.message.reading import read_reply
from dnstrace.model import (
    ROOT,
    Address,
    Delegation,
    Exchange,
    Fault,
    NameServer,
    Outcome,
    Purpose,
    Query,
    Settings,
    Source,
)
from dnstrace.model.judgement import Judgement
from dnstrace.model.limits import Limits
from dnstrace.walk import validation
from dnstrace.walk.validation import judged_in_slices
from tests.dnssec.tampering import drop, when
from tests.dnssec.worlds import World, journey
from tests.dnssec.zones import NOW, name
from tests.scripted import RTT

SIGNED = [each for each in names() if each.startswith("dnssec-")]


@dataclass
class Served:
    """A signed world as a network: two servers a zone, of which the second never tampers."""

    world: World
    asked: list[Query] = field(default_factory=list)
    run = staticmethod(clock.run)

    def addresses(self, number: int) -> list[str]:
        return [f"10.0.{number}.1", f"10.0.{number}.2"]

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.asked.append(query)
        start = asyncio.get_running_loop().time()
        origins = list(self.world.zones)
        _, _, number, server = query.address.split(".")
        zone = origins[int(number)]
        honest = World(self.world.zones)
        message = (self.world if server == "1" else honest).reply(zone, query.question)
        for rrset in [r for r in message.authority if r.rdtype == dns.rdatatype.NS]:
            for ns in rrset:
                glue = dns.rrset.from_text_list(
                    ns.target, 60, "IN", "A", self.addresses(origins.index(rrset.name))
                )
                message.additional.append(glue)
        await asyncio.sleep(RTT)
        return Exchange(query, start, RTT, message.to_wire(max_size=65535), message)

    def trace(self, qname: str, seed: int = 1, rdtype: str = "A", **how: Any) -> Trace:
        addresses = tuple(Address(text, Source.HINT) for text in self.addresses(0))
        roots = Delegation(ROOT, (NameServer(name("ns."), addresses),))
        anchors = self.world.anchors()
        return trace(qname, rdtype, network=self, roots=roots, anchors=anchors, at=NOW, seed=seed, **how)


def security(found: Trace) -> Security:
    assert found.judgement is not None
    return found.judgement.security


def test_a_good_chain_takes_no_round_trip_more() -> None:
    for seed in range(6):
        found = Served(journey()).trace("www.example.com.", seed)
        assert (found.outcome, security(found)) == (Outcome.ANSWER, Security.SECURE)
        assert found.stats.duration == pytest.approx(3 * RTT) == pytest.approx(found.stats.critical_path)


def test_keys_are_asked_where_the_walk_is_asking() -> None:
    found = Served(journey()).trace("www.example.com.")
    walked = {s.zone: s.attempts[0].exchange for s in found.steps if s.purpose is Purpose.WALK}
    keys = {s.zone: s.attempts[0].exchange for s in found.steps if s.purpose is Purpose.DNSKEY}
    assert set(keys) == set(walked)
    for zone, exchange in keys.items():
        assert exchange.query.address == walked[zone].query.address
        assert exchange.start == walked[zone].start


def test_below_an_unsigned_cut_no_keys_are_asked_for() -> None:
    network = Served(journey())
    found = network.trace("www.unsigned.com.")
    assert security(found) is Security.INSECURE
    assert name("unsigned.com.") not in {q.question.name for q in network.asked if q.question.rdtype == 48}


def test_another_server_is_asked_where_one_strips_signatures() -> None:
    world = journey()
    world.tamper = when("www.example.com.", "A", drop("RRSIG"))
    for seed in range(6):
        found = Served(world).trace("www.example.com.", seed)
        assert (found.outcome, security(found)) == (Outcome.ANSWER, Security.SECURE)
        assert found.steps[0].outcome is Outcome.REFERRAL


def test_what_no_server_mends_is_bogus_and_says_why() -> None:
    world = journey()
    world.zones[name("example.com.")].keys = []
    found = Served(world).trace("www.example.com.")
    assert security(found) is Security.BOGUS
    assert found.judgement is not None and "example.com" in found.judgement.reason
    assert found.stats.queries < 30


def nxdomain(reply: dns.message.Message) -> None:
    reply.set_rcode(dns.rcode.NXDOMAIN)


@pytest.mark.parametrize("liar", ["example.com.", "com.", None])
def test_a_false_rcode_does_not_outweigh_the_proof(liar: str | None) -> None:
    """Of the zone itself, whose proof is there; of a parent, whose other server refers."""
    world = journey()
    world.tamper = when("www.example.com.", "TXT", nxdomain, liar)
    for seed in range(6):
        found = Served(world).trace("www.example.com.", seed, "TXT")
        assert (found.outcome, found.rcode, security(found)) == (Outcome.NODATA, 0, Security.SECURE)


def test_what_the_deadline_leaves_unjudged_keeps_its_answer() -> None:
    network = Served(journey())
    exchange = network.exchange

    async def without_keys(query: Query, timeout: float) -> Exchange:
        if query.question.rdtype == dns.rdatatype.DNSKEY:
            await asyncio.sleep(60)
        return await exchange(query, timeout)

    network.exchange = without_keys  # type: ignore[method-assign]
    found = network.trace("www.example.com.", limits=Limits(deadline=1.0))
    assert (found.outcome, security(found)) == (Outcome.ANSWER, Security.INDETERMINATE)
    assert found.stats.duration == pytest.approx(1.0)
    assert found.judgement is not None and "the deadline of 1 s is reached" in found.judgement.reason


def read_again(exchange: Exchange) -> Exchange:
    message = None if exchange.wire is None else read_reply(exchange.wire)
    return replace(exchange, message=message if isinstance(message, dns.message.Message) else None)


@pytest.mark.parametrize("world", SIGNED)
def test_the_verdict_is_a_function_of_what_was_recorded(world: str) -> None:
    """The octets, the anchors and the time alone give the same judgement again, without a network."""
    there = load(world)
    anchors = parse_anchors(there.anchors_text, world)
    network, asked = LabNetwork(there, signed=True), there.question
    found = trace(asked.name, asked.rdtype, network=network, anchors=anchors, now=there.now, seed=2)
    steps = tuple(
        replace(step, attempts=tuple(replace(a, exchange=read_again(a.exchange)) for a in step.attempts))
        for step in found.steps
    )
    assert found.judgement is not None and found.judgement.security == there.expect.security
    saved = replace(found, steps=steps, judgement=None)
    assert judge(saved, anchors, None) == found.judgement


# --- other servers --------------------------------------------------------------------------------

LYING = [
    ("alias.example.com. A", "alias 300 CNAME www.example.net.", "alias 300 A 192.0.2.66", "A"),
    ("alias.example.com. A", "alias 300 CNAME www.example.net.", "alias 300 CNAME www.example.org.", "CNAME"),
    (
        "www.example.com. A",
        "www 300 A 192.0.2.44\nwww 300 AAAA 2001:db8:1::44",
        "www 300 CNAME x.y.",
        "CNAME",
    ),
    ("www.example.com. A", "www 300 A 192.0.2.44\nwww 300 AAAA 2001:db8:1::44", "", "NSEC"),
    (
        "www.example.com. A",
        "www 300 A 192.0.2.44\nwww 300 AAAA 2001:db8:1::44",
        "www NS ns1.example.org.",
        "NSEC",
    ),
]


@pytest.mark.parametrize("all_servers", [False, True])
@pytest.mark.parametrize(("asked", "true", "false", "garbled"), LYING)
def test_one_lying_server_never_outweighs_one_that_signs(
    asked: str, true: str, false: str, garbled: str, all_servers: bool
) -> None:
    """Wherever the lie leads the walk, it is walked again from there by what the other server says."""
    text = read("_signed")["zones"]["example.com."]["text"].replace(true, false)
    lying = {"servers": ["ns1.example.com."], "text": text, "sign": {"broken": [f"garbled={garbled}"]}}
    world = build(
        "lying",
        {
            "title": "a test",
            "question": asked,
            "include": ["_signed"],
            "expect": {"outcome": "answer"},
            "zones": {"example.com. lying": lying},
        },
        read,
    )
    honest = ["203.0.113.7"] if asked.startswith("alias") else ["192.0.2.44"]
    for seed in range(6):
        found = in_the_lab(world, seed, settings=Settings(all_servers=all_servers))
        assert (found.outcome, security(found)) == (Outcome.ANSWER, Security.SECURE)
        addresses = [r for r in found.answer if r.rdtype == dns.rdatatype.A]
        assert [rdata.to_text() for rrset in addresses for rdata in rrset] == honest
        last = last_step(found)
        assert last is not None and found.judgement is not None and found.judgement.answers[-1] == last.id


# --- bounds of our own ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name_of",
    ["dnssec-good", "dnssec-alias-insecure", "dnssec-nsec3-nxdomain", "dnssec-strips-one", "textbook"],
)
def test_a_bound_of_our_own_makes_nothing_bogus_and_nothing_secure_that_is_not(name_of: str) -> None:
    world = load(name_of)
    for seed in (1, 2):
        whole = in_the_lab(world, seed)
        for most in range(1, whole.stats.queries + 1):
            check_bounded(in_the_lab(world, seed, limits=Limits(max_queries=most)), whole)
        for ms in range(5, round(whole.stats.duration * 1000) + 10, 5):
            check_bounded(in_the_lab(world, seed, limits=Limits(deadline=ms / 1000)), whole)


def check_bounded(found: Trace, whole: Trace) -> None:
    assert security(found) in (Security.INDETERMINATE, security(whole))
    assert found.judgement is not None
    if security(found) is not security(whole):
        bound = "limit" in found.judgement.reason or "deadline" in found.judgement.reason
        assert bound or "no answer" in found.judgement.reason, found.judgement.reason
    elif security(whole) is Security.SECURE:
        assert found.outcome is whole.outcome


def in_the_lab(world: InTheLab, seed: int, **how: Any) -> Trace:
    how.setdefault("network", LabNetwork(world, signed=True))
    anchors, asked = parse_anchors(world.anchors_text, world.name), world.question
    return trace(asked.name, asked.rdtype, anchors=anchors, now=world.now, seed=seed, **how)


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_hostile_chain_is_not_judged_again_for_each_of_its_parts(
    everywhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reply without a proof could be the fault of one server, and each judging takes all of them."""
    judged = 0

    async def counting(*given: Any) -> Judgement:
        nonlocal judged
        judged += 1
        return await judged_in_slices(*given)

    monkeypatch.setattr(validation, "judged_in_slices", counting)
    servers = {f"ns{number}.example.com.": {"does": ["endless-aliases=example.com."]} for number in (1, 2)}
    content = {
        "title": "endless aliases without signatures",
        "question": "www.example.com. A",
        "include": ["dnssec-good"],
        "servers": servers,
        "expect": {"outcome": "failed"},
    }
    found = in_the_lab(build("made", content, read), seed=1, settings=Settings(all_servers=everywhere))
    assert security(found) is Security.BOGUS and judged < 100


# --- without EDNS ---------------------------------------------------------------------------------


class Lossy(LabNetwork):
    """A world of the lab in which some addresses do not reply to the first so many queries of each type."""

    def __init__(self, world: InTheLab, addresses: set[str], lost: int) -> None:
        super().__init__(world, signed=True)
        self._addresses, self._lost, self._asked = addresses, lost, Counter[Any]()

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self._asked[query.address, query.question.rdtype] += 1
        if (
            query.address in self._addresses
            and self._asked[query.address, query.question.rdtype] <= self._lost
        ):
            start = asyncio.get_running_loop().time()
            await asyncio.sleep(timeout)
            return Exchange(query, start, timeout, fault=Fault.TIMEOUT)
        return await super().exchange(query, timeout)


@pytest.mark.parametrize("lost", [1, 2])
def test_lost_datagrams_do_not_make_a_zone_bogus(lost: int) -> None:
    world = load("dnssec-good")
    own = {text for server in world.servers if "example" in str(server.name) for text in server.rtt}
    found = in_the_lab(world, 1, network=Lossy(world, own, lost))
    assert (found.outcome, security(found)) == (Outcome.ANSWER, Security.SECURE)
    assert not any(attempt.cause for step in found.steps for attempt in step.attempts)


@pytest.mark.parametrize(
    ("does", "expected", "why"),
    [
        ("no-edns", Security.BOGUS, "needs to fix this"),
        ("drops-edns", Security.INDETERMINATE, "validation is not possible from here"),
    ],
)
def test_what_was_had_without_edns_is_not_judged_as_stripped(does: str, expected: Security, why: str) -> None:
    servers = {f"ns{number}.example.com.": {"does": [does]} for number in (1, 2)}
    parts = {"title": "a test", "question": "www.example.com. A", "include": ["_signed"]}
    world = build(does, {**parts, "servers": servers, "expect": {"outcome": "answer"}}, read)
    found = in_the_lab(world, 1)
    assert (found.outcome, security(found)) == (Outcome.ANSWER, expected)
    assert found.judgement is not None
    assert "only without EDNS" in found.judgement.reason and why in found.judgement.reason
