"""The rule of last resort on DNSSEC."""

from __future__ import annotations

import pytest

from dnstrace.checks import CATALOGUE, Trait
from tests.checks.documented import assert_fires, checked_world

RULES = [
    ("chain-broken", "dnssec-keys-silent", "dnssec-expired"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_a_chain_that_another_rule_explains_is_not_reported_again() -> None:
    explained = {code for code, rule in CATALOGUE.items() if Trait.BREAKS_TRUST in rule.traits}
    for world in ("dnssec-missing-key", "dnssec-expired", "dnssec-bad-nsec"):
        codes = {finding.code for finding in checked_world(world).findings or ()}
        assert codes & explained and "chain-broken" not in codes
