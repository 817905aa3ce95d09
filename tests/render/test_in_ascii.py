"""Text in ASCII: for every sign that any output has there is one, and nothing else is lost silently."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import dnstrace
from dnstrace.render.in_ascii import in_ascii

_FRAMES = range(0x2500, 0x2580)  # of boxes and guides, which are other characters from the start


def test_every_sign_of_the_sources_has_its_like() -> None:
    folder = Path(dnstrace.__file__).parent
    sources = [*folder.glob("render/**/*.py"), *folder.glob("cli/**/*.py")]
    signs = {each for path in sources for each in path.read_text(encoding="utf-8") if not each.isascii()}
    unlike = {each for each in signs if "?" in in_ascii(each) and ord(each) not in _FRAMES}
    assert unlike <= {"é"}, unlike
    assert "·" in signs


@given(st.text())
def test_the_result_is_ascii_and_ascii_stays(text: str) -> None:
    assert in_ascii(text).isascii() and in_ascii(in_ascii(text)) == in_ascii(text)
    assert text.isascii() <= (in_ascii(text) == text)
