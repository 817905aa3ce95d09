"""Who is asked while a trace is under way."""

from __future__ import annotations

from dataclasses import replace

import dns.name

from dnstrace.api import trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Trace
from dnstrace.model.taken import Waiting
from dnstrace.render.waiting import waiting_lines
from tests.render import traces

DEAD = dns.name.from_text("ns1.dead.com.")


def lines(*asked: Waiting, age: float = 0.0) -> list[str]:
    under_way = replace(traces.under_way(), waiting=asked)
    now = replace(under_way, stats=replace(under_way.stats, duration=2.0))
    return [line.plain for line in waiting_lines(now, age)]


def test_the_server_the_time_and_the_try() -> None:
    asked = Waiting(DEAD, "203.0.113.200", 1.0, 2.0, 1, 3)
    assert lines(asked, age=0.4) == ["asking ns1.dead.com 203.0.113.200 · 1.4 s of 2 s · try 1 of 3"]
    assert lines(asked, age=9.0) == ["asking ns1.dead.com 203.0.113.200 · 2.0 s of 2 s · try 1 of 3"]


def test_of_many_those_that_wait_longest_have_a_line() -> None:
    many = [Waiting(DEAD, f"203.0.113.{number}", 1.9 - number / 10, 2.0, 1, 3) for number in range(9)]
    found = lines(*many)
    assert [line.split()[2] for line in found[:3]] == ["203.0.113.8", "203.0.113.7", "203.0.113.6"]
    assert found[3:] == ["and 6 other queries"]
    assert lines() == []


def test_a_walk_says_whom_it_waits_for() -> None:
    seen: list[Trace] = []
    world = load("all-silent")
    ended = trace("www.example.com.", network=LabNetwork(world), now=world.now, seed=1, on_change=seen.append)
    asked = [each for snapshot in seen for each in snapshot.waiting]
    assert {each.tries for each in asked} == {1, 2, 3} and {each.most for each in asked} == {3}
    assert {str(each.server) for each in asked} >= {"ns1.example.com.", "ns2.example.com."}
    assert ended.waiting == () and all(each.timeout > 0 for each in asked)
