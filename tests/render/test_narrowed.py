"""Findings from a level on: in the tree, the short form, the page and the lines of many names."""

from __future__ import annotations

from pathlib import Path

import pytest

from dnstrace.analysis.changes_shown import as_shown
from dnstrace.api import report
from dnstrace.model.findings import Level
from dnstrace.render.narrowed import from_level, narrowed
from tests.checks.checking import checked_by_name
from tests.cli.many.listed import names
from tests.cli.running import run


@pytest.mark.parametrize("world", ["glue", "lame", "own-servers-dead", "in-domain"])
@pytest.mark.parametrize("level", [each.value for each in Level])
def test_nothing_below_the_level_is_shown_and_what_is_left_out_is_counted(world: str, level: str) -> None:
    whole = report(checked_by_name(world))
    found, seen = whole.trace.findings or (), narrowed(whole, level)
    shown = from_level(found, level)
    assert seen.trace.findings == as_shown(shown, shown)
    hidden = {each for each in found if not each.level.is_at_least(Level(level))}
    assert bool(hidden) is bool(seen.unshown) and (seen is whole) is not bool(hidden)
    out = run("--lab", world, "--check", "--level", level, "--seed", "1").out
    assert not any(
        f"{each.level.value} {each.code}:" in out or f"--explain {each.code}" in out for each in hidden
    )
    assert (seen.unshown in out) and ("nothing wrong" in out) is (not found)


def test_the_exit_status_stays(tmp_path: Path) -> None:
    for options in (["--fail-on", "warning"], []):
        full = run("--lab", "glue", "--check", *options)
        less = run("--lab", "glue", "--check", *options, "--level", "error")
        assert less.status == full.status and len(less.out) < len(full.out)
    listed = names(tmp_path / "names", "www.example.com")
    ran = run("--lab", "own-servers-dead", "--check", "-f", listed, "--level", "error")
    assert ran.status == 5 and "unreachable" in ran.out and "ns-differs" not in ran.out + ran.err


def test_no_form_for_programs_leaves_anything_out() -> None:
    for form in (["--json"], ["--jsonl"], ["--format", "junit"]):
        assert run("--lab", "--check", "--level", "error", *form).status == 2
