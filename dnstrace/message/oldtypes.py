"""Types that dnspython keeps as octets, although their RDATA holds names.

The names of the types of RFC 1035 and shortly after may be compressed, and a receiver decompresses them
(RFC 3597 section 4); in canonical form they are in lower case (RFC 4034 section 6.2).
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Self

import dns.exception
import dns.immutable
import dns.ipv6
import dns.rdata
import dns.rdatatype
import dns.rdtypes.nsbase
import dns.rdtypes.util

_A6_OCTETS: Final = 16


class _OldRdata(dns.rdata.Rdata):
    """RDATA that is read from a message and written, never read from text."""

    __slots__ = ()

    @classmethod
    def from_text(cls, *_: Any, **__: Any) -> Self:
        """Raise SyntaxError: nothing needs it."""
        raise dns.exception.SyntaxError  # nothing needs it


@dns.immutable.immutable
class _OneName(dns.rdtypes.nsbase.NSBase):
    """MD, MF, MB, MG, MR (RFC 1035 section 3.3): a name."""

    __slots__ = ()


@dns.immutable.immutable
class _TwoNames(_OldRdata):
    """MINFO (RFC 1035 section 3.3.7): two mailboxes."""

    __slots__ = ("first", "second")

    def __init__(self, rdclass: Any, rdtype: Any, first: Any, second: Any) -> None:
        super().__init__(rdclass, rdtype)
        self.first, self.second = first, second

    def to_styled_text(self, style: Any) -> str:
        """Both names."""
        return f"{self.first.to_styled_text(style)} {self.second.to_styled_text(style)}"

    def _to_wire(
        self, file: Any, compress: Any = None, origin: Any = None, canonicalize: bool = False
    ) -> None:
        self.first.to_wire(file, None, origin, canonicalize)
        self.second.to_wire(file, None, origin, canonicalize)

    @classmethod
    def from_wire_parser(cls, rdclass: Any, rdtype: Any, parser: Any, origin: Any = None) -> Self:
        """From a message; names may be compressed."""
        return cls(rdclass, rdtype, parser.get_name(origin, True), parser.get_name(origin, True))


@dns.immutable.immutable
class _Next(_OldRdata):
    """NXT (RFC 2535 section 5.2): a name, and a bit map of the types below 128."""

    __slots__ = ("bitmap", "next")

    def __init__(self, rdclass: Any, rdtype: Any, following: Any, bitmap: bytes) -> None:
        super().__init__(rdclass, rdtype)
        self.next, self.bitmap = following, bitmap

    def to_styled_text(self, style: Any) -> str:
        """The name, then the mnemonics of the types."""
        types = (
            dns.rdatatype.to_text(dns.rdatatype.RdataType.make(8 * place + bit))
            for place, octet in enumerate(self.bitmap)
            for bit in range(8)
            if octet & 0x80 >> bit
        )
        return " ".join((self.next.to_styled_text(style), *types))

    def _to_wire(
        self, file: Any, compress: Any = None, origin: Any = None, canonicalize: bool = False
    ) -> None:
        self.next.to_wire(file, None, origin, canonicalize)
        file.write(self.bitmap)

    @classmethod
    def from_wire_parser(cls, rdclass: Any, rdtype: Any, parser: Any, origin: Any = None) -> Self:
        """From a message; the name may be compressed."""
        return cls(rdclass, rdtype, parser.get_name(origin, True), parser.get_remaining())


@dns.immutable.immutable
class _A6(_OldRdata):
    """A6 (RFC 2874 section 3.1): the length of a prefix, an address suffix, the name of the prefix."""

    __slots__ = ("length", "prefix", "suffix")

    def __init__(self, rdclass: Any, rdtype: Any, length: int, suffix: bytes, prefix: Any) -> None:
        super().__init__(rdclass, rdtype)
        self.length, self.suffix = length, suffix
        self.prefix = prefix

    def to_styled_text(self, style: Any) -> str:
        """Length, address, name: as far as they are there."""
        padded = bytes(_A6_OCTETS - len(self.suffix)) + self.suffix
        address = [dns.ipv6.inet_ntoa(padded)] if self.suffix else []
        name = [] if self.prefix is None else [self.prefix.to_styled_text(style)]
        return " ".join((str(self.length), *address, *name))

    def _to_wire(
        self, file: Any, compress: Any = None, origin: Any = None, canonicalize: bool = False
    ) -> None:
        file.write(bytes((self.length,)) + self.suffix)
        if self.prefix is not None:
            self.prefix.to_wire(file, None, origin, canonicalize)

    @classmethod
    def from_wire_parser(cls, rdclass: Any, rdtype: Any, parser: Any, origin: Any = None) -> Self:
        """From a message; raises FormError for a prefix of more than 128 bits."""
        length = parser.get_uint8()
        if length > 8 * _A6_OCTETS:
            raise dns.exception.FormError
        suffix = parser.get_bytes(_A6_OCTETS - length // 8)
        return cls(rdclass, rdtype, length, suffix, parser.get_name(origin, True) if length else None)


CLASSES: Final = {
    dns.rdatatype.MD: _OneName,
    dns.rdatatype.MF: _OneName,
    dns.rdatatype.MB: _OneName,
    dns.rdatatype.MG: _OneName,
    dns.rdatatype.MR: _OneName,
    dns.rdatatype.MINFO: _TwoNames,
    dns.rdatatype.NXT: _Next,
    dns.rdatatype.A6: _A6,
}
"""By the type: what reads RDATA that holds names and which dnspython keeps as octets."""


@cache
def register() -> None:
    """Have dnspython read and write the types in `CLASSES`, once."""
    for rdtype, implementation in CLASSES.items():
        dns.rdata.register_type(implementation, rdtype, dns.rdatatype.to_text(rdtype))
