"""Resolvers by name: those of the package, those of this machine, and those of the configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.analysis.public_resolvers import public_resolvers
from dnstrace.cli.line import resolvers
from dnstrace.cli.usage import Usage, meant, shown
from dnstrace.model import family_of
from dnstrace.model.asked import Resolver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dnstrace.lab.world import World

_SYSTEM = "system"
ALL = "public"
"""The name that stands for all of the package's."""
WITH_RESOLVERS = "a world that has some is resolver-stale: dnstrace --lab resolver-stale"
"""What to type for a world of the lab that has resolvers."""


def is_system(resolvers: tuple[Resolver, ...]) -> bool:
    """Whether they are those of the system, and not looked up: each place of `--from` has its own."""
    return getattr(resolvers, "name", "") == _SYSTEM


def look_up(
    name: str, families: frozenset[int], own: Mapping[str, tuple[Resolver, ...]]
) -> tuple[tuple[Resolver, ...], tuple[str, ...]]:
    """The resolvers that a name stands for, the user's `own` first, and what users should know of them.

    A public resolver is asked at one address, over IPv6 only where nothing else may be asked. Raises Usage.
    """
    if name in own:
        return own[name], ()
    if name == _SYSTEM:
        return resolvers.system_resolvers()
    known = public_resolvers()
    if name == ALL:
        return tuple(_one_of(addresses, families) for addresses in known.values()), ()
    if name in known:
        return (_one_of(known[name], families),), ()
    names = [*sorted({*known, *own}), ALL]
    near = meant(name, [*names, "system"]) or f"; names are {', '.join(names)}"
    raise Usage(
        f"must be an address, tls://ADDRESS, https://HOST/PATH, 'system' or a name, not {shown(name)}{near}"
    )


def of_the_world(world: World) -> tuple[Resolver, ...]:
    """The resolvers of the lab's machine, which `system` stands for there. Raises Usage if it has none."""
    if not world.resolvers:
        raise Usage(f"world {world.name} has no resolvers; {WITH_RESOLVERS}")
    return tuple(map(Resolver, world.resolvers))


def _one_of(addresses: tuple[str, ...], families: frozenset[int]) -> Resolver:
    """The resolver at the address of the first family that may be asked."""
    return Resolver(min((each for each in addresses if family_of(each) in families), key=family_of))
