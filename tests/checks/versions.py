"""A world whose parent zone has another version on one of its two servers."""

from __future__ import annotations

from dnstrace.lab.world import World
from tests.checks.checking import made_of

APEX = """
@ NS ns1
@ NS ns2
ns1 A 192.0.2.53
ns1 AAAA 2001:db8:1::53
ns2 A 198.51.100.53
ns2 AAAA 2001:db8:2::53
"""


def of_two_versions(ns1: str, ns2: str, serial: int = 1, does: str = "refuses", mname: str = "ns1") -> World:
    """example.com of version 2 at ns1 with the text `ns1`, and of another at ns2 with `ns2`."""
    soa = "@ 900 SOA {} hostmaster {} 7200 900 1209600 300\n"
    sub = soa.format("ns", 1) + "@ NS ns\nns A 203.0.113.53\nwww 300 A 192.0.2.44\n"
    return made_of(
        "in-domain",
        question="www.sub.example.com. A",
        servers={"ns.sub.example.com.": {"addresses": ["203.0.113.53"], "rtt": 9, "does": [does]}},
        zones={
            "example.com.": {"text": soa.format("ns1", 2) + APEX + ns1, "servers": ["ns1.example.com."]},
            "example.com. old": {
                "text": soa.format(mname, serial) + APEX + ns2,
                "servers": ["ns2.example.com."],
            },
            "sub.example.com.": {"text": sub},
        },
    )
