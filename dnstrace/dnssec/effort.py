"""What one judgement may still spend, so that hostile replies cost a bounded amount of work."""

from __future__ import annotations

from dnstrace.model.judgement import EffortLimits


class TooMuchWork(Exception):
    """A proof would cost more NSEC3 hashes than allowed; the message says how many that is."""


class Effort:
    """Counters over the limits of one judgement."""

    def __init__(self, limits: EffortLimits) -> None:
        self.limits = limits
        self.spent_verifications = 0
        self.spent_hashes = 0

    def verification(self) -> bool:
        """Spend one signature verification, if there is one left."""
        if self.spent_verifications >= self.limits.verifications:
            return False
        self.spent_verifications += 1
        return True

    def hash(self) -> None:
        """Spend one NSEC3 hash; raises TooMuchWork if there is none left."""
        if self.spent_hashes >= self.limits.hashes:
            raise TooMuchWork(f"it takes more than the {self.limits.hashes} NSEC3 hashes that are tried")
        self.spent_hashes += 1
