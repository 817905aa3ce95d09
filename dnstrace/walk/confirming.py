"""Asking again what an address failed in one probe only: datagrams are lost, and servers limit their rate.

All probes of a zone are sent at once, more than a server may answer in a second. Where an address answered
some of them and not others, those are put once more, a few at a time, and the control after them. The new
attempts belong to the same steps, so that the last one at an address is what it does. What fails again fails
for a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from dnstrace.analysis.paths import replied
from dnstrace.analysis.stopping import ERRORS, MAY_FAIL
from dnstrace.model import Attempt, Kind, Probe, Step
from dnstrace.model.heard import NEGATIVE

AT_ONCE = 4
"""Probes of one address that are put again at the same time."""

TIMES = 3
"""How often a probe is put again that gets an error, which takes no time."""

_FAILED = ERRORS | {Kind.TIMEOUT, Kind.CONNECTION_LOST, Kind.PORT_UNREACHABLE, Kind.MISMATCH}
CONTROL = Probe.SOA

_AS_USUAL = frozenset({None, Probe.TYPE, Probe.CDS, Probe.CDNSKEY, Probe.NSEC3PARAM, Probe.ADDRESS})
"""What is asked in the usual way: the walk, and probes that may be answered in the negative."""


def doubtful(steps: Iterable[Step]) -> dict[str, list[int]]:
    """By address, the probes of one zone that it failed although it answered others; their steps' ids.

    The control comes last.
    """
    last = list(_last_attempts(steps))
    alive = {attempt.address for step, attempt in last if step.probe and attempt.meaning.usable}
    found: dict[str, list[int]] = {}
    for step, attempt in last:
        if step.probe not in MAY_FAIL and attempt.meaning.kind in _FAILED and attempt.address in alive:
            found.setdefault(attempt.address, []).append(step.id)
    controls = {attempt.address: step.id for step, attempt in last if step.probe is CONTROL}
    return {address: _with_last(failed, controls.get(address)) for address, failed in found.items()}


def gone(steps: Iterable[Step], walked: Step) -> frozenset[str]:
    """The addresses that had a usable reply in a step of the walk, and then failed every probe of a zone."""
    last = [(step, attempt) for step, attempt in _last_attempts(steps) if step.probe not in MAY_FAIL]
    failed = {attempt.address for _, attempt in last if attempt.meaning.kind in _FAILED}
    others = {attempt.address for _, attempt in last if attempt.meaning.kind not in _FAILED}
    return answered_in(walked) & failed - others


def answered_like(steps: Iterable[Step], address: str, failed: Collection[int]) -> list[Step]:
    """Steps whose questions an address answered, with replies like those to the `failed` ones.

    Servers that limit the rate count replies that are alike: those to one question, however it is put, and
    denials, of one name or of the whole zone. If that is why nothing comes, nothing comes to these either
    when they are put in the same moment.
    """
    last = [(step, each) for step, each in _last_attempts(steps) if each.address == address]
    silent = [step for step, each in last if each.meaning.kind is Kind.TIMEOUT and step.id in failed]
    answered = [(s, each) for s, each in last if each.meaning.usable and s.probe in _AS_USUAL | {CONTROL}]
    names, questions = {s.question.name for s in silent}, {s.question for s in silent}
    same = [step for step, _ in answered if step.question in questions]
    denied = [step for step, each in answered if each.meaning.kind in NEGATIVE and step.probe is not CONTROL]
    found = {step.question: step for step in same[:1]}
    if denied and any(step.probe in _AS_USUAL for step in silent):
        nearest = max(denied, key=lambda step: (step.question.name in names, step.id))
        found[nearest.question] = nearest
    return list(found.values())


def fails(steps: Iterable[Step], address: str) -> bool:
    """Whether the last attempt of one of the steps at an address failed."""
    return any(
        attempt.address == address and attempt.meaning.kind in _FAILED for _, attempt in _last_attempts(steps)
    )


def silent_to_control(steps: Iterable[Step]) -> dict[str, list[int]]:
    """By address, the control, of those that replied to nothing."""
    steps = list(steps)
    heard = replied(steps)
    controls = _last_attempts(step for step in steps if step.probe is CONTROL)
    return {attempt.address: [step.id] for step, attempt in controls if attempt.address not in heard}


def silent_in(steps: Iterable[Step]) -> frozenset[str]:
    """The addresses at which queries timed out, of those that replied to nothing in any of the steps."""
    attempts = [attempt for step in steps for attempt in step.attempts]
    silent = {attempt.address for attempt in attempts if attempt.meaning.kind is Kind.TIMEOUT}
    return frozenset(silent - {each.address for each in attempts if each.exchange.message is not None})


def answered_in(step: Step) -> frozenset[str]:
    """The addresses whose last reply in a step was usable."""
    return frozenset(attempt.address for _, attempt in _last_attempts((step,)) if attempt.meaning.usable)


def gets_error(step: Step, address: str) -> bool:
    """Whether the last attempt of a step at an address got an error."""
    return any(
        attempt.address == address and attempt.meaning.kind in ERRORS
        for _, attempt in _last_attempts((step,))
    )


def began_plain(step: Step, address: str) -> bool:
    """Whether an address was asked without EDNS from the start."""
    asked = (attempt.exchange.query for attempt in step.attempts if attempt.address == address)
    return any(query.edns is None for query in list(asked)[:1])


def in_turns(failed: list[int]) -> Iterator[tuple[int, ...]]:
    """The steps to put again at the same time, the last of them alone."""
    yield from _batches(failed[:-1])
    yield (failed[-1],)


def _batches(steps: list[int]) -> Iterator[tuple[int, ...]]:
    for start in range(0, len(steps), AT_ONCE):
        yield tuple(steps[start : start + AT_ONCE])


def _with_last(failed: list[int], control: int | None) -> list[int]:
    return failed if control is None else [*(step for step in failed if step != control), control]


def _last_attempts(steps: Iterable[Step]) -> Iterator[tuple[Step, Attempt]]:
    for step in steps:
        last = {attempt.address: attempt for attempt in step.attempts}
        yield from ((step, attempt) for attempt in last.values())
