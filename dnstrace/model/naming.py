"""How a name stands in a sentence, and above or below another."""

from __future__ import annotations

from typing import Final

import dns.name

_UNESCAPED: Final = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
_MOST = 8192  # names whose text is kept
_texts: dict[tuple[bytes, ...], str] = {}


def presented(name: dns.name.Name) -> str:
    """A name in A-label form and presentation format (RFC 1035 section 5.1), as `dns.name.Name.to_text`.

    The text is kept: one trace writes the same few names again and again, and many traces the same zones.
    """
    text = _texts.get(name.labels)
    if text is None:
        if len(_texts) >= _MOST:
            _texts.clear()
        text = _texts[name.labels] = _written(name)
    return text


def _written(name: dns.name.Name) -> str:
    joined = b".".join(name.labels)
    needs_care = len(name.labels) < 2 or b"".join(name.labels).translate(None, _UNESCAPED)
    return name.to_text() if needs_care else joined.decode("ascii")


def plain(name: dns.name.Name) -> str:
    r"""A name for use in a sentence: A-label form without the final dot, `.` for the root.

    The presentation format of RFC 1035 section 5.1: octets that do not show are written as `\DDD`.
    """
    text = presented(name)
    return text[:-1] if len(name.labels) > 1 and not name.labels[-1] else text


def folded(name: dns.name.Name) -> tuple[bytes, ...]:
    """The labels of a name in lower case: names are equal if these are (RFC 4343).

    They are quicker to find among others than the name, which dnspython hashes octet by octet.
    """
    known: tuple[bytes, ...] | None = getattr(name, "folded", None)  # of `known_name.KnownName`
    return tuple([label.lower() for label in name.labels]) if known is None else known


def is_within(name: dns.name.Name, zone: dns.name.Name) -> bool:
    """Whether a name is at or below `zone`, as `dns.name.Name.is_subdomain`; quick where the case agrees."""
    return name.labels[-len(zone.labels) :] == zone.labels or name.is_subdomain(zone)


def zone_text(zone: dns.name.Name | None) -> str:
    """A zone for use in a sentence: by its name, but the root by what it is."""
    if zone is None:
        return "the zone"
    return "the root zone" if len(zone) == 1 else plain(zone)


def is_below(name: dns.name.Name, ancestor: dns.name.Name) -> bool:
    """Whether a name is below another: its subdomain and not that name itself."""
    return name != ancestor and name.is_subdomain(ancestor)


def wildcard_below(name: dns.name.Name) -> dns.name.Name | None:
    """`*.name`, or None if that would be too long for a domain name."""
    try:
        return dns.name.Name((b"*", *name.labels))
    except dns.name.NameTooLong:
        return None
