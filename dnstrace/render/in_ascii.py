"""Text for where nothing but ASCII can be shown: signs become similar ones, everything else a `?`."""

from __future__ import annotations

from dnstrace.render.text import CIRCLED

_SIGNS = CIRCLED | str.maketrans(
    {
        "\N{MIDDLE DOT}": "-",
        "\N{BOX DRAWINGS LIGHT HORIZONTAL}": "-",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{BALLOT X}": "x",
        "\N{CHECK MARK}": "+",
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{RIGHTWARDS ARROW}": "->",
        "\N{CROSS MARK}": ":x:",  # these four as Markdown writes them
        "\N{WARNING SIGN}": ":warning:",
        "\N{INFORMATION SOURCE}": ":information_source:",
        "\N{WHITE HEAVY CHECK MARK}": ":white_check_mark:",
    }
)


def in_ascii(text: str) -> str:
    """The text in ASCII, as well as that can be done."""
    return "".join(character if character.isascii() else "?" for character in with_similar_signs(text))


def with_similar_signs(text: str) -> str:
    """The text with its own signs in ASCII; what else it has stays as it is."""
    return text if text.isascii() else text.translate(_SIGNS)
