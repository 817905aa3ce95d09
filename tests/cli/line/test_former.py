"""What an earlier version called otherwise is still accepted, and its present name is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from dnstrace.checks import CATALOGUE
from dnstrace.cli.line.former import CODES
from tests.cli.running import run


@pytest.mark.parametrize(("former", "present"), CODES.items())
def test_a_finding_is_known_by_its_former_code(former: str, present: str, tmp_path: Path) -> None:
    assert former not in CATALOGUE and present in CATALOGUE
    assert run("--explain", former).out == run("--explain", present).out
    words = ("--lab", "ipv6-only", "--check", "--short", "--fail-on", "warning")
    ran = run(*words, "--ignore", f"{former}@example.org")
    assert f"--ignore {former} is now called {present}: change it before version 2" in ran.err
    assert ran.status == 0, ran.err
    file = tmp_path / "accepted"
    file.write_text(f"# known\n{former} It is known.\n")
    assert f"line 2: {former} is now called {present}" in run(*words, "--ignore-file", str(file)).err


def test_nothing_is_said_of_a_present_code() -> None:
    assert "now called" not in run("--lab", "--check", "--short", "--ignore", "no-ipv4").err
