"""How a number stands in a sentence."""

from __future__ import annotations


def counted(count: int, singular: str, plural: str = "") -> str:
    """`1 query`, `5 queries`, `2,000 octets`; the plural is the singular with an s unless it is given."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"
