"""From what a caller of the library says to how a trace is made, and over which network."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from dnstrace.message.written import RESOLVER_FORMS, read_name, resolver_of
from dnstrace.model.addresses import canonical
from dnstrace.model.allowed import PORT, check_address, check_kind, check_whole
from dnstrace.model.anchors import NO_ANCHORS
from dnstrace.model.asked import Resolver, Transport
from dnstrace.model.structs import replace
from dnstrace.model.tracing import Tracing
from dnstrace.port import Network

if TYPE_CHECKING:
    from os import PathLike

    from dnstrace.lab.network import LabNetwork
    from dnstrace.lab.world import World
    from dnstrace.model import Delegation
    from dnstrace.model.anchors import Anchors


class Prepared(NamedTuple):
    """How a trace is made, and over which network: live sockets if None. `lab` is that of a world, if any."""

    tracing: Tracing
    network: Network | None
    lab: LabNetwork | None = None


def prepared(
    tracing: Tracing,
    network: Network | None = None,
    *,
    check: bool = False,
    dnssec: bool | None = None,
    lab: str | PathLike[str] | World | None = None,
    adot: bool = True,
) -> Prepared:
    """The way to trace, with what `check`, `dnssec` and `lab` say of it. Raises ValueError.

    `check` implies `dnssec` unless that is False. A world of the lab that is about validation is validated
    unless it is False, and name servers are asked over TLS where its file says so unless `adot` is False.
    """
    if isinstance(tracing.server, str):
        _check_server(tracing.server)
    if check:
        if tracing.parent_only:
            raise ValueError("`check` asks the servers of the zone itself: leave out `parent_only`")
        tracing = replace(tracing, settings=replace(tracing.settings, probe=True, all_servers=True))
    if lab is None:
        return Prepared(_validated(tracing, dnssec or (check and dnssec is None), dnssec, None), network)
    if network is not None:
        raise ValueError("give either `lab` or `network`, not both")
    from dnstrace.api.in_lab import placed, validates
    from dnstrace.lab.network import LabNetwork

    world = world_of(lab)
    about = validates(world) and tracing.settings.edns is not None and not tracing.parent_only
    tracing = _validated(tracing, (check or about) if dnssec is None else dnssec, dnssec, world)
    there = LabNetwork(world, signed=tracing.anchors is not None)
    return Prepared(placed(tracing, world, adot=adot), there, there)


def world_of(lab: str | PathLike[str] | World) -> World:
    """A world of the lab. Raises ValueError: UnknownWorld, or WorldError for a file that is wrong."""
    from dnstrace.lab.own import given

    return given(lab)


def resolvers_of(given: Iterable[Resolver | str]) -> tuple[Resolver, ...]:
    """The resolvers that are given as values, or as texts: addresses, URLs, names. Raises ValueError.

    Names are those of the package, and `public` for all of them. What this machine and the command's
    configuration file name is not looked at: a program says itself what it asks.
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ValueError(f"`resolvers` is a list of them, not {given!r}")
    every = (_checked(each) if isinstance(each, Resolver) else _resolvers(each) for each in given)
    return tuple(resolver for several in every for resolver in several)


def supposed_of(given: Iterable[Delegation]) -> tuple[Delegation, ...]:
    """The delegations that are supposed. Raises ValueError."""
    if not isinstance(given, Iterable):
        raise ValueError(f"`supposed` is a list of Delegations, not {given!r}")
    return tuple(given)


def _checked(resolver: Resolver) -> tuple[Resolver]:
    check_whole("the port of a resolver", resolver.port, PORT)
    if resolver.transport is not Transport.HTTPS:
        check_address("the address of a resolver", str(resolver.address).partition("%")[0])
    return (resolver,)


def _check_server(server: str) -> None:
    """Raise ValueError for a server to start from that is neither an address nor a name."""
    with suppress(ValueError):
        canonical(server)
        return
    try:
        if sign := next((sign for sign in " ,/:#" if sign in server), ""):
            hint = "" if sign in " ," else "; a port is given by Settings(port=...)"
            raise ValueError(f"has {'a blank' if sign == ' ' else repr(sign)} in it{hint}")
        read_name(server)
    except ValueError as error:
        raise ValueError(f"server must be an address or a name: {server!r} {error}") from error


def _resolvers(text: str) -> tuple[Resolver, ...]:
    check_kind("each of `resolvers`", text, str, "text or a Resolver")
    if not (text[:1].isalpha() and text.replace("-", "").isalnum() and text.isascii()):
        return (resolver_of(text),)
    from dnstrace.analysis.public_resolvers import public_resolvers

    known = {name: Resolver(addresses[0]) for name, addresses in public_resolvers().items()}
    if text == "public":
        return tuple(known.values())
    if text not in known:
        names = ", ".join(known)
        raise ValueError(
            f"{text!r} is not a resolver: give {RESOLVER_FORMS}, or a name: {names} or public;"
            " the resolvers of this machine and of config.toml are known to the command only"
        )
    return (known[text],)


def _validated(tracing: Tracing, wanted: bool, said: bool | None, world: World | None) -> Tracing:
    """The way to trace with trust anchors, where it is to validate and has none."""
    if said and tracing.parent_only:
        raise ValueError("`dnssec` needs an answer to validate: leave out `parent_only`")
    if said and tracing.settings.edns is None:
        raise ValueError("signatures are asked for with EDNS: leave out `dnssec`")
    if said is False and tracing.anchors is not None:
        raise ValueError("`anchors` are where validation starts: leave them out, or `dnssec=False`")
    if not wanted or tracing.anchors is not None or tracing.settings.edns is None:
        return tracing
    return replace(tracing, anchors=_anchors(tracing, world))


def _anchors(tracing: Tracing, world: World | None) -> Anchors:
    """The trust anchors of the world or of the package; none for root servers of one's own."""
    if tracing.roots is not None:
        return NO_ANCHORS
    if world is not None:
        from dnstrace.api.in_lab import anchors_of

        return anchors_of(world)
    from dnstrace.dnssec import root_anchors

    return root_anchors()
