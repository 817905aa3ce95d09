"""Rules on answers and aliases: each fires in one world, and not in another that looks much like it."""

from __future__ import annotations

import pytest

from dnstrace import trace
from dnstrace.checks import Level, findings
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Purpose
from dnstrace.model.limits import Limits
from tests.checks.documented import assert_documented, found

RULES = [
    ("answers-differ", "answers-differ", "answers-agree"),
    ("ent-nxdomain", "ent-nxdomain", "ent"),
    ("negative-without-soa", "negative-without-soa", "nxdomain"),
    ("alias-loop", "alias-loop", "alias-chain"),
    ("alias-dangling", "alias-dangling", "alias"),
    ("alias-chain-long", "alias-chain-long", "alias-chain"),
    ("alias-at-apex", "alias-at-apex", "alias"),
    ("alias-beside-data", "cname-and-text", "alias"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_is_documented_and_fires_where_it_should_and_only_there(
    code: str, sick: str, well: str
) -> None:
    assert_documented(code)
    assert found(code, sick) and not found(code, well)


def test_addresses_taken_from_a_pool_are_a_notice_and_others_a_warning() -> None:
    levels = [found("answers-differ", world)[0].level for world in ("answers-chosen", "answers-differ")]
    assert levels == [Level.NOTICE, Level.WARNING]


def test_a_difference_says_which_servers_say_what() -> None:
    message = found("answers-differ", "answers-differ")[0].message
    assert "ns1.example.com. (192.0.2.53, 2001:db8:1::53): 192.0.2.44" in message
    assert "ns2.example.com. (198.51.100.53, 2001:db8:2::53): 192.0.2.66" in message


def test_answers_that_differ_by_their_serial_are_left_to_the_rule_on_serials() -> None:
    assert not found("answers-differ", "answers-stale")


def test_aliases_that_no_resolver_follows_to_their_end_are_an_error() -> None:
    levels = [found("alias-chain-long", world)[0].level for world in ("endless-aliases", "alias-chain-long")]
    assert levels == [Level.ERROR, Level.WARNING]


def test_a_circle_is_named_with_all_its_names() -> None:
    finding = found("alias-loop", "alias-loop-across")[0]
    assert "one.example.com. to two.example.net. to one.example.com." in finding.message
    assert "two.example.net." in finding.cure


def test_a_target_that_there_was_no_time_for_is_not_called_gone() -> None:
    world = load("alias")
    for deadline in (0.08, 0.1):
        limits = Limits(deadline=deadline)
        found = trace(world.question.name, network=LabNetwork(world), limits=limits, seed=1, now=world.now)
        assert found.steps[-1].purpose is Purpose.ALIAS and found.steps[-1].attempts
        assert [each.code for each in findings(found)] == []
