"""Worlds in which the servers of a zone have different copies of it."""

from __future__ import annotations

from typing import Any

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
SOA = "@ 900 SOA {} hostmaster {} 7200 900 1209600 300\nwww A 192.0.2.44\n"
_ADDRESSES = {number: f"203.0.113.{number}" for number in range(1, 5)}


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


def of_four(
    added: dict[str, str],
    mname: str = "ns1",
    serials: dict[str, int] | None = None,
    question: str = "alias.example.com. TXT",
) -> World:
    """A world of four servers: by the numbers of those that have it, what each copy of the zone adds."""
    glue = "".join(f"ns{number} A {address}\n" for number, address in _ADDRESSES.items())
    apex = "".join(f"@ NS ns{number}\n" for number in _ADDRESSES) + glue
    above = "".join(f"example NS ns{n}.example\nns{n}.example A {a}\n" for n, a in _ADDRESSES.items())
    zones: dict[str, Any] = {"com.": {"add": above}}
    for place, (numbers, more) in enumerate(added.items()):
        text = f"{SOA.format(mname, (serials or {}).get(numbers, 1))}{apex}{more}"
        servers = [f"ns{number}.example.com." for number in numbers]
        zones[f"example.com.{f' {place}' if place else ''}"] = {"text": text, "servers": servers}
    hosts = {f"ns{number}.example.com.": {"addresses": [each]} for number, each in _ADDRESSES.items()}
    return made_of("_internet", question=question, servers=hosts, zones=zones)
