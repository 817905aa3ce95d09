"""`--expect`: compared with each trace, if any question can show whether it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.usage import Usage, shown

if TYPE_CHECKING:
    from dnstrace.model import Question, Trace
    from dnstrace.model.expectations import Expectation


def check_expected(
    questions: tuple[Question, ...], expected: tuple[Expectation, ...], option: str = "--expect "
) -> None:
    """Raise Usage if no question can show whether an expectation holds."""
    for expectation in expected:
        if not any(map(expectation.concerns, questions)):
            word = expectation.what.upper()
            raise Usage(
                f"{option}{shown(expectation.text)}: no {word} record is asked for; add the type {word}"
            )


def expected_of(trace: Trace, expected: tuple[Expectation, ...]) -> Trace:
    """The trace with whether each expectation is met, unless it was interrupted."""
    if not expected:
        return trace
    from dnstrace.analysis.expectations import judged

    return judged(trace, expected)
