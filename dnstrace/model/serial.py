"""Serial number arithmetic with 32 bits (RFC 1982): serials of zones, times in signatures (RFC 4034).

Times are in seconds since 1970. A 32-bit time stands for the moment closest to a given one, since the 32 bits
start again on 7 February 2106.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

_HALF = 1 << 31


def ahead(one: int, other: int) -> int:
    """How far one serial number is ahead of another: from -2**31 (undefined in RFC 1982) to 2**31 - 1."""
    return (one - other + _HALF) % (2 * _HALF) - _HALF


def newest_of(found: Collection[int]) -> int:
    """The serial that most others are behind by the arithmetic of RFC 1982."""
    return max(found, key=lambda serial: sum(ahead(serial, other) > 0 for other in found))


def moment(serial: int, near: float) -> datetime:
    """The time in UTC that a 32-bit time stands for: the one closest to `near`, but none before 1970."""
    nearest = int(near) + ahead(serial, int(near))
    try:
        return datetime.fromtimestamp(nearest if nearest >= 0 else serial, UTC)
    except (ValueError, OverflowError, OSError):  # `near` is beyond the years that a date can have
        return datetime.fromtimestamp(serial, UTC)
