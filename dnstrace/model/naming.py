"""How a name stands in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dns.name


def plain(name: dns.name.Name) -> str:
    r"""A name for use in a sentence: A-label form without the final dot, `.` for the root.

    The presentation format of RFC 1035 section 5.1: octets that do not show are written as `\DDD`.
    """
    return name.to_text(omit_final_dot=True)
