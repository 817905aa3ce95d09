"""Messages about a wrong command line: one line, whatever was typed."""

from __future__ import annotations

TYPE_CHECKING = False  # that of `typing` is not imported before the first query
if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 160
_LONGEST_MISSPELT = 64


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
    """`; did you mean ...?` with the known word nearest to `word`, or an empty string where none is near.

    Nearest of all are words that begin with `word`; then those that it may be a misspelling of, with at most
    one letter in three wrong; then those of which it is a part between hyphens, or which are a part of it.
    `sign` is put before it.
    """
    lowered, by_lower = word.lower(), {each.lower(): each for each in known}
    near = [each for each in by_lower if each.startswith(lowered)] if lowered else []
    if not near and 1 < len(lowered) <= _LONGEST_MISSPELT:
        apart = {each: _apart(lowered, each) for each in by_lower}
        least = min(apart.values(), default=len(lowered))
        near = [each for each in by_lower if apart[each] == least <= max(1, len(lowered) // 3)]
    near = near or [each for each in by_lower if lowered in each.split("-") or each in lowered.split("-")]
    return f"; did you mean {sign}{by_lower[min(near, key=len)]}?" if near else ""


def _apart(one: str, other: str) -> int:
    """How many letters to change, add, leave out or swap with the next make one word the other."""
    before: list[int] = []
    last: list[int] = []
    row: list[int] = [*range(len(other) + 1)]
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted)))
            if i > 1 < j and letter == other[j - 2] and one[i - 2] == wanted:
                row[j] = min(row[j], last[j - 2] + 1)
    return row[-1]
