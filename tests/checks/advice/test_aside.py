"""Zones to which only some servers of the zone above refer, as the others have both."""

from __future__ import annotations

import pytest

from dnstrace.lab.world import World
from tests.checks.checking import checked, made_of, told

ADDRESSES = {1: "192.0.2.53", 2: "198.51.100.53", 3: "203.0.113.77"}
LAME = "lame-server sub.example.com. ns2.sub.example.com."


def world(having: tuple[int, ...], signed: bool = False) -> World:
    """Three servers of example.com, by which sub.example.com has names of its own; some of them have it."""
    ns = "".join(
        f"sub.example.com. NS ns{n}.sub.example.com.\nns{n}.sub.example.com. A {a}\n"
        for n, a in ADDRESSES.items()
    )
    text = f"@ 900 SOA ns1 h 1 7200 900 1209600 300\n{ns}www A 192.0.2.1\n"
    own = {"sign": {"algorithm": 13}} if signed else {}
    return made_of(
        "in-domain",
        question="www.sub.example.com. A",
        servers={"ns3.example.com.": {"addresses": [ADDRESSES[3]]}},
        zones={
            "com.": {"add": "example NS ns3.example.com.\nns3.example A 203.0.113.77\n"},
            "example.com.": {"add": f"@ NS ns3\nns3 A 203.0.113.77\n{ns}", **own},
            "sub.example.com.": {"text": text, "servers": [f"ns{n}.example.com." for n in having], **own},
        },
    )


def test_a_server_that_lacks_the_zone_below_is_lame_though_the_walk_did_not_go_there() -> None:
    found = checked(world((1, 3)))
    assert told(found.findings or ()) == [LAME]
    (lame,) = found.findings or ()
    assert lame.cure == "configure sub.example.com on ns2.sub.example.com" and lame.is_error
    assert "it refers to its own zone instead of answering for it" in lame.message


@pytest.mark.parametrize("signed", [False, True])
def test_where_all_have_both_zones_there_is_nothing_to_find(signed: bool) -> None:
    """Also at an address of theirs that the zone below does not list."""
    assert not [each for each in told(checked(world((1, 2, 3), signed)).findings or ()) if "lame" in each]
    assert "unexplained" not in "".join(told(checked(world((1, 2, 3), signed)).findings or ()))
