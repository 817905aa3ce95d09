"""Aliases in reverse zones, by which a part of a network is handed to its user."""

from __future__ import annotations

from dnstrace.lab.world import load
from dnstrace.model import Question
from dnstrace.model.findings import Level
from dnstrace.model.structs import replace
from tests.checks.checking import checked, checked_by_name
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
