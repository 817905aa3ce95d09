from __future__ import annotations

from dnstrace.cli.places.output import line_of
from tests.analysis.places import compared
from tests.places.lab import request


def test_a_line_of_many_has_what_differs_below_it() -> None:
    lines = line_of(compared("in-domain", "intercepted", "-"), request().question).splitlines()
    assert lines[0].endswith("intercepts DNS queries; 1 place sent no trace")
    assert "    at tokyo an interceptor answers for the root" in lines
    assert lines[-1] == "    office ended with status 255: no route\\027[2J"
