"""By server: what parent and zone say of it, what it answers; and how long all that lives in caches."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dnstrace.analysis.caching import lives
from dnstrace.api import report
from dnstrace.checks.conclusions.reconciliation import reconciled
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.world import load, read
from dnstrace.render.document import document
from dnstrace.render.reconciled import tables
from dnstrace.render.wording import WARNING
from tests.checks.checking import checked, made_of
from tests.render.validating import VALIDATOR


def test_it_is_known_what_is_not_known() -> None:
    """Where the walk was refused everywhere, the zone says nothing: that is not a no."""
    (zone,) = reconciled(Evidence(checked(load("all-refuse"))))
    assert {server.zone for server in zone.servers} == {None}
    assert {each.own for server in zone.servers for each in server.addresses} == {None}


LIVES = {
    "textbook": ["delegation NS 172800", "own-ns NS 172800", "answer A 300"],
    "dnssec-good": [
        "delegation NS 172800", "ds DS 172800", "glue A 172800", "own-ns NS 3600", "answer A 300",
    ],
    "nxdomain": ["delegation NS 172800", "glue A 172800", "own-ns NS 3600", "negative A 300"],
    "dnssec-altered-ttl": [
        "delegation NS 172800", "ds DS 172800", "glue A 172800", "own-ns NS 86400", "answer A 300",
    ],
}  # fmt: skip


@pytest.mark.parametrize("world", LIVES)
def test_lives_are_ttls_from_the_end_of_the_trace_on(world: str) -> None:
    """A secure answer lives no longer than it was signed for, whatever TTL it comes with."""
    trace = checked(load(world))
    found = lives(trace)
    assert [f"{life.what.value} {life.rdtype.name} {life.ttl}" for life in found] == LIVES[world]
    ended = trace.started + timedelta(seconds=trace.stats.duration)
    assert all(life.until == ended + timedelta(seconds=life.ttl) for life in found)


@pytest.mark.parametrize(
    "world", ["textbook", "parent-child-differ", "ns-names", "all-silent", "dnssec-alias"]
)
def test_the_document_has_both(world: str) -> None:
    found = document(report(checked(load(world))))
    VALIDATOR.validate(found)
    assert found["reconciliation"] and found["lives"]


def test_the_newest_serial_is_so_by_serial_number_arithmetic() -> None:
    """RFC 1982: 1 comes after 4294967295."""
    newer = read("in-domain")["zones"]["example.com."]["text"].replace("2026011501", "1")
    older = read("soa-stale")["zones"]["example.com. stale"]["text"].replace("2026011400", "4294967295")
    zones = {"example.com.": {"text": newer}, "example.com. stale": {"text": older}}
    found = checked(made_of("soa-stale", zones=zones))
    (zone,) = reconciled(Evidence(found))
    assert zone.newest == 1
    serials = (row[3] for block in tables(report(found)) for row in block.rows if len(row) > 3)
    assert {str(cell): str(cell.style) for cell in serials if str(cell)} == {"1": "", "4294967295": WARNING}
