"""Zones off the path of the walk that are needed for the addresses of name servers."""

from __future__ import annotations

from dnstrace.analysis.on_the_way import passed_over, steps_on_the_way
from dnstrace.model import Outcome, Purpose
from tests.checks.checking import checked, checked_by_name, made_of
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
    addresses = {"ns1.hoster.org.": "198.51.100.53", "ns2.hoster.org.": "198.51.100.153"}
    servers = {host: {"addresses": [at], "does": ["silent"]} for host, at in addresses.items()}
    steps = steps_on_the_way(checked(made_of("host-glue-stale", servers=servers)))[name("hoster.org.")]
    assert {step.outcome for step in steps} == {Outcome.FAILED}
    assert not passed_over(steps)


def test_what_is_looked_up_in_place_of_a_mistyped_mail_host_is_not_on_the_way() -> None:
    """No name server on the path has that name: whether it resolves changes nothing about the path."""
    hoster = "@ SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\nmail A 192.0.2.25\n"
    servers = {"ns1.hoster.org.": "203.0.113.53", "ns2.hoster.org.": "203.0.113.153"}
    glue = "".join(f"hoster NS {host}\n{host} A {at}\n" for host, at in servers.items())
    trace = checked(
        made_of(
            "in-domain",
            question="example.com. MX",
            servers={
                host: {"addresses": [at], "does": ["silent"] if host.startswith("ns1") else []}
                for host, at in servers.items()
            },
            zones={
                "org.": {"add": glue},
                "hoster.org.": {"text": hoster + "".join(f"{host} A {at}\n" for host, at in servers.items())},
                "example.com.": {"add": "@ MX 10 mail.hoster.org\n"},
            },
        )
    )
    looked_up = [step for step in trace.steps if step.purpose is Purpose.NS_ADDRESS]
    assert name("hoster.org.") in {step.zone for step in looked_up}
    assert steps_on_the_way(trace) == {}
    assert [each.code for each in trace.findings or ()] == ["target-without-dot"]
