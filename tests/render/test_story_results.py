"""The results of steps in sentences; test_story has most of them in worlds of the lab."""

from __future__ import annotations

import re

from dnstrace.model.structs import replace
from dnstrace.render.story_results import data_words, result_words
from tests.render import traces
from tests.replies import rrset


def test_of_many_records_the_first_are_shown() -> None:
    few = [rrset("www.example.com. 300 A 192.0.2.1 | 192.0.2.2")]
    assert data_words(few) == "192.0.2.1 and 192.0.2.2"
    many = [rrset("www.example.com. 300 A 192.0.2.1 | 192.0.2.2 | 192.0.2.3 | 192.0.2.4 | 192.0.2.5")]
    assert data_words(many) == "192.0.2.1, 192.0.2.2, 192.0.2.3 and 2 more"


def test_a_referral_is_explained_once() -> None:
    trace = traces.plain()
    first, second = (result_words(step, trace) for step in trace.steps[:2])
    assert "does not have the answer, but knows who to ask next: the " in first
    assert "does not have it either, but refers to the 2 name servers of example.com." in second
    again = replace(trace.steps[1], id=len(trace.steps) + 1)
    assert result_words(again, trace).endswith(", only repeats the referral to example.com.")


def test_how_a_server_was_chosen_is_not_said_twice() -> None:
    trace = traces.plain()
    whole, short = (result_words(trace.steps[1], trace, introduced) for introduced in (False, True))
    assert re.sub(r", picked from the \d+ name servers of com,", "", whole) == short != whole
