"""The words that the JSON Schema allows for a value, to be compared with those of an enumeration."""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from typing import Any

from dnstrace.render.document import schema


@cache
def _schema() -> Any:
    return json.loads(schema())


def words(*path: str) -> set[str]:
    """The words at a place below `$defs`, null left out."""
    found = _schema()["$defs"]
    for key in path:
        found = found[key]
    return {word for word in found["enum"] if word is not None}


def members(kind: type[StrEnum]) -> set[str]:
    """The words of an enumeration."""
    return {member.value for member in kind}
