from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.cli.usage import harmless, meant, shown


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain bücher 書籍", "plain bücher 書籍"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\nb\r\tc\0", r"a\x0ab\x0d\x09c\x00"),
        ("\udcff", r"\xff"),
        ("\u202egpj.exe", r"\u{202e}gpj.exe"),
        ("\u2028", r"\u{2028}"),
        ("\x9b", r"\x9b"),
    ],
)
def test_what_does_not_print_is_made_visible(text: str, seen: str) -> None:
    assert harmless(text) == seen


@given(
    st.text(st.characters(categories=None))
    | st.binary().map(lambda each: each.decode("utf-8", "surrogateescape"))
)
def test_any_text_is_shown_on_one_encodable_line(text: str) -> None:
    line = shown(text)
    line.encode()
    assert line.isprintable()


def test_a_long_text_is_cut_with_a_sign() -> None:
    assert shown("x" * 5000) == "'" + "x" * 71 + "…'"


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("tim", "timeout"),
        ("timout", "timeout"),
        ("TRIES", "tries"),
        ("zzzzzz", ""),
        ("", ""),
        ("x" * 10000, ""),
    ],
)
def test_the_nearest_word_is_suggested(word: str, nearest: str) -> None:
    said = meant(word, ["tcp", "timeout", "tries"], "--")
    assert said == (f"; did you mean --{nearest}?" if nearest else "")
