"""The bound on the work that names can cause."""

from __future__ import annotations

import pytest

from dnstrace.message.rdata import work_allowed


@pytest.mark.parametrize("octets", [0, 512, 1232, 65_535])
def test_more_octets_allow_more_work_up_to_a_bound(octets: int) -> None:
    assert work_allowed(octets) <= work_allowed(octets + 1) <= 2_000_000
