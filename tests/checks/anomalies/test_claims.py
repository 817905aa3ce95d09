"""Every anomaly of every world is explained by a finding, or harmless by a reason that has a name."""

from __future__ import annotations

from collections.abc import Callable

import dns.message
import dns.rcode
import dns.rdataclass
import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.checks.anomalies.claims import unclaimed
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, names
from dnstrace.model import Exchange, Query
from dnstrace.model.structs import replace
from dnstrace.network.faults import read
from tests.checks.checking import checked
from tests.checks.documented import checked_world

DECLARED = [name for name in names() if load(name).expect.findings is not None]
EXPLAINED = [
    name for name in DECLARED if not any("unexplained" in each for each in load(name).expect.findings or ())
]


@pytest.mark.share(4)
@pytest.mark.seeds(3)
@pytest.mark.parametrize("name", EXPLAINED)
def test_no_world_has_an_anomaly_that_nobody_claims(name: str, seed: int) -> None:
    """A check that a limit ended is incomplete, and says so: rules that would claim them are held back."""
    trace = checked(load(name), seed)
    assert trace.cut_short or not unclaimed(Evidence(trace), trace.findings or ())


@pytest.mark.parametrize("name", ["servfail", "answers-differ", "silent", "no-edns", "ent-nxdomain"])
def test_without_findings_the_anomalies_are_left(name: str) -> None:
    trace = checked_world(name)
    assert unclaimed(Evidence(trace), ())


Change = Callable[[Query, dns.message.Message], None]


def changed(change: Change, rdtype: str = "A") -> Trace:
    """A trace with `--check` of a zone whose servers' replies are changed."""
    world = load("in-domain")
    servers = {address for each in world.servers if "example" in str(each.name) for address in each.rtt}

    class Changing(LabNetwork):
        async def exchange(self, query: Query, timeout: float) -> Exchange:
            found = await super().exchange(query, timeout)
            if query.address not in servers or found.wire is None:
                return found
            reply = dns.message.from_wire(found.wire)
            change(query, reply)
            octets = reply.to_wire()
            message, fault = read(octets)
            return replace(found, wire=octets, message=message, fault=fault)

    settings = Settings(all_servers=True, probe=True)
    return trace(
        world.question.name, rdtype, network=Changing(world), settings=settings, now=world.now, seed=1
    )


@pytest.mark.parametrize(("option", "code"), [(True, "edns-version"), (False, "no-edns")])
def test_an_empty_reply_to_another_edns_version_is_claimed(option: bool, code: str) -> None:
    """In place of BADVERS, with an OPT record or without: what has no EDNS has no version of it either."""

    def change(query: Query, reply: dns.message.Message) -> None:
        reply.use_edns(0 if option and query.edns is not None else False)
        if query.edns is not None and query.edns.version:
            reply.set_rcode(dns.rcode.NOERROR)

    found = changed(change)
    assert code in {finding.code for finding in found.findings or ()}
    assert not unclaimed(Evidence(found), found.findings or ())


def test_what_is_all_of_another_class_is_lame_and_of_no_other_zone() -> None:
    def change(query: Query, reply: dns.message.Message) -> None:
        for rrset in (*reply.answer, *reply.authority):
            rrset.rdclass = dns.rdataclass.CH

    for rdtype in ("A", "TXT"):
        found = changed(change, rdtype)
        assert {finding.code for finding in found.findings or ()} == {"lame-server"}
        assert not unclaimed(Evidence(found), found.findings or ())


def test_a_finding_claims_nothing_of_another_zone_or_server() -> None:
    trace = checked_world("servfail")
    (finding,) = (each for each in trace.findings or () if each.code == "fails")
    elsewhere = load("servfail").servers[0].name
    for other in (replace(finding, zone=elsewhere), replace(finding, server=elsewhere)):
        assert unclaimed(Evidence(trace), (other,))
    assert not unclaimed(Evidence(trace), (finding, *(f for f in trace.findings or () if f is not finding)))
