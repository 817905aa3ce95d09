"""Messages about a wrong command line: one line, whatever was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 160


class Usage(Exception):
    """The command line, or a file named on it, is wrong; the text says what is, and what to type instead.

    It is one line without control characters: text from outside went through `shown`.
    """


def harmless(text: str) -> str:
    r"""The text on one line, with nothing in it that a terminal obeys.

    What does not print (control and bidirectional characters, line ends, the lone surrogates that
    stand for octets that are not text) becomes `\xNN` or `\u{NNNN}`.
    """
    return text if text.isprintable() else "".join(map(_visible, text))


def shown(text: str) -> str:
    """Text from outside as part of a message: quoted, harmless, at most 72 characters of it."""
    return f"'{harmless(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…')}'"


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # an octet that could not be decoded (PEP 383)
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:04x}}}"


def meant(word: str, known: Iterable[str], sign: str = "") -> str:
    """`; did you mean ...?` with the known word nearest to `word`, or an empty string.

    A word that begins with `word` is the nearest of all. `sign` is put before it.
    """
    known = list(known)
    lowered = word.lower()
    if not (near := [each for each in known if lowered and each.lower().startswith(lowered)]):
        from difflib import get_close_matches

        by_lower = {each.lower(): each for each in known}
        near = [by_lower[each] for each in get_close_matches(lowered[:64], by_lower, n=1, cutoff=0.5)]
    return f"; did you mean {sign}{min(near, key=len)}?" if near else ""
