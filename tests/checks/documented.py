"""What every rule of the catalogue owes: its documentation, a world that fires it and one that does not."""

from __future__ import annotations

from dnstrace.checks import CATALOGUE, Finding
from dnstrace.checks.catalogue import SECTIONS
from dnstrace.lab.world import load
from tests.checks.checking import checked


def assert_documented(code: str) -> None:
    """The rule has a title and every section."""
    rule = CATALOGUE[code]
    assert rule.title.endswith(".")
    assert tuple(rule.sections) == SECTIONS and all(rule.sections.values())


def found(code: str, world: str) -> list[Finding]:
    """What the rule of that code finds in a world."""
    return [finding for finding in checked(load(world)).findings or () if finding.code == code]
