"""Map, table, JSON and tree say the same of one server."""

from __future__ import annotations

import pytest

from dnstrace import Trace
from dnstrace.api import report
from dnstrace.lab.world import load, names
from dnstrace.model import Kind
from dnstrace.render.delegation_map import delegation_map
from dnstrace.render.document import document
from dnstrace.render.map_stages import Mark
from dnstrace.render.reconciled import tables
from tests.checks.checking import checked
from tests.made_delegations import made, traced

WORLDS = [name for name in names() if load(name).expect.findings is not None]
_INCONCLUSIVE = {Kind.NETWORK_UNREACHABLE, Kind.ABANDONED, Kind.TRUNCATED}


@pytest.mark.share(4)
@pytest.mark.seeds(3)
@pytest.mark.parametrize("name", WORLDS)
def test_all_outputs_agree_on_every_server_of_a_world(name: str, seed: int) -> None:
    assert_agree(checked(load(name), seed))


@pytest.mark.seeds(20)
def test_all_outputs_agree_on_every_server_with_two_faults(seed: int) -> None:
    for number in (*range(seed * 5, seed * 5 + 5), 57):
        assert_agree(traced(made(number), 1))


def assert_agree(found: Trace) -> None:
    assert_nobody_was_asked_at_no_address(found)
    assert_marks_fit_the_last_replies(found)
    assert_the_table_has_every_address(found)


def assert_nobody_was_asked_at_no_address(found: Trace) -> None:
    """A server that was asked in a step of the walk has an address, in the map as in the table."""
    asked = {str(attempt.server) for step in found.steps if step.main for attempt in step.attempts}
    for box in (box for stage in delegation_map(report(found)).stages for box in stage.beside):
        name = box[0].text.split()[0]
        assert name not in asked or "no address found" not in {line.text for line in box}, name


def assert_marks_fit_the_last_replies(found: Trace) -> None:
    """A server is bad in the map only if the last reply of one of its addresses could not be used."""
    last = {
        (str(attempt.server), step.id, attempt.address): attempt.meaning
        for step in found.steps
        if step.main
        for attempt in step.attempts
    }
    failing = {key[0] for key, meaning in last.items() if not meaning.usable}
    for stage in (stage for stage in delegation_map(report(found)).stages if stage.is_zone):
        for line in stage.lines:
            name = line.text.split()[0]
            if line.mark is Mark.BAD and name.endswith("."):
                assert name in failing, line.text


def assert_the_table_has_every_address(found: Trace) -> None:
    """Every address that was asked of a zone is in its table, under the same server, and so it is in JSON."""
    judged = report(found)
    drawn = [[cell.plain for cell in row] for columns in tables(judged) for row in columns.rows]
    texts = {cell.strip() for row in drawn for cell in row}
    shown = {zone["zone"]: zone["servers"] for zone in document(judged)["reconciliation"] or ()}
    for step in (step for step in found.steps if step.main and str(step.zone) in shown):
        known = {
            (server["name"], each["address"])
            for server in shown[str(step.zone)]
            for each in server["addresses"]
        }
        for attempt in (each for each in step.attempts if each.meaning.kind not in _INCONCLUSIVE):
            address = attempt.address
            names = {server["name"] for server in shown[str(step.zone)]}
            assert str(attempt.server) not in names or (str(attempt.server), address) in known
            assert address in texts or str(attempt.server) not in names
