"""Findings as values: every word of them is in the schema, and the levels say what matters."""

from __future__ import annotations

import pytest

from dnstrace.model.findings import Blame, Finding, Level, who_fixes
from tests.schema_words import members, words


def test_every_word_is_in_the_schema() -> None:
    assert members(Level) == words("finding", "properties", "level")
    assert (
        members(Blame) == words("finding", "properties", "blame") == words("verdict", "properties", "blame")
    )


@pytest.mark.parametrize(
    ("level", "is_error", "is_notice"),
    [(Level.ERROR, True, False), (Level.WARNING, False, False), (Level.NOTICE, False, True)],
)
def test_a_warning_is_neither_an_error_nor_a_notice(level: Level, is_error: bool, is_notice: bool) -> None:
    finding = Finding("lame-server", level, None, None, "it is lame", (1,), (), Blame.HOST)
    assert (finding.is_error, finding.is_notice) == (is_error, is_notice)


@pytest.mark.parametrize(
    ("blame", "text"),
    [
        (Blame.REGISTRAR, "fix this at the registrar of example.com"),
        (Blame.PARENT, "the operator of com needs to fix this"),
        (Blame.HOST, "the operator of example.com needs to fix this"),
        (Blame.NETWORK, "the operator of this network needs to fix this"),
        (Blame.NOBODY, ""),
    ],
)
def test_who_needs_to_act_is_said_by_name(blame: Blame, text: str) -> None:
    assert who_fixes(blame, "example.com", "com") == text


def test_without_names_it_is_said_in_general() -> None:
    assert who_fixes(Blame.HOST) == "the operator of the zone needs to fix this"
    assert who_fixes(Blame.PARENT) == "the operator of the parent zone needs to fix this"
