"""Trust anchors as a value: equal where the records are, so that a record keeps what was trusted."""

from __future__ import annotations

from dnstrace.dnssec import parse_anchors
from dnstrace.record.encoding import anchors_text

DS = f"example. DS 20326 8 2 {'AB' * 32}"


def test_anchors_of_the_same_records_are_equal() -> None:
    anchors = parse_anchors(DS, "one")
    assert anchors == parse_anchors(anchors_text(anchors), "other")
    assert anchors != parse_anchors(DS.replace("20326", "20327"), "other")
