"""Which name servers are asked over TLS, how often, and for how long."""

from __future__ import annotations

import pytest

from dnstrace import Settings, Trace, Tracing, trace
from dnstrace.analysis.encrypted import MOST, to_ask
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load
from dnstrace.model import Exchange, Query, Transport
from dnstrace.model.limits import Limits
from dnstrace.model.structs import replace
from dnstrace.record.decoding import decoded
from dnstrace.walk.encrypting import AT_ONCE
from tests.checks.checking import checked
from tests.saving import again, assert_the_same_again, made_by


class Counting(LabNetwork):
    """The lab, with what was asked of it, and how many queries over TLS were under way at once at most."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.asked, self.most, self._now = list[Query](), 0, 0

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.asked.append(query)
        self._now += query.opportunistic
        self.most = max(self.most, self._now)
        try:
            return await super().exchange(query, timeout)
        finally:
            self._now -= query.opportunistic


def walked(network: LabNetwork, limits: Limits | None = None, **how: bool) -> Trace:
    asked = load("adot").question
    settings = Settings(adot=True, **how)  # type: ignore[arg-type]
    return trace(asked.name, asked.rdtype, network=network, settings=settings, limits=limits, seed=1)


def test_each_address_of_the_walk_is_asked_its_own_question_once() -> None:
    network = Counting(load("adot"))
    found = walked(network)
    in_the_clear = [
        (attempt.address, attempt.exchange.query.question, attempt.exchange.query.edns)
        for step in found.steps
        if step.main
        for attempt in step.attempts
    ]
    over = [query for query in network.asked if query.transport is Transport.TLS]
    assert [(each.address, each.question, each.edns) for each in over] == in_the_clear
    assert {(each.port, each.opportunistic) for each in over} == {(853, True)}
    assert [each.exchange.query for each in found.encrypted or ()] == over
    assert found.stats.queries == len(network.asked) - len(over)


def test_every_server_is_asked_with_all_servers_a_few_at_a_time_and_not_too_many() -> None:
    network = Counting(load("adot"))
    found = walked(network, all_servers=True)
    assert len(found.encrypted or ()) == 56 < MOST and network.most == AT_ONCE
    many = replace(found, steps=found.steps * 3)  # the same addresses, each once
    assert len(to_ask(many)) == 56


def test_nothing_is_asked_over_tls_unless_requested() -> None:
    network = Counting(load("textbook"))
    asked = load("adot").question
    assert trace(asked.name, asked.rdtype, network=network, seed=1).encrypted is None
    assert not any(query.opportunistic for query in network.asked)


def test_the_walk_goes_as_it_does_without() -> None:
    plain = trace("www.example.com.", "A", network=LabNetwork(load("adot-faulty")), seed=1)
    found = walked(LabNetwork(load("adot-faulty")))
    assert found.steps == plain.steps and found.answer == plain.answer


def test_the_deadline_and_the_number_of_queries_hold_for_this_too() -> None:
    late = walked(LabNetwork(load("adot-faulty")), Limits(deadline=0.2), all_servers=True)
    assert late.outcome == "answer" and late.stats.duration <= 0.2
    assert 0 < len(late.encrypted or ()) < 58  # what came before it
    few = walked(LabNetwork(load("adot")), Limits(max_queries=4))
    assert few.outcome == "answer" and len(few.encrypted or ()) == 1


def test_servers_that_only_the_zone_names_are_asked_in_a_check() -> None:
    world = load("parent-child-differ")
    found = checked(world)
    assert found.encrypted is None
    settings = Settings(all_servers=True, probe=True, adot=True)
    asked = world.question
    over = trace(asked.name, asked.rdtype, network=LabNetwork(world), settings=settings, seed=1)
    probed = {a.address for s in over.steps if s.probe == "soa" for a in s.attempts}
    assert probed <= {each.address for each in over.encrypted or ()}


@pytest.mark.parametrize("code", ["tls-answer-differs", "tls-no-reply"])
def test_a_remedy_is_rehearsed_without_it(code: str) -> None:
    (finding,) = (each for each in checked(load("adot-faulty")).findings or () if each.code == code)
    assert not finding.rehearsed and finding.unrehearsed


def test_a_record_has_what_came_over_tls_to_the_octet() -> None:
    world = load("adot-faulty")
    how = Tracing(Settings(all_servers=True, probe=True, adot=True), seed=1, now=world.now)
    found, octets = made_by(how, world.question, LabNetwork(world))
    assert len(found.encrypted or ()) == 58
    assert_the_same_again(octets)
    replayed, _ = again(decoded(octets))
    assert replayed.encrypted == found.encrypted


def test_what_an_older_record_lacks_was_not_asked() -> None:
    world = load("adot")
    _, octets = made_by(Tracing(seed=1, now=world.now), world.question, LabNetwork(world))
    replayed, _ = again(decoded(octets), settings=Settings(adot=True))
    assert replayed.outcome == "answer" and replayed.encrypted == ()
