"""From choices to a plan: what to ask, how, and over which network (the real one, the lab, or a record)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dnstrace.cli.usage import Usage
from dnstrace.model import Question
from dnstrace.model.anchors import NO_ANCHORS
from dnstrace.model.structs import replace
from dnstrace.model.tracing import Tracing

if TYPE_CHECKING:
    from dnstrace.cli.line.choices import Choices
    from dnstrace.lab.world import World
    from dnstrace.model import Delegation
    from dnstrace.model.anchors import Anchors
    from dnstrace.network.first import First
    from dnstrace.port import Network


class Planned(NamedTuple):
    """What to ask, how, and over which network: live sockets if `network` is None.

    `dead` are the addresses that are taken as dead (`--drop`).
    """

    questions: tuple[Question, ...]
    tracing: Tracing
    network: Network | None = None
    dead: frozenset[str] = frozenset()


def planned(chosen: Choices) -> Planned:
    """The questions, and the way to trace them, that the user chose. Raises Usage."""
    tracing = Tracing(
        settings=chosen.settings,
        limits=chosen.limits,
        roots=None if chosen.hints is None else _roots(chosen.hints),
        server=chosen.server,
        parent_only=chosen.parent_only,
        supposed=chosen.supposed,
        resolvers=chosen.resolvers,
        seed=chosen.seed,
    )
    if chosen.lab is not None:
        return _knowing_the_dead(_in_the_lab(chosen, tracing))
    if chosen.record is not None:
        from dnstrace.cli.replaying import over_the_record

        return _knowing_the_dead(Planned(chosen.questions, *over_the_record(chosen, tracing, _anchors)))
    tracing = _from_the_same_roots(tracing, chosen.earlier)
    if chosen.dnssec:
        tracing = _validated(tracing, chosen)
    if chosen.settings.bind is not None and not chosen.places:
        _check_source(chosen.settings.bind)
    return Planned(chosen.questions, tracing)


def _knowing_the_dead(plan: Planned) -> Planned:
    """The plan, which knows the addresses that its network takes as dead."""
    return plan._replace(dead=getattr(plan.network, "dead", frozenset()))


def taken_up(plan: Planned, first: First) -> Planned:
    """The plan of a trace whose first query is under way."""
    from datetime import UTC, datetime

    from dnstrace.network.ahead import AheadNetwork

    began = datetime.fromtimestamp(first.sent[0].wall, UTC)
    tracing = replace(plan.tracing, seed=first.seed, now=began)
    return plan._replace(tracing=tracing, network=AheadNetwork(first.sent))


def _check_source(address: str) -> None:
    from dnstrace.network.live import check_source

    try:
        check_source(address)
    except OSError as error:
        raise Usage(f"-b {address}: this machine cannot send from it ({error.strerror})") from error


def _roots(path: str) -> Delegation:
    from dnstrace.walk.roots import HintsError, read_hints

    try:
        return read_hints(path)
    except HintsError as error:
        raise Usage(f"--root-hints: {error}") from error


def _from_the_same_roots(tracing: Tracing, earlier: Tracing | None) -> Tracing:
    """The tracing from the root servers of one's own that an earlier trace began at, unless others are given.

    A record always has root servers: they are one's own if none of them is at an address of the Internet's.
    """
    if earlier is None or earlier.roots is None or tracing.roots is not None or tracing.server is not None:
        return tracing
    from dnstrace.walk.roots import root_hints

    known = {address.text for server in root_hints().servers for address in server.addresses}
    theirs = {address.text for server in earlier.roots.servers for address in server.addresses}
    return replace(tracing, roots=earlier.roots) if known.isdisjoint(theirs) else tracing


def _validated(tracing: Tracing, chosen: Choices, world: World | None = None) -> Tracing:
    """The tracing with validation; root servers of one's own need a trust anchor of one's own.

    Those that were given for the trace to compare with hold if no others are given.
    """
    before = None if chosen.earlier is None else chosen.earlier.anchors
    if chosen.anchors is None and before is not None and before.own:
        return replace(tracing, anchors=before, at=chosen.at)
    if tracing.roots is not None and chosen.anchors is None:
        return replace(tracing, anchors=NO_ANCHORS)
    return replace(tracing, anchors=_anchors(chosen.anchors, world), at=chosen.at)


def _anchors(path: str | None, world: World | None = None) -> Anchors:
    """The trust anchors in the file; without a file, those of the world or of the package."""
    from dnstrace.dnssec import (
        AnchorsError,
        MissingCryptography,
        read_anchors,
        require_cryptography,
        root_anchors,
    )

    try:
        require_cryptography()
        if path is not None:
            return read_anchors(path)
        if world is None:
            return root_anchors()
        from dnstrace.api.in_lab import anchors_of

        return anchors_of(world)
    except MissingCryptography as error:
        raise Usage(f"--dnssec: {error}") from error
    except AnchorsError as error:
        raise Usage(f"--trust-anchor: {error}") from error


def _in_the_lab(chosen: Choices, tracing: Tracing) -> Planned:
    """The plan in a world of the lab: its network, its clock, and its question unless another was given."""
    from dnstrace.api.in_lab import placed, validates
    from dnstrace.cli.worlds import world_named
    from dnstrace.lab.network import LabNetwork

    world = world_named(chosen.lab or "")
    usual = validates(world) and chosen.settings.edns is not None
    validated = usual if chosen.dnssec is None else chosen.dnssec
    if validated:
        tracing = _validated(tracing, chosen, world)
    _check_resolvers(chosen, world)
    tracing = placed(tracing, world, adot=not chosen.without_adot)
    types = chosen.types or (world.question.rdtype,)
    own = tuple(replace(world.question, rdtype=rdtype) for rdtype in types)
    network = _alive(LabNetwork(world, signed=validated), world, chosen)
    return Planned(chosen.questions or own, tracing, network)


def _alive(network: Network, world: World, chosen: Choices) -> Network:
    """The lab without the servers that are dropped."""
    if not chosen.drop:
        return network
    from dnstrace.cli.replaying import without

    servers = {str(each.name): frozenset(each.rtt) for each in world.servers}
    return without(chosen.drop, network, servers, f"world {world.name}")


def _check_resolvers(chosen: Choices, world: World) -> None:
    """Raise Usage for a resolver that the world does not have."""
    from dnstrace.analysis.public_resolvers import name_of
    from dnstrace.cli.line.resolver_names import WITH_RESOLVERS
    from dnstrace.model import Transport

    own = " and ".join(world.resolvers)
    there = f"it has {own}: leave out --resolver to ask what it has" if own else WITH_RESOLVERS
    for each in chosen.resolvers:
        if each.transport is not Transport.UDP:
            raise Usage(
                f"--resolver {each.transport}: the lab has no resolvers over TLS;"
                " leave out --lab, or give an address"
            )
        if each.address not in world.addresses or each.port != Transport.UDP.port:
            at = "" if each.port == Transport.UDP.port else f" port {each.port}"
            at += f" ({known})" if (known := name_of(each.address)) else ""
            raise Usage(f"--resolver: world {world.name} has no resolver at {each.address}{at}; {there}")
