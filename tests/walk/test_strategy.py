"""What a strategy is by default, and that it is a value."""

from __future__ import annotations

from dnstrace.walk.hedging import HEDGED
from dnstrace.walk.strategy import Strategy
from dnstrace.walk.survey import EVERY_ADDRESS


def test_a_strategy_is_a_value_whose_defaults_are_those_of_the_walk() -> None:
    assert Strategy(HEDGED.choose) == HEDGED
    assert Strategy(HEDGED.choose, tells_life=False) != HEDGED
    assert not HEDGED.all_servers and EVERY_ADDRESS.all_servers
    assert HEDGED.shape is None and HEDGED.without_edns is None
