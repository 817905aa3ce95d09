"""What the user wants findings to lead to: `--fail-on`, `--ignore` and `--ignore-file` as one value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dnstrace.model.policy import ERROR, Policy
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def policy(chosen: Mapping[str, Any], typed: Collection[str] = ("ignore", "ignore-file")) -> Policy:
    """The policy that was set; what of it was not `typed` is a default. Raises Usage."""
    ignores = tuple(replace(each, default="ignore" not in typed) for each in chosen.get("ignore", ()))
    if files := chosen.get("ignore-file", ()):
        from dnstrace.cli.line.ignoring import ignores_in

        default = "ignore-file" not in typed
        ignores += tuple(replace(each, default=default) for path in files for each in ignores_in(path))
    return Policy(chosen.get("fail-on", ERROR), ignores)
