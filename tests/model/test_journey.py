"""A leg of the journey is a value."""

import pytest

from dnstrace.model.journey import Leg, Stage


def test_it_is_frozen_and_equal_by_value() -> None:
    leg = Leg(1, Stage.USER)
    assert leg == Leg(1, Stage.USER, None, ()) and leg != Leg(2, Stage.USER)
    with pytest.raises(AttributeError):
        leg.number = 2  # type: ignore[misc]
