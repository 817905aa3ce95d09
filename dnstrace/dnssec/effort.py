"""Limits the work that hostile replies can cause in one judgement."""

from __future__ import annotations

from dnstrace.model.judgement import EffortLimits


class TooMuchWork(Exception):
    """A proof would need more NSEC3 hashes than the limit, which the message gives."""


SLICE = 64
"""Verifications that a judgement makes in one go: a tenth of a second where keys are as slow as can be."""


class Paused(Exception):
    """A slice of a judgement is over. What was verified is remembered: the next slice gets farther."""


class Effort:
    """What one judgement has spent, against its limits; `fresh` verifications are those it may make itself.

    The results of the others must be known. By default all may be made.
    """

    def __init__(self, limits: EffortLimits, fresh: int | None = None) -> None:
        self.limits = limits
        self.spent_verifications = 0
        self.spent_hashes = 0
        self._fresh = limits.verifications if fresh is None else fresh

    @property
    def is_spent(self) -> bool:
        """Whether no signature verification is left."""
        return self.spent_verifications >= self.limits.verifications

    def verification(self) -> bool:
        """Spend one signature verification; False if none is left."""
        if self.is_spent:
            return False
        self.spent_verifications += 1
        return True

    def make(self) -> None:
        """Make a verification whose result is not known. Raises Paused if none is left."""
        if not self._fresh:
            raise Paused
        self._fresh -= 1

    def hash(self) -> None:
        """Spend one NSEC3 hash. Raises TooMuchWork if none is left."""
        if self.spent_hashes >= self.limits.hashes:
            hashes = "hash" if self.limits.hashes == 1 else "hashes"
            raise TooMuchWork(f"checking it exceeds the limit of {self.limits.hashes} NSEC3 {hashes}")
        self.spent_hashes += 1
