"""A delegation as its parent publishes it, and an assumed one in words."""

from __future__ import annotations

import dns.rrset

from dnstrace.model import Delegation
from dnstrace.render.delegation import deleg_nodes, delegation_nodes, supposed_texts
from tests.checks.checking import walked
from tests.render.story import servers
from tests.replies import name, rrset

DS = "example.com. 3600 DS 1 13 2 " + "AA" * 32


def delegation(*lines: str, ds: dns.rrset.RRset | None = None) -> Delegation:
    return Delegation(name("example.com."), servers(*lines), 172800, ds)


def test_deleg_records_are_shown_below_the_cut() -> None:
    step = next(step for step in walked("deleg").steps if step.zone == name("com."))
    (node,) = deleg_nodes(step)
    assert node.line.plain.startswith("DELEG server-ipv4=192.0.2.53 server-name=ns1.example.com. (")
    assert deleg_nodes(walked("dnssec-good").steps[0]) == []


def lines(cut: Delegation) -> list[str]:
    return [node.line.plain for node in delegation_nodes(cut)]


def test_servers_come_with_their_glue_and_missing_glue_is_marked() -> None:
    cut = delegation("ns1.example.com. 192.0.2.1 2001:db8::1", "ns2.example.com.", "ns.example.net.")
    assert lines(cut) == [
        "NS ns1.example.com. 192.0.2.1, 2001:db8::1 (glue)",
        "NS ns2.example.com.   no glue, although its name is inside the zone",
        "NS ns.example.net.   no glue",
    ]


def test_ds_records_follow_the_servers() -> None:
    shown = lines(delegation("ns.example.net.", ds=rrset(DS)))
    assert shown[1].startswith("DS 1h 1 13 2 AAAA")


def test_an_assumed_delegation_is_a_sentence_for_servers_and_one_for_ds_records() -> None:
    assert supposed_texts(delegation("ns1.example.com. 192.0.2.1", "ns.example.net.")) == [
        "example.com were delegated to ns1.example.com 192.0.2.1, ns.example.net"
    ]
    (text,) = supposed_texts(delegation(ds=rrset(DS)))
    assert text.startswith("example.com had the DS record 1 13 2 ")
    (two,) = supposed_texts(delegation(ds=rrset(DS + " | 2 13 2 " + "BB" * 32)))
    assert two.startswith("example.com had the DS records 1 13 2 ")
