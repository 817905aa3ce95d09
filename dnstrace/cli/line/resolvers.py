"""What follows `--resolver`: a resolver as `message/written.py` reads it, or the name of some.

Here is what only this machine knows: its own resolvers and interfaces, and whether it has what HTTPS takes.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from dnstrace.cli.line.addresses import endpoint, is_address
from dnstrace.cli.line.resolvconf import PATH, nameservers
from dnstrace.cli.usage import Usage, harmless, shown
from dnstrace.model.asked import Resolver


class Named(tuple[Resolver, ...]):
    """Resolvers that are given by `name`: none yet, until it is looked up (`resolver_names`)."""

    name = ""

    @classmethod
    def of(cls, name: str) -> Named:
        """Those of a name."""
        found = cls()
        found.name = name
        return found


def resolvers(text: str) -> tuple[Resolver, ...]:
    """The resolver that the text stands for, or Named if that has to be looked up. Raises Usage."""
    if is_name(text.lower()):
        return Named.of(text.lower())
    if text.startswith("https://"):
        _require_https()
    from dnstrace.message.written import RESOLVER_FORMS, read_resolver

    try:
        found = read_resolver(text)
    except ValueError as error:
        why = harmless(str(error))
        names = ", 'system', 'public' or another name" if why.endswith(RESOLVER_FORMS) else ""
        raise Usage(f"{shown(text)} {why}{names}") from error
    if is_address(found.address):
        endpoint(found.address)
    return (found,)


def is_name(text: str) -> bool:
    """Whether a text can be the name of resolvers: letters, digits and hyphens, beginning with a letter."""
    return text[:1].isalpha() and text.replace("-", "").isalnum() and text.isascii() and text.islower()


class SystemResolvers(NamedTuple):
    """The resolvers of this machine, and in `remarks` the lines of its configuration that do not count."""

    resolvers: tuple[Resolver, ...]
    remarks: tuple[str, ...] = ()


def system_resolvers(path: str = PATH) -> SystemResolvers:
    """Those that the system asks: from /etc/resolv.conf, or on Windows from the registry. Raises Usage."""
    try:
        addresses, remarks = _of_registry() if sys.platform == "win32" else nameservers(path)
    except OSError as error:
        raise Usage(f"system: {path} cannot be read: {error.strerror}") from error
    if not addresses:
        raise Usage("; ".join([f"system: {path} of this machine lists no resolver", *remarks]))
    return SystemResolvers(tuple(map(Resolver, addresses)), remarks)


def _of_registry() -> tuple[tuple[str, ...], tuple[str, ...]]:
    import dns.resolver

    try:
        found = dns.resolver.Resolver().nameservers
    except dns.resolver.NoResolverConfiguration:
        return (), ()
    return tuple(each for each in found if isinstance(each, str)), ()


def _require_https() -> None:
    import dns.query

    if not dns.query.have_doh:
        raise Usage("DNS over HTTPS needs more packages: pip install 'dnstrace-cli[doh]'")
