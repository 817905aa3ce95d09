"""What a trace shows of servers taken as dead: every query to them says so, also one that was given up."""

from __future__ import annotations

import pytest

from dnstrace import Settings, trace
from dnstrace.analysis.dropping import is_dropped, named_servers, with_dropped
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model.heard import Kind
from dnstrace.network.replay import DeadServers

DEAD = {"192.0.2.53", "2001:db8:1::53"}


@pytest.mark.parametrize("alone", [False, True])
def test_every_query_to_a_dead_server_says_so_and_no_other(alone: bool) -> None:
    dead = DEAD | ({"198.51.100.53", "2001:db8:2::53"} if alone else set())
    world, kinds = load("in-domain"), set[Kind]()
    for seed in range(6):
        network = DeadServers(LabNetwork(world), dead)
        found = trace(world.question.name, network=network, seed=seed)
        attempts = [each for step in with_dropped(found, dead).steps for each in step.attempts]
        at_the_dead = [each for each in attempts if each.address in dead]
        assert at_the_dead == list(filter(is_dropped, attempts))
        kinds |= {each.meaning.kind for each in at_the_dead}
        assert with_dropped(found, ()) is found
    assert kinds >= ({Kind.TIMEOUT} if alone else {Kind.ABANDONED})


def test_servers_are_named_with_the_addresses_at_which_they_were_asked() -> None:
    network = DeadServers(LabNetwork(load("in-domain")), DEAD)
    found = trace("www.example.com", network=network, settings=Settings(all_servers=True))
    assert named_servers(filter(is_dropped, found.steps[-1].attempts)) == [
        "ns1.example.com (192.0.2.53, 2001:db8:1::53)"
    ]
