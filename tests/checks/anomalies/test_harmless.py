"""Reasons why anomalies are harmless: each is needed somewhere, and hides nothing where it is not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import dns.name
import dns.rdatatype
import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.analysis.paths import shares
from dnstrace.checks.anomalies.anomalies import anomalies
from dnstrace.checks.anomalies.harmless import HARMLESS
from dnstrace.checks.anomalies.known import Known
from dnstrace.checks.readings.anomaly import Anomaly
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, read
from dnstrace.model import Exchange, Fault, Kind, Outcome, Query, Question
from dnstrace.model.structs import replace
from dnstrace.network.replay import DeadServers
from tests.checks.checking import checked, made_of
from tests.checks.documented import checked_world
from tests.checks.versions import of_two_versions
from tests.made_delegations import made, traced

WORLDS = {
    "_nothing_asked": "no-ipv6",
    "_usual_retry": "truncated",
    "_transfer_refused": "in-domain",
    "_recursion_declined": "in-domain",
    "_version_rejected": "in-domain",
    "_made_for_the_query": "answers-agree",
    "_serves_child_too": "child-on-one",
    "_as_its_control": "servfail",
}
"""A world in which a reason holds."""


PRIMING = Question(dns.name.root, dns.rdatatype.NS)


class Lossy(LabNetwork):
    """A world in which the first query to an address is lost."""

    def __init__(self, name: str, address: str) -> None:
        super().__init__(load(name))
        self._losing = {address}

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        if query.address in self._losing:
            self._losing.clear()
            return await self._timed_out(Exchange(query, 0.0, timeout, fault=Fault.TIMEOUT))
        return await super().exchange(query, timeout)


def lossy() -> Trace:
    """A trace in which one datagram is lost."""
    world = load("in-domain")
    return trace(
        world.question.name,
        settings=Settings(all_servers=True, probe=True),
        network=Lossy("in-domain", "192.0.2.53"),
        now=world.now,
        seed=1,
    )


class LosingPriming(LabNetwork):
    """A world in which the first query for the name servers of the root is lost."""

    _lost = False

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        if not self._lost and query.question == PRIMING:
            self._lost = True
            return await self._timed_out(Exchange(query, 0.0, timeout, fault=Fault.TIMEOUT))
        return await super().exchange(query, timeout)


def primed_by_another() -> Trace:
    """A trace in which a query to one root server is lost, and another one answers it."""
    world = load("in-domain")
    return trace(
        world.question.name,
        settings=Settings(all_servers=True, probe=True),
        network=LosingPriming(world),
        now=world.now,
        seed=1,
    )


def on_ipv4_only() -> Trace:
    """A trace without IPv6, of a zone that has a server whose address only an IPv6 server knows."""
    soa = "@ 900 SOA ns1 h 1 7200 900 1209600 300\n"
    world = made_of(
        "in-domain",
        servers={
            "ns1.example.net.": {"addresses": ["2001:db8:5::53"]},
            "ns.example.net.": {"addresses": ["203.0.113.9"]},
        },
        zones={
            "com.": {"add": "example NS ns.example.net.\n"},
            "net.": {"add": "example NS ns1.example.net.\nns1.example AAAA 2001:db8:5::53\n"},
            "example.com.": {"add": "@ NS ns.example.net.\n"},
            "example.net.": {"text": f"{soa}@ NS ns1\nns1 AAAA 2001:db8:5::53\nns A 203.0.113.9\n"},
        },
    )
    return trace(
        world.question.name,
        settings=Settings(all_servers=True, probe=True, families=frozenset({4})),
        network=LabNetwork(world),
        now=world.now,
        seed=1,
    )


def child_on(*servers: str, listed: str) -> Trace:
    """A trace of a name in a child zone that `servers` serve, among them servers of its parent."""
    soa = "@ 900 SOA ns1.example.com. h 1 7200 900 1209600 300\n"
    world = made_of(
        "in-domain",
        question="none.sub.example.com. A",
        servers={
            "ns3.example.com.": {"addresses": ["203.0.113.77"]},
            "ns4.example.com.": {"addresses": ["203.0.113.78"]},
        },
        zones={
            "com.": {"add": "example NS ns4.example.com.\nns4.example A 203.0.113.78\n"},
            "example.com.": {
                "add": f"@ NS ns4\nns4 A 203.0.113.78\nns3 A 203.0.113.77\nsub NS {listed}\nsub NS ns3\n"
            },
            "sub.example.com.": {
                "text": f"{soa}@ NS ns1.example.com.\n@ NS ns3.example.com.\nwww 300 TXT text\n",
                "servers": list(servers),
            },
        },
    )
    return checked(world, 1)


def dropped() -> Trace:
    """A trace in which one server is taken as dead."""
    world = load("in-domain")
    return trace(
        world.question.name,
        settings=Settings(all_servers=True, probe=True),
        network=DeadServers(LabNetwork(world), ["192.0.2.53"]),
        now=world.now,
        seed=1,
    )


def with_ttls(owner: str, record: str) -> Trace:
    """A trace of a signed zone in which one server has a record with another TTL than the other."""
    text = read("_signed")["zones"]["example.com."]["text"]
    how = {"algorithm": 13, "denial": "nsec3"}
    world = made_of(
        "_signed",
        zones={
            "example.com.": {"sign": how, "add": f"{owner} 3600 {record}\n"},
            "example.com. other": {
                "sign": how,
                "servers": ["ns2.example.com."],
                "text": f"{text}{owner} 300 {record}\n",
            },
        },
    )
    return checked(world, 1)


def with_entry_key() -> Trace:
    """A trace of a signed zone in which one server has a further key-signing key."""
    text = read("_signed")["zones"]["example.com."]["text"]
    other = {
        "sign": {"algorithm": 13},
        "servers": ["ns2.example.com."],
        "text": f"{text}@ DNSKEY 257 3 13 {'A' * 86}==\n",
    }
    zones = {"example.com.": {"sign": {"algorithm": 13}}, "example.com. other": other}
    return checked(made_of("_signed", zones=zones), 1)


def of_two_zones(data: str) -> Trace:
    """An alias into a zone below that only the first server has too, and that another server has."""
    above = "x CNAME www.half\nhalf NS ns1\nhalf NS ns1.sub\n"
    below = (
        "@ SOA ns1.example.com. h 7 7200 900 1209600 300\n@ NS ns1.example.com.\n@ NS ns1.sub.example.com.\n"
    )
    half = {"servers": ["ns1.example.com.", "ns1.sub.example.com."], "text": f"{below}{data}\n"}
    zones = {"example.com.": {"add": above}, "half.example.com.": half}
    return checked(made_of("sub-zone", question="x.example.com. A", zones=zones))


MADE: dict[str, Callable[[], Trace]] = {
    "_lost_datagram": lossy,
    "_own_entry_keys": with_entry_key,
    "_any_as_they_like": lambda: checked_world("any-sparse"),
    "_lost_in_passing": primed_by_another,
    "_supposed": dropped,
    "_lookup_not_made": on_ipv4_only,
    "_only_for_keys": lambda: traced(made(121), 1),
    "_for_servers_alone": lambda: with_ttls("@", "NSEC3PARAM 1 0 0 -"),
    "_of_the_start": lambda: trace("www.example.com", lab="all-refuse", server="192.0.2.53", check=True),
    "_within_another": lambda: traced(made(57), 1),
    "_not_needed": lambda: traced(made(38), 1),
    "_too_large_for_a_probe": lambda: checked(
        made_of("in-domain", servers={"ns1.example.com.": {"does": ["truncates=AAAA"]}}), 1
    ),
    "_alias_followed_further": lambda: of_two_zones("www 300 A 192.0.2.44"),
    "_referral_with_authority": lambda: some_claim_authority("in-domain"),
    "_of_version": lambda: checked(of_two_versions("www.sub 300 A 192.0.2.44", "sub NS ns.sub")),
    "_not_its_server": lambda: child_on(
        "ns1.example.com.", "ns4.example.com.", "ns3.example.com.", listed="ns1\nsub NS ns4"
    ),
}


def some_claim_authority(name: str) -> Trace:
    """A trace in which two of the parent's servers set the AA flag in referrals."""
    does = {"does": ["authoritative-referrals"]}
    return checked(made_of(name, servers={"a.gtld-servers.net.": does, "b.gtld-servers.net.": does}), 1)


