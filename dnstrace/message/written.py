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

RESOLVER_FORMS = "an address, tls://ADDRESS or https://HOST/PATH"
"""What stands for a resolver, for messages."""

_DIGITS = 5  # of a port, at most
_PLAIN = b".-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST_LABEL, _LONGEST_NAME = 63, 253  # octets; of a name without its last dot (RFC 1035 section 2.3.4)


def subject_of(text: str) -> tuple[Name, RdataType]:
    """The name that a text stands for, and the type to ask for where none is given.

    A URL, with or without its scheme, stands for its host, an address for its reverse name (PTR).
    """
    import dns.rdatatype
    import dns.reversename

    host = text
    if "://" in text or is_url(text):
        host = host_of(text if "://" in text else f"https://{text}")
        if not host:
            raise ValueError(f"the URL {text!r} has no host")
    if (address := _address(host.removesuffix("."))) is not None:
        return dns.reversename.from_address(address), dns.rdatatype.PTR
    if not host:
        raise ValueError("the name is empty; the root is '.'")
    try:
        return read_name(host)[0], dns.rdatatype.A
    except ValueError as error:
        raise ValueError(f"{host!r} {error}") from error


def is_url(text: str) -> bool:
    """Whether a text is a URL without its scheme, `example.com/page`.

    `0/25.2.0.192.in-addr.arpa` is not: RFC 2317 puts slashes into names.
    """
    host, slash, _ = text.partition("/")
    return bool(slash) and host.rstrip(".").rpartition(".")[2][:1].isalpha() and "." in host.rstrip(".")


def host_of(url: str) -> str:
    """The host of a URL; empty if it has none."""
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def read_name(text: str) -> tuple[Name, bool]:
    """A name in ASCII, with the escapes of RFC 1035 section 5.1, or in Unicode, and whether IDNA 2008 has it.

    Raises ValueError; its message continues a sentence that begins with the text.
    """
    import dns.exception
    import dns.name

    from dnstrace.model.known_name import known

    if (plain := _plain_name(text)) is not None:
        return plain, True
    try:
        if text.isascii():
            return known(dns.name.from_text(text, idna_codec=dns.name.IDNA_2008)), True
        from dnstrace.message.unicode_names import from_unicode

        return from_unicode(text)
    except dns.name.LabelTooLong as error:
        raise ValueError("has a label of more than 63 octets (RFC 1035 section 2.3.4)") from error
    except dns.name.NameTooLong as error:
        raise ValueError("is longer than 255 octets (RFC 1035 section 2.3.4)") from error
    except dns.name.EmptyLabel as error:
        raise ValueError("has an empty label: two dots in a row, or one at the start") from error
    except dns.name.BadEscape as error:
        raise ValueError("has a broken escape: \\ takes a character or three digits up to 255") from error
    except (dns.exception.DNSException, UnicodeError, ValueError, IndexError) as error:
        raise ValueError("is not a valid internationalised name (RFC 5891)") from error


def _plain_name(text: str) -> Name | None:
    """A name of letters, digits, hyphens and underscores, as most are, in a fifth of the time; else None."""
    from dnstrace.model.known_name import LABELS, NAMES, remember

    octets = text.encode("ascii", "replace").removesuffix(b".")  # of a question mark there is no such name
    labels = (*octets.split(b"."), b"")
    lengths = [*map(len, labels)]
    if octets.translate(None, _PLAIN) or len(octets) > _LONGEST_NAME or len(labels) > LABELS:
        return None
    if max(lengths) > _LONGEST_LABEL or 0 in lengths[:-1]:
        return None
    return NAMES.get(labels) or remember(labels)


def resolver_of(text: str) -> Resolver:
    """The resolver that a text stands for; see read_resolver. Raises ValueError, with the text in it."""
    try:
        return read_resolver(text)
    except ValueError as error:
        raise ValueError(f"{text!r} {error}") from error


def read_resolver(text: str) -> Resolver:
    """The resolver that a text stands for: an address, with its port if it is another than the usual one.

    `192.0.2.53`, `[2001:db8::53]:5353`, `tls://192.0.2.53#dns.example` (RFC 7858; after the # is the name on
    its certificate), `https://dns.example/dns-query` (RFC 8484). Raises ValueError; its message continues a
    sentence that begins with the text.
    """
    if text.startswith("https://"):
        return _over_https(text)
    if not text.startswith("tls://"):
        return Resolver(*_address_and_port(text, Transport.UDP))
    place, _, named = text.removeprefix("tls://").partition("#")
    where, port = _address_and_port(place, Transport.TLS)
    certified = _host_name(named) if named else where.partition("%")[0]
    return Resolver(where, port, Transport.TLS, certified)


def _over_https(text: str) -> Resolver:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        host, port = parts.hostname, Transport.HTTPS.port if parts.port is None else parts.port
        complete = host and port and parts.path and "@" not in parts.netloc
    except ValueError:
        host = complete = None
    if not host or not complete or not text.isascii() or not text.isprintable():
        raise ValueError("is not a URL such as https://dns.example/dns-query")
    if (where := _address(host)) is None:
        where = _host_name(host)
    return Resolver(where, port, Transport.HTTPS, text)


def _host_name(text: str) -> str:
    """A name without its final dot."""
    try:
        return str(read_name(text)[0]).rstrip(".")
    except ValueError as error:
        raise ValueError(f"has a wrong name: {text!r} {error}") from error


def _address_and_port(place: str, transport: Transport) -> tuple[str, int]:
    """The address and the port in a text: `192.0.2.1:53`, `[2001:db8::1]:53`."""
    where, port, is_wrong = place, "", False
    if place.startswith("["):
        where, closed, rest = place[1:].partition("]")
        port = rest.removeprefix(":")
        is_wrong = not closed or (bool(rest) and (not rest.startswith(":") or not port))
    elif place.count(":") == 1:
        where, _, port = place.partition(":")
        is_wrong = not port
    address = None if is_wrong or (port and not (port.isascii() and port.isdigit())) else _address(where)
    if address is None:
        raise ValueError(f"is not a resolver: give {RESOLVER_FORMS}")
    number = int(port or transport.port) if len(port) <= _DIGITS else 0
    if not 0 < number < 65536:
        raise ValueError("has a wrong port: it must be from 1 to 65535")
    return address, number


def _address(text: str) -> str | None:
    """An address in canonical form; None for a text that is not one."""
    try:
        return canonical(text)
    except ValueError:
        return None
