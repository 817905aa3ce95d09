from __future__ import annotations

from dnstrace.api import report
from dnstrace.lab.world import load
from dnstrace.model.findings import Blame, Level
from tests.checks.checking import checked


def test_old_hints_are_a_notice_and_nobody_s_fault() -> None:
    found = checked(load("old-hints"))
    (only,) = found.findings or ()
    assert (only.code, only.level, only.blame) == ("hints-outdated", Level.NOTICE, Blame.NOBODY)
    assert only.records == ("b.root-servers.net. 518400 IN A 198.51.100.202",)
    assert "170.247.170.2" in only.message and "198.51.100.202" in only.message and "root hints" in only.cure
    assert report(found).verdict is None
