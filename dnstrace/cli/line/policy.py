"""What the user wants findings to lead to: `--fail-on`, `--ignore` and `--ignore-file` as one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dnstrace.model.policy import ERROR, Policy


def policy(chosen: Mapping[str, Any]) -> Policy:
    """The policy that was set. Raises Usage."""
    ignores = tuple(chosen.get("ignore", ()))
    if files := chosen.get("ignore-file", ()):
        from dnstrace.cli.line.ignoring import ignores_in

        ignores += tuple(each for path in files for each in ignores_in(path))
    return Policy(chosen.get("fail-on", ERROR), ignores)
