"""Where replies of different servers to one question differ."""

from __future__ import annotations

import pytest

from dnstrace.checks.readings.replies import replies_of
from dnstrace.checks.readings.unlike import differences
from tests.checks.documented import checked_world

DIFFER = {
    "answers-differ": {"data"},
    "answers-agree": {"ttl"},
    "ttl-differs": {"ttl"},
    "dnssec-unsigned-copy": {"signatures"},
    "negative-without-soa": {"negative"},
    "in-domain": set(),
    "nodata": set(),
}
"""The sorts of differences between the replies to a world's own question."""


@pytest.mark.parametrize("world", DIFFER)
def test_replies_differ_in_what_the_servers_do_differently(world: str) -> None:
    (step,) = (step for step in checked_world(world).steps[:6] if step.main and len(step.zone) == 3)
    assert {each.sort for each in differences(replies_of(step))} == DIFFER[world]


def test_referrals_differ_in_their_servers_and_the_odd_one_is_named() -> None:
    step = checked_world("parent-servers-differ").steps[2]
    assert str(step.zone) == "com."
    (difference,) = differences(replies_of(step))
    assert difference.sort == "name-servers"
    assert {str(reply.server) for reply in difference.odd} == {"m.gtld-servers.net."}


def test_of_two_servers_that_differ_both_are_odd() -> None:
    step = checked_world("answers-differ").steps[4]
    (difference,) = differences(replies_of(step))
    assert len({reply.server for reply in difference.odd}) == 2
    assert difference.what == "ns1.example.com: 192.0.2.44; ns2.example.com: 192.0.2.66"


def test_a_reply_alone_differs_from_nothing() -> None:
    step = checked_world("answers-differ").steps[4]
    assert not list(differences(replies_of(step)[:1]))
