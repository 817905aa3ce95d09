"""`--expect`: compared with each trace, if any question can show whether it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dnstrace.cli.usage import Usage, shown

if TYPE_CHECKING:
    from dnstrace.model import Question, Trace
    from dnstrace.model.expectations import Expectation


def check_expected(questions: tuple[Question, ...], expected: tuple[Expectation, ...]) -> None:
    """Raise Usage if no question can show whether an expectation holds."""
    for expectation in expected:
        if not any(map(expectation.concerns, questions)):
            word = expectation.what.upper()
            raise Usage(
                f"--expect {shown(expectation.text)}: no {word} record is asked for; add the type {word}"
            )


def expected_of(trace: Trace, expected: tuple[Expectation, ...]) -> Trace:
    """The trace with whether each expectation is met, unless it was interrupted."""
    if not expected or trace.interrupted:
        return trace
    from dnstrace.analysis.expectations import judge

    told = (each for each in expected if each.concerns(trace.question))
    return replace(trace, expectations=tuple(judge(trace, each) for each in told))
