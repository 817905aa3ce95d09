"""What findings lead to, as it was set."""

from __future__ import annotations

from pathlib import Path

from dnstrace.cli.line.ignoring import ignore
from dnstrace.cli.line.policy import policy
from dnstrace.model.policy import USUAL, Policy


def test_errors_count_by_default_and_none_is_accepted() -> None:
    assert policy({}) == USUAL == Policy("error", ())


def test_what_is_typed_is_accepted_before_what_is_in_files(tmp_path: Path) -> None:
    file = tmp_path / "ignored"
    file.write_text("refuses not ours\n")
    found = policy({"fail-on": "notice", "ignore": [ignore("lame-server")], "ignore-file": [str(file)]})
    assert found.fail_on == "notice" and [each.code for each in found.ignores] == ["lame-server", "refuses"]
