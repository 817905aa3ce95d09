"""What the reasons why an anomaly is harmless look at."""

from __future__ import annotations

import dns.rdatatype

from dnstrace import Settings, Trace, trace
from dnstrace.checks.anomalies.known import Known
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Exchange, Fault, Kind, Query, Question
from tests.checks.documented import checked_world
from tests.replies import name

ADDRESS, ASKED = "192.0.2.53", Question(name("www.example.com."), dns.rdatatype.A)


class Losing(LabNetwork):
    """A world in which the first queries of the walk to an address are lost."""

    lost = 0

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        if query.address == ADDRESS and query.question == ASKED and self.lost < 2:
            self.lost += 1
            return await self._timed_out(Exchange(query, 0.0, timeout, fault=Fault.TIMEOUT))
        return await super().exchange(query, timeout)


def losing() -> Trace:
    settings = Settings(all_servers=True, probe=True)
    network = Losing(load("in-domain"))
    return trace(ASKED.name, ASKED.rdtype, settings=settings, network=network, now=load("in-domain").now)


def test_two_lost_datagrams_show_nothing() -> None:
    """Only the third try is without EDNS and gets a reply: so the question is put again with EDNS."""
    found = losing()
    known = Known(Evidence(found))
    assert Kind.TIMEOUT in known.controls[ADDRESS, ASKED] and ADDRESS in known.heard
    assert not [each for each in found.findings or () if each.server == name("ns1.example.com.")]


def test_an_address_is_heard_if_anything_came_from_it() -> None:
    known = Known(Evidence(checked_world("silent")))
    silent = {address for (_, address), kinds in known.plain.items() if kinds == {Kind.TIMEOUT}}
    assert silent and not silent & known.heard
    assert {address for _, address in known.over_tcp} <= known.heard
