"""What came from a place, judged as the user chose: what is expected, what is accepted, then the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace import api
from dnstrace.cli.expecting import expected_of
from dnstrace.model.places import Failure, PlaceTrace, Seen
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from dnstrace.cli.line.choices import Choices
    from dnstrace.model import Trace
    from dnstrace.places.together import Came


def seen_of(came: Came, chosen: Choices) -> Seen:
    """What came from a place, judged as the user chose."""
    if isinstance(came, Failure):
        return came
    return PlaceTrace(
        came.place, replace(api.report(_judged(came.trace, chosen)), called=chosen.called), came.by
    )


def _judged(trace: Trace, chosen: Choices) -> Trace:
    trace = expected_of(trace, chosen.expected)
    if not chosen.policy.ignores:
        return trace
    from dnstrace.cli.accepting import accepted_of

    return accepted_of(trace, chosen.policy)
