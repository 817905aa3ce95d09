"""RDATA as dig prints it, for the types that dnspython writes differently without need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import dns.rdatatype

_QUOTED = frozenset({1, 7})  # SvcParamKeys that are always in quotes: alpn, dohpath; unknown ones are too
_KNOWN_KEYS = 7
_METRE = 100  # centimetres


def presented(rdata: Any) -> str:
    """The presentation format of readable RDATA; raises what `to_text` raises."""
    as_dig = _AS_DIG.get(rdata.rdtype)
    text: str = rdata.to_text()
    return text if as_dig is None or text.startswith("\\#") else as_dig(rdata, text)


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
