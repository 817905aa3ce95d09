"""A negative answer in words; what compact denial denies is seen in worlds of the lab."""

from __future__ import annotations

import pytest

from dnstrace.analysis.reached import last_step
from dnstrace.model import Outcome
from dnstrace.render.negative import denied_compactly, ended_compactly, negative_words
from dnstrace.render.story_results import result_words
from tests.checks.checking import walked
from tests.render import traces


@pytest.mark.parametrize(
    ("world", "words", "compact"),
    [
        ("dnssec-compact-nxdomain", "NODATA, no such name (compact denial)", True),
        ("dnssec-compact-nodata", "NODATA, no TXT records", False),
        ("dnssec-nsec-nodata", "NODATA, no TXT records", False),
        ("dnssec-nsec-nxdomain", "NXDOMAIN, no such name", False),
    ],
)
def test_the_type_nxname_says_that_a_name_does_not_exist(world: str, words: str, compact: bool) -> None:
    trace = walked(world)
    step = last_step(trace)
    assert step is not None and negative_words(step) == words
    assert denied_compactly(step) is ended_compactly(trace) is compact
    assert ("NXNAME" in result_words(step, trace)) is compact
    if compact:  # the RCODE stays as it was sent
        assert (trace.outcome, trace.rcode) == (Outcome.NODATA, 0)


def test_an_answer_denies_nothing() -> None:
    trace = traces.plain()
    assert not ended_compactly(trace) and not any(map(denied_compactly, trace.steps))
