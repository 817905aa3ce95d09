"""What to do where servers of a zone answer from a zone below it, and who does it."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.model.findings import Blame
from tests.checks.checking import checked
from tests.checks.copies import copied
from tests.replies import name

SUB, ABOVE = name("sub.example.com."), name("example.com.")


@pytest.mark.parametrize(
    ("own", "copy", "who", "fix"),
    [
        ({}, None, ABOVE, "remove the zone sub.example.com from ns2.example.com, to make"),
        (None, {}, SUB, "fix the signing of sub.example.com on ns1.sub.example.com and ns2.sub.example.com"),
    ],
)
def test_who_acts_is_who_has_the_copy_that_is_wrong(
    own: dict[str, Any] | None, copy: dict[str, Any] | None, who: object, fix: str
) -> None:
    (found,) = (e for e in checked(copied(own, copy)).findings or () if e.code == "answers-differ")
    assert found.cure.startswith(fix)
    assert (found.blame, found.operator, found.zone) == (Blame.HOST, who, ABOVE)
    assert found.actor == f"the operator of {str(who).removesuffix('.')}"
