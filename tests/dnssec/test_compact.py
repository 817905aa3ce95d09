"""A name that does not exist is one by NXDOMAIN and by the type NXNAME, in worlds of the lab."""

from __future__ import annotations

import pytest

from dnstrace.analysis.reached import last_step
from dnstrace.dnssec.compact import denied_compactly, is_absent
from tests.checks.checking import walked
from tests.render import traces


@pytest.mark.parametrize(
    ("world", "absent", "compact"),
    [
        ("dnssec-compact-nxdomain", True, True),
        ("dnssec-compact-nodata", False, False),
        ("dnssec-nsec-nodata", False, False),
        ("dnssec-nsec-nxdomain", True, False),
        ("alias-dangling-compact", True, True),
        ("alias-dangling", True, False),
    ],
)
def test_a_step_says_whether_the_name_exists(world: str, absent: bool, compact: bool) -> None:
    step = last_step(walked(world))
    assert step is not None
    assert (is_absent(step), denied_compactly(step)) == (absent, compact)


def test_an_answer_and_a_referral_deny_nothing() -> None:
    steps = traces.plain().steps
    assert not any(is_absent(step) or denied_compactly(step) for step in steps)
