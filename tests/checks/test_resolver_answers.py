"""Rules on what resolvers answer."""

from __future__ import annotations

import pytest

from dnstrace.checks import Blame
from tests.checks.documented import assert_fires, found

RULES = [
    ("resolver-stale", "resolver-stale", "resolver-same"),
    ("resolver-fails", "resolver-servfail", "resolver-same"),
    ("resolver-differs", "resolver-split", "resolver-same"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("code", "world", "message"),
    [
        (
            "resolver-stale",
            "resolver-stale",
            "the resolver 192.0.2.153 keeps an old answer for 212 more seconds",
        ),
        ("resolver-fails", "resolver-servfail", "the resolver 192.0.2.153 finds the answer bogus"),
        (
            "resolver-differs",
            "resolver-split",
            "the resolver 10.0.0.53 returns private addresses (split horizon)",
        ),
        (
            "resolver-differs",
            "resolver-filtered",
            "the resolver 192.0.2.153 withholds the answer from its users (filtered)",
        ),
    ],
)
def test_a_message_says_what_the_resolver_does(code: str, world: str, message: str) -> None:
    assert message in [finding.message for finding in found(code, world)]


def test_nobody_is_asked_to_fix_a_cache() -> None:
    assert {finding.blame for finding in found("resolver-stale", "resolver-stale")} == {Blame.NOBODY}