def held(reason: Callable[[Known, Anomaly], bool], found: Trace) -> list[Anomaly]:
    """The anomalies of a trace that a reason calls harmless and that no other one does."""
    evidence = Evidence(found)
    known = Known(evidence)
    others = [other for other in HARMLESS if other is not reason]
    return [
        anomaly
        for anomaly in anomalies(evidence)
        if reason(known, anomaly) and not any(other(known, anomaly) for other in others)
    ]


@pytest.mark.parametrize("reason", HARMLESS, ids=lambda reason: reason.__name__)
def test_every_reason_says_why_and_is_needed_somewhere(reason: Callable[[Known, Anomaly], bool]) -> None:
    assert inspect.getdoc(reason)
    name = reason.__name__
    assert held(reason, MADE[name]() if name in MADE else checked_world(WORLDS[name]))


@pytest.mark.parametrize(
    ("owner", "record", "expected"), [("@", "NSEC3PARAM 1 0 0 -", []), ("www", "CAA 0 issue ca", ["ttl"])]
)
def test_only_the_ttl_of_what_resolvers_do_not_use_may_differ(
    owner: str, record: str, expected: list[str]
) -> None:
    evidence = Evidence(with_ttls(owner, record))
    known = Known(evidence)
    left = [each for each in anomalies(evidence) if not any(reason(known, each) for reason in HARMLESS)]
    assert [each.sort for each in left] == expected


