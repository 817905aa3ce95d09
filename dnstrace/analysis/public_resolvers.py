"""The public resolvers that the package knows by name, from data/public-resolvers.toml."""

from __future__ import annotations

from functools import cache

from dnstrace import data


@cache
def public_resolvers() -> dict[str, tuple[str, ...]]:
    """The addresses of each by its name, one of each family."""
    import tomllib

    text = data.text("public-resolvers.toml")
    return {name: tuple(entry["addresses"]) for name, entry in tomllib.loads(text).items()}


def name_of(address: str) -> str:
    """The name of the public resolver at an address; empty if none is known there."""
    return next((name for name, addresses in public_resolvers().items() if address in addresses), "")
