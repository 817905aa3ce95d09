"""Which of a zone's name servers to ask, and in what order.

Known addresses come first, those that failed in this run last; then names are looked up, those under the
deepest known cut first. If all of these fail, what is left is glue from another parent, the zone's own NS
set, a look-up of names whose glue failed, and another try of the addresses that timed out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dnstrace.model import Address, Delegation, Kind, Name, Question, Source
from dnstrace.walk.context import TraceContext

_LOOKED_UP = {Source.RESOLVED, Source.CACHE}


class Candidate(NamedTuple):
    """An address to ask; `tries` counts those made before in this step."""

    server: Name
    address: Address
    tries: int = 0


class Candidates:
    """The addresses of one step that are `ready` to be asked, and the `names` that can be looked up.

    `timed_out` are those that did not answer, to be tried again when nothing else is left. `first` comes
    before the others that are equally doubtful (`health.Health.doubt`); `skip` are never asked.
    """

    def __init__(
        self,
        context: TraceContext,
        step: int,
        delegation: Delegation,
        question: Question,
        first: Address | None = None,
        skip: frozenset[str] = frozenset(),
    ) -> None:
        self._context, self._step, self._question = context, step, question
        self._delegation, self._zone = delegation, delegation.zone
        self.ready = self._at_hand(first, skip)
        self.names = self._names_to_look_up()
        self.timed_out: list[Candidate] = []
        self.seen = {*skip, *(candidate.address.text for candidate in self.ready)}
        self._further = self._more_to_try()

    def add(self, name: Name, addresses: tuple[Address, ...]) -> None:
        """Add addresses that were found for a name server; new ones become ready."""
        fresh = [a for a in addresses if a.text not in self.seen and self._context.health.askable(a)]
        self.seen.update(address.text for address in fresh)
        self._context.random.shuffle(fresh)
        self.ready += [Candidate(name, address) for address in fresh]

    def next(self) -> Candidate | None:
        """Remove and return the next address that may be asked; None if none is ready."""
        while self.ready:
            candidate = self.ready.pop(0)
            if self._context.health.askable(candidate.address):
                return candidate
        return None

    def go_further(self) -> bool:
        """Try the next way to find another server; False if none is left."""
        if not self._further:
            return False
        self._further.pop(0)()
        return True

    def give_up(self) -> None:
        """Stop looking for further servers."""
        self._further, self.names = [], []

    # --- known --------------------------------------------------------------------------------

    def _at_hand(self, first: Address | None, skip: frozenset[str]) -> list[Candidate]:
        """Every known address in random order, those that failed in this run last."""
        health = self._context.health
        found = [
            Candidate(server.name, address)
            for server in self._delegation.servers
            for address in server.addresses
            if health.askable(address) and address.text not in skip
        ]
        self._context.random.shuffle(found)
        return sorted(found, key=lambda c: (health.doubt(c.address.text), c.address != first))

    def _names_to_look_up(self) -> list[Name]:
        """Name servers without a usable address, those under the deepest known cut first."""
        askable = self._context.health.askable
        names = [s.name for s in self._delegation.servers if not any(map(askable, s.addresses))]
        self._context.random.shuffle(names)
        return sorted(names, key=lambda name: self._distance(name))

    def _distance(self, name: Name) -> tuple[bool, int]:
        """Names inside the zone last, since finding them needs its servers; else by known labels."""
        cut = self._context.cuts.enclosing(Question(name, self._question.rdtype)).zone
        return name.is_subdomain(self._zone), len(name.labels) - len(cut.labels)

    # --- when all of these failed -------------------------------------------------------------

    def _more_to_try(self) -> list[Callable[[], None]]:
        """What is left when no known address answered, in order; each adds addresses or names."""
        return [
            self._add_glue_from_elsewhere,
            self._add_child_servers,
            self._add_names_with_glue,
            *[self._add_timed_out] * (self._context.settings.tries - 1),
        ]

    def _add_glue_from_elsewhere(self) -> None:
        """Addresses that another parent gave for these names: their own zones may say something else."""
        for server in self._delegation.servers:
            self.add(server.name, self._context.cuts.glue(server.name))

    def _add_child_servers(self) -> None:
        """The zone's own NS set, where it differs from its parent's (RFC 2181 section 5.4.1)."""
        child = self._context.cuts.child(self._zone)
        parents = {server.name for server in self._delegation.servers}
        for server in child.servers if child is not None else ():
            self.add(server.name, server.addresses)
            if server.name not in parents and not server.addresses:
                self.names.append(server.name)

    def _add_names_with_glue(self) -> None:
        """Names whose glue failed, which may have another address; not those inside the zone itself."""
        self.names += [
            server.name
            for server in self._delegation.servers
            if server.addresses
            and not server.name.is_subdomain(self._zone)
            and not any(address.source in _LOOKED_UP for address in server.addresses)
        ]

    def _add_timed_out(self) -> None:
        """Addresses that did not answer, once more; not if an empty reply is good enough (RFC 2308)."""
        if any(a.meaning.kind is Kind.EMPTY for a in self._context.journal[self._step].attempts):
            return
        self.ready = [candidate._replace(tries=candidate.tries + 1) for candidate in self.timed_out]
        self.timed_out = []