@pytest.mark.parametrize(
    "sign", [{"denial": "nsec3", "salt": "ab"}, {"denial": "nsec"}, {"denial": "compact"}], ids=str
)
@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
def test_each_signer_of_a_zone_makes_its_own_records_of_denial(denial: str, sign: dict[str, Any]) -> None:
    """Signers with the same keys, and other chains: no more is said than that these differ."""
    text = read("_signed")["zones"]["example.com."]["text"]
    zones = {
        "example.com.": {"sign": {"algorithm": 13, "denial": denial}},
        "example.com. other": {
            "servers": ["ns2.example.com."],
            "sign": {"algorithm": 13, **sign},
            "text": f"{text}\nzzz 300 A 192.0.2.99\n",
        },
    }
    found = checked(made_of("_signed", zones=zones), 1).findings or ()
    assert {each.code for each in found} <= {"denial-mixed"} and all(each.is_notice for each in found)


@pytest.mark.parametrize(
    "found",
    [lossy, primed_by_another, on_ipv4_only, dropped, with_entry_key],
    ids=lambda found: found.__name__,
)
def test_nothing_is_unexplained_where_the_zone_is_well(found: Callable[[], Trace]) -> None:
    assert "unexplained" not in {each.code for each in found().findings or ()}


@pytest.mark.parametrize("name", ["in-domain", "dnssec-good"])
def test_referrals_count_whether_they_have_the_flag_of_authority_or_not(name: str) -> None:
    found = some_claim_authority(name)
    assert not found.findings and found.outcome is Outcome.ANSWER


def test_each_server_chooses_which_signatures_it_gives_by_themselves() -> None:
    """Knot gives those of one RRset, BIND and NSD all."""
    servers = {"ns2.example.com.": {"does": ["sparse-signatures"]}}
    found = checked(made_of("dnssec-good", question="example.com. RRSIG", servers=servers), 1)
    assert len(list(shares(found.steps))) > 1
    assert "unexplained" not in {each.code for each in found.findings or ()}


def test_an_address_that_stays_silent_is_no_lost_datagram() -> None:
    evidence = Evidence(checked_world("silent"))
    known = Known(evidence)
    left = [a for a in anomalies(evidence) if not any(reason(known, a) for reason in HARMLESS)]
    assert any(each.sort == "unusable" for each in left)


def test_records_left_over_below_a_cut_are_not_harmless() -> None:
    soa = "@ 900 SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\n"
    servers = "ns1 A 192.0.2.53\nns2 A 198.51.100.53\n"
    world = made_of(
        "in-domain",
        question="www.sub.example.com. A",
        servers={"ns3.example.com.": {"addresses": ["203.0.113.77"]}},
        zones={
            "example.com.": {"add": "sub NS ns3\nns3 A 203.0.113.77\n"},
            "example.com. old": {
                "text": f"{soa}{servers}www.sub A 192.0.2.66\n",
                "servers": ["ns2.example.com."],
            },
            "sub.example.com.": {
                "text": "@ 900 SOA ns3.example.com. h 1 7200 900 1209600 300\n@ NS ns3.example.com.\n"
                "www A 192.0.2.44\n",
            },
        },
    )
    evidence = Evidence(checked(world, 1))
    cuts = [each for each in anomalies(evidence) if each.sort == "cut"]
    assert cuts and not any(reason(Known(evidence), each) for reason in HARMLESS for each in cuts)


def test_a_truncated_reply_does_not_matter_once_another_server_has_answered() -> None:
    """The walk does not repeat the query over TCP then."""
    world = load("truncated")
    made = trace(world.question.name, world.question.rdtype, network=LabNetwork(world), now=world.now, seed=1)
    step = next(s for s in made.steps if any(a.meaning.kind is Kind.TRUNCATED for a in s.attempts))
    cut_short = next(a for a in step.attempts if a.meaning.kind is Kind.TRUNCATED)
    answer = next(a for a in step.attempts if a.meaning.usable)
    query = replace(answer.exchange.query, address="192.0.2.99")
    other = replace(answer, exchange=replace(answer.exchange, query=query))
    passed = replace(step, attempts=(cut_short, other), chosen=1)
    changed = replace(made, steps=tuple(passed if s is step else s for s in made.steps))
    evidence = Evidence(changed)
    short = [a for a in anomalies(evidence) if a.sort == "unusable" and a.steps == (step.id,)]
    known = Known(evidence)
    assert short and all(any(reason(known, each) for reason in HARMLESS) for each in short)
