"""Names in Unicode: to A-labels by IDNA 2008 (RFC 5891), or by UTS 46 where only that takes a label.

IDNA 2008 refuses symbols such as emoji. Browsers and dig take them, and such names are registered: what they
make of a label is its mapped form in Punycode (UTS 46 section 4.2, without transitional processing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dns.name import Name

_ASCII = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")  # of the ASCII characters, in a label
_JOINERS = dict.fromkeys((0x200C, 0x200D))  # which IDNA 2003 drops


def from_unicode(text: str) -> tuple[Name, bool]:
    """The name, and whether IDNA 2008 has it.

    Raises ValueError, or LabelTooLong, NameTooLong, EmptyLabel or BadEscape of dnspython.
    """
    import dns.name

    try:
        return dns.name.from_unicode(text, idna_codec=dns.name.IDNA_2008), True
    except dns.name.IDNAException:
        labels = [_a_label(label) for label in _mapped(text).split(".")]
        return dns.name.from_text(".".join(labels)), False


def _mapped(text: str) -> str:
    """Text in lower case, composed and with plain dots. Raises ValueError if it cannot be in a name."""
    import idna

    try:
        return idna.uts46_remap(text, std3_rules=False, transitional=False)
    except idna.IDNAError as error:
        raise ValueError(str(error)) from error


def _a_label(label: str) -> str:
    import dns.name
    import idna

    try:
        return dns.name.IDNA_2008.encode(label).decode("ascii")
    except dns.name.IDNAException:
        label = label.translate(_JOINERS)
    try:
        idna.check_hyphen_ok(label)
        idna.check_initial_combiner(label)
        idna.check_bidi(label)
        if any(each.isascii() and each not in _ASCII for each in label):
            raise idna.InvalidCodepoint(f"{label!r} has a character that no name of a host has")
    except idna.IDNAError as error:
        raise ValueError(str(error)) from error
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
