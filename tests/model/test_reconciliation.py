"""The table of a zone's servers: what is known is yes or no, what is not known or not needed is None."""

from __future__ import annotations

from dnstrace import Settings, trace
from dnstrace.api import report
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model.reconciliation import Reconciled, ReconciledServer
from tests.replies import name


def reconciled(world: str) -> Reconciled:
    found = load(world)
    how = Settings(all_servers=True, probe=True)
    made = trace(found.question.name, "A", network=LabNetwork(found), now=found.now, seed=1, settings=how)
    (zone,) = report(made).reconciliation
    return zone


def server(zone: Reconciled, text: str) -> ReconciledServer:
    return next(each for each in zone.servers if each.name == name(text))


def test_glue_that_is_not_needed_is_neither_there_nor_missing() -> None:
    zone = reconciled("textbook")
    assert (zone.zone, zone.parent, zone.newest) == (name("example.com."), name("com."), 1)
    assert {each.glue for one in zone.servers for each in one.addresses} == {None}
    assert {(one.parent, one.zone) for one in zone.servers} == {(True, True)}


def test_what_parent_and_zone_say_of_each_address() -> None:
    zone = reconciled("glue")
    told = {each.address: (each.glue, each.own) for each in server(zone, "ns5.example.com.").addresses}
    assert told == {"203.0.113.55": (True, False), "203.0.113.56": (False, True)}


def test_the_newest_serial_is_that_of_the_servers() -> None:
    zone = reconciled("soa-stale")
    serials = {each.serial for one in zone.servers for each in one.addresses if each.serial is not None}
    assert len(serials) > 1 and zone.newest in serials
