r"""Text from the network made harmless and visible, and quantities for people.

The one place that does it: whatever comes out of here has no character that a terminal obeys, that
cannot be seen, or that turns the line round. What is taken out becomes `\DDD` (presentation format,
RFC 1035 section 5.1) or `\u{202e}`. Needs neither rich nor any decision about looks.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import dns.rcode

if TYPE_CHECKING:
    from datetime import datetime

    import dns.name
    import dns.rdata

_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters and marks that show nothing
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_LATIN_1_END = 0x100


def harmless(text: str) -> str:
    r"""`text` with every character that does not show made visible as `\DDD` or `\u{...}`.

    For text that is in presentation format already: backslashes stay as they are.
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_visible, text))


def escaped(text: str | bytes) -> str:
    r"""Free text from the network (EDE text, NSID) made harmless, its backslashes doubled.

    Octets are taken as UTF-8; those that are none become `\DDD`.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    return harmless(text.replace("\\", "\\\\"))


def _visible(character: str) -> str:
    if character.isprintable() and not _unseen(character):
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # an octet that is no UTF-8 (PEP 383)
        code -= 0xDC00
    return f"\\{code:03d}" if code < _LATIN_1_END else f"\\u{{{code:04x}}}"


def _unseen(character: str) -> bool:
    """Printable by its category and yet not seen: blanks, variation selectors, enclosing marks."""
    return (
        character in _BLANKS
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or unicodedata.category(character) == "Me"
    )


def name_text(name: dns.name.Name) -> str:
    """A name in A-label form, absolute, in presentation format: ASCII without spaces."""
    return name.to_text()


def unicode_name(name: dns.name.Name) -> str | None:
    """The name with its A-labels as U-labels, where every one is valid IDNA2008 and can be shown."""
    if not any(label[:4].lower() == b"xn--" for label in name.labels):
        return None
    import idna

    try:
        labels = [
            idna.decode(label) if label[:4].lower() == b"xn--" else _ascii(label) for label in name.labels
        ]
    except (UnicodeError, IndexError, ValueError):
        return None
    text = ".".join(labels)
    return text if harmless(text) == text and not any(map(str.isspace, text)) else None


def _ascii(label: bytes) -> str:
    """A label that is no A-label; raises ValueError unless it is letters, digits, hyphens, underscores."""
    text = label.decode("ascii")
    if text and not text.replace("-", "a").replace("_", "a").isalnum():
        raise ValueError(text)
    return text


def rdata_text(rdata: dns.rdata.Rdata) -> str:
    """RDATA in presentation format, as RFC 3597 section 5 has it where its own form cannot be written."""
    try:
        text = rdata.to_text()
    except Exception:  # a type whose own form stumbles on hostile octets (GPOS) still has the generic one
        text = rdata.to_generic().to_text()
    return harmless(text) if text.isascii() else "".join(map(_octets, text))


def _octets(character: str) -> str:
    if character.isascii():
        return harmless(character)
    return "".join(f"\\{octet:03d}" for octet in character.encode("utf-8", "surrogatepass"))


def rcode_text(rcode: int) -> str:
    """The mnemonic of an extended RCODE, or `RCODE3000` where it has none (RFC 6895 section 2.3)."""
    text = dns.rcode.to_text(dns.rcode.Rcode.make(rcode))
    return f"RCODE{text}" if text.isdigit() else text


def ttl_text(seconds: int) -> str:
    """A TTL for people, exact: `0s`, `5m`, `1h30m`, `2d`."""
    parts = []
    for unit, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def clock_text(now: datetime, then: datetime) -> str:
    """A time of day in UTC, with its date where that is not today's."""
    return then.strftime("%H:%M:%S UTC" if now.date() == then.date() else "%Y-%m-%d %H:%M:%S UTC")


def time_text(seconds: float) -> str:
    """A duration for people, to about two digits: `<0.1 ms`, `0.4 ms`, `8 ms`, `1.2 s`."""
    milliseconds = max(seconds, 0.0) * 1000
    if milliseconds < 0.05:
        return "<0.1 ms" if milliseconds else "0 ms"
    if milliseconds < 0.95:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 99.95 else f"{seconds:.0f} s"


def count_text(count: int, singular: str, plural: str = "") -> str:
    """`1 query`, `5 queries`; the plural is the singular with an s unless it is given."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"
