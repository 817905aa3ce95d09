"""Aliases in reverse zones, by which a part of a network is handed to its user."""

from __future__ import annotations

from dnstrace.lab.world import load
from dnstrace.model import Question
from dnstrace.model.findings import Level
from dnstrace.model.structs import replace
from tests.checks.checking import checked, checked_by_name, made_of
from tests.replies import name

WORLD = "reverse-handed-over"


def test_an_address_without_a_pointer_is_for_the_user_of_the_network() -> None:
    (found,) = checked_by_name(WORLD).findings or ()
    assert found.level is Level.NOTICE and found.zone == name("0/25.2.0.192.in-addr.arpa.")
    assert "remove the alias" not in found.cure and "add a PTR record" in found.cure


def test_one_with_a_pointer_is_fine() -> None:
    world = load(WORLD)
    asked = Question(name("5.2.0.192.in-addr.arpa."), world.question.rdtype)
    assert checked(replace(world, question=asked)).findings == ()


def test_an_alias_elsewhere_stays_an_error() -> None:
    (found,) = checked_by_name("alias-dangling").findings or ()
    assert found.is_error and "remove the alias" in found.cure


def test_where_the_zone_of_the_user_is_not_served_the_provider_keeps_the_alias() -> None:
    """The fix is what is to be done about the servers of that zone."""
    does = {"does": ["fails-below=0/25.2.0.192.in-addr.arpa. REFUSED"]}
    servers = dict.fromkeys(("ns1.example.com.", "ns2.example.com."), does)
    world = made_of(WORLD, question="5.2.0.192.in-addr.arpa. PTR", servers=servers)
    found = {each.code: each for each in reversed(checked(world).findings or ())}
    assert found["alias-dangling"].cure == found["refuses"].cure
    assert found["alias-dangling"].actor == "the operator of 0/25.2.0.192.in-addr.arpa"
