"""Which of a zone's name servers to ask, and in what order.

Known addresses come first, those that failed in this run last; then names are looked up, those under the
deepest known cut first. If all of these fail, what is left is glue from another parent, the zone's own NS
set, a look-up of names whose glue failed, the parent's servers for the addresses of names inside the zone,
another try of the addresses that timed out, and finally those that were dead when another zone needed them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import dns.rdatatype

from dnstrace.analysis.ordering import place
from dnstrace.model import ROOT, Address, Delegation, Kind, Name, Purpose, Query, Question, Source
from dnstrace.walk.context import TraceContext
from dnstrace.walk.health import FAILED
from dnstrace.walk.remembered import Chain

_LOOKED_UP = {Source.RESOLVED, Source.CACHE}


class Candidate(NamedTuple):
    """An address to ask; `tries` counts those made before in this step."""

    server: Name
    address: Address
    tries: int = 0


def _place(candidate: Candidate) -> tuple[Name, bool, str]:
    return place(candidate.server, candidate.address.text)


class UnderWay(NamedTuple):
    """An exchange that has not ended yet; `since` is the loop's time at which its query was sent."""

    candidate: Candidate
    query: Query
    since: float


class Candidates:
    """The addresses of one step that are `ready` to be asked, and the `names` that can be looked up.

    `names_of_parent` can be looked up by asking the parent's servers. `timed_out` are the addresses that did
    not answer, to be tried again when nothing else is left. `first` comes before the others that are equally
    doubtful (`health.Health.doubt`); `skip` are never asked.

    `chain` are the questions that wait for this step, and its own. If one of them waits for an address of
    this very zone (`waited_for`), that step finds and tries the name servers inside the zone itself; here
    they are `left_out`, and so are addresses that do not answer that step either.
    """

    def __init__(
        self,
        context: TraceContext,
        step: int,
        delegation: Delegation,
        question: Question,
        first: Address | None = None,
        skip: frozenset[str] = frozenset(),
        chain: Chain = (),
    ) -> None:
        self._context, self._step, self._question = context, step, question
        self._delegation, self._zone = delegation, delegation.zone
        self._depth = len(chain)
        self.waited_for = any(sought.zone == self._zone for sought in chain)
        self.are_last_resort = False  # those that are ready
        self.once: set[str] = set()
        self._dead: list[Candidate] = []
        self.ready = self._at_hand(first, skip)
        self.left_out: dict[Name, None] = {}
        self.names = self._names_to_look_up()
        self.names_of_parent: list[Name] = []
        self._closed: set[bool] = set()  # the ways in which no further name may be looked up
        self.timed_out: list[Candidate] = []
        self.seen = {*skip, *(candidate.address.text for candidate in (*self.ready, *self._dead))}
        self._further: list[Callable[[], None]] | None = None  # what is left to try, once it is needed

    def add(self, name: Name, addresses: tuple[Address, ...]) -> None:
        """Add addresses that were found for a name server; new ones become ready."""
        fresh = [a for a in addresses if a.text not in self.seen and self._context.health.askable(a)]
        self.seen.update(address.text for address in fresh)
        found = [Candidate(name, address) for address in fresh]
        self.ready += self._without_dead(self._context.in_turn(found, _place))

    def next(self) -> Candidate | None:
        """Remove and return the next address that may be asked; None if none is ready."""
        while self.ready:
            candidate = self.ready.pop(0)
            if self._context.health.askable(candidate.address):
                return candidate
        return None

    def go_further(self) -> bool:
        """Try the next way to find another server; False if none is left."""
        if self._further is None:
            self._further = self._more_to_try()
        if not self._further:
            return False
        self._further.pop(0)()
        return True

    def look_up_no_more(self, of_parent: bool) -> None:
        """Look no further name up in that way: a limit is reached."""
        self._closed.add(of_parent)
        (self.names_of_parent if of_parent else self.names).clear()

    def give_up(self) -> None:
        """Stop looking for further servers."""
        self._further, self.names, self.names_of_parent = [], [], []

    # --- known --------------------------------------------------------------------------------

    def _at_hand(self, first: Address | None, skip: frozenset[str]) -> list[Candidate]:
        """Every known address in random order, those that failed in this run last; or by rule."""
        health = self._context.health
        found = [
            Candidate(server.name, address)
            for server in self._delegation.servers
            for address in server.addresses
            if health.askable(address) and address.text not in skip
        ]
        found = self._without_dead(self._context.in_turn(found, _place))
        if self._context.by_rule:
            return found
        if first is None and not health.doubtful:
            return found
        return sorted(found, key=lambda c: (health.doubt(c.address.text), c.address != first))

    def _without_dead(self, found: list[Candidate]) -> list[Candidate]:
        """The addresses that are not known to be dead; those that are may be the last resort.

        A survey asks them all the same. For a look-up, those that were silent for this very zone stay silent.
        """
        step, dead = self._context.journal[self._step], self._context.remembered.dead
        if step.all_servers:
            return found
        again = found
        if step.purpose is Purpose.NS_ADDRESS:
            if not self._context.by_rule:  # what other look-ups have tried by now is chance
                again = [each for each in found if not self._stays_silent(each.address.text)]
            doubt = self._context.health.doubt
            self.once |= {each.address.text for each in again if doubt(each.address.text) == FAILED}
        if not dead.any:
            return again
        self._dead += [each for each in again if each.address.text in dead]
        return [each for each in again if each.address.text not in dead]

    def _stays_silent(self, address: str) -> bool:
        """Whether an address was asked for this zone in vain, or is being asked by the step that waits."""
        failed = self.waited_for and self._context.health.doubt(address) == FAILED
        return failed or self._context.remembered.dead.is_silent_for(address, self._zone)

    def _names_to_look_up(self) -> list[Name]:
        """Name servers without a usable address, those under the deepest known cut first.

        Not those inside the zone itself whose glue is of a family that is not asked: it is all there is.
        """
        askable, families = self._context.health.askable, self._context.health.families
        names = [
            server.name
            for server in self._delegation.servers
            if not any(map(askable, server.addresses))
            and not (server.name.is_subdomain(self._zone) and {a.family for a in server.addresses} - families)
        ]
        if not names:
            return names
        self.left_out = {name: None for name in names if self.waited_for and self._needs_zone(name)}
        names = [name for name in names if name not in self.left_out]
        names = self._context.in_turn(names, lambda name: (name.is_subdomain(self._zone), name))
        return names if self._context.by_rule else sorted(names, key=self._distance)

    def _distance(self, name: Name) -> tuple[bool, int]:
        """Names inside the zone last, since finding them needs its servers; else by known labels."""
        cut = self._context.cuts.enclosing(Question(name, self._question.rdtype)).zone
        return name.is_subdomain(self._zone), len(name.labels) - len(cut.labels)

    def _needs_zone(self, name: Name) -> bool:
        """Whether only the servers of this zone can be asked for an address of `name`."""
        cut = self._context.cuts.enclosing(Question(name, dns.rdatatype.A)).zone
        return bool(cut == self._zone) and cut != ROOT

    # --- when all of these failed -------------------------------------------------------------

    def _more_to_try(self) -> list[Callable[[], None]]:
        """What is left when no known address answered, in order; each adds addresses or names."""
        return [
            self._add_glue_from_elsewhere,
            self._add_child_servers,
            self._add_names_with_glue,
            self._add_names_again,
            self._add_names_of_parent,
            *[self._add_timed_out] * (self._context.settings.tries - 1),
            self._add_dead,
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
            if server.name not in parents | self.left_out.keys() and not server.addresses:
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

    def _add_names_again(self) -> None:
        """Names whose look-up went without something that has been found since; as often as that happens."""
        lookups = self._context.remembered.lookups
        names = [server.name for server in self._delegation.servers if server.name not in self.left_out]
        self.names += [name for name in names if lookups.is_worth_repeating(name, self._depth)]
        if self._further is not None and self.names and False not in self._closed:
            self._further.insert(0, self._add_names_again)

    def _add_names_of_parent(self) -> None:
        """Names inside the zone without glue: some parents give it only when they are asked for it."""
        if self._zone == ROOT or self.waited_for:
            return
        without = (
            server.name for server in self._context.journal[self._step].servers if not server.addresses
        )
        self.names_of_parent += [name for name in without if name.is_subdomain(self._zone)]

    def _add_dead(self) -> None:
        """Addresses that were dead when another zone needed them, once."""
        self.ready, self._dead = self._dead, []
        self.are_last_resort = True

    def _add_timed_out(self) -> None:
        """Addresses that did not answer, once more; not if an empty reply is good enough (RFC 2308)."""
        meanings = (attempt.meaning for attempt in self._context.journal[self._step].attempts)
        if any(meaning.kind is Kind.EMPTY and meaning.offer is not None for meaning in meanings):
            return
        again = [candidate._replace(tries=candidate.tries + 1) for candidate in self.timed_out]
        self.ready = sorted(again, key=_place) if self._context.by_rule else again
        self.timed_out = []
