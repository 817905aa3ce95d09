from __future__ import annotations

import pytest

from dnstrace.dnssec.effort import Effort, TooMuchWork
from dnstrace.model.judgement import EffortLimits


def test_verifications_run_out() -> None:
    effort = Effort(EffortLimits(verifications=2))
    assert [effort.verification() for _ in range(4)] == [True, True, False, False]
    assert effort.spent_verifications == 2


def test_hashes_run_out_with_their_number() -> None:
    effort = Effort(EffortLimits(hashes=1))
    effort.hash()
    assert effort.spent_hashes == 1
    with pytest.raises(TooMuchWork, match="the limit of 1 NSEC3 hash"):
        effort.hash()
