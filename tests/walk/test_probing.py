"""What `--check` asks besides the walk: which zones, what, how much at once, and in what time."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import dns.name
import dns.rdatatype
import pytest

from dnstrace import Trace, trace
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load
from dnstrace.model import Exchange, Outcome, Probe, Purpose, Query, Settings, Step, Transport
from dnstrace.walk.probes import mixed_case
from dnstrace.walk.probing import targets

CHECK = Settings(all_servers=True, probe=True)
EVERYWHERE = {
    Probe.SOA,
    Probe.NS,
    Probe.DNSKEY,
    Probe.CDS,
    Probe.CDNSKEY,
    Probe.TCP,
    Probe.EDNS_VERSION,
    Probe.EDNS_OPTION,
    Probe.CASE,
    Probe.RECURSION,
    Probe.TRANSFER,
    Probe.TYPE,
}


class Counting(LabNetwork):
    """The lab, with the most questions that were ever under way to each address."""

    def __init__(self, world: World, signed: bool = False) -> None:
        super().__init__(world, signed=signed)
        self.under_way: Counter[str] = Counter()
        self.most: defaultdict[str, int] = defaultdict(int)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.under_way[query.address] += 1
        self.most[query.address] = max(self.most[query.address], self.under_way[query.address])
        try:
            return await super().exchange(query, timeout)
        finally:
            self.under_way[query.address] -= 1


def probed(name: str, asked: str | None = None, settings: Settings = CHECK) -> Trace:
    world = load(name)
    question = world.question if asked is None else replace(world.question, name=dns.name.from_text(asked))
    return trace(
        question.name, question.rdtype, network=LabNetwork(world), settings=settings, now=world.now, seed=1
    )


def probes(found: Trace) -> list[Step]:
    return [step for step in found.steps if step.purpose is Purpose.PROBE]


def test_every_address_of_the_zone_is_asked_each_probe() -> None:
    found = probes(probed("textbook"))
    assert {step.probe for step in found} == EVERYWHERE
    for step in found:
        assert step.zone == dns.name.from_text("example.com.")
        assert len({attempt.address for attempt in step.attempts}) == 8


def test_probes_ask_as_they_say() -> None:
    queries = {
        step.probe: (step.attempts[0].exchange.query, step.attempts[0])
        for step in reversed(probes(probed("textbook")))
    }
    for probe in (Probe.TCP, Probe.TRANSFER):
        assert queries[probe][0].transport is Transport.TCP
    assert queries[Probe.TRANSFER][0].question.rdtype == dns.rdatatype.AXFR
    assert queries[Probe.RECURSION][0].recursion_desired
    assert not queries[Probe.SOA][0].recursion_desired
    edns = queries[Probe.EDNS_VERSION][0].edns
    assert edns is not None and edns.version == 1
    assert queries[Probe.EDNS_VERSION][1].meaning.rcode == 16  # BADVERS: version 1 was on the wire
    message = queries[Probe.CASE][1].exchange.message
    assert message is not None and message.question[0].name.labels == (b"ExAmPlE", b"cOm", b"")


def test_a_healthy_zone_of_four_servers_on_two_families_is_checked_in_under_a_second() -> None:
    found = probed("textbook")
    assert found.stats.duration == pytest.approx(0.153)
    assert found.stats.queries == 227


def test_a_healthy_zone_whose_servers_are_all_20_ms_away_is_checked_in_under_a_second() -> None:
    world = load("textbook")
    servers = tuple(replace(each, rtt=dict.fromkeys(each.rtt, 0.020)) for each in world.servers)
    network = Counting(replace(world, servers=servers), signed=True)
    anchors = parse_anchors(world.anchors_text, "the world")
    question = world.question
    found = trace(
        question.name,
        question.rdtype,
        network=network,
        settings=CHECK,
        anchors=anchors,
        now=world.now,
        seed=1,
    )
    assert found.findings == () and found.judgement is not None
    assert found.stats.duration == pytest.approx(0.160)
    assert (found.stats.queries, found.stats.retries) == (279, 0)
    assert max(network.most.values()) <= 20
    assert found.outcome is Outcome.ANSWER


def test_no_address_is_asked_more_than_twenty_questions_at_once() -> None:
    network, world = Counting(load("textbook")), load("textbook")
    trace(world.question.name, "A", network=network, settings=CHECK, now=world.now, seed=1)
    assert 10 <= max(network.most.values()) <= 20


def test_addresses_of_name_servers_are_asked_of_the_zone_where_they_lie_in_it_and_looked_up_elsewhere() -> (
    None
):
    inside = probes(probed("in-domain"))
    names = {str(step.question.name) for step in inside if step.probe is Probe.ADDRESS}
    assert names == {"ns1.example.com.", "ns2.example.com."}
    outside = probed("textbook")
    looked_up = {str(s.question.name) for s in outside.steps if s.purpose is Purpose.NS_ADDRESS}
    assert "ns-2048.awsdns-64.com." in looked_up
    assert not any(step.probe is Probe.ADDRESS for step in probes(outside))


def test_servers_that_only_the_zone_names_are_asked_too() -> None:
    found = probed("parent-child-differ")
    parents = next(step for step in found.steps if step.outcome is Outcome.ANSWER).servers
    asked = {attempt.server for step in probes(found) for attempt in step.attempts}
    assert asked > {server.name for server in parents}


def test_names_between_the_apex_and_the_name_are_asked() -> None:
    found = probes(probed("in-domain", "a.b.www.example.com."))
    names = [str(step.question.name) for step in found if step.probe is Probe.BETWEEN]
    assert names == ["b.www.example.com.", "www.example.com."]


@pytest.mark.parametrize(("asked", "zones"), [("nosuchname.com.", []), ("com.", ["com."]), (".", ["."])])
def test_top_level_domains_are_only_probed_where_they_are_asked_about(asked: str, zones: list[str]) -> None:
    found = probed("textbook", asked, replace(CHECK, probe=False))
    assert [str(cut.zone) for cut, _ in targets(found)] == zones


def test_the_zone_of_each_alias_is_probed() -> None:
    zones = {str(step.zone) for step in probes(probed("alias"))}
    assert len(zones) == 2


def test_nothing_is_probed_without_being_asked_for() -> None:
    assert not probes(probed("textbook", settings=Settings(all_servers=True)))


def test_a_dead_server_is_tried_over_tcp_and_with_another_question_and_left_alone_otherwise() -> None:
    walked = probed("silent", settings=Settings(all_servers=True))
    found = probed("silent")
    dead = {a.address for a in walked.steps[-1].attempts if a.exchange.message is None}
    tried = {s.probe for s in probes(found) for a in s.attempts if a.address in dead}
    assert dead and tried == {Probe.TCP, Probe.SOA}
    assert found.stats.duration - walked.stats.duration == pytest.approx(2.0)


def test_a_check_ends_with_its_deadline() -> None:
    async def late() -> Trace:
        from dnstrace import trace_async
        from dnstrace.model.limits import Limits

        world = load("textbook")
        network, limits = LabNetwork(world), Limits(max_queries=2000, deadline=0.1)
        return await trace_async(
            world.question.name, "A", network=network, settings=CHECK, limits=limits, seed=1
        )

    from dnstrace import clock

    found = clock.run(late())
    assert found.stats.duration == pytest.approx(0.1)


def test_letters_are_capital_and_small_by_turns() -> None:
    assert mixed_case(dns.name.from_text("a1b-c.example.")).labels == (b"A1b-C", b"eXaMpLe", b"")


TYPES = {"AAAA", "MX", "CAA", "HTTPS", "DS", "TYPE65280"}


def types_asked(found: Trace) -> dict[str, set[str]]:
    """The types that probes of kind TYPE ask for, by name."""
    asked: defaultdict[str, set[str]] = defaultdict(set)
    for step in probes(found):
        if step.probe is Probe.TYPE:
            asked[str(step.question.name)].add(dns.rdatatype.to_text(step.question.rdtype))
    return dict(asked)


def test_every_address_is_asked_for_other_types_and_for_none_twice() -> None:
    assert types_asked(probed("in-domain")) == {"www.example.com.": TYPES}
    found = [step for step in probes(probed("in-domain")) if step.probe is Probe.TYPE]
    assert all(len(step.attempts) == 4 for step in found)


def test_the_ds_records_of_the_zone_itself_are_not_asked_of_its_own_servers() -> None:
    assert types_asked(probed("in-domain", "example.com.")) == {"example.com.": TYPES - {"DS"}}


def test_an_alias_has_its_types_asked_in_each_zone() -> None:
    assert len(types_asked(probed("alias"))) == 2


def test_an_address_that_drops_only_the_type_in_question_gets_every_probe_and_that_type_again() -> None:
    found = probes(probed("type-silent"))
    asked = {step.probe for step in found for a in step.attempts if a.address == "192.0.2.53"}
    assert asked >= EVERYWHERE
    again = [step for step in found if step.question.rdtype == dns.rdatatype.HTTPS]
    assert {step.probe for step in again} == {Probe.TYPE, Probe.CASE}


def test_silence_to_a_probe_is_seen_three_times_once_more_alone_and_does_not_shorten_the_others() -> None:
    found = [step for step in probes(probed("type-silent")) if step.probe is Probe.TYPE]
    silent = [a for step in found if step.question.rdtype == dns.rdatatype.HTTPS for a in step.attempts]
    assert len(silent) == (3 + 1) * 4
    assert all(a.exchange.message is not None for s in found for a in s.attempts if a not in silent)


def test_a_query_without_edns_goes_only_to_those_that_refuse_it_with_edns() -> None:
    asked = {
        attempt.exchange.query
        for step in probes(probed("edns-refused"))
        if step.probe is Probe.PLAIN
        for attempt in step.attempts
    }
    assert {query.address for query in asked} == {"192.0.2.53", "2001:db8:1::53"}
    assert all(query.edns is None for query in asked)
    assert not [step for step in probes(probed("in-domain")) if step.probe is Probe.PLAIN]


def test_names_in_mixed_case_are_asked_at_the_apex_and_where_the_walk_ended() -> None:
    names = [step.question.name.labels[0] for step in probes(probed("in-domain")) if step.probe is Probe.CASE]
    assert names == [b"ExAmPlE", b"WwW"]


def test_an_address_that_only_the_zone_has_is_probed_like_the_others() -> None:
    """So that it is known whether it serves the zone before anybody is advised to register it."""
    world = load("glue")
    asked = world.question
    found = trace(asked.name, asked.rdtype, settings=CHECK, network=LabNetwork(world), now=world.now, seed=1)
    addresses = {
        attempt.address for step in found.steps if step.probe is Probe.SOA for attempt in step.attempts
    }
    assert {"203.0.113.56", "2001:db8:2::53"} <= addresses  # those of ns5 and ns2 that com does not have
