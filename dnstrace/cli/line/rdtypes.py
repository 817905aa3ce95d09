"""Record types on the command line: which words are one, and which of them can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.line.values import is_digits
from dnstrace.cli.usage import Usage, meant, shown

if TYPE_CHECKING:
    from dns.rdatatype import RdataType

_HIDDEN = frozenset({"TYPE0", "NONE"})


def is_type(text: str) -> bool:
    """Whether a bare word is a type: the mnemonic of one, or TYPEnnn (RFC 3597 section 5)."""
    upper = text.upper()
    return upper.replace("-", "_") in _mnemonics() or (upper.startswith("TYPE") and is_digits(upper[4:]))


def are_types(text: str) -> bool:
    """Whether a word is several types with commas between them, as other tools take them."""
    return "," in text and all(map(is_type, text.split(",")))


def rdtype(text: str) -> RdataType:
    """A type that can be asked for, by its mnemonic or as TYPEnnn."""
    import dns.rdatatype

    from dnstrace.model.mnemonics import NOT_DATA

    if are_types(text):
        each = " ".join(text.split(","))
        raise Usage(f"{shown(text)} is not a record type: give each type as a word of its own, {shown(each)}")
    if not is_type(text):
        raise Usage(f"{shown(text)} is not a record type{meant(text, types()) or ', such as MX or TYPE65'}")
    upper = text.upper()
    if is_digits(upper[4:]) and not (len(upper) < 10 and 0 < int(upper[4:]) < 65536):
        raise Usage(f"{shown(text)} is not a record type: the number must be from 1 to 65535")
    found = dns.rdatatype.from_text(upper)
    if found in NOT_DATA:
        mnemonic = dns.rdatatype.to_text(found)
        raise Usage(f"{mnemonic} cannot be traced: it is not a type of data in a zone")
    return found


def types() -> tuple[str, ...]:
    """The mnemonics of all types that can be asked for."""
    import dns.rdatatype

    from dnstrace.model.mnemonics import NOT_DATA

    every = (each.replace("_", "-") for each in _mnemonics())
    return tuple(sorted(each for each in every if dns.rdatatype.from_text(each) not in NOT_DATA))


def _mnemonics() -> frozenset[str]:
    import dns.rdatatype

    from dnstrace.model.mnemonics import MNEMONICS

    return frozenset(dns.rdatatype.RdataType.__members__) - _HIDDEN | MNEMONICS.keys()
