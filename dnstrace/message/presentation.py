"""RDATA as dig prints it with `+nosplit`, for the types that dnspython writes differently without need.

Base64 and hexadecimal digits are whole words without blanks, so that they can be copied; hexadecimal digits
are in upper case. Types that dnspython keeps as octets have a form of their own where dig has one for them.
What cannot be written in the form of its type is written in the generic form (RFC 3597 section 5), and so is
a list of types that would be seventy times as long as the octets that it came in.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from typing import Any, Final

import dns.exception
import dns.name
import dns.rdata
import dns.rdatatype
import dns.wire

_QUOTED = frozenset({1, 7})  # SvcParamKeys that are always in quotes: alpn, dohpath; unknown ones are too
_KNOWN_KEYS = 7
_METRE = 100  # centimetres
_MOST_TYPES = 512  # octets of bitmaps of types: all that are assigned need fewer than 200
_WHOLE = dns.rdata.RdataStyle(base64_chunk_size=0, hex_chunk_size=0)
_HEXADECIMAL: Final[dict[int, tuple[int, ...]]] = {
    dns.rdatatype.DS: (3,),
    dns.rdatatype.SSHFP: (2,),
    dns.rdatatype.NSEC3: (3, 4),
    dns.rdatatype.NSEC3PARAM: (3,),
    dns.rdatatype.TLSA: (3,),
    dns.rdatatype.SMIMEA: (3,),
    dns.rdatatype.HIP: (1,),
    dns.rdatatype.CDS: (3,),
    dns.rdatatype.ZONEMD: (3,),
    dns.rdatatype.DLV: (3,),
}
"""By the type, the words that are in upper case."""


def presented(rdata: Any) -> str:
    """The presentation format of any RDATA."""
    try:
        if isinstance(rdata, dns.rdata.GenericRdata):
            return _octets(rdata)
        if sum(len(bitmap) for _, bitmap in getattr(rdata, "windows", ())) > _MOST_TYPES:
            return _generic(rdata.to_generic().data)
        text: str = rdata.to_styled_text(_WHOLE).rstrip(" ")
        as_dig = _AS_DIG.get(rdata.rdtype)
        return _upper(rdata.rdtype, text) if as_dig is None else as_dig(rdata, text)
    except Exception:  # the boundary to untrusted octets: some types cannot format hostile ones (GPOS)
        return _generic(rdata.to_generic().data)


def in_master_file(rdata: Any) -> str:
    """RDATA as a master file can have it: in the generic form where its own does not lead back to it."""
    octets = rdata.to_generic().data
    try:
        text = str(rdata)
        again = dns.rdata.from_text(rdata.rdclass, rdata.rdtype, text).to_generic().data
    except Exception:  # the same boundary; of some types an empty field can be written and not be read
        return _generic(octets)
    return text if again == octets else _generic(octets)


def _upper(rdtype: int, text: str) -> str:
    """The text with the words in upper case that are so in this type."""
    if (places := _HEXADECIMAL.get(rdtype)) is None:
        return text
    words = text.split(" ")
    return " ".join(word.upper() if place in places else word for place, word in enumerate(words))


def _generic(octets: bytes) -> str:
    """The form of RFC 3597 section 5."""
    return " ".join(("\\#", str(len(octets)), *((octets.hex().upper(),) if octets else ())))


def _loc(rdata: Any, text: str) -> str:
    """LOC with its size and precisions even where they are the default (RFC 1876 section 3)."""
    place = text.partition("m ")[0].removesuffix("m")
    lengths = (rdata.size, rdata.horizontal_precision, rdata.vertical_precision)
    return " ".join((f"{place}m", *map(_length, lengths)))


def _length(centimetres: float) -> str:
    whole, rest = divmod(int(centimetres), _METRE)
    return f"{whole}m" if whole else f"0.{rest:02d}m"


def _gpos(rdata: Any, text: str) -> str:
    """GPOS as the character-strings that it is (RFC 1712 section 3)."""
    return " ".join(f'"{each}"' for each in text.split())


def _groups(rdata: Any, text: str) -> str:
    """NID and L64 without leading zeros in the groups of the identifier."""
    preference, _, identifier = text.partition(" ")
    return f"{preference} {':'.join(f'{int(group, 16):x}' for group in identifier.split(':'))}"


def _svcb(rdata: Any, text: str) -> str:
    """SVCB and HTTPS with quotes only around values that may need them (RFC 9460 section 2.1)."""
    from dns.rdtypes.svcbbase import key_to_text

    parts = [str(rdata.priority), rdata.target.to_text()]
    for key, value in sorted(rdata.params.items()):
        written = "" if value is None else value.to_text()
        plain = written[1:-1] if key < _KNOWN_KEYS and key not in _QUOTED else written
        name = key_to_text(key)  # type: ignore[no-untyped-call]
        parts.append(name if value is None else f"{name}={plain}")
    return " ".join(parts)


_AS_DIG: Final[dict[int, Callable[[Any, str], str]]] = {
    dns.rdatatype.LOC: _loc,
    dns.rdatatype.GPOS: _gpos,
    dns.rdatatype.NID: _groups,
    dns.rdatatype.L64: _groups,
    dns.rdatatype.SVCB: _svcb,
    dns.rdatatype.HTTPS: _svcb,
}


# --- types that are kept as octets ----------------------------------------------------------------


def _octets(rdata: dns.rdata.GenericRdata) -> str:
    form = _FORMS.get(rdata.rdtype)
    if form is not None:
        try:
            return form(rdata.data)
        except (ValueError, struct.error, IndexError, dns.exception.DNSException):
            pass  # it does not have the form of its type
    return _generic(rdata.data)


def _numbers(form: str, octets: bytes) -> tuple[list[str], bytes]:
    """The numbers with which RDATA begins, and what follows them."""
    size = struct.calcsize(form)
    return [str(number) for number in struct.unpack_from(form, octets)], octets[size:]


def _hexadecimal(octets: bytes) -> str:
    """EID and NIMLOC: hexadecimal digits."""
    if not octets:
        raise ValueError("there are no octets")
    return octets.hex().upper()


def _with_base64(form: str) -> Callable[[bytes], str]:
    """RKEY and SINK: numbers, then base64."""

    def written(octets: bytes) -> str:
        numbers, rest = _numbers(form, octets)
        return " ".join((*numbers, base64.b64encode(rest).decode())).rstrip(" ")

    return written


def _trust_anchor(octets: bytes) -> str:
    """TA: as DS."""
    numbers, digest = _numbers("!HBB", octets)
    return " ".join((*numbers, _hexadecimal(digest)))


def _two_names(octets: bytes) -> str:
    """TALINK: two names, not compressed."""
    parser = dns.wire.Parser(octets)
    names = [_uncompressed(parser), _uncompressed(parser)]
    if parser.remaining():
        raise ValueError("there are more than two names")
    return " ".join(names)


def _uncompressed(parser: dns.wire.Parser) -> str:
    labels = [parser.get_counted_bytes()]
    while labels[-1]:
        labels.append(parser.get_counted_bytes())
    return dns.name.Name(labels).to_text()


def _address(octets: bytes) -> str:
    """ATMA: a telephone number, or an ATM end system address in hexadecimal digits."""
    kind, address = octets[0], octets[1:]
    if kind == 1 and address.isdigit():
        return f"+{address.decode()}"
    if kind == 0 and address:
        return address.hex()
    raise ValueError("an unknown format of address")


def _digital_object(octets: bytes) -> str:
    """DOA (draft-durand-doa-over-dns): numbers, a media type, and base64 or a hyphen."""
    numbers, rest = _numbers("!IIB", octets)
    length = rest[0]
    if len(rest) < 1 + length:
        raise ValueError("the media type ends too soon")
    data = base64.b64encode(rest[1 + length :]).decode()
    media = dns.rdata._escapify(rest[1 : 1 + length])  # type: ignore[no-untyped-call]
    return " ".join((*numbers, f'"{media}"', data or "-"))


_FORMS: Final[dict[int, Callable[[bytes], str]]] = {
    31: _hexadecimal,
    32: _hexadecimal,
    34: _address,
    40: _with_base64("!BBB"),
    57: _with_base64("!HBB"),
    58: _two_names,
    259: _digital_object,
    32768: _trust_anchor,
}
"""By the number of the type: EID, NIMLOC, ATMA, SINK, RKEY, TALINK, DOA, TA."""
