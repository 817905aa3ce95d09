from __future__ import annotations

from dnstrace.model.across import Where
from tests.schema_words import members, words


def test_the_schema_knows_every_place_of_a_fault() -> None:
    assert words("across", "properties", "where") == members(Where)
