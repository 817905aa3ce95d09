"""The sorts of anomalies."""

from __future__ import annotations

from dnstrace.checks.readings.anomaly import Sort


def test_sorts_are_told_apart_by_words() -> None:
    assert len({sort.value for sort in Sort}) == len(Sort)
    assert all(
        sort.value == sort.name.lower().replace("_", "-").replace("lookup", "look-up") for sort in Sort
    )
