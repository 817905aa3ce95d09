"""Entries in the order of the list of names."""

from __future__ import annotations

from dnstrace.api import as_question
from dnstrace.cli.many.listed import Listed
from tests.render.formats.made import FAILED, PLAIN, named


def test_entries_are_put_in_the_order_of_the_list() -> None:
    listed = Listed()
    for line, name in ((2, "b.example"), (5, "a.example"), (7, "b.example")):
        listed.read(line, as_question(name, "A"))
    for entry in (named("a.example", PLAIN), named("b.example", FAILED), named("b.example", PLAIN)):
        listed.add(entry)
    assert [(entry.name, entry.line) for entry in listed.entries()] == [
        ("b.example", 2),
        ("a.example", 5),
        ("b.example", 7),
    ]


def test_a_line_that_cannot_be_traced_has_an_entry_that_fails() -> None:
    listed = Listed()
    listed.wrong(3, "'a\x1b..b' has an empty label")
    (entry,) = listed.entries()
    assert (entry.question, entry.line, entry.fails) == ("line 3", 3, True)
    assert "\x1b" not in entry.problems[0].message
