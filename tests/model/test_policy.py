"""What findings lead to."""

from __future__ import annotations

import pytest

from dnstrace.model.findings import Level
from dnstrace.model.policy import FAIL_ON, Policy
from tests.findings import finding


@pytest.mark.parametrize("fail_on", FAIL_ON)
def test_findings_count_from_the_level_that_was_set(fail_on: str) -> None:
    policy = Policy(fail_on)
    counted = [level for level in Level if policy.fails_on(finding(level=level))]
    assert (
        counted == {"error": [*Level][:1], "warning": [*Level][:2], "notice": [*Level], "never": []}[fail_on]
    )
    assert policy.fails_on_errors is (Level.ERROR in counted)
