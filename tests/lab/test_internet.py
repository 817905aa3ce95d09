"""A world as a value: who is where, and what is made of it when it is asked for."""

from __future__ import annotations

import pytest

from dnstrace.lab.errors import WorldError
from dnstrace.lab.internet import NOW
from dnstrace.lab.world import load
from tests.lab.made import APEX, misbehaving, world

TWO = {
    "ns.example.": {"addresses": ["192.0.2.1"], "rtt": 20},
    "ns2.example.": {"addresses": ["192.0.2.2", "2001:db8::2"], "rtt": [5, 7]},
}


def test_each_address_has_its_server_and_its_round_trip_time() -> None:
    found = world(servers=TWO)
    assert {a: str(s.name) for a, s in found.addresses.items()} == {
        "192.0.2.1": "ns.example.",
        "192.0.2.2": "ns2.example.",
        "2001:db8::2": "ns2.example.",
    }
    assert [found.addresses[a].rtt[a] for a in ("192.0.2.2", "2001:db8::2")] == [0.005, 0.007]


def test_the_signed_world_has_the_same_servers_with_signed_zones() -> None:
    plain = world(zones={"example.": {"text": APEX + "ns A 192.0.2.1\n", "sign": {}}})
    signed = plain.signed
    assert [server.name for server in signed.servers] == [server.name for server in plain.servers]
    assert signed.zones[0] is signed.servers[0].zones[0] is not plain.zones[0]
    assert plain.signed is signed  # made once


def test_a_zone_that_is_not_to_be_signed_stays_as_it_is() -> None:
    plain = world()
    assert plain.signed.zones == plain.zones
    assert plain.anchors_text == ""


def test_the_anchor_is_that_of_the_root() -> None:
    assert load().anchors_text.startswith(". 172800 IN DS ")


def test_checking_finds_what_would_only_show_when_asked() -> None:
    world().check()
    with pytest.raises(WorldError, match="sulks"):
        misbehaving("sulks").check()


def test_the_clock_of_a_world_that_names_no_other() -> None:
    assert world().now == NOW
