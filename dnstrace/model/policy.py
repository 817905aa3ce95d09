"""What the user wants findings to lead to (`--fail-on`, `--ignore`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from dnstrace.model.accepting import Ignore
    from dnstrace.model.findings import Finding

ERROR, NEVER = "error", "never"
FAIL_ON = (ERROR, "warning", "notice", NEVER)
"""The levels from which on a finding makes a run fail; with `never`, none does."""


class Policy(Struct):
    """Findings make a run fail from the level `fail_on` on, unless one of `ignores` accepts them."""

    fail_on: str = ERROR
    ignores: tuple[Ignore, ...] = ()

    @property
    def fails_on_errors(self) -> bool:
        """Whether what is as bad as an error makes a run fail."""
        return self.fail_on != NEVER

    def fails_on(self, finding: Finding) -> bool:
        """Whether a finding that is not accepted makes a run fail."""
        from dnstrace.model.findings import Level

        return self.fail_on != NEVER and finding.level.is_at_least(Level(self.fail_on))


USUAL = Policy()
