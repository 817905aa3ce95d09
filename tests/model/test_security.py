"""The four security statuses of RFC 4033 section 5."""

from __future__ import annotations

from dnstrace.model.security import Security
from tests.schema_words import members, words


def test_they_are_those_of_the_rfc_and_of_the_schema() -> None:
    assert members(Security) == {"secure", "insecure", "bogus", "indeterminate"} == words("security")
