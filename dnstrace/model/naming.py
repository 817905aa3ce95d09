"""How a name stands in a sentence, and above or below another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dns.name


def plain(name: dns.name.Name) -> str:
    r"""A name for use in a sentence: A-label form without the final dot, `.` for the root.

    The presentation format of RFC 1035 section 5.1: octets that do not show are written as `\DDD`.
    """
    return name.to_text(omit_final_dot=True)


def zone_text(zone: dns.name.Name | None) -> str:
    """A zone for use in a sentence: by its name, but the root by what it is."""
    if zone is None:
        return "the zone"
    return "the root zone" if len(zone) == 1 else plain(zone)


def is_below(name: dns.name.Name, ancestor: dns.name.Name) -> bool:
    """Whether a name is below another: its subdomain and not that name itself."""
    return name != ancestor and name.is_subdomain(ancestor)
