"""Limits the work that hostile replies can cause in one judgement."""

from __future__ import annotations

from dnstrace.model.judgement import EffortLimits


class TooMuchWork(Exception):
    """A proof would need more NSEC3 hashes than the limit, which the message gives."""


class Effort:
    """What one judgement has spent, against its limits."""

    def __init__(self, limits: EffortLimits) -> None:
        self.limits = limits
        self.spent_verifications = 0
        self.spent_hashes = 0

    def verification(self) -> bool:
        """Spend one signature verification; False if none is left."""
        if self.spent_verifications >= self.limits.verifications:
            return False
        self.spent_verifications += 1
        return True

    def hash(self) -> None:
        """Spend one NSEC3 hash. Raises TooMuchWork if none is left."""
        if self.spent_hashes >= self.limits.hashes:
            hashes = "hash" if self.limits.hashes == 1 else "hashes"
            raise TooMuchWork(f"checking it exceeds the limit of {self.limits.hashes} NSEC3 {hashes}")
        self.spent_hashes += 1
