"""Which zones below a cut its servers answer from, with authority."""

from __future__ import annotations

from dnstrace.checks.readings.answering_below import answered_below
from dnstrace.checks.readings.evidence import Evidence
from tests.checks.checking import checked, made_of
from tests.replies import name

SUB = "@ 900 SOA ns1.example.com. h 1 7200 900 1209600 300\n@ NS ns1.example.com.\nwww A 192.0.2.88\n"


def test_a_zone_is_answered_from_only_where_its_servers_have_it_too() -> None:
    for zones, below in ({"sub.example.com.": {"text": SUB}}, {name("sub.example.com.")}), ({}, set()):
        evidence = Evidence(checked(made_of("in-domain", question="www.sub.example.com. A", zones=zones)))
        cut = evidence.cut(name("example.com."))
        assert cut is not None and answered_below(cut).keys() == below
        servers = {reply.server for replies in answered_below(cut).values() for reply in replies}
        assert len(servers) == len(below)
