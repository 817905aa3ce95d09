"""Traces of the lab as if each were from another place."""

from __future__ import annotations

from typing import Any

from dnstrace.analysis.across import across
from dnstrace.model.across import Across, Statement
from dnstrace.model.places import HERE, Failure
from tests.places.lab import OFFICE, TOKYO, seen

PLACES = (HERE, TOKYO, OFFICE)


def compared(*worlds: str, check: bool = False, **how: Any) -> Across:
    """What these worlds show together, each seen from a place of its own; `-` is a place without a trace."""
    return across(
        [
            Failure(place, "ended with status 255: no route\x1b[2J")
            if world == "-"
            else seen(world, place, check=check, **how)
            for place, world in zip(PLACES, worlds, strict=False)
        ]
    )


def told(statements: tuple[Statement, ...]) -> dict[str, list[str]]:
    """What holds, and the places where it does."""
    return {each.text: [place.name for place in each.places] for each in statements}
