"""The words of the trade on a page."""

from __future__ import annotations

import re

from dnstrace.render.html_words import words


def explained(text: str) -> list[str]:
    return re.findall("<dt>([^<]*)</dt>", words(text))


def test_what_occurs_is_explained_and_nothing_else() -> None:
    assert explained("<p>the <b>Glue</b> of two name servers, DS&nbsp;33677</p>") == [
        "DS",
        "glue",
        "name server",
    ]
    assert explained("<a href='glue'>ds ns</a> root-servers.net glue.example") == []
    assert words("<p>nothing</p>") == ""
