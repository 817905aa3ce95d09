"""What a zone asks its parent for by CSYNC, in the sentences and fixes of other findings."""

from __future__ import annotations

from tests.checks.documented import found


def test_what_the_zone_asks_for_stands_where_the_difference_does() -> None:
    (differs,) = found("ns-differs", "csync")
    assert differs.message.endswith("; the zone asks its parent by CSYNC to publish its own list")
    (glue,) = found("glue-differs", "csync-glue")
    assert glue.message.endswith("by CSYNC to publish its own addresses, once that is confirmed")
    for other in ("csync-unusable", "parent-child-differ"):
        assert not any("CSYNC" in each.message for each in found("ns-differs", other))
