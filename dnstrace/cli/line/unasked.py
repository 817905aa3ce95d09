"""The resolvers that are not asked because of `-4`, `-6` or `-b`, though nobody gave them by address.

Those that were given by address are refused instead (fitting.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dnstrace.cli.line.addresses import is_address
from dnstrace.cli.line.fitting import families, restrictions
from dnstrace.cli.line.merging import world_of
from dnstrace.model import family_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dnstrace.cli.line.parsed import Parsed


def unasked(parsed: Parsed) -> str:
    """Which resolvers of the system, or of the world of the lab, are not asked, and why; empty if none."""
    settings: Mapping[str, Any] = parsed.settings
    addresses = [each.address for several in settings.get("resolver", ()) for each in several]
    if not addresses and "resolver" not in settings and (world := world_of(parsed)) is not None:
        addresses = [*world.resolvers]
    allowed = families(parsed)
    left = [each for each in addresses if is_address(each) and family_of(each) not in allowed]
    if not left:
        return ""
    from dnstrace.checks.readings.phrases import listed

    what = ("resolver", "is") if len(left) == 1 else ("resolvers", "are")
    why = " and ".join(f"{word} asks over IPv{min(only)} only" for word, only in restrictions(parsed))
    return f"{what[0]} {listed(left)} {what[1]} not asked: {why}"
