"""Which step follows from which: the next of a walk, the walk of an alias, a look-up that was needed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from dnstrace.model import Outcome, Purpose

if TYPE_CHECKING:
    from dnstrace.model import Name, Step


def continues(before: Step, step: Step) -> bool:
    """Whether `step` continues the same walk: in the zone referred to, or with one label more in this one."""
    if step.purpose is not before.purpose or before.outcome is None:
        return False
    if before.referral is not None:
        return bool(step.zone == before.referral.zone)
    return step.zone == before.zone and step.question.name != _target(before) and _is_fuller(step, before)


def _is_fuller(step: Step, before: Step) -> bool:
    """Whether a step asks for more labels of the same name (QNAME minimisation, RFC 9156)."""
    return step.question != before.question and step.question.name.is_subdomain(before.question.name)


def follows_alias(before: Step, step: Step) -> bool:
    """Whether `step` begins the walk for the alias that `before` found."""
    target = _target(before)
    purpose = Purpose.ALIAS if before.purpose is Purpose.WALK else before.purpose
    if target is None or step.purpose is not purpose or continues(before, step):
        return False
    return target.is_subdomain(step.question.name)


def _target(step: Step) -> Name | None:
    """The target of the alias that the step found."""
    return None if step.outcome is not Outcome.ALIAS or step.meaning is None else step.meaning.target


def is_needed_by(needed_by: Step, step: Step) -> bool:
    """Whether `step` begins a look-up for `needed_by`, such as the address of a name server."""
    return (
        needed_by.purpose is not Purpose.PRIME
        and not continues(needed_by, step)
        and not follows_alias(needed_by, step)
    )


def by_zone(chain: list[Step]) -> list[list[Step]]:
    """The steps of a walk, grouped by the zone asked."""
    zones = [[chain[0]]]
    for before, step in pairwise(chain):
        if before.referral is None:
            zones[-1].append(step)
        else:
            zones.append([step])
    return zones
