"""One order of servers and their addresses, whatever the order in which the records of replies came.

Pure functions.
"""

from __future__ import annotations

from dnstrace.model import Address, Delegation, Meaning, Name, NameServer
from dnstrace.model.structs import replace


def place(server: Name, address: str) -> tuple[Name, bool, str]:
    """Where an address of a server stands in the order of servers: by name, IPv4 first."""
    return server, ":" in address, address


def arranged(cut: Delegation) -> Delegation:
    """The delegation with its servers in order of their names, and their addresses in order."""
    return replace(cut, servers=tuple(_in_order(server) for server in sorted(cut.servers, key=_name)))


def in_one_order(meaning: Meaning) -> Meaning:
    """The meaning with the servers that it names in order: the records of a reply come in any."""
    cut, child, offer = meaning.delegation, meaning.child, meaning.offer
    if cut is None and child is None and offer is None:
        return meaning
    return replace(
        meaning,
        delegation=None if cut is None else arranged(cut),
        child=None if child is None else arranged(child),
        offer=None if offer is None else in_one_order(offer),
    )


def _in_order(server: NameServer) -> NameServer:
    def where(address: Address) -> tuple[Name, bool, str]:
        return place(server.name, address.text)

    return replace(server, addresses=tuple(sorted(server.addresses, key=where)))


def _name(server: NameServer) -> Name:
    return server.name
