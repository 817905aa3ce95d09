"""What a validating resolver can use of each server's replies."""

from __future__ import annotations

import pytest

from dnstrace.analysis.paths import final, shares
from dnstrace.api.validated import REJECTED, validated
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.world import load
from dnstrace.model import Trace
from tests.checks.checking import checked, checked_by_name, made_of


def rejected(trace: Trace, world: str) -> list[str]:
    seen = validated(trace, parse_anchors(load(world).anchors_text, world))
    attempts = (a for step in seen.steps if step.main for a in final(step))
    return sorted({str(a.server) for a in attempts if a.meaning is REJECTED})


@pytest.mark.parametrize("world", ["dnssec-strips-one", "dnssec-expired-one"])
def test_what_one_server_gives_is_a_failure_where_it_does_not_validate(world: str) -> None:
    trace = checked_by_name(world)
    (server,) = {f.server for f in trace.findings or () if f.is_error and f.code.startswith("signature")}
    assert rejected(trace, world) == [str(server)]


@pytest.mark.parametrize(
    "world", ["dnssec-good", "dnssec-alias", "dnssec-opt-out", "dnssec-nsec3-nxdomain", "textbook"]
)
def test_all_that_validates_stays_as_it_is(world: str) -> None:
    trace = checked_by_name(world)
    assert not rejected(trace, world) and len(shares(trace.steps)) == 1


@pytest.mark.parametrize("fault", ["strips-signatures", "drops-edns"])
@pytest.mark.parametrize("addresses", [["192.0.2.53"], ["192.0.2.53", "2001:db8:1::53"]])
def test_a_rehearsal_counts_the_paths_that_validate(addresses: list[str], fault: str) -> None:
    """The DS record is wrong, and one of two servers gives none: the fix of the first is no more."""
    sick = {"addresses": addresses, "rtt": 20, "does": [fault]}
    trace = checked(made_of("dnssec-missing-key", servers={"ns1.example.com.": sick}))
    (found,) = (f for f in trace.findings or () if f.code == "ds-without-dnskey")
    assert (
        "with this, 2 of 4 paths give 192.0.2.44, secure; validating resolvers cannot use the others"
        in found.rehearsed
    )
