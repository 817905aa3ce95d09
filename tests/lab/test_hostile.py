"""Replies without end, in number, size or time; each depends on its query alone."""

from __future__ import annotations

import dns.rdatatype

from dnstrace.lab.network import LabNetwork
from dnstrace.model import Query, Question, Transport
from tests.lab.asking import replied, small
from tests.replies import name


def servers(question: str, does: str) -> list[str]:
    (ns,) = replied(question, does).authority
    assert ns.rdtype == dns.rdatatype.NS
    return [rdata.target.to_text() for rdata in ns]


def test_each_name_leads_to_new_servers() -> None:
    assert servers("www.example. A", "endless=example.") == ["x1.example."]
    assert servers("x1.example. A", "endless=example.") == ["x2.example."]
    assert servers("x1.example. A", "endless=example. 3") == ["x4.example.", "x5.example.", "x6.example."]


def test_aliases_lead_on_from_one_name_only() -> None:
    def target(owner: str) -> str:
        return str(replied(f"{owner}.example. A", "endless-aliases=example.").answer[0][0].target)

    assert (target("www"), target("x1"), target("x41")) == ("x1.example.", "x2.example.", "x42.example.")
    assert replied("ns.example. A", "endless-aliases=example.").answer[0].rdtype == dns.rdatatype.A


def test_a_huge_reply_is_truncated_over_udp() -> None:
    assert not replied("any.example. A", "huge").answer
    assert len(replied("any.example. A", "huge", transport=Transport.TCP).answer[0]) > 4000


def test_a_drip_takes_its_time_for_each_octet_over_tcp() -> None:
    network = LabNetwork(small("drip=10"))
    query = Query(Question(name("www.example."), dns.rdatatype.A), "192.0.2.1", transport=Transport.TCP)
    exchange = network.run(network.exchange(query, 100.0))
    assert exchange.wire is not None
    assert round(exchange.elapsed - 0.04, 6) == round(len(exchange.wire) * 0.01, 6)
