"""Who needs to act on what breaks a chain of trust: the end of the sentence that gives the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dnstrace.model.naming import zone_text

if TYPE_CHECKING:
    import dns.name

_BEGINS: Final = "; the operator of "


def with_job(reason: str, zone: dns.name.Name, job: str = "fix this") -> str:
    """A reason, and that the operator of `zone` needs to do something about it."""
    return f"{reason}{_BEGINS}{zone_text(zone)} needs to {job}"


def without_job(reason: str) -> str:
    """A reason without who needs to act: that is for the verdict, which may know a cause further up."""
    return reason.partition(_BEGINS)[0]
