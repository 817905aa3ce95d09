from __future__ import annotations

import pytest

from dnstrace.cli.line.questions import count, questions, types
from dnstrace.cli.line.syntax import parse


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("a. b. -x 192.0.2.1", ["a. A", "b. A", "1.2.0.192.in-addr.arpa. PTR"]),
        ("a. b. NS MX ns", ["a. NS", "a. MX", "b. NS", "b. MX"]),
        ("a. A.", ["a. A"]),
        ("a. --parent-only", ["a. NS"]),
        ("a. --parent-only DS", ["a. DS"]),
        ("MX", []),
    ],
)
def test_every_name_is_asked_with_every_type_once(line: str, asked: list[str]) -> None:
    assert [str(question) for question in questions(parse(line.split()).settings)] == asked


def test_without_a_name_each_type_is_a_question() -> None:
    assert count(parse(["MX", "A"]).settings) == 2
    assert count(parse(["a.", "MX", "A"]).settings) == 2
    assert count(parse([]).settings) == 0
    assert types(parse([]).settings) == ()
