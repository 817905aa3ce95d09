"""What to ask: every name with every type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dnstrace.model import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dns.rdatatype import RdataType


def questions(settings: Mapping[str, Any]) -> tuple[Question, ...]:
    """Every name with every type, each once, in the order given; none for the question of a world."""
    wanted = types(settings)
    return tuple(
        dict.fromkeys(
            Question(subject.name, rdtype)
            for subject in settings.get("subject", ())
            for rdtype in wanted or (subject.rdtype,)
        )
    )


def types(settings: Mapping[str, Any]) -> tuple[RdataType, ...]:
    """The types given; NS where only the parent is asked and no type is given."""
    if "parent-only" in settings and not settings.get("type"):
        from dns.rdatatype import NS

        return (NS,)
    return tuple(settings.get("type", ()))


def count(settings: Mapping[str, Any]) -> int:
    """How many questions are known; without a name, each type is asked of the world's own."""
    return len(questions(settings)) or len(settings.get("type", ()))
