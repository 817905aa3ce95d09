"""The table of codes that explain anomalies."""

from __future__ import annotations

from dnstrace.checks import CATALOGUE
from dnstrace.checks.anomalies.explaining import DIFFERENT, UNUSABLE
from dnstrace.checks.readings.anomaly import Sort
from dnstrace.model import Kind
from dnstrace.model.heard import USABLE


def test_the_table_has_every_sort_and_every_kind_of_reply() -> None:
    ours = {Kind.ABANDONED, Kind.NETWORK_UNREACHABLE, Kind.KNOWN_SILENT, Kind.NOT_RECORDED}
    assert set(DIFFERENT) | {Sort.UNUSABLE, Sort.PATHS} == set(Sort)
    assert set(UNUSABLE) == set(Kind) - USABLE - ours - {Kind.CERTIFICATE}  # the last only of resolvers


def test_the_table_has_only_codes_that_there_are() -> None:
    known = {code for codes in (*UNUSABLE.values(), *DIFFERENT.values()) for code in codes}
    assert known <= CATALOGUE.keys()
