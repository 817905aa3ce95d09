"""Findings as values: every word of them is in the schema, and the levels say what matters."""

from __future__ import annotations

import dns.name
import pytest

from dnstrace.model.findings import Blame, Finding, Level, who_acts, who_fixes
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
    ("blame", "operator", "text"),
    [
        (Blame.REGISTRAR, "example.com.", "fix this at the registrar of example.com"),
        (Blame.PARENT, "com.", "the operator of com, the parent zone, needs to fix this"),
        (Blame.PARENT, ".", "the operator of the root zone needs to fix this"),
        (Blame.HOST, "example.com.", "the operator of example.com needs to fix this"),
        (
            Blame.SERVER_OPERATOR,
            "host.net.",
            "the operator of host.net, the zone of the name server, needs to fix this",
        ),
        (Blame.NETWORK, None, "the operator of this network needs to fix this"),
        (Blame.RESOLVER, None, "the operator of the resolver needs to fix this"),
        (Blame.NOBODY, None, ""),
        (Blame.REGISTRAR, None, "fix this at the registrar of the zone"),
        (Blame.PARENT, None, "the operator of the parent zone needs to fix this"),
        (Blame.HOST, None, "the operator of the zone needs to fix this"),
        (Blame.SERVER_OPERATOR, None, "the operator of the name server needs to fix this"),
    ],
)
def test_who_needs_to_act_is_said_by_name(blame: Blame, operator: str | None, text: str) -> None:
    zone = None if operator is None else dns.name.from_text(operator)
    assert who_fixes(blame, zone) == text
    finding = Finding("lame-server", Level.ERROR, None, None, "it is lame", (1,), (), blame, operator=zone)
    assert finding.who == text


@pytest.mark.parametrize(
    ("blame", "operator", "text"),
    [
        (Blame.REGISTRAR, "example.com.", "the owner of example.com, at its registrar"),
        (Blame.PARENT, "com.", "the operator of com, the parent zone"),
        (Blame.PARENT, ".", "the operator of the root zone"),
        (Blame.HOST, "example.com.", "the operator of example.com"),
        (Blame.SERVER_OPERATOR, "host.net.", "the operator of host.net, the zone of the name server"),
        (Blame.SERVER_OPERATOR, None, "the operator of the name server"),
        (Blame.PARENT, None, "the operator of the parent zone"),
        (Blame.NOBODY, None, ""),
    ],
)
def test_who_acts_is_named_under_a_fix(blame: Blame, operator: str | None, text: str) -> None:
    zone = None if operator is None else dns.name.from_text(operator)
    finding = Finding("lame-server", Level.ERROR, None, None, "it is lame", (1,), (), blame, operator=zone)
    assert who_acts(blame, zone) == finding.actor == text
