"""Worlds of the lab in which example.com has as many name servers, or other records, as one likes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dnstrace.lab.internet import World
from dnstrace.lab.world import read
from dnstrace.lab.worldfile import build

ADDRESSES = ("192.0.2.53", "198.51.100.53")
_SOA = "@ 900 SOA n0 hostmaster 2026011501 7200 900 1209600 300\n"


def inside(count: int, glued: int, addressed: int, listed: int | None = None) -> World:
    """Name servers in the zone itself: so many have glue, so many an address in the zone.

    The parent lists so many of them, by default all.
    """
    hosts = [f"n{number}" for number in range(count)]
    above = hosts if listed is None else hosts[:listed]
    com = [*(f"example NS {host}.example.com." for host in above), *_addresses(hosts[:glued], ".example")]
    zone = [*(f"@ NS {host}" for host in hosts), *_addresses(hosts[:addressed])]
    return _world(com, zone, "n0.example.com.", "n1.example.com.")


def elsewhere(count: int, addressed: int) -> World:
    """Name servers in example.net, of which so many exist."""
    hosts = [f"n{number}" for number in range(count)]
    com = [f"example NS {host}.example.net." for host in hosts]
    zone = [f"@ NS {host}.example.net." for host in hosts]
    others: dict[str, object] = {
        "net.": {"add": f"example NS ns1.example.net.\nns1.example A {ADDRESSES[0]}\n"},
        "example.net.": {
            "servers": ["n0.example.net."],
            "text": "\n".join([_SOA, "@ NS ns1", *_addresses(["ns1", *hosts[:addressed]])]),
        },
    }
    return _world(com, zone, "n0.example.net.", "n1.example.net.", others)


def pointing(count: int) -> World:
    """Two name servers, and MX records that point to so many addresses."""
    hosts = ["n0", "n1"]
    com = [*(f"example NS {host}.example.com." for host in hosts), *_addresses(hosts, ".example")]
    mail = [f"www MX 5 198.18.{number >> 8}.{number & 255}." for number in range(count)]
    zone = [*(f"@ NS {host}" for host in hosts), *_addresses(hosts), *mail]
    return _world(com, zone, "n0.example.com.", "n1.example.com.", question="www.example.com. MX")


def _addresses(hosts: list[str], suffix: str = "") -> list[str]:
    return [f"{host}{suffix} A {ADDRESSES[place % 2]}" for place, host in enumerate(hosts)]


def _world(
    com: list[str],
    zone: list[str],
    first: str,
    second: str,
    others: Mapping[str, object] = MappingProxyType({}),
    question: str = "www.example.com. A",
) -> World:
    servers = {
        name: {"addresses": [address], "rtt": 15}
        for name, address in zip((first, second), ADDRESSES, strict=True)
    }
    data = {
        "title": "many name servers",
        "question": question,
        "include": ["_internet"],
        "expect": {"outcome": "answer"},
        "servers": servers,
        "zones": {
            "com.": {"add": "\n".join([*com, ""])},
            "example.com.": {
                "servers": [first, second],
                "text": "\n".join([_SOA, *zone, "www 300 A 192.0.2.44", ""]),
            },
            **others,
        },
    }
    return build("many-servers", data, read)
