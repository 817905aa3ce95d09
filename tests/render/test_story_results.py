"""The results of steps in sentences; test_story has most of them in worlds of the lab."""

from __future__ import annotations

from dnstrace.render.story_results import data_words, result_words
from tests.render import traces
from tests.replies import rrset


def test_of_many_records_the_first_are_shown() -> None:
    few = [rrset("www.example.com. 300 A 192.0.2.1 | 192.0.2.2")]
    assert data_words(few) == "192.0.2.1 and 192.0.2.2"
    many = [rrset("www.example.com. 300 A 192.0.2.1 | 192.0.2.2 | 192.0.2.3 | 192.0.2.4 | 192.0.2.5")]
    assert data_words(many) == "192.0.2.1, 192.0.2.2, 192.0.2.3 and 2 more"


def test_a_referral_says_who_to_ask_next() -> None:
    trace = traces.plain()
    assert "knows who to ask next: the 2 name servers of example.com." in result_words(trace.steps[1], trace)
