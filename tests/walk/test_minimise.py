"""The names that QNAME minimisation asks for."""

from __future__ import annotations

import dns.rdatatype
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.model import ROOT, Question
from dnstrace.walk.minimise import MAX_MINIMISE_COUNT, next_question
from tests.replies import name


def asked_for(qname: str, rdtype: str = "MX") -> list[str]:
    """The questions when no cut is ever met."""
    question, known, asked = Question(name(qname), dns.rdatatype.from_text(rdtype)), ROOT, 0
    found = []
    while True:
        following = next_question(question, known, asked)
        found.append(str(following))
        if following == question:
            return found
        known, asked = following.name, asked + 1


def test_one_label_more_each_time_with_type_a_and_the_whole_with_its_own() -> None:
    assert asked_for("www.example.com.") == ["com. A", "example.com. A", "www.example.com. MX"]


def test_the_root_and_a_tld_are_asked_as_they_are() -> None:
    assert asked_for(".") == [". MX"]
    assert asked_for("com.") == ["com. MX"]


@given(st.integers(1, 120))
def test_no_name_takes_more_questions_than_the_bound(labels: int) -> None:
    questions = asked_for("a." * labels)
    assert len(questions) <= MAX_MINIMISE_COUNT + 1
    depths = [question.count(".") for question in questions]
    assert depths == sorted(set(depths))  # each shows more than the one before
    assert depths[: min(labels, 4)] == list(range(1, min(labels, 4) + 1))
