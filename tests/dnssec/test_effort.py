from __future__ import annotations

import pytest

from dnstrace.dnssec.effort import Effort, Paused, TooMuchWork
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


def test_a_slice_ends_where_a_further_verification_would_have_to_be_made() -> None:
    effort = Effort(EffortLimits(), fresh=2)
    effort.make()
    effort.make()
    with pytest.raises(Paused):
        effort.make()


def test_without_slices_every_verification_that_is_allowed_is_made() -> None:
    effort = Effort(EffortLimits(verifications=3))
    for _ in range(3):
        effort.make()
