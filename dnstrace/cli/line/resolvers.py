"""What follows `--resolver`: an address, the URL of a resolver that takes queries over TLS, or a name.

192.0.2.53   192.0.2.53:5353   [2001:db8::53]:5353
tls://192.0.2.53   tls://192.0.2.53:853#dns.example     RFC 7858; after the # the name on its certificate
https://dns.example/dns-query                           RFC 8484
"""

from __future__ import annotations

import sys
from typing import NamedTuple
from urllib.parse import urlsplit

from dnstrace.cli.line.addresses import address, endpoint, is_address
from dnstrace.cli.line.names import name
from dnstrace.cli.line.resolvconf import PATH, nameservers
from dnstrace.cli.usage import Usage, shown
from dnstrace.model import Transport
from dnstrace.model.asked import Resolver

_FORMS = "an address, tls://ADDRESS, https://HOST/PATH, 'system', 'public' or another name"


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
    if text.startswith("tls://"):
        return (_over_tls(text),)
    if text.startswith("https://"):
        return (_over_https(text),)
    return (Resolver(*_address_and_port(text, text, Transport.UDP)),)


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


def _over_tls(text: str) -> Resolver:
    place, _, named = text.removeprefix("tls://").partition("#")
    where, port = _address_and_port(place, text, Transport.TLS)
    return Resolver(
        where, port, Transport.TLS, str(name(named)).rstrip(".") if named else where.partition("%")[0]
    )


def _over_https(text: str) -> Resolver:
    _require_https()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port or Transport.HTTPS.port
    except ValueError:
        host = None
    if not host or parts.username or not parts.path or not text.isascii() or not text.isprintable():
        raise Usage(f"must be a URL such as https://dns.example/dns-query, not {shown(text)}")
    where = address(host) if is_address(host) else str(name(host)).rstrip(".")
    return Resolver(where, port, Transport.HTTPS, text)


def _require_https() -> None:
    import dns.query

    if not dns.query.have_doh:
        raise Usage("DNS over HTTPS needs more packages: pip install 'dnstrace-cli[doh]'")


def _address_and_port(place: str, text: str, transport: Transport) -> tuple[str, int]:
    """The address and the port in `place`, which is a part of `text`: `192.0.2.1:53`, `[2001:db8::1]:53`."""
    where, port = place, ""
    if place.startswith("["):
        where, _, rest = place[1:].partition("]")
        port = rest.removeprefix(":")
        wrong = bool(rest) and (not rest.startswith(":") or not port)
    elif place.count(":") == 1:
        where, _, port = place.partition(":")
        wrong = not port
    else:
        wrong = False
    if wrong or not is_address(where) or not (port or "1").isascii() or not (port or "1").isdigit():
        raise Usage(f"must be {_FORMS}, not {shown(text)}")
    number = int(port[:6] or transport.port)
    if not 0 < number < 65536:
        raise Usage(f"{shown(text)}: the port must be from 1 to 65535")
    return endpoint(where), number
