"""What is known of a trace beyond a single anomaly."""

from __future__ import annotations

from dnstrace.checks.evidence import Evidence
from dnstrace.checks.known import Known
from dnstrace.model import Kind
from tests.checks.documented import checked_world


def test_an_address_is_heard_if_anything_came_from_it() -> None:
    known = Known(Evidence(checked_world("silent")))
    silent = {address for (_, address), kinds in known.plain.items() if kinds == {Kind.TIMEOUT}}
    assert silent and not silent & known.heard
    assert {address for _, address in known.over_tcp} <= known.heard
