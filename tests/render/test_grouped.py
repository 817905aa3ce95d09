"""Findings that say the same of several servers are one in the tree."""

from __future__ import annotations

from dataclasses import replace

import dns.name

from dnstrace.model.findings import Blame, Finding, Level
from dnstrace.render.grouped import grouped


def missing(server: str, **changes: object) -> Finding:
    name = dns.name.from_text(server)
    finding = Finding(
        code="glue-missing",
        level=Level.ERROR,
        zone=dns.name.from_text("example.com."),
        server=name,
        message=f"com has no glue for {server[:-1]}",
        steps=(2,),
        references=(),
        blame=Blame.REGISTRAR,
        cure=f"register the addresses of {server[:-1]}",
        records=(f"{server} IN A 192.0.2.1",),
    )
    return replace(finding, **changes)  # type: ignore[arg-type]


def test_the_servers_are_listed_and_the_records_are_those_of_all() -> None:
    (found,) = grouped(missing(f"ns{number}.example.com.") for number in (1, 2, 3))
    assert found.message == (
        "com has no glue for ns1.example.com; the same goes for ns2.example.com and ns3.example.com"
    )
    assert found.cure == "register the addresses of each of them"
    assert found.records == tuple(f"ns{number}.example.com. IN A 192.0.2.1" for number in (1, 2, 3))


def test_each_place_that_names_the_server_names_all() -> None:
    cure = "configure it on {0}; or remove {0} from the NS records of example.com"
    servers = ("ns1.example.com.", "ns2.example.com.")
    (found,) = grouped(missing(server, cure=cure.format(server[:-1])) for server in servers)
    assert found.cure.endswith("on each of them; or remove each of them from the NS records of example.com")


def test_servers_that_are_to_answer_at_their_own_addresses_have_one_fix() -> None:
    own = {"ns1.example.com.": "192.0.2.1", "ns2.example.com.": "2001:db8::2"}
    message = "{0} does not answer at {1}: no reply came"
    cure = "make {0} answer at {1}; or, if its address has changed, list {0}"
    findings = [
        missing(each, message=message.format(each[:-1], at), cure=cure.format(each[:-1], at))
        for each, at in own.items()
    ]
    (found,) = grouped(findings, {dns.name.from_text(each): frozenset({at}) for each, at in own.items()})
    assert found.message.endswith("no reply came; the same goes for ns2.example.com (2001:db8::2)")
    assert found.cure == "make each of them answer; or, if its address has changed, list each of them"


def test_what_says_more_than_the_name_stays_by_itself() -> None:
    first = missing("ns1.example.com.")
    for other in (
        missing("ns2.example.com.", message="com has no glue for ns2.example.com, or 203.0.113.1"),
        missing("ns2.example.com.", cure="register 203.0.113.1 for ns2.example.com"),
        missing("ns2.example.com.", level=Level.WARNING),
        missing("ns2.example.com.", blame=Blame.PARENT),
        missing("ns2.example.com.", zone=dns.name.from_text("example.net.")),
        replace(first, server=None),
    ):
        assert grouped([first, other]) == [first, other]


def test_the_order_is_that_of_the_first_of_each() -> None:
    other = missing("ns3.example.com.", code="other")
    found = grouped([missing("ns1.example.com."), other, missing("ns2.example.com.")])
    assert [finding.code for finding in found] == ["glue-missing", "other"]


def test_of_very_many_servers_the_first_are_named() -> None:
    (found,) = grouped(missing(f"ns{number}.example.com.") for number in range(1, 61))
    assert found.message.endswith("ns13.example.com and 47 more")


def test_servers_that_differ_in_their_addresses_too_are_one_with_the_addresses_of_each() -> None:
    first = missing("ns1.example.com.", message="ns1.example.com is silent at 192.0.2.1 and 2001:db8::1")
    other = missing("ns2.example.com.", message="ns2.example.com is silent at 192.0.2.2")
    assert first.server is not None and other.server is not None
    addresses = {
        first.server: frozenset(["192.0.2.1", "2001:db8::1"]),
        other.server: frozenset(["192.0.2.2"]),
    }
    (found,) = grouped([first, other], addresses)
    assert found.message == f"{first.message}; the same goes for ns2.example.com (192.0.2.2)"
    assert len(grouped([first, replace(other, message=f"{other.message}3")], addresses)) == 2
