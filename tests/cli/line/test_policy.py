"""What findings lead to, as it was set."""

from __future__ import annotations

import pytest

from dnstrace.cli.line.policy import FAIL_ON, USUAL, Policy, policy
from dnstrace.model.findings import Level
from tests.findings import finding


@pytest.mark.parametrize("fail_on", FAIL_ON)
def test_findings_count_from_the_level_that_was_set(fail_on: str) -> None:
    counted = [level for level in Level if Policy(fail_on).counts(finding(level=level))]
    assert (
        counted == {"error": [*Level][:1], "warning": [*Level][:2], "notice": [*Level], "never": []}[fail_on]
    )


def test_errors_count_by_default() -> None:
    assert policy({}) == USUAL == Policy("error", ())
