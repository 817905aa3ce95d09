from __future__ import annotations

import dns.name
import pytest

from dnstrace.model.naming import plain


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("example.com.", "example.com"),
        ("WWW.Example.COM.", "WWW.Example.COM"),
        ("bücher.example.", "xn--bcher-kva.example"),
        (r"a\.b.example.", r"a\.b.example"),
        (r"a\009b.example.", r"a\009b.example"),
    ],
)
def test_a_name_in_a_sentence_has_no_final_dot(name: str, expected: str) -> None:
    assert plain(dns.name.from_text(name)) == expected


def test_the_root_is_still_a_dot() -> None:
    assert plain(dns.name.root) == "."
