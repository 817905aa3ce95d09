"""What every rule of the catalogue needs: documentation, a world that fires it, and one that does not."""

from __future__ import annotations

from functools import cache

from dnstrace.checks import CATALOGUE, Finding
from dnstrace.checks.catalogue import SECTIONS
from dnstrace.lab.world import load
from dnstrace.model import Trace
from tests.checks.checking import checked


@cache
def checked_world(world: str) -> Trace:
    """The trace of a world with `--check`, made once."""
    return checked(load(world))


def found(code: str, world: str) -> list[Finding]:
    """What the rule of that code finds in a world."""
    return [finding for finding in checked_world(world).findings or () if finding.code == code]


def assert_documented(code: str) -> None:
    """The rule has a title and every section."""
    rule = CATALOGUE[code]
    assert rule.title.endswith(".")
    assert tuple(rule.sections) == SECTIONS and all(rule.sections.values())


def assert_fires(code: str, sick: str, well: str) -> None:
    """The rule is documented, fires in one world with its evidence, and not in another like it."""
    assert_documented(code)
    findings = found(code, sick)
    assert findings and all(finding.steps and finding.references for finding in findings)
    assert not found(code, well)
