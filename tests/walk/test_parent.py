"""The walk that ends with what the parent says of a zone."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.analysis.reached import delegation_reached
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from tests.replies import reply
from tests.scripted import Scripted, fails, refers, roots

ROOT = "10.0.0.1"


def heard(servers: dict[str, Any], qname: str) -> Trace:
    return trace(qname, "NS", network=Scripted(servers), roots=roots(ROOT), seed=1, parent_only=True)


def in_the_lab(world: str, qname: str | None = None, **how: Any) -> Trace:
    loaded = load(world)
    return trace(
        qname or loaded.question.name, "NS", network=LabNetwork(loaded), seed=1, parent_only=True, **how
    )


def zone_of(found: Trace) -> str | None:
    cut = delegation_reached(found)
    return None if cut is None else cut.zone.to_text()


def no_such_data(question: Any) -> Any:
    return reply(str(question), flags="QR AA", authority=("com. 60 SOA a.com. b.com. 1 1 1 1 1",))


def test_it_ends_with_the_referral_to_the_name() -> None:
    found = heard({ROOT: refers("com.", ns="10.0.1.1")}, "com.")
    assert (found.outcome, found.rcode, found.answer, found.error) == ("referral", 0, (), "")
    assert (zone_of(found), len(found.steps), found.stats.queries) == ("com.", 1, 1)


def test_whether_a_name_below_is_a_cut_its_zone_tells() -> None:
    found = heard({ROOT: refers("com.", ns="10.0.1.1"), "10.0.1.1": no_such_data}, "www.com.")
    assert (found.outcome, zone_of(found), len(found.steps)) == ("referral", "com.", 2)


def test_an_alias_is_not_followed() -> None:
    def alias(question: Any) -> Any:
        return reply(str(question), flags="QR AA", answer=("www.com. 60 CNAME elsewhere.net.",))

    found = heard({ROOT: refers("com.", ns="10.0.1.1"), "10.0.1.1": alias}, "www.com.")
    assert (found.outcome, zone_of(found), len(found.steps)) == ("referral", "com.", 2)


def test_a_dead_child_does_not_take_away_what_the_parent_says() -> None:
    servers = {ROOT: refers("com.", ns="10.0.1.1"), "10.0.1.1": fails(5)}
    found = heard(servers, "www.com.")
    assert (found.outcome, found.rcode, zone_of(found), found.error) == ("referral", 0, "com.", "")


def test_a_dead_parent_is_a_failure() -> None:
    found = heard({ROOT: fails(5)}, "www.com.")
    assert (found.outcome, found.rcode) == ("failed", 5)
    assert found.error == "no root server gave a usable answer: 1 refused"


@pytest.mark.parametrize(
    ("world", "qname", "outcome", "zone"),
    [
        ("textbook", "example.com", "referral", "example.com."),
        ("textbook", "www.example.com", "referral", "example.com."),
        ("textbook", "nosuch.com", "nxdomain", "com."),
        ("textbook", ".", "answer", None),
        ("all-silent", "example.com", "referral", "example.com."),
        ("all-silent", "www.example.com", "referral", "example.com."),
        ("parent-and-child", None, "nodata", None),
        ("missing-glue", "example.com", "referral", "example.com."),
    ],
)
def test_in_the_lab(world: str, qname: str | None, outcome: str, zone: str | None) -> None:
    found = in_the_lab(world, qname)
    assert (found.outcome, zone_of(found)) == (outcome, zone)


def test_with_minimised_names_it_is_the_same() -> None:
    found = in_the_lab("textbook", "example.com", settings=Settings(qmin=True))
    assert (found.outcome, zone_of(found), len(found.steps)) == ("referral", "example.com.", 2)
