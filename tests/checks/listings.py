"""Worlds in which the parent and the zone list these name servers and those."""

from __future__ import annotations

from dnstrace.lab.world import World
from tests.checks.checking import made_of


def world(child: str, parent: str = "ns1 ns2", old: str = "", **does: str) -> World:
    """example.com, whose parent lists some names of name servers and the zone others.

    The servers named in `old` have a version of the zone with a lower serial.
    """
    addresses = {"ns1": "192.0.2.53", "ns2": "198.51.100.53", "ns3": "203.0.113.53"}
    servers = {
        f"{name}.example.com.": {"addresses": [address], "rtt": 20, "does": does.get(name, "").split()}
        for name, address in addresses.items()
    }
    glue = [f"{name}.example A {addresses[name]}" for name in parent.split() if name in addresses]
    apex = ["@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300", *(f"@ NS {name}" for name in child.split())]
    hosts = [f"{name} A {address}" for name, address in addresses.items()]
    text = "\n".join((*apex, *hosts, "www 300 A 192.0.2.44"))
    behind = {
        "text": text.replace(" 1 7200", " 0 7200"),
        "servers": [f"{name}.example.com." for name in old.split()],
    }
    return made_of(
        "_internet",
        servers=servers,
        zones={
            "com.": {"add": "\n".join((*(f"example NS {name}.example" for name in parent.split()), *glue))},
            "example.com.": {"text": text, "servers": list(servers)},
            **({"example.com. old": behind} if old else {}),
        },
    )
