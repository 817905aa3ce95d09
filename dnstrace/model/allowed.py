"""The bounds of what a user may choose, which the command line and the library check alike.

Each check raises ValueError with one sentence that says what the value must be.
"""

from __future__ import annotations

from types import UnionType
from typing import NamedTuple


class Whole(NamedTuple):
    """The whole numbers from `lowest` to `highest`."""

    lowest: int
    highest: int


PORT = Whole(1, 65535)
TRIES = Whole(1, 100)
QUERIES = Whole(1, 1_000_000)
PLAIN_PAYLOAD = 512
"""Octets of a reply over UDP that every client takes, without EDNS too (RFC 1035 section 4.2.1)."""
SAFE_PAYLOAD = 1232
"""Octets of a reply that pass everywhere over UDP (RFC 9715 appendix A)."""
PAYLOAD = Whole(PLAIN_PAYLOAD, 65535)  # RFC 6891 section 6.2.3: values below that count as that
SEED = Whole(0, 2**64 - 1)
COUNT = Whole(0, 2**32)
"""Any count that may be zero."""

READER = "DNSTRACE_READER"
"""The variable that says what reads replies: `ONLY_READER`, or what suits each of them."""
ONLY_READER = "dnspython"

LONGEST = 86400.0
"""Seconds in a day: the longest time that a user may choose."""


def check_whole(what: str, value: int, allowed: Whole) -> None:
    """Raise ValueError unless `value` is a whole number within the bounds."""
    if not isinstance(value, int) or not allowed.lowest <= value <= allowed.highest:
        bounds = f"from {allowed.lowest} to {allowed.highest}"
        raise ValueError(f"{what} must be a whole number {bounds}, not {value!r}")


def check_kind(what: str, value: object, kind: type | UnionType, called: str) -> None:
    """Raise ValueError unless `value` is of a kind, which messages call so."""
    if not isinstance(value, kind):
        raise ValueError(f"{what} must be {called}, not {value!r}")


def check_seconds(what: str, value: float) -> None:
    """Raise ValueError unless `value` is a time in seconds that can be waited for."""
    if not isinstance(value, int | float) or not 0 < value <= LONGEST:
        raise ValueError(
            f"{what} must be a number of seconds, more than 0 and at most {LONGEST:.0f}, not {value!r}"
        )


def check_address(what: str, value: str) -> None:
    """Raise ValueError unless `value` is an IPv4 or IPv6 address."""
    import dns.inet

    if not isinstance(value, str) or not dns.inet.is_address(value):
        raise ValueError(f"{what} must be an IPv4 or IPv6 address, not {value!r}")
