"""Zones off the path of the walk that are needed for the addresses of name servers."""

from __future__ import annotations

from dnstrace.analysis.on_the_way import passed_over, steps_on_the_way
from dnstrace.model import Purpose
from tests.checks.checking import checked_by_name
from tests.replies import name


def test_they_are_those_that_only_look_ups_of_name_servers_go_through() -> None:
    ways = steps_on_the_way(checked_by_name("host-glue-stale"))
    assert list(map(str, ways)) == ["net.", "example.net.", "org.", "hoster.org."]
    assert {step.purpose for steps in ways.values() for step in steps} == {Purpose.NS_ADDRESS}


def test_an_address_is_passed_over_where_another_one_of_the_zone_answers() -> None:
    ways = steps_on_the_way(checked_by_name("host-glue-stale"))
    assert passed_over(ways[name("hoster.org.")]) == {"198.51.100.66"}
    assert not passed_over(ways[name("example.net.")])


def test_a_look_up_that_fails_as_a_whole_passes_nobody_over() -> None:
    ways = steps_on_the_way(checked_by_name("missing-glue"))
    assert not any(passed_over(steps) for steps in ways.values())


def test_what_was_looked_up_for_mail_hosts_is_not_on_the_way() -> None:
    trace = checked_by_name("mx-missing")
    zones = {step.zone for step in trace.steps if step.main} - {None}
    assert all(zone not in zones for zone in steps_on_the_way(trace))
