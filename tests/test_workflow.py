"""The tests that the workflow leaves out on other systems exist; a name that changed would be left in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
WORKFLOW = HOME / ".github/workflows/ci.yml"


@pytest.mark.skipif(not WORKFLOW.exists(), reason="the sdist has no workflows")
def test_every_test_that_is_left_out_exists() -> None:
    left_out = re.findall(r"--(?:ignore|deselect)=(\S+)", WORKFLOW.read_text("utf-8"))
    assert left_out
    for path, _, function in (each.partition("::") for each in left_out):
        assert (HOME / path).exists(), path
        if function:
            assert f"def {function}(" in (HOME / path).read_text("utf-8"), f"{path}::{function}"
