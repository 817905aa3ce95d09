"""The zone cuts and addresses that a trace has learnt.

A walk starts at the deepest known cut that encloses its name (RFC 1034 section 5.3.3 step 2). It follows
the parent's side of a cut; the child's own NS set is kept for when those servers fail (RFC 2181 section
5.4.1).
"""

from __future__ import annotations

from dnstrace.model import Address, Delegation, Name, Question, Source
from dnstrace.model.mnemonics import AT_PARENT
from dnstrace.model.naming import folded
from dnstrace.model.structs import replace

Labels = tuple[bytes, ...]
"""Those of a name, in lower case: quicker to find than the name (`dnstrace.model.naming.folded`)."""


class Cuts:
    """What is known about the delegation tree and the addresses of its name servers."""

    def __init__(self, root: Delegation) -> None:
        self._cuts: dict[Labels, Delegation] = {folded(root.zone): root}
        self._child: dict[Name, Delegation] = {}
        self._glue: dict[Name, tuple[Address, ...]] = {}
        self._addresses: dict[Name, tuple[Address, ...]] = {}

    def restart(self, root: Delegation) -> None:
        """Start again from other root servers: what was learnt from the former ones is not valid."""
        self._cuts = {folded(root.zone): root}
        self._child = {}

    def enclosing(self, question: Question) -> Delegation:
        """The deepest known cut whose servers can be asked `question`.

        What is the parent's at a cut is asked above it (`dnstrace.model.mnemonics.AT_PARENT`).
        """
        labels = folded(question.name)
        if question.rdtype in AT_PARENT and labels != (b"",):
            labels = labels[1:]
        while (cut := self._cuts.get(labels)) is None:
            labels = labels[1:]
        return cut

    def add(self, delegation: Delegation) -> None:
        """Learn a cut from a referral."""
        self._cuts[folded(delegation.zone)] = delegation
        for server in delegation.servers:
            if server.addresses:
                self._glue[server.name] = server.addresses

    def glue(self, name: Name) -> tuple[Address, ...]:
        """The glue that a referral gave for a name server."""
        return self._glue.get(name, ())

    def add_child(self, delegation: Delegation) -> None:
        """Learn a zone's NS set from the zone itself."""
        self._child.setdefault(delegation.zone, delegation)

    def child(self, zone: Name) -> Delegation | None:
        """The zone's own NS set, if it was seen."""
        return self._child.get(zone)

    def add_addresses(self, name: Name, addresses: tuple[Address, ...], ttl: int = 0) -> None:
        """Learn the addresses of a name server from a look-up; `ttl` matters where traces share them."""
        self._addresses[name] = tuple(dict.fromkeys((*self._addresses.get(name, ()), *addresses)))

    def with_addresses(self, delegation: Delegation) -> Delegation:
        """The delegation with what look-ups have found for its name servers."""
        if all(server.addresses for server in delegation.servers):
            return delegation
        servers = tuple(
            server if server.addresses else replace(server, addresses=self._known(server.name))
            for server in delegation.servers
        )
        return replace(delegation, servers=servers)

    def _known(self, name: Name) -> tuple[Address, ...]:
        return tuple(replace(address, source=Source.CACHE) for address in self._addresses.get(name, ()))
