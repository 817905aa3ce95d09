"""What the user wants findings to lead to (`--fail-on`, `--ignore`, `--ignore-file`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from dnstrace.model.accepting import Ignore
    from dnstrace.model.findings import Finding

ERROR, NEVER = "error", "never"
FAIL_ON = (ERROR, "warning", "notice", NEVER)
"""The levels from which on findings lead to exit status 5; with `never`, none do."""


class Policy(NamedTuple):
    """What findings lead to: exit status 5 from the level `fail_on` on, and nothing if they are ignored."""

    fail_on: str = ERROR
    ignores: tuple[Ignore, ...] = ()

    def counts(self, finding: Finding) -> bool:
        """Whether a finding leads to exit status 5."""
        from dnstrace.model.findings import Level

        return self.fail_on != NEVER and finding.level.is_at_least(Level(self.fail_on))


USUAL = Policy()


def policy(chosen: Mapping[str, Any]) -> Policy:
    """The policy that was set. Raises Usage."""
    files = chosen.get("ignore-file", ())
    ignores = tuple(chosen.get("ignore", ()))
    if files:
        from dnstrace.cli.line.ignoring import ignores_in

        ignores += tuple(each for path in files for each in ignores_in(path))
    return Policy(chosen.get("fail-on", ERROR), ignores)
