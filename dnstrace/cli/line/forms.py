"""The forms of output, and the levels of findings, as options name them."""

from __future__ import annotations

from enum import StrEnum

from dnstrace.cli.line.values import one_of


class Output(StrEnum):
    """The form of the output."""

    TREE = "tree"
    SHORT = "short"
    JSON = "json"
    JSONL = "jsonl"
    MERMAID = "mermaid"
    DOT = "dot"
    SARIF = "sarif"
    JUNIT = "junit"
    PROMETHEUS = "prometheus"
    NAGIOS = "nagios"
    MARKDOWN = "markdown"
    GITHUB = "github"


FORMATS = (
    Output.SARIF,
    Output.JUNIT,
    Output.PROMETHEUS,
    Output.NAGIOS,
    Output.MARKDOWN,
    Output.GITHUB,
)
"""The forms of `--format`: of all that is traced, one document is made."""

FAIL_ON = ("error", "warning", "notice", "never")
"""The levels of `--fail-on`: those of `dnstrace.model.policy`, which the help must not wait for."""


LEVELS, ALL_LEVELS = FAIL_ON[:-1], "notice"
"""The levels of `--level`, and the one from which on every finding is shown."""


def in_format(text: str) -> Output:
    """A form of `--format`."""
    return Output(one_of(*FORMATS)(text))
