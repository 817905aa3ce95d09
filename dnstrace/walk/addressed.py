"""Parts of a delegation: the servers that can be asked, and those with certain addresses."""

from __future__ import annotations

from dnstrace.model import Delegation, Name
from dnstrace.model.structs import replace


def askable(cut: Delegation, without: frozenset[str]) -> Delegation:
    """The servers of a cut that have an address, without the addresses in `without`."""
    return only(cut, frozenset(a.text for server in cut.servers for a in server.addresses) - without)


def only(cut: Delegation, addresses: frozenset[str]) -> Delegation:
    """The servers of a cut that have one of the addresses, with these."""
    servers = (
        replace(server, addresses=tuple(a for a in server.addresses if a.text in addresses))
        for server in cut.servers
    )
    return Delegation(cut.zone, tuple(server for server in servers if server.addresses))


def each_once(cut: Delegation) -> Delegation:
    """The servers of a cut, each address under the first that has it: there it is asked (survey.py)."""
    first: dict[str, Name] = {}
    for server in cut.servers:
        for address in server.addresses:
            first.setdefault(address.text, server.name)
    servers = (
        replace(server, addresses=tuple(a for a in server.addresses if first[a.text] == server.name))
        for server in cut.servers
    )
    return Delegation(cut.zone, tuple(servers))
