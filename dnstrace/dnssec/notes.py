"""The evidence noted for each step while a trace is judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from dnstrace.model.judgement import (
    DsEvidence,
    KeyEvidence,
    SecurityStatus,
    SignatureEvidence,
    StepEvidence,
)
from dnstrace.model.security import Security

T = TypeVar("T")


class Notes:
    """Evidence by step id, collected piece by piece. Duplicates are dropped."""

    def __init__(self) -> None:
        self._steps: dict[int, StepEvidence] = {}

    def add(
        self,
        step: int,
        verdict: SecurityStatus | None = None,
        *,
        keys: Iterable[KeyEvidence] = (),
        ds: Iterable[DsEvidence] = (),
        signatures: Iterable[SignatureEvidence] = (),
        proof: str = "",
    ) -> None:
        """Add evidence to a step. A new verdict replaces the earlier one."""
        old = self._steps.get(step, StepEvidence(Security.INDETERMINATE))
        self._steps[step] = StepEvidence(
            verdict.security if verdict else old.security,
            verdict.reason if verdict else old.reason,
            _union(old.keys, keys),
            _union(old.ds, ds),
            _union(old.signatures, signatures),
            proof or old.proof,
        )

    def all(self) -> dict[int, StepEvidence]:
        """The evidence of every step that has any, by step id."""
        return dict(sorted(self._steps.items()))


def _union(old: tuple[T, ...], new: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*old, *new)))
