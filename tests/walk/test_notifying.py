"""Where parents take notifications is asked for zones that wait for their parent, and for no others."""

from __future__ import annotations

import pytest

from dnstrace.model import Probe, Trace
from tests.checks.checking import checked, checked_by_name, made_of


def asked(trace: Trace) -> list[str]:
    return [step.question.name.to_text() for step in trace.steps if step.probe is Probe.DSYNC]


@pytest.mark.parametrize(
    "world",
    [
        "dnssec-good",
        "dnssec-cds",  # what it asks for is there already
        "parent-child-differ",  # it asks for nothing
        "textbook",
    ],
)
def test_nothing_is_asked_where_the_parent_has_nothing_to_do(world: str) -> None:
    assert asked(checked_by_name(world)) == []


@pytest.mark.parametrize("world", ["csync", "dnssec-cds-differs", "dnssec-cds-delete"])
def test_both_names_are_asked_where_the_first_does_not_exist(world: str) -> None:
    assert asked(checked_by_name(world)) == ["example._dsync.com.", "_dsync.com."]


def test_the_first_name_is_enough_if_it_has_records() -> None:
    assert asked(checked_by_name("dsync")) == ["example._dsync.com."]


@pytest.mark.parametrize(
    ("world", "code", "rdtype", "port"),
    [
        ("csync", "ns-differs", "CSYNC", 5300),
        ("csync-glue", "glue-differs", "CSYNC", 5300),
        ("dnssec-cds-differs", "cds-differs", "CDS", 5359),
        ("dnssec-cds-delete", "cds-differs", "CDS", 5359),
    ],
)
def test_what_waits_for_the_parent_says_who_can_be_notified(
    world: str, code: str, rdtype: str, port: int
) -> None:
    each = (
        "CSYNC NOTIFY 5300 notify",
        "CDS NOTIFY 5359 notify",
        "CDS 200 5360 other",
    )
    records = "".join(f"_dsync DSYNC {text}.example.net.\n" for text in each)
    made = made_of(world, zones={"com.": {"add": records}}, expect={"outcome": "answer"})
    (found,) = [each for each in checked(made).findings or () if each.code == code]
    to = f"notify.example.net, port {port}"
    assert found.message.endswith(f"; com takes NOTIFY({rdtype}) for that at {to}")
    offered = f", or send NOTIFY({rdtype}) for example.com to {to}: com then looks at once" in found.cure
    assert offered is (world != "dnssec-cds-differs")  # its records would break the zone
