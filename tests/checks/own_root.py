"""A root of one's own, whose servers misbehave: a small internet that has nothing of the public one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dnstrace import Trace, trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.worldfile import build
from dnstrace.model import Address, Delegation, NameServer, Settings, Source
from tests.replies import name

ADDRESSES = {
    "ns1.root.": ("192.0.2.1", "2001:db8:1::1"),
    "ns2.root.": ("198.51.100.2", "2001:db8:2::2"),
    "ns1.example.": ("192.0.2.53",),
    "ns2.example.": ("203.0.113.54",),
}
SOA = "@ SOA ns1.example. hostmaster 2026011501 7200 900 1209600 300\n"


def _nothing(included: str) -> Mapping[str, Any]:
    """What such a world includes."""
    raise KeyError(included)


def own_root(ns1: Sequence[str], ns2: Sequence[str], *example: str) -> Trace:
    """A trace of www.example where the root servers do this; those named in `example` have that zone, too."""
    does = {"ns1.root.": list(ns1), "ns2.root.": list(ns2)}
    glue = "".join(
        f"{host} {'AAAA' if ':' in each else 'A'} {each}\n" for host, at in ADDRESSES.items() for each in at
    )
    listed = "@ NS ns1.root.\n@ NS ns2.root.\nexample NS ns1.example.\nexample NS ns2.example.\n"
    zone = "@ NS ns1\n@ NS ns2\nns1 A 192.0.2.53\nns2 A 203.0.113.54\nwww 300 A 192.0.2.44\n"
    content = {
        "title": "a test",
        "question": "www.example. A",
        "servers": {
            host: {"addresses": list(at), "does": does.get(host, [])} for host, at in ADDRESSES.items()
        },
        "zones": {
            ".": {"text": SOA + listed + glue},
            "example.": {"text": SOA + zone, "servers": ["ns1.example.", "ns2.example.", *example]},
        },
        "expect": {"outcome": "answer"},
    }
    servers = (
        NameServer(name(host), tuple(Address(each, Source.HINT) for each in ADDRESSES[host]))
        for host in ("ns1.root.", "ns2.root.")
    )
    return trace(
        "www.example.",
        network=LabNetwork(build("test", content, _nothing)),
        roots=Delegation(name("."), tuple(servers)),
        settings=Settings(all_servers=True, probe=True),
        seed=1,
    )
