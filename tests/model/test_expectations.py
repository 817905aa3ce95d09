"""An expectation as a value: which questions can tell, and which ends it allows."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace.analysis.expectations import parse
from dnstrace.model import Question
from dnstrace.model.expectations import Operator
from tests.replies import name
from tests.schema_words import members, words


def test_every_word_is_in_the_schema() -> None:
    assert members(Operator) == words("expectation", "properties", "operator")


@pytest.mark.parametrize(
    ("text", "asked", "concerns"),
    [
        ("a=192.0.2.44", "A", True),
        ("a=192.0.2.44", "MX", False),
        ("a=192.0.2.44", "ANY", True),
        ("ns=ns1.example.com.", "A", True),
        ("cname=x.example.com.", "MX", True),
        ("ttl>=300", "MX", True),
        ("outcome=nodata", "TXT", True),
    ],
)
def test_whether_a_question_can_tell(text: str, asked: str, concerns: bool) -> None:
    (expectation,) = parse(text)
    question = Question(name("www.example.com."), dns.rdatatype.from_text(asked))
    assert expectation.concerns(question) is concerns


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("outcome=nxdomain", True),
        ("rcode=NXDOMAIN", True),
        ("rcode=NOERROR", False),
        ("outcome!=answer", False),
        ("security=bogus", False),
    ],
)
def test_whether_an_end_is_allowed_by_it(text: str, says: bool) -> None:
    assert parse(text)[0].says_how_it_ends is says
