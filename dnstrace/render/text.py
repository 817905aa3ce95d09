r"""Escapes text from the network, and formats quantities for people.

The only module that escapes: its results contain no control characters, no invisible characters, and none
that change the writing direction. These become `\DDD` (presentation format, RFC 1035 section 5.1) or
`\u{202e}`. Needs neither rich nor any decision about style.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import dns.rcode
import dns.rdataclass
import dns.rdatatype

from dnstrace.message.presentation import presented
from dnstrace.model.addresses import address_of
from dnstrace.model.naming import presented as presented_name

if TYPE_CHECKING:
    from datetime import datetime

    import dns.name
    import dns.rdata

_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # invisible letters and marks
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_CIRCLED = ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1))  # first, last, code point of the first
_LATIN_1_END = 0x100
_MNEMONICS, _TTLS = 256, 1024  # whose texts are kept


def harmless(text: str) -> str:
    r"""`text` with every invisible character escaped as `\DDD` or `\u{...}`.

    For text in presentation format: backslashes stay as they are.
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_visible, text))


def escaped(text: str | bytes) -> str:
    r"""Free text from the network (EDE text, NSID), escaped, with backslashes doubled.

    Octets are read as UTF-8; invalid ones become `\DDD`.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    return harmless(text.replace("\\", "\\\\"))


def _visible(character: str) -> str:
    if character.isprintable() and not _unseen(character):
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # an octet that is not UTF-8 (PEP 383)
        code -= 0xDC00
    return f"\\{code:03d}" if code < _LATIN_1_END else f"\\u{{{code:04x}}}"


def _unseen(character: str) -> bool:
    """Printable by its category but invisible: blanks, variation selectors, enclosing marks."""
    return (
        character in _BLANKS
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or unicodedata.category(character) == "Me"
    )


def name_text(name: dns.name.Name) -> str:
    """An absolute name in A-label form and presentation format: ASCII without spaces."""
    return presented_name(name)


def unicode_name(name: dns.name.Name) -> str | None:
    """The name with U-labels; None unless every A-label is valid IDNA2008 and can be displayed."""
    if not any(label[:4].lower() == b"xn--" for label in name.labels):
        return None
    import idna

    try:
        labels = [
            idna.decode(label) if label[:4].lower() == b"xn--" else _ldh_label(label) for label in name.labels
        ]
    except (UnicodeError, IndexError, ValueError):
        return None
    text = ".".join(labels)
    return text if harmless(text) == text and not any(map(str.isspace, text)) else None


def _ldh_label(label: bytes) -> str:
    """A label of letters, digits, hyphens and underscores. Raises ValueError for any other."""
    text = label.decode("ascii")
    if text and not text.replace("-", "a").replace("_", "a").isalnum():
        raise ValueError(text)
    return text


def rdata_text(rdata: dns.rdata.Rdata) -> str:
    """RDATA in presentation format, as dig prints it, or else in the generic form of RFC 3597 section 5."""
    if address := address_of(rdata):
        return address
    text = presented(rdata)
    return harmless(text) if text.isascii() else "".join(map(_octet_text, text))


def _octet_text(character: str) -> str:
    if character.isascii():
        return harmless(character)
    return "".join(f"\\{octet:03d}" for octet in character.encode("utf-8", "surrogatepass"))


@lru_cache(_MNEMONICS)
def type_text(rdtype: dns.rdatatype.RdataType) -> str:
    """The mnemonic of a type, or TYPEnnn (RFC 3597 section 5)."""
    return dns.rdatatype.to_text(rdtype)


@lru_cache(_MNEMONICS)
def class_text(rdclass: dns.rdataclass.RdataClass) -> str:
    """The mnemonic of a class, or CLASSnnn (RFC 3597 section 5)."""
    return dns.rdataclass.to_text(rdclass)


@lru_cache(_MNEMONICS)
def rcode_text(rcode: int) -> str:
    """The mnemonic of an extended RCODE, or a form such as `RCODE3000` (RFC 6895 section 2.3)."""
    text = dns.rcode.to_text(dns.rcode.Rcode.make(rcode))
    return f"RCODE{text}" if text.isdigit() else text


@lru_cache(_TTLS)
def ttl_text(seconds: int) -> str:
    """A TTL for people, exact: `0s`, `5m`, `1h30m`, `2d`."""
    parts = []
    for unit, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def clock_text(now: datetime, then: datetime) -> str:
    """A time of day in UTC, with the date unless it is today."""
    time = f"{then.time().isoformat('seconds')} UTC"
    return time if now.date() == then.date() else f"{then.date()} {time}"


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


def time_range(least: float, most: float) -> str:
    """From one duration to another: `7 to 36 ms`, `8 ms`."""
    first, last = time_text(least), time_text(most)
    if first == last:
        return last
    return f"{first.removesuffix(last.lstrip('0123456789.'))} to {last}"


def count_text(count: int, singular: str, plural: str = "") -> str:
    """`1 query`, `5 queries`; the plural defaults to the singular with an s."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def number_text(number: int) -> str:
    """A number from 1 in a circle, as far as Unicode has them; in ASCII it is in parentheses."""
    for first, last, code in _CIRCLED:
        if first <= number <= last:
            return chr(code + number - first)
    return f"({number})"


CIRCLED = {
    code + number - first: f"({number})"
    for first, last, code in _CIRCLED
    for number in range(first, last + 1)
}
"""What stands for each number in a circle where only ASCII can be shown."""
