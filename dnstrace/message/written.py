"""What programs and people write for a name or a resolver: URLs, addresses and names in Unicode too.

All of it raises ValueError, in one line, for a text that stands for nothing. dnspython is imported when a
text is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.model.addresses import canonical
from dnstrace.model.asked import Resolver, Transport

if TYPE_CHECKING:
    from dns.name import Name
    from dns.rdatatype import RdataType


def subject_of(text: str) -> tuple[Name, RdataType]:
    """The name that a text stands for, and the type to ask for where none is given.

    A URL, with or without its scheme, stands for its host, an address for its reverse name (PTR).
    """
    import dns.rdatatype
    import dns.reversename

    host = host_of(text)
    if (address := _address(host.removesuffix("."))) is not None:
        return dns.reversename.from_address(address), dns.rdatatype.PTR
    return name_of(host), dns.rdatatype.A


def host_of(text: str) -> str:
    """The host of a URL; any other text as it is.

    `0/25.2.0.192.in-addr.arpa` is not a URL: RFC 2317 puts slashes into names.
    """
    from urllib.parse import urlsplit

    host, slash, _ = text.partition("/")
    if "://" not in text:
        top = host.rstrip(".").rpartition(".")
        if not (slash and top[1] and top[2][:1].isalpha()):
            return text
        text = f"https://{text}"
    try:
        found = urlsplit(text).hostname
    except ValueError:
        found = None
    if not found:
        raise ValueError(f"the URL {text!r} has no host")
    return found


def name_of(text: str) -> Name:
    """A name in ASCII, with the escapes of RFC 1035 section 5.1, or in Unicode (IDNA 2008)."""
    import dns.exception
    import dns.name

    if not text:
        raise ValueError("the name is empty; the root is '.'")
    read = dns.name.from_text if text.isascii() else dns.name.from_unicode
    try:
        return read(text, idna_codec=dns.name.IDNA_2008)
    except (dns.exception.DNSException, UnicodeError, IndexError) as error:
        raise ValueError(f"{text!r} is not a name: {error}") from error


def resolver_of(text: str) -> Resolver:
    """The resolver that a text stands for: an address, with its port if it is another than the usual one.

    `192.0.2.53`, `[2001:db8::53]:5353`, `tls://192.0.2.53#dns.example` (RFC 7858; after the # is the name on
    its certificate), `https://dns.example/dns-query` (RFC 8484).
    """
    from urllib.parse import urlsplit

    scheme, separator, rest = text.partition("://")
    transport = {"tls": Transport.TLS, "https": Transport.HTTPS}.get(scheme) if separator else Transport.UDP
    try:
        parts = urlsplit(f"//{rest if separator else text}")
        host, port = (text, None) if _address(text) else (parts.hostname or "", parts.port)
    except ValueError:
        transport = None
    if transport is None or not host or (transport is not Transport.HTTPS and _address(host) is None):
        raise ValueError(f"{text!r} is not a resolver: an address, tls://ADDRESS or https://HOST/PATH is")
    endpoint = {Transport.TLS: parts.fragment or host, Transport.HTTPS: text}.get(transport, "")
    return Resolver(_address(host) or host, port or transport.port, transport, endpoint)


def _address(text: str) -> str | None:
    """An address in canonical form; None for a text that is not one."""
    try:
        return canonical(text)
    except ValueError:
        return None
